"""Chinese in the usual other forms, put into the one that the passes after it look for; the first of them.

A rule stands here for a class: where a word ends (上周|一共), where a bound stands, in which order a sentence is
built. None leaves out a word that tells which rows are meant.
"""

import re

from nlp.ask.numbers import in_digits
from nlp.ask.tables import Table, replaced

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千万]+)"
_TIME = (
    r"(?:今天|昨天|前天|今日|昨日|本周|这周|上周|上上周|本月|这个?月|上个?月|上上个?月|本季度?|这个?季度|上个?季度|今年|去年|前年"
    r"|(?:(?:20\d\d|去|今|前)年)?(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?|20\d\d年|(?:今年|去年)?第?[一二三四]季度|(?:今年|去年)?q[1-4]"
    r"|(?:最近|过去|近)(?:\d+|[一二两三四五六七八九十]+|半)个?(?:天|日|周|星期|月|季度|年)|上半年|下半年)"
)
_PEOPLE = "(?:客户|顾客|客人|用户|会员|买家|人)"
_CMP = (
    "(?:至少|不少于|不低于|不小于|大于等于|大于或等于|起码|满|达到|超过|大于|多于|高于|不止|少于|小于|低于|不到|不足|不满|至多"
    "|不超过|不多于|不高于|不大于|小于等于|小于或等于|等于|正好|恰好|刚好)"
)
_POST = "(?:及以上|或以上|以上|及以下|或以下|以下|或更多|及更多)"
_MONEY = "(?:欧元|欧|块钱|块|元|美元|美金|英镑|刀|eur|usd|gbp)"
_ORDERS = "(?:次单|个订单|笔订单|张订单|单|笔|次)"
_WEEK = "(?:周|星期|礼拜)"
_CART = "(?:购物车|购物篮)"
_NOW = "(?:现在|目前|眼下|此刻|当前|至今|到现在)"
_NOT = "(?:没有|没|未曾|未|不曾)"
_STILL = "(?:还|都|也|就|一直|从来|从|至今|仍|仍然|却|但|可|并|压根|根本|从头到尾)*"
_SALES = "(?:销售额|销售|营收|营业额|收入|业绩|成交额|流水)"
_PART = "(?:百分之(?:几|多少)|几成|多少比例|多大比例|(?:的)?(?:比例|占比|比重)(?:是多少|有多大|多少)?|多少%?|几%)"
_SOURCE = "(?:搜索引擎|搜索|社交媒体|社交|社媒|邮件|直接访问|直接|search|social|email|direct)"
_FIELD = "(?:客服|国家|城市|品类|类目|渠道|来源|快递公司|快递|承运商|支付方式|分群|分层|语言|星级)"
_GOODS = "(?:商品|产品|品类|类目|国家|城市|渠道|客服|快递|原因)"

#: 上周二十单: of Tuesday, or twenty of them? 每周一共: of every Monday, or of all of each week?
WHICH_WEEK = re.compile(
    rf"(?<=[上本这下]){_WEEK}[一二三四五六]十(?=[个单笔张条件次名位大款家种多几]|{_MONEY})|每个?{_WEEK}一共"
)


def _counted(found: re.Match[str]) -> str:
    """至少下了三单: 下单至少三次."""
    bound = found["cmp"] or found["than"] or ""
    return f"下单{bound}{in_digits(found['n'])}次{found['post'] or ''}"


def _counted_of_each(found: re.Match[str]) -> str:
    """今年订单数大于3的客户: of each of them; of countries it is the sum."""
    if re.search(_GOODS, found.string[found.end() :]) or not re.search(_PEOPLE, found.string[found.end() :]):
        return found[0]
    return f"下单{found['cmp']}{in_digits(found['n'])}次{found['post'] or ''}"


def _written_of_each(found: re.Match[str]) -> str:
    """今年工单不少于2张的客户: of each of them; of goods it is another number."""
    if re.search(_GOODS, found.string) or not re.search(_PEOPLE, found.string[found.end() :]):
        return found[0]
    verb = "提" if found["what"] == "工单" else "写"
    return f"{found['cmp']}{verb}过{in_digits(found['n'])}{found['unit']}{found['what']}"


def _no_orders(found: re.Match[str]) -> str:
    return f"{found['time']}没下单" if found["time"] else "从未下单"


