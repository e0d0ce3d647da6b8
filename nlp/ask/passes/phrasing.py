"""Turns of phrase that say in many words what others say in one: said plainly before a question is read."""

import re

from nlp.ask.months import MONTH

#: `us` after one of these is we; anywhere else it is the country
_TO_US = frozenset(
    """
    give gives gave giving show tell get let find from with to by for of at paid pay contacted contact wrote
    emailed asked told cost bring brought brings earn earned made bought visited left reviewed owe owes messaged
    reach reached called than behind help leave leaving quit quitting abandon abandoned ditch ditched
    desert like likes liked love loves trust trusts know knows join joined joining choose chose prefer recommend
    recommended follow following rate rated need needs joining losing cancel cancelled make makes making get gets got
    getting bringing paying pays earns earning costs costing gains gained lands landed yields yielded nets netted
    returns returned sends sent send drives drove contacts contacting messages emails writes finds visits reaches
    recommends prefers chooses owes leaves quits ditches deserts abandons generates generated fetch fetches fetched
    rates wins won sold sell about
    """.split()  # noqa: SIM905 - words are read more easily than a list
)

#: an id, and several of them; in Chinese text without spaces
_ID = r"(?:(?:customer|client|order) )?#?[a-z]*-?\d[a-z0-9-]*"
_IDS = rf"{_ID}(?:(?:,| and| or) {_ID})*"
_GOODS = "(?:what|which (?:products?|items?|articles?|things|goods))"
_CID = r"[a-z]*-?\d[a-z0-9-]*"
_FEW = "(?:(?:at least|at most|more than|less than|fewer than|exactly|only|over) )?(?:\\d+|one)"

