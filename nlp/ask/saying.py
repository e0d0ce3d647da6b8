"""What is said where a question has no answer: why, and what can be asked instead."""

from collections.abc import Callable
from itertools import islice

from rapidfuzz import fuzz, process

from nlp.ask.lexing import is_chinese, normalise
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import LONGEST

_UNSUPPORTED = {
    "costs": (
        "The shop's data hold no costs, so profit and margin cannot be told.",
        "店铺数据中没有成本，因此无法回答利润或毛利。",
    ),
    "secrets": (
        "Card numbers, passwords and the like are not kept here and are never shown.",
        "这里不保存银行卡号、密码等信息，也不会显示。",
    ),
    "contacts": (
        "Contact data are not listed here: look at the customer's page.",
        "这里不列出联系方式，请打开客户页面查看。",
    ),
    "changing": ("Questions only read: nothing can be changed, sent or deleted here.", "这里只能查询，不能修改、发送或删除。"),
    "outside": ("That is not something the shop's data can tell.", "店铺数据无法回答这个问题。"),
    "future": (
        "Questions are about what has happened; the future is told by churn risk, propensity and customer value alone.",
        "这里回答已经发生的事；关于未来只有流失风险、购买倾向和客户价值。",
    ),
    "mistake": (
        "Shopdesk failed on this question, through no fault of yours: put it differently, and report it.",
        "处理这个问题时程序出错了，并非您的错误：请换一种问法，并反馈给维护者。",
    ),
    "unknown": ("The shop's data do not hold that.", "店铺数据中没有这项信息。"),
    "score": (
        "This has not been computed yet: run 'shopdesk score' first.",
        "尚未计算该项，请先运行 shopdesk score。",
    ),
    "too_little": (
        "There is too little history for it yet: 'shopdesk score' says what is missing.",
        "历史数据还不够，无法计算；运行 shopdesk score 可查看缺少什么。",
    ),
    "slow": (
        "That took too long and was stopped: ask for a shorter time or fewer customers.",
        "查询时间过长，已停止：请缩短时间范围或减少客户范围。",
    ),
}  # fmt: skip
_UNCLEAR = {
    "empty": ("Please ask a question.", "请输入一个问题。"),
    "long": (
        f"That is longer than {LONGEST} characters: ask one question at a time.",
        f"超过 {LONGEST} 个字符：请一次只问一个问题。",
    ),
    "many": ("That is too much for one question: ask it in fewer words.", "作为一个问题内容太多：请用更少的词来问。"),
    "large": (
        "{word} is more than anything here can be: name a number below 1,000,000,000,000,000.",
        "{word} 过大，超出店铺数据的范围：请使用小于 1,000,000,000,000,000 的数字。",
    ),
    "word": ("I do not know the word '{word}' here.", "这里的“{word}”没有理解。"),
    "left": ("I do not know what '{word}' means in this question.", "不明白“{word}”在这个问题里的意思。"),
    "two": ("That is more than one question at once.", "一次问了不止一个问题。"),
    "time": ("That time cannot be: it does not exist, lies ahead or ends before it begins.", "这个时间不成立：不存在、在未来或先后颠倒。"),
    "contradiction": ("'{word}' contradicts itself.", "“{word}”自相矛盾。"),
    "currency": ("The shop has no rate for {word}.", "没有 {word} 的汇率。"),
    "which_currency": ("Which currency is meant by '{word}'?", "“{word}”是指哪种货币？"),
    "delivered": ("Ordered in that time, or delivered in it?", "是指这段时间下单，还是这段时间送达？"),
    "ambiguous": ("'{word}' can mean more than one thing here.", "“{word}”有不止一种意思。"),
    "mix": ("These cannot be put together in the shop's data.", "这些条件在店铺数据中无法组合。"),
    "after": (
        "Which of two came first cannot be asked: give each a time of its own.",
        "无法按先后顺序提问：请为两件事分别给出时间。",
    ),
    "measure": ("What is to be counted or measured?", "要统计什么？"),
    "rank": ("Best or worst by which measure?", "按什么指标排序？"),
    "by": ("By what is it to be split?", "按什么分组？"),
    "window": ("In which time?", "在什么时间范围？"),
    "which_window": ("Who signed up, first bought or ordered in that time?", "是指这段时间内注册、首次购买还是下单？"),
    "inactive": ("Inactive for how long?", "多久没有下单？"),
    "per_customer": ("For every customer, or for those who bought?", "是按所有客户，还是按买过的客户？"),
    "refunds": ("The number of refunds, or their amount?", "退款笔数还是退款金额？"),
    "no_such": ("There is no {word} in the shop's data.", "店铺数据中没有 {word}。"),
    "address": ("No customer of the shop has that e-mail address.", "店铺里没有客户使用这个邮箱。"),
    "addresses": ("More than one customer has that e-mail address: name one by the id.", "不止一位客户使用这个邮箱，请用客户编号提问。"),
    "which_day": ("Which {word} is meant: please give the date.", "“{word}”是指哪一天？请给出日期。"),
    "share": ("The share of what?", "什么的占比？"),
    "compare": ("To be compared with what time?", "和哪段时间相比？"),
    "average": ("The average of what?", "什么的平均？"),
    "number": ("What is the number '{word}' for?", "数字“{word}”指什么？"),
    "neg": ("What is '{word}' about?", "“{word}”否定的是什么？"),
    "by_whom": ("Not resolved at all, or resolved by somebody else?", "是没有解决，还是由别人解决的？"),
    "and": ("Bought all of them, or one of them?", "是全部买过，还是买过其中之一？"),
    "follow": (
        "I do not see how that changes the question before: ask it in full.", "不明白这对上一个问题是什么意思，请完整地提问。"
    ),
    "or": ("The 'or' joins two different things: ask for each.", "“或”连接了不同的条件，请分开提问。"),
}  # fmt: skip
_ENGLISH = """
How many customers do we have?
How many customers are from Germany?
top 10 customers by spend
revenue last month
revenue this month
revenue in the last 30 days
average order value this year
revenue by country this year
revenue by category last year
monthly revenue for the last 6 months
compare revenue this month with last month
how many orders did we get yesterday?
orders by country this year
number of orders by payment method
cancelled orders last month
orders over 200 last month
customers who have not ordered in the last 90 days
customers who never bought
customers with at least 5 orders
customers who spent more than 500 in the last 90 days
how many customers signed up last month?
how many customers ordered for the first time last month?
how many customers ordered last month?
how many champions do we have?
number of customers by segment
at risk customers who spent over 300
what percentage of buyers are repeat buyers?
share of customers with marketing consent
customers who bought shoes but never bought a watch
best selling products this year
top 10 products by revenue this year
top 3 categories by revenue last year
products out of stock
products with an average rating below 3.5
average rating by product
refund amount last month
number of refunds by reason
customers with more than 2 refunds
open tickets by priority
complaints opened last week
tickets resolved last month by agent
average first reply time last month
average resolution time by agent
average CSAT this quarter
top 10 customers by churn risk
average spend per buyer
average number of orders per buyer
net revenue last month
visits by source last month
orders by carrier
"""
_CHINESE = """
我们有多少客户？
德国有多少客户？
消费最高的10位客户
上个月的销售额是多少？
最近30天的销售额
本月销售额和上个月对比
今年的平均订单金额
按国家统计今年的订单数
按国家统计今年的销售额
按品类统计去年的销售额
最近6个月每月的销售额
昨天有多少订单？
上个月取消的订单
最近90天没有下单的客户
从未下单的客户
至少下过5单的客户
最近90天消费超过500欧元的客户
上个月注册了多少客户？
上个月首次下单的客户有多少？
上个月下单的客户有多少？
按分群统计客户数
冠军客户有多少？
回头客占买家的比例
同意营销的客户占比
今年销量最高的10个商品
去年销售额最高的3个品类
缺货的商品
平均评分低于3.5的商品
上个月的退款金额
按原因统计退款笔数
退款超过2次的客户
按优先级统计未解决的工单
上周新开的投诉有多少？
上个月的平均首次回复时间
本季度的平均满意度
流失风险最高的10位客户
上个月的净销售额
"""