def _part_of_the_first(found: re.Match[str]) -> str:
    """今年消费最高的十个客户占今年总销售额百分之几: of one time."""
    times = {each for each in (found["time"], found["of"]) if each}
    if len(times) > 1 and not times & {"全年", "同期", "全部"}:
        return found[0]
    time = next((each for each in (found["time"], found["of"]) if each and each not in ("全年", "同期", "全部")), "")
    return f"{time}消费前{in_digits(found['n'])}的客户占销售额百分之几"


def _again(found: re.Match[str]) -> str:
    """四月首次下单的客户里有多少五月又下单了: two times that have nothing in common, two conditions."""
    kinds = [re.sub(r"份$", "", found[each])[-1] for each in ("one", "other")]
    if found["one"] == found["other"] or kinds[0] != kinds[1] or kinds[0] not in "月年度周":
        return found[0]
    return f"{found['before']}首次下单在{found['one']}而且{found['other']}下过单的{found['where'] or ''}客户有多少"


def _who_have(found: re.Match[str]) -> str:
    return f"{found['before'] or ''}{found['what']}的{found['who']}有多少"


def _within(found: re.Match[str]) -> str:
    hours = {"分钟": 1 / 60, "天": 24.0}.get(found["unit"], 1.0) * float(in_digits(found["n"]))
    what = "解决" if found["done"] else "首次回复"
    return f"{what}时间不超过{hours:g}小时"