_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (rf"\b{_GOODS} (?:did|has|have|had|does|do) ({_IDS})"
         r"(?: ever| already)? (?:buy|bought|order|ordered|purchase|purchased|get|got)\b", r"units by product of \1"),
        (rf"\b{_GOODS} (?:is|was|are|were) (?:bought|ordered|purchased) by "
         rf"({_IDS})", r"units by product of \1"),
        (rf"\b{_GOODS} (?:is|was|are|were) (?:there )?in (order {_ID})",
         r"units by product of \1"),
        (rf"\b(?:what|which (?:products?|items?|articles?)) does (order {_ID}) (?:contain|include|hold)\b",
         r"units by product of \1"),
        (rf"\b(?:the )?(?:items?|products?|articles?|contents?|goods|lines?) (?:of|in) (?=orders? {_ID})",
         "units by product of "),
        (rf"(?:客户)?({_CID}) ?(?:客户)?(?:都|一共|总共)?(?:买|购买|下单|订购)(?:过|了)?(?:些)?(?:什么|啥|哪些(?:商品|产品|东西|货))"
         r"(?:商品|产品|东西)?", r"\1的各商品销量"),
        (rf"(订单 ?{_CID}) ?(?:里(?![昂尔斯])面?|中(?!国)|内)?(?:都)?(?:有|包含|包括|买了)(?:些)?(?:什么|啥|哪些|哪些商品|哪些产品)(?:商品|产品|东西)?",
         r"\1的各商品销量"),
        (rf"(订单{_CID})(?:的|里的|中的)?(?:明细|商品明细|商品|内容)$", r"\1的各商品销量"),
        (rf"\bhow long did (?:it take to (?:resolve|close|solve) )?(ticket {_ID})"
         r"(?: take(?: to (?:be )?(?:resolve|close|solve)d?)?)?\b", r"resolution time of \1"),
        (rf"\bwhen (?:was|were|is) ((?:order )?{_ID}) (?:placed|ordered|made|bought)\b", r"order \1"),
        (rf"\bwhen (?:did|has|was) ({_ID})(?:'s)? (last|first)(?: time)? "
         r"(?:order|ordered|buy|bought|purchase|purchased)\b",
         r"\2 order of \1"),
        (rf"({_CID}) ?(?:的)?(?:最近|最后)一次(?:下单|购买)(?:是|在)?(?:什么时候|何时|哪天|哪一天)", r"\1最近1个订单"),
        (rf"^(?:does|do|did|has|have) ({_ID}) (?:have |has |had |got )?(?:any |an? )?(.+)$", r"number of \2 of \1"),
        (rf"\bwhere (?:is|does) ({_ID}) (?:from|come from|live)\b", r"customer \1"),
        (rf"\bwho is (?=(?:customer )?{_ID}$)", ""),
        (rf"\bwho (?:placed|made) (?=order {_ID})", ""),
        (r"^(?:谁|有谁|哪些人)(?:都)?((?:买|购买|浏览|看|逛|评价|退)(?:过|了)[^?？]+)", r"\1的客户"),
        (rf"\b({MONTH}) (to|through|until|till|and|-) ({MONTH}) ((?:of )?(?:last year|this year|\d{{4}}))\b", r"\1 \4 \2 \3 \4"),
        (rf"\b({MONTH}) (\d{{4}}) (to|through|until|till|-) ({MONTH})\b(?! (?:of )?(?:\d{{4}}|last|this|\d))", r"\1 \2 \3 \4 \2"),
        (r"\bwith (?:a |an |any )?(discount|shipping(?: cost| fee| charge)?)s? (?:of )?"
         r"(?=(?:over|above|below|under|more than|less than|at least|at most|higher than|lower than|exceeding)\b)", r"having \1 "),
        (r"\b(?:resolved|closed|solved) (?:within|in (?:under|less than)) (\d+) ?(?:h|hours?|hrs)\b",
         r"with resolution time at most \1 hours"),
        (r"\b(?:answered|replied to) (?:within|in (?:under|less than)) (\d+) ?(?:h|hours?|hrs)\b",
         r"with first reply time at most \1 hours"),
        (r"\b(?:that |which )?(?:took|needed|taking) (?:longer|more) than (\d+) ?(?:h|hours?|hrs) to (?:resolve|close|solve|be resolved)\b",
         r"with resolution time more than \1 hours"),
        (r"\b(?:that |which )?(?:took|needed|taking) (?:longer|more) than (\d+) ?(?:h|hours?|hrs) to (?:answer|reply|be answered)\b",
         r"with first reply time more than \1 hours"),
        (r"\bdelivered (?:within|in (?:under|less than)) (\d+) days\b", r"with delivery time at most \1 days"),
        (r"(\d+)个?小时(?:之|以)?内(?:就|被)?(?:解决|处理完?|关闭)(?:了|掉)?的(?=工单|投诉)", r"解决时间不超过\1小时的"),
        (r"(\d+)个?小时(?:之|以)?内(?:就|被)?(?:回复|响应)(?:了)?的(?=工单|投诉)", r"首次回复时间不超过\1小时的"),
        # Chinese, as it is spoken
        (r"(?<=的)(月|周|日|季度)(?=(?:总)?(?:销售额|营业额|营收|订单数|订单量|退款|访问量|新客|销量))", r"每\1"),
        (r"(去年|今年|前年|\d{4}年)的?((?:\d{1,2}|[一二三四五六七八九十]+)月)(?:份)?(到|至|-)((?:\d{1,2}|[一二三四五六七八九十]+)月)", r"\1\2\3\1\4"),
        (r"(?<![存并且])不在(?=[\u3400-\u9fff]{2})", "非"),
        (r"^(?!除|不)([\u3400-\u9fff]{2,4}(?:(?:和|、|及|与)[\u3400-\u9fff]{2,4})?)(?:以外|之外|除外)的", r"除\1的"),
        (r"((?:没有|没|无)(?:过)?(?:工单|退款|评价|订单|投诉|评论)(?:记录)?的(?:客户|买家))(?:数量?|人数|总数)", r"\1有多少"),
        (r"把(\S+?)(?:放进|放入|加进|加到|加入|放到)(?:了)?购物车", r"加购\1"),
        (r"(看过|浏览过|访问过|买过|加购了?|买了|逛过)(?:任何|某些|一些)?(?:商品|产品|东西)(?=[的但且又却，,。？?]|$)", r"\1"),
        (r"注册(?:了)?(?:超过|满|已经?)?([\d一二两三四五六七八九十]+)(年|个月|天|周)(?:以上|多)?(?:了)?(?:都|还|仍|却|但|也)*"
         r"(?=没|未|从没|从未)", r"早于\1\2注册但"),
        (r"订单(?:里(?![昂尔斯])|中(?!国))?平均(?:有|是|含)?(?:几|多少)件(?:商品|东西)?", "平均每单件数"),
        (r"用?(?:信用卡|银行卡)(?:来)?(?:付款|支付|付|买单|结账)?(?:过)?的?(?=订单|销售|客户|买家|平均|单)", "信用卡支付的"),
        (r"(?:解决|处理|关闭|搞定)(?:一个|一张|一条|每个|每张)?(?:工单|(?P<kind>投诉)|问题)(?:平均)?(?:要|需要|花|得|用)?(?:花|用)?"
         r"(?:多久|多长时间|(?:几|多少)个?(?:小时|天))", r"\g<kind>平均解决时间"),
        (r"(?:首次)?(?:回复|响应)(?:一个|一张|一条|每个)?(?:工单|(?P<kind>投诉)|客户|问题)?(?:平均)?(?:要|需要|花|得|用)(?:花|用)?"
         r"(?:多久|多长时间|(?:几|多少)个?(?:小时|分钟))", r"\g<kind>平均首次回复时间"),
        (r"(日|月|周|年|季)均(?!价)", r"平均每\1的"),
        (r"平均每季的", "平均每季度的"),
        (r"(?:平均一|一)(?=天(?:平均)?(?:有|能|会|卖|大概)*(?:多少|几))|(?:平均一)(?=[天周])", "平均每"),
        (r"(?:买|购买|下单|下)(?:了|过)(?:几|多少)(?:次|单|笔)", "订单数"),
        (r"(?:给|打)(?:过|了)([1-5一二三四五])星(?:评价|好评|差评|评论)?的(?=客户|买家|人|顾客|用户)", r"评价过\1星的"),
        (r"(?:打|给|评)(?:了|过)?(?=[1-5一二三四五]分)", ""),
        (r"(?:好评)率", "好评占比"), (r"差评率", "差评占比"),
        (r"(?<![上本这个下每前])周末(?!两天)", "每周末"),
        (r"从([^从]{2,14}?)(?:到|至)(?:现在|今天|目前|今)(?:为止)?", r"\1以来"),
        (r"比((?:上周|上个?月|上个?季度|去年|昨天|前天|\d{1,2}月|[一二三四五六七八九十]+月)(?:同期)?)(?:的)?(?:多|少)(?:卖|了|出|赚)*(?:多少|几)(?:钱)?",
         r"和\1对比"),
        (r"(至少|超过|多于|不到|少于|最多|正好|刚好)?退(?:过|了)?([一二两三四五六七八九十\d]+)次(?:款|货)", r"退款\1\2次"),
        (r"投诉(?:次数|数|量)?(最[多少])", r"投诉的工单数\1"),
        (r"最(?:爱|喜欢|常)(?:买|购买)(?:的)?(?:是)?(?:什么|哪些)?(?:商品|产品|东西)?(?=$|[?？。])", "销量最高的商品"),
        (r"最(?:爱|喜欢|常)(?:买|购买)(?:的)?(?=品类|类别|商品|产品)", "销量最高的"),
        (r"(?:解决|处理|关闭|结案)(?:工单)?(?:得)?(?=最[慢快])", "解决时间"),
        (r"(?:首次)?(?:回复|响应)(?:客户)?(?:得)?(?=最[慢快])", "首次回复时间"),
        (r"用(\S{1,8}?)(?:付款|支付|付)(?:过)?的(?=客户|买家|人|顾客|用户)", r"下过单\1的"),
        (r"送(?:货|单)?(?:的|得)?(?=最[多少])", "订单"),
        (r"购物车(?:里(?![昂尔斯])面?|中(?!国)|内)?(?:一共|总共|共)?(?:有)?(?:多少|几)件(?:商品|东西|货)?", "购物车件数"),
        (r"(?<=[一二三四五六七八九十百千万两几\d多少])(?:只|台|部|本(?![季月周年日店])|瓶|盒|套|支|副|顶|把|袋|箱|辆|枚|双|对(?!比))(?![要看有是])", "件"),
        (r"(?<=[节天五一二])(?:那|当)(?:一)?天(?=的|卖|有|下|销|$)", ""),
        (r"((?:去年|今年|前年|上个?月|这个?月|本月|上个?季度|本季度|上周|本周|\d{4}年(?:\d{1,2}月)?|(?<!\d)\d{1,2}月|[一二三四五六七八九十]+月))的"
         r"(?:买家|下单客户|购买客户|消费客户)(?=里|中(?!国)|当中|里面|有|占|，|,)", r"\1下过单的客户"),
        (r"(?:又|再次?|重新)(?:回来|回购|复购)?(?:又|再)?(?:买|购买|下单)(?:过|了)?(?=的|占)", "下过单"),
        (r"(?:能|可以|会)(?=(?:解决|处理|回复|关闭|结案))", ""),
        (r"(?:平均)?(?:多久|多长时间|多快)(?:才|可以)?(?:能)?(?:首次|第一次)?(?:回复|响应|回一次)(?:客户|一次)?", "平均首次回复时间"),
        (r"(?:平均)?(?:多久|多长时间|多快)(?:才|可以)?(?:能)?(?:解决|处理|搞定|关闭|结案|处理完|解决完)(?:掉)?(?:一个|一张|一条)?(?:工单|问题|(?P<kind>投诉))?",
         r"\g<kind>平均解决时间"),
        (r"(?<=[a-z客服])(?:平均)?(?:回复|响应)(?:一次|客户)?(?:要)?(?:多久|多长时间)", "平均首次回复时间"),
        (r"(?<=[a-z\d])(?:送|配送|派送|承运|运送|发)的(?=订单)", "的"),
        (r"(订单|单子)?(?:平均)?(?:多久|几天|多少天|多长时间)(?:能|才|可以)?(?:送到|送达|到货|到|收到|签收)(?=$|[?？。])", r"\1平均送达时间"),
        (r"(?:这|那)(?:边|里(?![昂尔斯])|儿)(?=[的有])|(?<=[国市])(?:这|那)(?:边|里(?![昂尔斯])|儿)", ""),
        (r"(?:打|给|评)(?:了|过)?(?=[一二三四五1-5]星)", ""),
        (r"(?:1|一)(?:星)?到(?:5|五)星(?:的)?(?:评价|评论)?(?:各|分别)(?:有)?(?:多少|几)(?:条|个)?(?:评价|评论)?", "按星级统计评价数"),
        (r"各(?:个)?星级(?:的)?(?:评价|评论)?(?:各|分别)?(?:有)?(?:多少|几)(?:条|个)?(?:评价|评论)?", "按星级统计评价数"),
        (r"一(?:单|次|笔|件|个)(?:都|也)?(?:没有?|未)(?:再)?(?:下过?单?|买过?|购买过?|来过)(?:了)?"
         r"(?=[的,，。?？且但]|$|客户|顾客|人|用户|会员)", "没下单"),
        (r"一次(?:都|也)?(?:没有?|未)(买过?)(?=\S)", r"没\1"),
        (r"([a-z]+-?\d[a-z0-9-]*)(.*?)(买|买过|买了|购买过|下单过)(?:它|这个|这款|这件)", r"\1\2\3\1"),
        (r"(?<=\d)的(?:商品|产品)?(?:页面|网页|详情页|链接)", ""),
        (r"(?:平均)?[一每][单笔个](?:订单)?(?:平均)?(?:会|能)?(?:买|有|含|卖|购买)?(?:了)?(?:几|多少)件(?:商品|东西|货)?", "平均每单件数"),
        (r"(?:平均(?:每|一)|每)(?:笔|个|单)退款(?:平均)?(?:要|会)?(?:退|是|为)?(?:了|掉)?(?:多少(?:钱)?|金额(?:是)?(?:多少)?)", "平均退款金额"),
        (r"rfm(?:的)?(?:三项|三个|各项|三个分数|三项得分|三个维度|三个指标|得分|分数|评分)?(?:全部?|都|均)(?:是|为|等于)?([1-5])分?",
         r"r分\1且f分\1且m分\1"),
        (r"购物车(?:里(?![昂尔斯])面?|中(?!国)|内)?(?:的|所有)?(?:商品|东西|货|货物|产品)?(?:加起来|一共|总共|合计)?(?:值|价值|总价值?|总值)(?:是)?"
         r"(?:多少钱?|多少)?", "购物车总金额"),
        (r"(?:不愿意?|不同意|没同意|没有同意|拒绝|不接受|拒收|不想|不允许|不肯)(?:接收|收到|收|接受)?(?:我们的?|咱们的?)?"
         r"(?:营销|推广|促销|广告)(?:类)?(?:信息|消息|邮件|短信|推送|通知|内容|推广)?", "不同意营销"),
        (r"(?:愿意|同意|允许|接受|可以|肯)(?:接收|收到|收|接受|给他们发|给他发|发送|发)?(?:我们的?|咱们的?)?"
         r"(?:营销|推广|促销|广告)(?:类)?(?:信息|消息|邮件|短信|推送|通知|内容|推广)?", "同意营销"),
        (r"(同比|环比)(?=(?:去年|今年|前年|上个?|\d{4}年|\d{1,2}月|[一二三四五六七八九十]+月|第?[一二三四1-4]季))", "比"),
        (r"(增长|增加|上涨|涨|下降|减少|下跌|跌|降|变化|提升|上升|提高)了?(?:多少|几个?|百分之几|百分之多少)(?:%|个点|个百分点|百分点)?", r"\1"),
        (r"(?:平均)?(?:需要|需|要|得|花|用|等)(?:花|用|等)?(?:几|多少)个?(?:小时|钟头|天|分钟|工作日)(?:才)?(?=$|[?？。,， ])", "多久"),
        (r"(下单到(?:签收|收货|送达|到货|收到货))(平均)?(?:要|需要|是|为)?(?:多久|几天|多少天|多长时间)", r"平均\1"),
        (r"(?:周六(?:和|、|跟|与|及)?周日|星期六(?:和|、|跟|与)?星期[日天]|礼拜六(?:和|、|跟|与)?礼拜[日天]|周末两天|双休日)", "每周末"),
        (r"(?:周一到周五|周一至周五|星期一到星期五|平日|平时工作日)", "工作日"),
        (r"(?:开|创建|提交|挂|拖|打开|开启)(?:了|着)?(?:超过|大于|多于|至少|满)?(\d+|[一二三四五六七八九十]+)天(?:以上)?(?:都|还|仍|也)?",
         r"早于\1天"),
        (r"(?<!早于)(?:超过|大于|多于)?(?<![\d早于])(\d+|[一二三四五六七八九十]+)天(?:以上|多)?(?:都|还|仍|也)*(?=(?:没|未|没有|尚未)(?:被)?(?:解决|处理|关|回复|结|搞定))",
         r"早于\1天"),
        (r"(\d+|[一二三四五六七八九十]+)天(?:以)?前(?:创建|提交|打开|开|新建|提)的?(?=.*(?:工单|投诉|咨询))", r"早于\1天的"),
        (r"购物车(?:里(?![昂尔斯])|中(?!国))?(?:的?(?:商品|东西))?(\d+|[一二三四五六七八九十]+)天(?:以上|多)?(?:都|还|一直)?(?:没有?|未)(?:动|更新|变|变动|改|碰)过?的?",
         r"购物车里有商品但最近\1天没有加购的"),
        (r"\b((?:tickets?|complaints?|cases?|open|unresolved|unanswered)\b.*)(?<!time) (?:for )?(?:more than|over) (\d+) (days?|weeks?|hours?)(?: ago)?$",
         r"\1 older than \2 \3"),
        (r"(?:同一?个?(?:订单|单子|单|笔订单)(?:里(?![昂尔斯])面?|中(?!国)|内)?)?(?:同时|一起|既|又)(?:有|买了?|含有?|包含|包括|买过)([^的]{1,20}?)"
         r"(?:又|和|及|与|以及|还|也)(?:有|买了?|含有?|包含|包括|买过)?([^的]{1,20}?)的(?=订单|单子)", r"同单含\1和\2的"),
        (r"(?:占比?|占全部的?|占总数的?|是全部的?)(?:的)?几成", "占比"),
        (r"[ ,，]*(?:给|用|以|按)(?:个|出)?百分比(?:表示|显示|来说)?$", "占比"),
        (r"\bhow long does (?:a |the |our )?first (?:reply|response) take\b", "first reply time"),
        (r"\bhow long (?:do|does|did) (?:it|we|staff|agents?) (?:take|need) (?:us )?to (?:first )?"
         r"(?:reply|respond|answer)\b",
         "first reply time"),
        (r"\bhow long (?:do|does|did) (?:it|we|staff|agents?) (?:take|need) (?:us )?to (?:resolve|close|solve)"
         r"(?: (?:a |the )?(?:tickets?|cases?))?\b", "resolution time of tickets"),
        (r"\bhow long (?:do|does|did) (?:a |the |our )?(?:delivery|deliveries|shipping) take\b", "delivery time"),
        (r"\bhow long (?:do|does|did) (?:it take|we take|we need) to deliver\b", "delivery time"),
        (r"\b(?:replies|reply|responds|answers) (?:the )?(fastest|slowest|quickest)\b",
         r"with the \1 first reply time"),
        (r"\b(?:resolves|closes|solves) (?:tickets )?(?:the )?(fastest|slowest|quickest)\b",
         r"with the \1 resolution time"),
        (r"\b(longest|slowest|shortest|fastest|quickest|average|avg|median|mean|max|min|maximum|minimum) "
         r"(?:first )?(?:reply|response|answer)\b(?! (?:time|rate|by customers))", r"\1 first reply time"),
        (r"\b(longest|slowest|shortest|fastest|quickest|average|avg|median|mean|max|min|maximum|minimum) "
         r"(?:ticket )?resolutions?\b(?! (?:time|rate))", r"\1 resolution time"),
        (r"\b(longest|slowest|shortest|fastest|quickest|average|avg|median|mean) (?:delivery|deliveries)\b"
         r"(?! (?:time|fee|cost|charge|duration|day|speed|company))", r"\1 delivery time"),
        (r"\bper customer\b[ ,(]*(?:including|counting|even)(?: (?:all|those|customers|people|the ones|the customers))*"
         r"(?: (?:who|that))?(?: have| had)? (?:never|not) (?:bought|ordered)(?: anything)?\b",
         "per customer of all customers"),
        (r"\bper customer\b[ ,(]*(?:across|over|for|among) all (?:our |the )?customers\b",
         "per customer of all customers"),
        (r"\b(orders?)((?: (?:in|from|of|placed|this|last) [\w ]{1,30}?)?) (?:(?:that|which) )?"
         r"(?:with|had|have|has|having|got) (?:a |an |any |at least one |some )?refunds?\b"
         r"(?! (?:amount|over|above|below|under|of|status|rate))",
         r"\1\2 having refunds"),
        (r"\b(orders?)((?: (?:in|from|of|placed|this|last) [\w ]{1,30}?)?) (?:(?:that|which) )?"
         r"(?:without|with no|had no|have no) (?:a |any )?refunds?\b", r"\1\2 having no refunds"),
        (r"(折扣|优惠|运费|邮费|配送费)最大的(?=(?:\d+|[一二三四五六七八九十]+)?[个笔单]?订单)", r"\1最高的"),
        (r"(?:有过?|发生过?|产生过?|申请过?)退款(?:记录)?的?(?=(?:订单|单子))", "含退款的"),
        (r"(?:没有|没|无|未发生|未)退款(?:记录)?的?(?=(?:订单|单子))", "不含退款的"),
        (r"\bhow many orders (?:does|do) (?:a |an |each |every |our |the )?(?:average )?(buyer|customer)s? "
         r"(?:place|make|have|do) on average\b", r"average orders per \1"),
        (r"\b(high|low|normal) (or|and) (urgent|high|low|normal)\b(?= priority)", r"\1-priority \2 \3"),
        (r"\b(urgent) (or|and) (high|low|normal)\b(?= priority)", r"\1 \2 \3"),
        (r"\b(high|low|normal) (or|and) (urgent) priority\b", r"\1-priority \2 \3"),
        (r"\b(high|low|normal) (or|and) (urgent) (?=tickets)", r"\1-priority \2 \3 "),
        (r"\b(\d+)(?:st|nd|rd|th)\b", r"\1"),
        (rf"\b(\d{{1,2}}) of (?={MONTH}\b)", r"\1 "),
        (rf"\b(?:between|from) (?:the )?(\d{{1,2}}) ?(?:and|to|until|till|-) ?(?:the )?(\d{{1,2}}) ({MONTH})\b",
         r"from \1 \3 to \2 \3"),
        (rf"\b({MONTH}) (\d{{1,2}}) ?(?:and|to|until|till|-) ?(\d{{1,2}})\b(?! ?(?:orders|times|%))",
         r"from \2 \1 to \3 \1"),
        (r"(\d{1,2}月)(\d{1,2})[日号]?([到至-])(\d{1,2})[日号]", r"\1\2日\3\1\4日"),
        (r"\blast (week|month|quarter|year)\b(.*)\b(?:the )?(?:\1 before|(?:previous|prior|preceding) \1)"
         r"(?! last)(?: that| it)?\b", r"last \1\2\1 before last"),
        (r"\bthis (week|month|quarter|year)\b(.*)\b(?:the )?\1 before(?! last)\b", r"this \1\2last \1"),
        (r"\byesterday\b(.*)\b(?:the )?day before(?! yesterday)\b", r"yesterday\1day before yesterday"),
        (r"\b(bought|ordered|purchased|visited) (?:\w+ )?in both (\w+) and (\w+)\b", r"\1 in \2 and \1 in \3"),
        (r"\b(?:is|are|was|were)(?:n't|nt)\b", "not"),
        (r"\b(?:not|isn't|aren't) assigned to\b", "except"),
        (r"\bwhat (did|do|have) (.+) (spend|spent)\b", r"how much \1 \2 \3"),
        (r"\b(how many|number of) (orders|tickets|refunds|reviews|visits) (?:did|do|have) (?:our |the )?"
         r"((?!new |returning |repeat |recurring |loyal )\w+ )?(?:customers|buyers)((?: (?:from|in) \w+)?) "
         r"(?:make|place|placed|open|opened|write|written|have|had|get)\b", r"\1 \2 \3\4"),
        (r"\b((?:more than|at least|over|less than|fewer than|at most|exactly) \w+) (open|unresolved|urgent|"
         r"unanswered) (tickets|cases)\b", r"\1 \3 \2"),
        (r"\bassigned to (?=\w)", "of "),
        (r"\b([rfm]) ?[=:] ?(\d)\b", r"\1 score \2"),
        (r"\b(fastest|quickest|slowest) (\w+) (?:to|at|in) (?:first )?(?:reply|respond|answer)(?:ing)?"
         r"(?: to)?(?: tickets?)?(?: on average)?\b", r"\2 with \1 first reply time"),
        (r"\b(fastest|quickest|slowest) (\w+) (?:to|at|in) (?:resolv|clos|solv)(?:e|ing)(?: tickets?)?"
         r"(?: on average)?\b", r"\2 with \1 resolution time"),
        (rf"\b(?:left|wrote|posted|written|submitted) (?={_FEW} reviews?\b)", "with "),
        (r"\b(?:bought|ordered|purchased|shopped) (?:stuff |things |goods )?for (?=(?:more than|over|less than|under|"
         r"at least|at most|above|below|between)\b)", "spent "),
        (r"(?<=\d) (?:units |pieces |items )?left(?: in stock| on hand)?(?! (?:a|at|any)\b)", " in stock"),
        (r"\bstopped (?:buying|ordering|purchasing) in\b", "whose last order was in"),
        (r"\b(how many|number of) (?:different|distinct|unique) (products|items|articles|skus) "
         r"(?:(?:were|was|have been|got|did we|have we|do we) )?(?:sold|sell|bought|ordered)\b", r"\1 \2 with sales"),
        (r"(?:卖出|售出|卖)了?(?:多少|几)[种款](?:不同的)?(商品|产品)", r"有销量的\1数量"),
        (r"(?:有)?(?:多少|几)[种款](?:不同的)?(商品|产品)(?:被)?(?:卖出去?|售出|有销量)了?", r"有销量的\1数量"),
        (r"净(销售额|收入|营收)[ (]*[扣减]?[掉除去]退款[ )]*", r"净\1"),
        (r"\b(net (?:revenue|sales)) ?\((?:after|minus|less|net of|excluding|without) refunds\)", r"\1"),
        (r"[()]", " "),
        (r"(?<=[a-z])_(?=[a-z])", " "),
        (r"差评", "2星以下评价"),
        (r"好评(?!率)", "4星以上评价"),
        (r"\bnumber of (?=(?:bad|negative|poor|good|positive) reviews\b)", "how many "),
        (r"\b(\d|one)-stars?\b", r"\1 star"),
        (r"\b((?:\d|one) stars?) ratings?\b", r"\1 reviews"),
        (r"\bhow big (?:is|was) (?:our |the )?customer base\b", "number of customers"),
        (r"\bwhy (?:do|did|are|were) (?:people|customers|buyers|they|we) (?:returning|return|refunding|refund|send back)\b",
         "refunds by reason for"),
        (r"\b(?:top|main|biggest|most (?:common|frequent)) ((?:\d+ )?)(?:refund|return) reasons\b",
         r"top \1reasons by number of refunds"),
        (r"\bdid (?:we|i) (?:issue|process|pay out|approve|grant|handle)\b", "did we have"),
        (r"\b(?:who|which customers|customers) (?:can|may|could) (?:we|i) (?:e-?mail|contact|write to|market to)(?: for marketing)?",
         "customers with marketing consent"),
        (r"([日周月])均", r"平均每\1"),
        (r"(?<=[上下内日号天次单])[ (]*含[^) 的]{1,5}[) ]+", ""),
        (r"行销", "营销"),
        (r"成交了?(?=(?:多少|几)(?:单|笔))", ""),
        (r"(?:买|下单)得?最多[ (]*按(?:消费)?(?:金额|销售额)[ )]*", "消费最高"),
        (r"(净\S{2,4}?)[ (]*扣(?:除|掉)?退款[ )]*$", r"\1"),
        (r"\b(?:but|and) (?:have |has |with )?no orders? (?:yet|so far)\b", "but never ordered"),
        (r"\bbecause (?:the |an? )?(?:items?|products?|goods|it|they) (?:was|were|is|are|came|arrived) ", "because "),
        (r"(?<=\w) stuff\b(?! (?:with|in|from|we))", ""),
        (r"折(?:成|合)(?:欧元|人民币|美元|英镑)?(?:一共|总共|共)?(?:是)?多少钱?", "总金额"),
        (r"(?<=比)(.*?)各是?多少", r"\1是多少"),
        (r"平均每[个位名](?:买过(?:东西)?的(?:客户|人)|买家)(?:下了?|买了?)几单", "平均每位买家订单数"),
        (r"平均(?:要|花|用|得)?(?:几个|多少个?|几)(?:小时|天)(?:能|才|可以)?(?:解决|处理完|关闭)(?:掉|完)?", "平均解决时间"),
        (r"(满意度|评分|评价)(?:的)?(?:平均)?(?:是|打)?(?:几|多少)分", r"平均\1"),
        (r"发货了?(?:但|但是)?还?没(?:有)?(?:送到|签收|收到|送达)", "发货"),
        (r"提了?多少(?:个|条|次|起)?投诉", "的投诉的工单数"),
        (r"投诉(?:数量|总数|数|量)(?!最)", "投诉类工单数"),
        (r"从(\S{2,6}?)(?:来|过来|进来)的(?=访问|访客|浏览|流量)", r"\1的"),
        (r"购物车里?还?(?:放着|留着|装着)(?:东西|商品|货)", "购物车里有商品"),
        (r"卖给(\S{2,6}?客户)了?多少钱?", r"\1的销售额"),
        (r"[四4]个季度(?:每个?|各(?:自|个)?)(?:季度?)?(?:都)?(?:是)?(?:做|卖|有|收)?(?:了|出)?", "各季度"),
        (r"(?:手上|手里|名下)(?:各|分别)?有多少(?=.*工单)|(?<=工单)每个?人(?:手上|手里|名下)?(?:各|分别)?有?多少", "按客服数量"),
        (r"\bfortnight\b", "2 weeks"),
        (r"\b(bought|ordered|purchased|shopped) (?:from|with|at) us\b", r"\1"),
        (r"\bby (?:what|how many) (?:percent|%|percentage) did (.+?) (?:change|grow|increase|decrease|fall|rise|drop)"
         r" from (\w+) to (\w+)$", r"growth of \1 \3 vs \2"),
        (r"\b(?:came|come|have come) back for (?:a|their) second (?:order|purchase)(?: or more)?", "with 2 or more orders"),
        (r"\bthis (week|month|quarter|year) (?:against|vs\.?|versus|compared (?:to|with)) last\b(?! (?:week|month|quarter|year))",
         r"this \1 vs last \1"),
        (r"\b(\d+) (?:pieces|pcs|units|items) (?:left |remaining )?(?:in|on) stock", r"\1 in stock"),
        (r"\b(?:who|which (?:customers|ones)) (?:are|might|will|could) we (?:most )?(?:likely |going )?(?:to )?lose\b",
         "top churn-risk customers"),
        (r"\b(\d+) riskiest(?: customers| ones)?\b", r"top \1 churn-risk customers"),
        (r"\b(net (?:revenue|sales|turnover)\b.*?)[,( ]+(?:so )?with (?:all )?refunds (?:taken off|deducted|subtracted|removed)\)?",
         r"\1"),
        (r"\b(?:with|has|have|had|gets?|got) (?:the )?(worst|best|highest|lowest) reviews\b", r"with the \1 rating"),
        (r"(?<=[年月周天度])注册(?=客户|用户|会员)", "注册的"),
        (r"最多(?=[\d一二两三四五六七八九十]+(?:个|位|名)(?:客户|顾客|用户|国家|城市|商品|产品))", "最多的"),
        (r"\b(worst|best)[- ]reviewed\b", r"\1 rated"),
        (r"做(?:了|成)?多少(?:钱)?的?生意", "销售额"),
        (r"一整(?=年|个?月|天)|整(?=年|个月)", ""),
        (r"(?<!信)用(\S{1,8}?)(?<!支)付的(?=订单)", r"用\1支付的"),
        (r"仓库(?:里(?![昂尔斯])|中(?!国)|内)?面?(?=.*(?:库存|货|件))", ""),
        (r"(?:所有|全部)(?:下过单|买过(?:东西)?)的(?:客户|人|顾客|用户)", "买家"),
        (r"^(\S{1,8}?)[和跟与](\S{1,8}?)都(?:买过|买了|下过单)的", r"买过\1也买过\2的"),
        (r"(?<=只买过)(\S{1,8}?)[ ,，]*(?:别的|其他|其它)\S{0,4}?[都也]没(?:碰过|买过|买|碰)", r"\1"),
        (r"每次(?:下单|购买|付款)?都(?=只用|用)", ""),
        (r"(?<!新)开的(?=工单|投诉)", "新建的"),
        (r"[,， ]?(?:不含|不算|去掉|除去|不包括)(?:已)?取消(?:掉)?的?(?:订单|单)?(?:不算)?", ""),
        (r"[,， ]?取消的(?:订单|单)?不算", ""),
        (r"只看(?=今|去|本|上|这)", ""),
        (r"\b(bought|ordered|purchased) ((?:[\w-]+ ){1,4})but not (?!since|in |on |after |for |this |last |during |yesterday|today)(?=\w)", r"\1 \2but never \1 "),
        (r"(?:累计|总)?消费(?:额|金额)?(?:排名|排)?前(?=[\d一二三四五六七八九十百]+(?:名|位|个|的|$))([\d一二三四五六七八九十百]+)"
         r"(?:名|位|个)?(?:的)?(?:客户|顾客|用户|人|买家)?", r"消费最高的\1位客户"),
        (r"超过((?:\d+|[一二两三四五六七八九十百半几]+)个?(?:天|周|月|年|半年))(?=没|未)", r"\1"),
        (r"运费(?:一共|总共|共)?收了?(?:多少钱?)?$", "运费总额"),
        (r"不(?:是来自|来自|在|属于)(?=.{2,6}?的(?:客户|顾客|用户|买家|订单))", "除了"),
        (r"\b(?:left|wrote|gave|posted|written|given) (?:us )?an? (?:bad|negative|poor) review\b", "left reviews with 2 stars or less"),
        (r"\b(?:bad|negative|poor) reviews\b", "reviews with 2 stars or less"),
        (r"\b(?:good|positive) reviews\b", "reviews with 4 stars or more"),
        (r"\bsame (?:month|quarter|week|time|period) (?:of )?last year\b", "same period last year"),
        (r"\b(?:compared (?:to|with)|vs\.?|versus|than) (?:the )?"
         r"(?:(?:previous|prior|preceding) month|month before(?! last))(?: that)?\b", "month over month"),
        (r"^by (?=how much\b)", ""),
        (r"\bwith (?:the |their |its )?(?:amounts?|totals?)(?=$|[ ,?.])(?! (?:of|over|above|under|below|more|"
         r"less))", ""),
        (r"\b(?:tell|show) (?:me|us) (?=how |what |who |which )", ""),
        (r",? ?which (?:one|order|refund)(?: (?:is|was) (?:it|that))?$", ""),
        (r"\bwhere (?:do|are) (?:our |the |most )?(customers|buyers) (?:come )?from\b", r"\1 by country"),
        (r"^(bought|ordered|purchased)\b(?=.*\b(?:but|never|not|no|without)\b)", r"customers who \1"),
        (r"\bhow (?:satisfied|happy) (?:were|are) (?:our |the )?customers\b", "average csat"),
        (r"\bbreak(?: |-)?down (?!by|of)(.+) by\b", r"\1 by"),
        (r"\bpriority levels?\b", "priority"),
        (r"\bstopped (?:buying|ordering|purchasing) (after|since)\b", r"have not bought \1"),
        (r"\bby (?:how many|how much|what) (?:percent|percentage|%) (?:did|has|have|do)\b", "growth of"),
        (r"\b(?:percentage|percent|%) (?:change|growth|increase|decrease) (?:in|of)\b", "growth of"),
        (r"\b(change|growth|increase|grow|grew)\b(.*) (?:in|as a) (?:percent|percentage|%)$", r"\1\2"),
        (r"\bhow (?:did|has|have|is|are|does|do) (?:the |our )?(.+?) (?:develop|developed|developing|evolve|"
         r"evolved|trend|trending)\b(?! (?:today|yesterday|(?:this|last) (?:month|week)))", r"\1 by month"),
        (r"\b(?:trend|development|evolution) (?:of|in) (?:the |our )?(revenue|sales|orders|turnover)"
         r"(?! (?:today|yesterday|(?:this|last) (?:month|week)))", r"\1 by month"),
        (r"(?<!order )(?<!cart )(?<!basket )(?<!refund )\bvalue of (?:the |our |all )?(?=(?:\w+ )?(?:customers|"
         r"buyers)\b)", "customer value of "),
        (r"\b((?:customers|buyers)(?: (?:in|from) \w+)? (?:with|whose) (?:a |an )?)value (?=over|above|under|below|"
         r"more|less|higher|lower|of at)", r"\1customer value "),
        (r"\b(?:most|more often) (?:returned|refunded) (products?|items?|articles?|categor(?:y|ies))\b",
         r"\1 with most refunds"),
        (r"\b(products?|items?|articles?|categor(?:y|ies)) (?:(?:is|are|was|were|get|gets|got) )?(?:returned|refunded) "
         r"(?:the )?most(?: often)?\b", r"\1 with most refunds"),
        (r"\bsize of (?:each|every) (?=.*segment)", "number of customers in each "),
        (r"((?:除了?|不含|不包括)[^,，]+?)(?:以外|之外|外)", r"\1"),
        (r"平均一单(?:是)?多少钱", "平均每单金额"),
        (r"退款原因分布", "各原因退款笔数"),
        (r"\bmoney (?=.*\brefund)", ""),
        (r"平均每[个位名]?买家(?:会)?(?:下了?|有|下过)?(?:多少|几)(?:个|笔)?(?:订单|单)", "平均每位买家订单数"),
        (r"(?:平均)?每[个位名]?买家(?:平均)?(?:消费|花费?)了?(?:多少(?:钱)?|金额|额)?", "每位买家的消费额"),
        (r"(?:平均)?每[单笔](?:订单)?(?:平均)?(?:有)?(?:多少|几)件(?:商品)?", "平均每单件数"),
        (r"平均每[单笔](?:订单)?(?:是)?多少钱", "平均每单金额"),
        (r"最(?:有)?可能(?:会)?流失", "流失风险最高"),
        (r"(?<!在)下了?(?=(?:多少|几)(?:单|个订单|笔订单))", ""),
        (r"花钱(?=最)", "消费"),
        (r"(?:买|下单)得?最多的(?=.*按(?:消费)?金额(?:排|算)?$)(.*?)[ ,]*按(?:消费)?金额(?:排|算)?$", r"消费最高的\1"),
        (r"(今天|本周|这周|本月|这个月|本季度|今年)(?:到|截止到?|截至)(?:现在|目前)(?:为止)?", r"\1"),
        (r"(?<=注册)了?的客户(?:数量|数|人数)", "客户数"),
    )
)  # fmt: skip
_US = re.compile(r"(?:(\S+) )?\bus\b(?!\$)")


def plainly(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> plainly("how long does a first reply take on average"), plainly("us customers"), plainly("give us orders")
    ('first reply time on average', 'usa customers', 'give us orders')
    """
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return _US.sub(_country_or_we, text)


def _country_or_we(found: re.Match[str]) -> str:
    return found[0] if found[1] in _TO_US else found[0].removesuffix("us") + "usa"