def sentence(outcome: Unclear | Unsupported, question: str) -> str:
    """Why there is no answer, in the question's language."""
    chinese = is_chinese(question)
    pair = _UNSUPPORTED[outcome.why] if isinstance(outcome, Unsupported) else _UNCLEAR[outcome.why]
    word = "" if isinstance(outcome, Unsupported) else outcome.word
    return pair[chinese].format(word=word[:40])


def suggestions(
    question: str, outcome: object = None, wanted: int = 3, *, can_ask: Callable[[str], bool] = lambda _: True
) -> list[str]:
    """Full questions that can be asked instead: what it may have been, then the nearest of the known ones.

    Of the known ones those alone that `can_ask` allows: a shop without shoes is suggested no question about them.
    """
    known = [line for line in (_CHINESE if is_chinese(question) else _ENGLISH).strip().splitlines() if line]
    folded = normalise(question[:LONGEST])
    nearest = process.extract(folded, known, scorer=fuzz.token_set_ratio, processor=normalise, limit=len(known))
    perhaps = outcome.perhaps if isinstance(outcome, Unclear) else ()
    askable = (text for text, _, _ in nearest if text not in perhaps and can_ask(text))
    return [*perhaps, *islice(askable, max(0, wanted - len(perhaps)))][:wanted]


def known_questions() -> list[str]:
    """Every question that is suggested: all of them have an answer."""
    return [line for line in (_ENGLISH + _CHINESE).splitlines() if line]