_TURNS: Table = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        # others for the same, of which the passes after it know one
        (r"服务单(?!子)", "工单"), (r"成交额", "销售额"), (r"上一个(?=月|季度|星期|礼拜|周)", "上个"), (r"本年(?!度)", "今年"),
        # where a word ends
        (rf"(?<=[上本这下一两二三四五六七八九十\d个半])({_WEEK})一(?=共)", r"\1总"),
        (rf"(?<=[上本这下])({_WEEK})一(?=直)", r"\1一"),
        (r"昨儿个?|昨个儿", "昨天"), (r"今儿个?(?!个)", "今天"),
        # how much
        (r"(?<=[\d一二两三四五六七八九十百千万])刀(?![\u3400-\u9fff]{0,1}具)", "美元"),
        (rf"(?<![已过])超(?={_N}(?:{_MONEY}|单|次|件|条|张|笔|%|天|小时))", "超过"),
        (rf"({_N}{_MONEY}|{_N}(?:单|次|件|条|张|笔))(?:还)?(?:不到|不足)(?=的)", r"不到\1"),
        (rf"最少(?=(?:要|有)?(?:下|买|退|写|来|花|消费|开|提|投诉|访问|评价|逛|看)?(?:过|了)?{_N})", "至少"),
        (r"最?起码(?=.)", "至少"),
        (r"百分之(\d+(?:\.\d+)?|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?![十百点])", lambda found: f"{in_digits(found[1])}%"),
        (r"平均一单(?:卖|是)?(?=多少)|一单平均(?:卖|是)?(?=多少)", "客单价"),
        (rf"(?<=库存)(?:不足|不够|不到)(?={_N})", "少于"),
        (r"(?<![\d一二三四五六七八九十零])([一二三四五])点([一二三四五六七八九])(?=分|星|的|以)", lambda found: f"{in_digits(found[1])}.{in_digits(found[2])}"),
        (rf"(?<!订单)(?<!退款)(?<!消费)金额(?={_CMP}{_N}{_MONEY}?的订单)", "订单金额"),
        (r"([一二两三四五六七八九十百]+)天(?:以上)?(?=(?:都|还|一直)?(?:没|未))", lambda found: f"{in_digits(found[1])}天"),
        (rf"(写|开|提交|提|留|退|评价)(?:过|了)({_CMP})(?={_N}[张条次个笔])", r"\2\1过"),
        (rf"(?P<what>工单|评价|评论)(?:数|数量)?(?P<cmp>{_CMP})(?P<n>{_N})(?P<unit>张|条|个)(?=[^,]{{0,24}}的)", _written_of_each),
        # how many orders each
        (rf"(?P<cmp>{_CMP})(?:有)?下(?:过|了|够|满)?(?:单)?(?:了)?(?P<than>)(?P<n>{_N}){_ORDERS}(?P<post>{_POST})?", _counted),
        (rf"下(?:过|了|够|满)?(?:单)?(?P<cmp>)(?P<than>{_CMP})(?P<n>{_N}){_ORDERS}(?P<post>{_POST})?", _counted),
        (rf"{_NOT}(?:有)?(?:下|买)(?:够|满|到|足)({_N}){_ORDERS}", r"下单少于\1次"),
        (rf"({_N})(单|次)(?:或者?|及)\1\2以上", r"\1\2以上"),
        (rf"(?<![没过])有({_N})单(以上)?(?=的{_PEOPLE})", r"下单\1次\2"),
        (rf"(?<=[年月周天度])({_N})(?:单|笔)起(?=的)", r"下单\1次以上"),
        (rf"(?P<time>{_TIME})?(?:的)?订单(?:数量|数|量|总数)?(?:是|为|等于|=)(?:0|零)(?:个|单)?(?=的?{_PEOPLE}|的|且|并|$)", _no_orders),
        (rf"订单(?:数量|数|量|总数)?(?P<cmp>{_CMP})(?P<n>{_N})(?:个|笔|单|次|张)?(?P<post>{_POST})?(?=[^,]{{0,24}}的)", _counted_of_each),
        # who never bought
        (rf"(?<![天周月日年度近内])(?<!注册)(?:光|只是?|仅仅?)?注册(?:了|完|成功|账号|账户)*(?:以后|之后|后|以来|至今|{_NOW})*{_STILL}(?={_NOT}|一(?:单|笔|次)|零(?:订单|单))", "从"),
        (rf"(?:从|{_STILL})一(?:单|笔|次)(?:也|都)?{_NOT}(?:有)?(?:成交|下|买|消费)过?(?=的|且|并|又|$|[,、])", "没下单"),
        (rf"{_NOT}(?:有)?(?:成交|下|买|消费)(?:过|成)?(?:任何一|任何|半|哪怕一|一)(?:单|笔订单|个订单|张订单|笔|次|订单)(?:过)?", "没下单"),
        (rf"(?:从来|从|一直|压根|根本)+(?:就|都|也)?{_NOT}(?:有)?(?:在我们这)?(?:买过?|购买过?|成交过?|消费过?|下过?单)(?:任何|什么|一件|一样)?(?:东西|商品)?(?=的|且|并|又|$|[,、]|而)",
         lambda found: "从未下单" if re.search("东西|商品|单|成交|消费", found[0]) else found[0]),
        (rf"(?P<cart>{_CART}(?:里面?|中|内)?(?:还)?(?:有|放着|留着|躺着|放了)[^,的没未]{{1,8}}?)(?P<but>又|却|但是?|而且|并且|且|,|、){_STILL}(?:一(?:单|次)(?:都|也)?)?{_NOT}(?:有)?(?:买过(?:任何)?东西|下过?单|下过|成交过|买过一次)(?=的)",
         r"\g<cart>\g<but>从未下单"),
        # carts are of now
        (rf"({_CART}(?:里面?|中|内|里头)?)(?:{_NOW})", r"\1"),
        (rf"{_NOW}(?:还)?(?={_CART}(?:里面?|中|内|里头))", ""),
        (rf"{_CART}(?:里面?|中|内)?(?:不为空|非空|不空|不是空的?)", "购物车里有商品"),
        (rf"^(?P<before>)(?:一共|总共|现在|目前)?有?(?:几|多少)(?:个|位|名)?(?P<who>{_PEOPLE})的(?P<what>{_CART}(?:里面?|中|内).+?)(?:的)?$", _who_have),
        # goods of a kind
        (r"(?<=[\u3400-\u9fff])(?<![的在和按])这(?:一|个)?个?(?:大)?(?:类目|品类|类别|品种|分类|类)(?:的)?(?:商品|产品|东西|货)?(?=今|去|上|本|这|最|过|近|一|总|卖|有|的|销|营|收|[1-9]|$)", ""),
        # two of a kind, told together
        (r"(?P<one>[\u3400-\u9fff]{2,5})(?:加上?(?!起来)|\+)(?P<other>[\u3400-\u9fff]{2,5}?)(?=这?(?:两|2)|一共|总共|合计|加起来|客户|顾客|的)", r"\g<one>和\g<other>"),
        (rf"(?<![增参追更附另外新])加上?(?![购急价车入])(?=[\u3400-\u9fff]{{1,5}}?(?:{_TIME})(?:一共|总共|合计|加起来))", "和"),
        (r"加(?:在一)?起来(?=多少|几|有)", "一共"),
        (r"(?P<one>[\u3400-\u9fff]{1,5})(?P<and>和|跟|与|、|以及|及|或)(?P<other>[\u3400-\u9fff]{1,5}?)这?(?:两|2)个?(?:城市|国家|地方|品类|类目|渠道|客服|类|地|市|国|处)(?=的|一|总|合|加|共|有|客|顾|今|去|上|本|卖)",
         r"\g<one>\g<and>\g<other>"),
        (r"^(上海|北京|深圳|广州|杭州|柏林|汉堡|巴黎|里昂|伦敦|德国|法国|英国|美国|中国|荷兰|日本|西班牙|瑞典)(上海|北京|深圳|广州|杭州|柏林|汉堡|巴黎|里昂|伦敦|德国|法国|英国|美国|中国|荷兰|日本|西班牙|瑞典)(?:两|2)个?(?:城市|国家|地|市|国)",
         r"\1和\2"),
        # who has a ticket that is open
        (rf"(?:还)?(?:有)?工单(?:还|仍|一直|尚|到现在)*(?:没有|没|未)(?:解决|处理|关闭|关|结|搞定|结案|完成)(?:完|掉|好)?(?=(?:的)?{_PEOPLE}|的[\u3400-\u9fff]{{1,4}}{_PEOPLE}|而且|且|并|又|,|、|的(?:有|列))", "有未解决工单"),
        (rf"有(?:还|尚)?(?:没有|没|未)(?:解决|处理|关闭|关|结)(?:完|掉|好)?的?工单(?=.*{_PEOPLE})", "有未解决工单"),
        (rf"^(?P<before>)有?(?:几|多少)(?:个|位|名)?(?P<who>{_PEOPLE})(?:现在|目前|还)*(?P<what>有工单)(?:还|仍|一直|尚)*(?:没有|没|未)(?:解决|处理|关闭|关|结)(?:完|掉|好)?$",
         r"有未解决工单的\g<who>有多少"),
        # how soon tickets are seen to
        (rf"(?P<n>{_N})个?(?P<unit>小时|钟头|分钟|天)(?:之|以)?内(?:就|被|能|都)?(?:(?:得到|收到|获得|有|做出|给出)?(?:了)?(?:首次|第一次)(?:回复|响应|答复)|首响)(?:了)?(?P<done>)(?=的|占|比|$)", _within),
        (rf"(?P<n>{_N})个?(?P<unit>小时|钟头|分钟|天)(?:之|以)?内(?:就|被|能|都|得到)?(?P<done>解决)(?:了|掉|完)?(?=的占|占|的比|比例|$)", _within),
        (rf"(?P<what>首次回复|首次响应|首响|解决)(?:时间)?(?:都)?在(?P<n>{_N})个?(?P<unit>小时|天)(?:之|以)?内(?=的)",
         lambda found: f"{'解决' if found['what'] == '解决' else '首次回复'}时间不超过{float(in_digits(found['n'])) * (24 if found['unit'] == '天' else 1):g}小时"),
        (r"(?P<of>[^,]*工单)(?:里面?|中)?(?:有|占)?(?:百分之(?:几|多少)|多大比例|多少比例|几成)(?:是|在)?(?P<what>(?:首次回复|解决)时间不超过[\d.]+小时)(?:的)?$",
         r"\g<of>里\g<what>的占比"),
        (rf"(?P<of>[^,]*工单)(?:里面?|中)?(?P<what>(?:首次回复|解决)时间不超过[\d.]+小时)(?:的)?(?:占{_PART}|的?(?:比例|占比|比重)(?:是多少|多少)?)$",
         r"\g<of>里\g<what>的占比"),
        (r"(?<![按各])访问次数$", "访问次数有多少"),
        # money that came in
        (r"(?:总共|一共|总)?(?:进账|入账|进项|进款)(?:了)?(?:是)?(?=多少|几多|几|$)", "销售额"),
        (r"(?<=[天日周月年度])(?:一共|总共)?进了(?=多少钱)", "销售额"),
        (r"销售额多少钱", "销售额多少"),
        (r"掏钱(?=最)", "花钱"),
        (r"卖(?:的)?钱最(多|少)的?", lambda found: f"销售额最{'高' if found[1] == '多' else '低'}的"),
        (rf"哪({_N})个({_GOODS})(?:卖(?:的)?钱|销售额)最(?:多|高)的?$", r"销售额最高的\1个\2"),
        # the part of the first few
        (rf"^(?P<time>{_TIME}|)(?:消费|花钱|花费|买得|购买)(?:金额|额)?(?:最(?:多|高|大)的(?:前)?|(?:排名|排)?前)(?P<n>{_N})(?:个|位|名)?的?{_PEOPLE}(?:的消费|的花费)?(?:一共|总共|合计|加起来)?占(?:到|了|比)?(?:了)?"
         rf"(?P<of>{_TIME}|全年|同期|全部|)的?(?:总)?{_SALES}?的?{_PART}$", _part_of_the_first),
        (rf"^(?P<time>{_TIME}|)(?P<of>)前(?P<n>{_N})大?{_PEOPLE}(?:一共|总共|合计|加起来)?占(?:到|了)?(?:总)?{_SALES}的?{_PART}$", _part_of_the_first),
        (rf"^(?P<time>{_TIME}|)(?P<of>)的?(?:总)?{_SALES}(?:里面?|中)(?:消费|花钱|花费)最(?:多|高|大)的(?P<n>{_N})(?:个|位|名)?{_PEOPLE}占{_PART}$", _part_of_the_first),
        # split by
        (rf"按({_FIELD})(?:分开|拆开|分别|分组|分类|切开|区分)(?:来)?(?:看看?|算|统计|列|说|对比|比较?)?(?:一下)?", r"按\1看"),
        (r"按([日天周月年]|季度)(?:分开|拆开|分别|分组)(?:来)?(?:看看?|算|统计|列|说)?(?:一下)?", r"按\1看"),
        (rf"分({_FIELD})(?:来)?看", r"按\1看"),
        (rf"(?<![各每按个的分])({_FIELD})(?:的)?(平均[\u3400-\u9fff]{{2,4}}|满意度|客单价|销售额|销量|评分|首响时间|解决时间|订单数|客户数|退款率|取消率)(?:分别|各自|各)(?:是|为|有)?(?:多少)?$", r"各\1的\2"),
        (rf"不同(?={_FIELD})", "各"),
        (rf"(平均每(?:个|位|名)?{_PEOPLE})(?:总共|一共|累计|共)(?=花|消费|买|下)", r"\1"),
        # bought for the first time, and in another time
        (rf"^(?P<before>[\u3400-\u9fff]{{0,5}}?)(?P<one>{_TIME})(?:的)?(?:首次下单|首次购买|首单|首购|第一次(?:下单|购买|买)|新(?:买家|客户|客)(?P<new>))的?(?P<where>[\u3400-\u9fff]{{0,4}}?){_PEOPLE}?(?:里面?|中|当中)?(?:、|,|且|并且|而且)?"
         rf"(?:有?(?:多少|几)(?:个|位|名)?人?)?(?:在|到|到了)?(?P<other>{_TIME})(?:又|再|再次|继续|还|也)+(?:来)?(?:下过?单|买过?|购买过?|复购过?|回购过?)(?:了)?(?:的)?(?:{_PEOPLE})?(?:有?(?:多少|几)(?:个|位|名)?人?)?$", _again),
        # where visitors came from
        (r"(?<![从没回再未进])来过(?:网站|店里|店铺)?(?=但|却|可|而|并|且|又|,|、)", "访问过"),
        (rf"(?:从|由|通过|经由?|透过)({_SOURCE})(?:的)?(?:渠道|来源|入口|平台)?(?:访问|来访|浏览|进来|进入|进店|进站|点进来|来)(?:过|了)?(?:网站|店铺|我们)?(?=的|且|并|而且|又|,|、|还)", r"从\1来过"),
        (rf"(?<![从由过])({_SOURCE})(?:渠道|来源)(?:访问|来访|进来|来)(?:过|了)?(?=的|且|并|而且|又|,|、|还)", r"从\1来过"),
    )
)  # fmt: skip


def in_usual_form(text: str) -> str:
    """A normalised text with such forms replaced; one without Chinese characters as it is.

    >>> in_usual_form("上周一共进来几张工单"), in_usual_form("今年至少下了三单的客户")
    ('上周总共进来几张工单', '今年下单至少3次的客户')
    """
    if not _CHINESE.search(text):
        return text
    return replaced(text, _TURNS)
