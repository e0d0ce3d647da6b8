"""A question said back, in English or Chinese: what is counted, every filter, the window with its dates."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from crm_store.money import exponent
from crm_store.question.grammar import Among, Compare, Did, During, Filter, Is, Not, Or, Question, Than, Window
from crm_store.question.measures import CHANCES, MEASURES, MONEY
from crm_store.question.values import in_chinese

_FIELDS = {
    "country": ("country", "国家"), "city": ("city", "城市"), "language": ("language", "语言"),
    "consent": ("marketing consent", "营销同意"), "segment": ("segment", "分群"), "category": ("category", "品类"),
    "product": ("product", "商品"), "customer": ("customer", "客户"), "order": ("order", "订单"),
    "ticket": ("ticket", "工单"), "order_status": ("status", "状态"),
    "ticket_status": ("status", "状态"), "refund_status": ("status", "状态"), "payment_method": ("payment method", "支付方式"),
    "currency": ("currency", "货币"), "carrier": ("carrier", "承运商"), "reason": ("reason", "原因"), "kind": ("kind", "类型"),
    "priority": ("priority", "优先级"), "agent": ("agent", "客服"), "source": ("source", "来源"), "stars": ("stars", "星级"),
    "tag": ("tag", "标签"), "author": ("author", "发送者"), "channel": ("channel", "渠道"), "account": ("account on", "账号"), "day": ("day", "天"),
    "week": ("week", "周"), "month": ("month", "月"), "quarter": ("quarter", "季度"), "year": ("year", "年"),
    "weekday": ("day of the week", "星期"), "hour": ("hour of the day", "小时"), "newness": ("new (first order in that time) or returning", "新客（期间内首次下单）或老客"), "delivery_days": ("days to delivery", "送达天数"), "days_to_second": ("days from first to second order", "首单到第二单天数"), "spend": ("total spend", "累计消费"), "orders": ("number of orders", "订单数"),
    "aov": ("own average order value", "客单价"), "refunds": ("number of refunds", "退款笔数"),
    "refunded": ("refunded amount", "退款金额"), "tickets": ("number of tickets", "工单数"),
    "open_tickets": ("number of open tickets", "未解决工单数"), "reviews": ("number of reviews", "评价数"),
    "rating": ("average rating given", "平均评分"), "churn_risk": ("churn risk", "流失风险"),
    "propensity": ("purchase propensity", "购买倾向"), "value": ("customer value", "客户价值"), "total": ("order total", "订单金额"),
    "amount": ("amount", "金额"), "discount": ("discount", "折扣"), "refund_amount": ("refund amount", "退款金额"), "shipping": ("shipping charged", "运费"),
    "csat": ("CSAT", "满意度"), "units": ("number of units", "商品件数"), "price": ("price", "价格"), "stock": ("stock", "库存"), "score": ("CSAT", "满意度"),
    "first_reply": ("first reply time in hours", "首次回复小时数"), "resolution": ("resolution time in hours", "解决小时数"),
    "first_order_at": ("first order", "首次下单"), "last_order_at": ("last order", "最近下单"),
    "signed_up_at": ("signed up", "注册时间"), "placed_at": ("date of the order", "下单时间"), "delivered_at": ("delivered", "送达时间"), "resolved_at": ("resolved", "解决时间"), "tracking": ("tracking number", "运单号"),
    "opened_at": ("date opened", "创建时间"), "created_at": ("date", "时间"), "updated_at": ("date", "时间"), "at": ("time", "时间"),
    "recency": ("R score", "R 分"), "frequency": ("F score", "F 分"), "monetary": ("M score", "M 分"),
}  # fmt: skip
#: what is told of an article
_OF_GOODS = {"rating": ("average rating", "平均评分"), "units": ("units sold", "销量")}
#: times of a row that are asked for in place of its usual one
_OWN_TIMES = ("delivered_at", "resolved_at")
_SUBJECTS = {
    "customers": ("customers", "客户"), "orders": ("orders", "订单"), "products": ("products", "商品"),
    "refunds": ("refunds", "退款"), "reviews": ("reviews", "评价"), "tickets": ("tickets", "工单"),
    "visits": ("visits", "访问"), "carts": ("cart items", "购物车商品"), "messages": ("messages", "消息"),
    "items": ("orders", "订单"),
}  # fmt: skip
#: columns of answers that nothing is filtered by, in Chinese
_COLUMNS = {
    "period": "时段", "before": "对比时段", "name": "名称", "product_name": "商品名称", "refund": "退款", "review": "评价", "quantity": "数量",
    "at": "时间", "messages": "消息数", "visits": "访问次数", "last_order_at": "最近下单",
}  # fmt: skip
_OPS = {
    "lt": ("less than", "少于"), "le": ("at most", "至多"), "eq": ("exactly", "等于"), "ge": ("at least", "至少"),
    "gt": ("more than", "超过"),
}  # fmt: skip
_YES_NO = {
    ("is_open", 1): ("open", "未解决"), ("is_open", 0): ("resolved", "已解决"), ("answered", 0): ("without a first reply", "未回复"),
    ("is_refunded", 1): ("with a refund", "有退款"), ("is_refunded", 0): ("without a refund", "没有退款"),
    ("scored", 1): ("with a CSAT score", "有满意度评分"),
    ("has_carrier", 1): ("with a carrier", "有承运商"), ("has_carrier", 0): ("without a carrier", "没有承运商"),
    ("is_tracked", 1): ("with a tracking number", "有运单号"), ("is_tracked", 0): ("without a tracking number", "没有运单号"),
    ("has_arrived", 1): ("with a delivery date", "有送达时间"), ("has_arrived", 0): ("without a delivery date", "没有送达时间"),
    ("assigned", 0): ("unassigned", "未分配"), ("consent", True): ("with marketing consent", "同意营销"),
    ("consent", False): ("without marketing consent", "未同意营销"),
}  # fmt: skip


def label(column: str, *, chinese: bool, of_each: bool = False) -> str:
    """What a column of an answer is called where people read it. `of_each`: it holds what each row has of its own.

    >>> label("revenue", chinese=True), label("placed_at", chinese=True), label("placed_at", chinese=False)
    ('销售额', '下单时间', 'Placed')
    >>> label("churn_risk", chinese=False), label("churn_risk", chinese=False, of_each=True)
    ('Average churn risk', 'Churn risk')
    """
    if of_each and column in MEASURES and column in _FIELDS:
        own = _FIELDS[column][chinese]
        return own[:1].upper() + own[1:]
    if chinese:
        known = _COLUMNS.get(column) or _FIELDS.get(column, ("", column))[1]
        return MEASURES[column].chinese if column in MEASURES else known
    name = MEASURES[column].english if column in MEASURES else column.removesuffix("_at").replace("_", " ")
    return name[:1].upper() + name[1:]


def describe(question: Question, *, chinese: bool, now: datetime, zone: ZoneInfo, currency: str) -> str:
    """The question in a sentence, complete enough to be checked."""
    return _Speaker(chinese, now, zone, currency).question(question)


def describe_parts(
    question: Question, *, chinese: bool, now: datetime, zone: ZoneInfo, currency: str
) -> dict[str, str]:
    """What of a question can become something else by itself, in words: `where0`, ..., `window`, `by`, `then`, `limit`.

    A share's filters belong together, as do the times of a comparison.
    """
    speaker = _Speaker(chinese, now, zone, currency)
    speaker.question(question)
    said = (
        {}
        if question.share or question.than is not None
        else {f"where{at}": speaker.filter(each) for at, each in enumerate(question.where)}
    )
    if not (question.growth or question.versus is not None or question.than is not None):
        if time := speaker.time(question):
            said["window"] = time
        if not question.share and question.having is None and question.each is None:
            for part, name in (("by", question.by), ("then", question.then)):
                if name is not None:
                    by = speaker.field(name)
                    said[part] = f"按{by}" if chinese else f"by {by}"
    if question.limit is not None:
        said["limit"] = f"前 {question.limit}" if chinese else f"the first {question.limit}"
    return said


def describe_periods(question: Question, *, chinese: bool, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The times that a comparison is of, in words, in the order of its rows; none for any other question."""
    speaker = _Speaker(chinese, now, zone, "")
    if question.versus is None or question.window is None or question.by is not None:
        return ()
    return speaker.window(question.window), speaker.window(question.versus)


