"""What the patterns of several passes are made of; where one of them needs another of it, that stands in its module."""

import re

CHINESE = re.compile(r"[\u3400-\u9fff]")
N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千万]+)"
PEOPLE = "(?:客户|顾客|客人|用户|会员|买家|人)"
#: a customer's, an order's or a ticket's
ID = r"[a-z]{1,4}-?\d[a-z0-9-]*"
#: how much an amount or a number is compared with: at least, more than, ...
CMP = "(?:至少|不少于|不低于|超过|大于|多于|高于|超|不止|少于|小于|低于|不到|不足|至多|不超过)"
SOURCE = "(?:搜索引擎|搜索|社交媒体|社交|社媒|邮件|直接访问|直接|search|social|email|direct)"
TIME = (
    r"(?:今天|昨天|前天|今日|昨日|本周|这周|上周|上上周|本月|这个?月|上个?月|上上个?月|本季度?|这个?季度|上个?季度|今年|去年|前年"
    r"|(?:(?:20\d\d|去|今|前)年)?(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?|20\d\d年|(?:今年|去年)?第?[一二三四]季度|(?:今年|去年)?q[1-4]"
    r"|(?:最近|过去|近)(?:\d+|[一二两三四五六七八九十]+|半)个?(?:天|日|周|星期|月|季度|年)|上半年|下半年)"
)
