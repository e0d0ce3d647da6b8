"""What the values of fields are called where people read them in Chinese; the shop's own names stay as they are."""

from babel import Locale

_SEGMENTS = {
    "champions": "冠军客户", "loyal": "忠诚客户", "potential loyalist": "潜在忠诚客户", "new": "新客户",
    "promising": "有潜力", "need attention": "需要关注", "about to sleep": "即将沉睡", "can't lose": "不能失去",
    "at risk": "有风险", "hibernating": "休眠",
}  # fmt: skip
#: what tickets are about: the intents, and what other desks call them
_KINDS = {
    "refund": "退款", "return": "退货", "complaint": "投诉", "order_status": "订单状态", "cancel_order": "取消订单",
    "change_order": "修改订单", "change_address": "修改地址", "payment": "付款", "invoice": "发票", "delivery": "配送",
    "product": "商品", "account": "账户", "newsletter": "邮件订阅", "human": "人工客服", "review": "评价",
    "greeting": "问候", "thanks": "感谢", "other": "其他", "question": "咨询",
}  # fmt: skip
_REASONS = {
    "damaged": "损坏", "wrong item": "发错商品", "not as described": "与描述不符", "not arrived": "未收到",
    "does not fit": "不合身", "changed mind": "改变主意", "other": "其他", "wrong size": "尺码不对", "late": "延迟",
}  # fmt: skip
_CHINESE: dict[str, dict[str, str]] = {
    "segment": _SEGMENTS,
    "kind": _KINDS,
    "reason": _REASONS,
    "order_status": {
        "pending": "待付款", "paid": "已付款", "shipped": "已发货", "delivered": "已送达", "cancelled": "已取消",
        "returned": "已退货",
    },
    "refund_status": {"requested": "已申请", "approved": "已批准", "paid": "已退款", "refused": "已拒绝"},
    "ticket_status": {"open": "待处理", "pending": "待客户回复", "snoozed": "已暂缓", "resolved": "已解决"},
    "priority": {"urgent": "紧急", "high": "高优先级", "normal": "普通", "low": "低优先级"},
    "author": {"customer": "客户", "bot": "机器人", "staff": "客服"},
    "payment_method": {
        "card": "银行卡支付", "alipay": "支付宝", "invoice": "账单支付", "wechat": "微信支付", "paypal": "PayPal",
    },
    "source": {
        "search": "搜索", "social": "社交媒体", "email": "邮件", "direct": "直接访问", "ads": "广告",
        "newsletter": "邮件订阅",
    },
    "channel": {"telegram": "Telegram", "console": "控制台"},
    "account": {"telegram": "Telegram"},
}  # fmt: skip
#: fields whose values are the same everywhere
_FIXED = ("segment", "order_status", "refund_status", "ticket_status", "priority", "author")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def in_chinese(field: str, value: str) -> str:
    """What a value of a field is called in Chinese; as it is where it is the shop's own, or has no name.

    >>> in_chinese("segment", "at risk"), in_chinese("country", "DE"), in_chinese("weekday", "Monday")
    ('有风险', '德国', '星期一')
    >>> in_chinese("reason", "wrong_item"), in_chinese("city", "Berlin"), in_chinese("priority", "unknown")
    ('发错商品', 'Berlin', '未知')
    """
    locale = Locale.parse("zh_Hans")
    folded = value.lower()
    match field:
        case "country" if value in locale.territories:
            return str(locale.territories[value])
        case "language" if value in locale.languages:
            return str(locale.languages[value])
        case "weekday" if folded in _WEEKDAYS:
            return str(locale.days["format"]["wide"][_WEEKDAYS.index(folded)])
        case "agent" if value == "unknown":
            return "未分配"
        case _ if value == "unknown":
            return "未知"
    known = _CHINESE.get(field, {})
    return known.get(folded) or known.get(folded.replace("_", " "), value)


def values_of(field: str) -> tuple[str, ...]:
    """The values that a field can have in every shop; none where they are the shop's own.

    >>> values_of("priority"), values_of("city")
    (('urgent', 'high', 'normal', 'low'), ())
    """
    return tuple(_CHINESE[field]) if field in _FIXED else ()