class _Speaker:
    def __init__(self, chinese: bool, now: datetime, zone: ZoneInfo, currency: str) -> None:
        self.chinese, self.now, self.zone, self.currency = chinese, now, zone, currency
        #: whether it is articles that something is said of
        self._of_goods = False

    def question(self, question: Question) -> str:
        self._of_goods = question.subject == "products" or (
            question.measure is not None and MEASURES[question.measure].fact == "products"
        )
        parts = [self._what(question)]
        parts += [self.filter(each) for each in question.where if each not in question.of]
        if question.first is not None:
            group, count = question.first
            by = self.field(group)
            if question.top_percent is not None:
                part = f"{question.top_percent:g} %"
                parts.append(f"最高的 {part} 的{by}" if self.chinese else f"of the {part} highest by {by}")
            else:
                parts.append(f"最高的 {count} 个{by}" if self.chinese else f"of the {count} highest by {by}")
        if question.within:
            which, by = self._join([self.filter(each) for each in question.of]), self.field(str(question.by))
            name = self._measure(str(question.measure))
            if self.chinese:
                parts.append(f"占每个{by}{which + '的' if which else '全部'}{name}")
            else:
                parts.append(f"in per cent of each {by}'s {name}{' ' + which if which else ''}")
        if question.share and question.by is None:
            whole = [self.filter(each) for each in question.of]
            name = self._measure(str(question.measure))
            listed = self._join(whole)
            if question.by is not None:
                of_each = (
                    f"of {name}{' ' + listed if listed else ''} in each",
                    f"占各自{listed + '的' if listed else ''}{name}",
                )
                parts.append(self._pick(of_each))
            elif self.chinese:
                parts.append(f"占{listed + '的' if listed else '全部'}{name}")
            else:
                parts.append(f"of {name}{' ' + listed if listed else ' in all'}")
        if question.having is not None:
            op, value = question.having
            unit = MEASURES[str(question.measure)].unit
            amount = (
                self._money(value) if unit == "money" else f"{value * 100:g} %" if unit == "percent" else f"{value:g}"
            )
            parts.append(f"{self._pick(_OPS[op])} {amount}")
        if question.least is not None:
            rows = self._pick(_SUBJECTS[MEASURES[str(question.measure)].fact])
            parts.append(
                f"至少 {question.least} 条{rows}" if self.chinese else f"at least {question.least} {rows} each"
            )
        said = self._join(parts)
        if time := self.time(question):
            said += self._pick((", ", "，")) + time
        if question.than is not None:
            said += self._than(question.than, question)
        if question.versus is not None:
            said += self._pick((" against ", "，对比 ")) + self.window(question.versus)
        return said + self._order(question)

    def _than(self, than: Than, question: Question) -> str:
        """What a number is set against, in full."""
        by = question.by
        other = self.question(Question(measure=than.measure, where=than.where, window=than.window, by=by))
        if question.percent:
            return self._pick((", in per cent of ", "，占以下数值的百分比：")) + other
        if question.ratio:
            return self._pick((", divided by ", "，除以 ")) + other
        return self._pick((", minus ", "，减去 ")) + other

    def time(self, question: Question) -> str:
        """The time of what is counted; empty for what has none."""
        if question.window is not None:
            return self.window(question.window)
        if any(isinstance(each, During) and each.field in _OWN_TIMES for each in question.where):
            # delivered last week: that is its time
            return ""
        has_one = question.subject in (None, "orders", "refunds", "reviews", "tickets")
        measure = MEASURES.get(question.measure or "")
        if has_one and (measure is None or measure.fact not in ("customers", "products") or measure.time):
            return self._pick(("of all time", "全部时间"))
        return ""

    def _what(self, question: Question) -> str:
        if question.subject is not None:
            return self._pick(_SUBJECTS[question.subject])
        name = self._measure(str(question.measure))
        if question.mean is not None:
            unit = self.field(question.mean)
            name = f"平均每{unit}的{name}" if self.chinese else f"{name} per {unit} on average"
        if question.growth:
            name = f"{name}的增长" if self.chinese else f"growth of {name}"
        if question.share:
            name = f"{name}占比" if self.chinese else f"share: {name}"
        if question.by is not None:
            by = self.field(question.by)
            if question.each is not None:
                then = self.field(str(question.then))
                if self.chinese:
                    return f"每个{by}中{name}{'最高' if question.descending else '最低'}的前 {question.each} 个{then}"
                way = "highest" if question.descending else "lowest"
                return f"{name} by {then}, the {question.each} {way} of each {by}"
            if question.then is not None:
                by += self._pick((" and ", "和")) + self.field(question.then)
            return f"按{by}的{name}" if self.chinese else f"{name} by {by}"
        return name

    def _order(self, question: Question) -> str:
        if question.each is not None or question.first is not None:
            return ""
        if question.order is None:
            count = question.limit
            return "" if count is None else self._pick((f", {count} of them", f"，其中 {count} 个"))
        what = self._measure(str(question.measure)) if question.order == "value" else self.field(question.order)
        if question.order == "value" and question.share:
            what = self._pick(("share", "占比"))
        way = self._pick(("highest first", "从高到低") if question.descending else ("lowest first", "从低到高"))
        if question.order == "at" or question.order.endswith("_at"):
            way = self._pick(("newest first", "从新到旧") if question.descending else ("oldest first", "从旧到新"))
        first = ""
        if question.limit is not None:
            first = f"，前 {question.limit}" if self.chinese else f", the first {question.limit}"
        elif question.top_percent is not None:
            part = f"{question.top_percent:g} %"
            first = f"，前 {part}" if self.chinese else f", the first {part} of them"
        return f"，{what}{way}{first}" if self.chinese else f", by {what}, {way}{first}"

    def filter(self, filter_: Filter) -> str:
        match filter_:
            case Is(name, values):
                if (name, values[0]) in _YES_NO:
                    return self._pick(_YES_NO[name, values[0]])  # type: ignore[index]
                listed = self._pick((" or ", "或")).join(self._value(name, each) for each in values)
                return f"{self.field(name)}{self._pick((' ', '为 '))}{listed}"
            case Compare("is_refunded", _, _):
                return self._pick(("refunded", "有退款"))
            case Compare("orders", "eq", 0):
                return self._pick(("who never ordered", "从未下单"))
            case Compare("orders", "ge", 1):
                return self._pick(("with at least one order", "下过单"))
            case Compare(name, op, value):
                amount = f"{value:g}"
                if name in MONEY:
                    amount = self._money(value)
                elif name in CHANCES:
                    amount = f"{value * 100:g} %"
                return f"{self.field(name)} {self._pick(_OPS[op])} {amount}"
            case During("updated_at", Window(None, end)) if end is not None:
                day = self._moment(end)
                return f"{day}之后未更新" if self.chinese else f"not touched since {day}"
            case During("last_order_at", Window(None, end)) if end is not None:
                day = self._moment(end)
                return f"最近一次下单早于 {day}" if self.chinese else f"who ordered before, but not since {day}"
            case During(name, window):
                return f"{self.field(name)} {self.window(window)}"
            case Did():
                return self._did(filter_)
            case Not(inner):
                return f"{self._pick(('not ', '非'))}{self.filter(inner)}"
            case Or(several):
                return self._pick((" or ", "或")).join(self.filter(each) for each in several)
            case Among():
                return self._among(filter_)

    def _among(self, first: Among) -> str:
        """Which are the first: by what, of which, in which time."""
        own = MEASURES[first.measure]
        timeless = own.fact in ("customers", "products") and not own.time
        said = [] if timeless else [self.window(first.window or Window(None, None))]
        detail = self._join([*(self.filter(each) for each in first.where), *said])
        group = self._pick(_SUBJECTS["customers" if first.by == "customer" else "products"])
        way = self._pick(("highest", "最高") if first.descending else ("lowest", "最低"))
        measure = self._measure(first.measure)
        if self.chinese:
            return f"属于{measure}{way}的 {first.count} 个{group}" + (f"（{detail}）" if detail else "")
        which = f"among the {first.count} {group}" if first.count > 1 else f"the one of {group}"
        return f"{which} {way} by {measure}" + (f" ({detail})" if detail else "")

    def _did(self, did: Did) -> str:
        if self._of_goods and did.event == "items" and did.tally in ("count", "units"):
            return self._sold(did)
        rows = self._pick(_SUBJECTS[did.event])
        of = [self.filter(each) for each in did.where]
        if did.window is not None:
            of.append(self.window(did.window))
        detail = f" ({self._join(of)})" if of else ""
        if did.tally == "money":
            what = self._pick(
                ("refunded" if did.event == "refunds" else "spent", "退款" if did.event == "refunds" else "消费")
            )
            return f"{what} {self._pick(_OPS[did.op])} {self._money(did.value)}{detail}"
        if did.tally == "rating":
            rated = f"{self._pick(_OPS[did.op])} {did.value:g}"
            return f"平均评分{rated}{detail}" if self.chinese else f"rated {rated} on average{detail}"
        if (did.op, did.value) == ("eq", 0):
            return f"没有{rows}{detail}" if self.chinese else f"without {rows}{detail}"
        if (did.op, did.value, did.tally) == ("ge", 1, "count"):
            return f"有{rows}{detail}" if self.chinese else f"with {rows}{detail}"
        count = f"{self._pick(_OPS[did.op])} {did.value:g}"
        if did.tally in ("categories", "goods"):
            goods = self._pick(
                ("categories", "个品类") if did.tally == "categories" else ("different articles", "个不同商品")
            )
            return f"购买过{count}{goods}{detail}" if self.chinese else f"who bought {count} {goods}{detail}"
        if did.tally == "units":
            return f"购买件数{count}{detail}" if self.chinese else f"who bought {count} units{detail}"
        return f"{rows}{count}{detail}" if self.chinese else f"with {count} {rows}{detail}"

    def _sold(self, did: Did) -> str:
        """What was sold of an article."""
        of = [self.filter(each) for each in did.where] + ([self.window(did.window)] if did.window is not None else [])
        detail = f" ({self._join(of)})" if of else ""
        if (did.op, did.value) == ("eq", 0):
            return f"没有卖出{detail}" if self.chinese else f"not sold{detail}"
        if (did.op, did.value, did.tally) == ("ge", 1, "count"):
            return f"有卖出{detail}" if self.chinese else f"sold{detail}"
        count = f"{self._pick(_OPS[did.op])} {did.value:g}"
        if did.tally == "count":
            return f"订单数{count}{detail}" if self.chinese else f"in {count} orders{detail}"
        return f"销量{count}{detail}" if self.chinese else f"with {count} units sold{detail}"

    def window(self, window: Window) -> str:
        start, end = window.start, window.end
        if start is None and end is None:
            return self._pick(("of all time", "全部时间"))
        if start is None and end is not None:
            return f"{self._moment(end)}之前" if self.chinese else f"before {self._moment(end)}"
        if start is not None and (end is None or end >= self.now):
            return f"{self._moment(start)}至今" if self.chinese else f"{self._moment(start)} to now"
        if start is None or end is None:
            return ""
        local = end.astimezone(self.zone)
        last = local - timedelta(days=1) if (local.hour, local.minute, local.second) == (0, 0, 0) else local
        first = start.astimezone(self.zone)
        if first.date() == last.date():
            return self._moment(start)
        return f"{self._moment(start)}{self._pick((' to ', '至'))}{self._moment(last)}"

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        day = format_date(
            local.date(), "y年M月d日" if self.chinese else "d MMMM y", locale="zh" if self.chinese else "en"
        )
        clock = "" if (local.hour, local.minute) == (0, 0) else f" {local:%H:%M}"
        return f"{day}{clock}"

    def _measure(self, name: str) -> str:
        measure = MEASURES[name]
        return measure.chinese if self.chinese else measure.english

    def field(self, name: str) -> str:
        if self._of_goods and name in _OF_GOODS:
            return self._pick(_OF_GOODS[name])
        return self._pick(_FIELDS.get(name, (name.replace("_", " "), name)))

    def _value(self, name: str, value: object) -> str:
        if self.chinese and isinstance(value, str):
            return in_chinese(name, value)
        locale = Locale.parse("zh_Hans" if self.chinese else "en")
        if name == "country":
            return str(locale.territories.get(str(value), value))
        if name == "weekday":
            return str(locale.days["format"]["wide"][value])
        if name == "language":
            return str(locale.languages.get(str(value), value))
        return str(value)

    def _money(self, minor: float) -> str:
        return f"{minor / 10 ** exponent(self.currency):,.2f}".removesuffix(".00") + f" {self.currency}"

    def _pick(self, pair: tuple[str, str]) -> str:
        return pair[1] if self.chinese else pair[0]

    def _join(self, parts: list[str]) -> str:
        return self._pick((", ", "，")).join(part for part in parts if part)
