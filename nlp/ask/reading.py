"""What a question asks. Every word that carries meaning has to find its place; one that does not is asked back."""

import re
from collections import deque
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.question.grammar import CannotAsk, Did, Filter, Is, Question
from nlp.ask.accounting import all_said, more_than_read
from nlp.ask.among import Asked, among_the_first, asked_among
from nlp.ask.asides import without_asides
from nlp.ask.asking import (
    mark_negated,
    take_aggregate,
    take_extreme,
    take_order_total,
    take_row_averages,
    take_target,
    take_verbs,
)
from nlp.ask.chinese import in_reader_words
from nlp.ask.chinese_forms import WHICH_WEEK, in_usual_form
from nlp.ask.clauses import take_clauses
from nlp.ask.colloquial import in_standard_chinese, with_countries_named
from nlp.ask.comparing import (
    are_two_numbers,
    difference_of,
    percent_of,
    percent_sides,
    ratio_of,
    ratio_sides,
    share_of_those,
    share_sides,
    side_by_side,
)
from nlp.ask.conditions import take_bounds, take_values
from nlp.ask.crowds import take_crowds
from nlp.ask.days import with_dates
from nlp.ask.deeds import name_deeds, take_sales
from nlp.ask.draft import MONEY, Draft
from nlp.ask.english_forms import in_usual_words
from nlp.ask.framing import framed, leave_out_goods, name_buyers, name_whom
from nlp.ask.grouping import take_groups, take_time_group
from nlp.ask.hurried import in_full, written_out
from nlp.ask.idioms import spoken
from nlp.ask.leading import first_per_cent, of_the_first, part_of_the_first
from nlp.ask.lexing import normalise
from nlp.ask.mending import spellings, spelt
from nlp.ask.outcomes import Stop, Unclear, Unsupported, unclear
from nlp.ask.phrasing import plainly
from nlp.ask.ranking import says_rank, take_limit, take_order_of_orders, take_rank
from nlp.ask.rewording import reworded
from nlp.ask.shaping import nothing_left, question_of
from nlp.ask.times import ImpossibleTime, WhichDay
from nlp.ask.turns import in_short
from nlp.ask.vocabulary import Shop
from nlp.ask.windows import take_spans
from nlp.ask.wording import atoms_of

LONGEST = 500
#: a text with words that are not known is read so often with others in their place
_TRIES = 60

#: so long after something of each customer's own, which no time of the calendar is
_OF_EACH_ONE = re.compile(
    r"注册(?:后|之后|以后)?(?:的)?(?:头|前)?[\d一二两三四五六七八九十]+(?:天|周|个月|年)(?:之|以)?内"
    r"|\b(?:resolved|closed|solved|answered|replied to|delivered|shipped) (?:within|in (?:under|less than)) (?:\d+|a|one|two|three) "
    r"|(?:注册|下单|购买|买|首单|签收|收货|退款)(?:了|过)?(?:的)?(?:当天|当日|当月|当周|同一天|次日|第二天)"
    r"|(?<!最近)(?<!过去)(?<!近)(?<!\d)\d+个?(?:小时|天|分钟)(?:之|以)?内(?:都|还|仍|一直)*(?:没|未)(?:有)?(?:人)?(?:被|能)?(?:解决|处理|关|回|响应|结|送达|送到|发货)"
    r"|\d+个?(?:小时|天|分钟)(?:之|以)?内(?:就|被)?(?:解决|处理|关闭|回复|响应|送达|送到|发货)"
    r"|\b(?:within|in) (?:the first )?(?:\d+|a|one|two|three) (?:days?|weeks?|months?|years?) (?:of|after|from) "
    r"(?:signing|sign|registering|registration|joining|their first|the first)"
)

#: what is told to be done, not asked: refund order 17, close this ticket, 取消订单 17
_ORDERS_A_CHANGE = re.compile(
    r"^(?:(?:p[lease]{3,6}|pls|now|can you|could you)\s+)*"
    r"(?:refund|cancel|close|resolve|reopen|assign|approve|reject|merge|ship|mark|escalate|block|pay|rename)\s+"
    r"(?:(?:the|this|that|all|every|my|an?)\s+(?!most|fewest|least|\w+est\b|rate|same|time)|it\b|them\b|everyone\b|everybody\b"
    r"|(?:orders?|tickets?|customers?|carts?|refunds?)\s+(?=\S*\d)(?!\d+\s*(?:days?|weeks?|months?)\b)|(?=[a-z#-]+\d))"
    r"|^(?:请|帮我|麻烦)*(?:取消|关闭|退掉|退款|分配|批准)(?:订单|工单|退款)?\s*[a-z#-]*\d"
    r"|^(?:请|帮我|麻烦)*(?:把|给(?!我|咱|看|下|个|出|列|老板|大家)).*(?:取消|关闭|退款|退了|退掉|分配给|改成|关掉)"
)

_WITH_AND_WITHOUT = re.compile(r"\bwith (?:and|vs\.?|versus|or) without\b")
#: of the ratio of refunds to orders in Germany both are of Germany
_LAST_OF_BOTH = re.compile(r"\b(?:in|from|for|by|among)\b")


#: of the ten best customers those who have not ordered: who they are is told before what is asked of them
_OF_THE_FIRST_ONES = re.compile(
    r"(?:top ?\d+|前\d+(?:名|位|个)?|最[高多大][的]?\d+(?:名|位|个))(?:的)?(?:客户|顾客|买家|商品|产品|人)?(?:里面?|中|当中|里头)"
    r"(?!.*(?:占|百分|比例|几成))"
)

#: what the first hundred spent together
_OF_THE_FIRST_TOGETHER = re.compile(
    r"(?:top ?\d+|前(?:\d+|[一二三四五六七八九十百]+)(?:名|位|个)?)的?(?:客户|顾客|买家|用户|商品|产品)(?:们)?(?:一共|总共|合计|加起来|共|总计)?"
    r"(?:贡献|带来|消费|花|买|卖)(?:了|出|掉)*(?:多少|几)"
)
#: 同时买过鞋包夹克: all of them, and nothing between them says so
_AT_ONCE = re.compile(r"同时(?:买|购买|下单|看|浏览|加购)")
#: bought for the first time, and again later
_FIRST_AND_AGAIN = re.compile(
    r"(?:第一次|首次|首单|头一次|首购)(?:买|下单|购买)?[^,没未]*(?<!没)(?:又|再|重新)(?:来|回来|一次)*(?:买|下单|下了单|购买|复购)"
)
#: 开了几张投诉,解决了几张
_TWO_COUNTS = re.compile(
    r"(?:几|多少)[张个单条笔件位次](?!以上|以下)[^,]*[,;、][^,]*了(?:几|多少)(?:[张个单条笔件位次]|钱)"
)
#: 上个月退款多少: so much money, or so many of them?
_REFUNDED_HOW = re.compile(r"(?<![的有])退款(?:一共|总共|总计|合计)?多少[了呀啊呢]*[? 。]*$")
#: they bought this, and what else?
_WHAT_ELSE = re.compile(r"买过?[^,]+的(?:客户|顾客|买家|人|用户)(?:都|最常|一般|通常)?还(?:会|都)?(?:买|购买)")

#: by what, money or orders? Those of the segment are loyal, none of them most
_MOST_LOYAL = re.compile(r"\bmost loyal (?:customers|buyers|clients|shoppers|people)\b")
#: the earliest of all orders, or those that were somebody's first?
_FIRST_ORDERS = re.compile(r"\b(?<!'s )(?<!their )first (?:orders|purchases)\b")

#: all that there are: no part of the question says how many
_ALL_OF_THEM = re.compile(
    r"\b(?:from|in|across|of) (?:all|every|each)(?: of)?(?: the| our)? (?:single )?categor(?:y|ies)\b"
)
_BOUGHT = re.compile(r"\b(?:bought|ordered|purchased|shopped)\b")

#: said before what is asked
_GREETING = re.compile(
    r"^(?:(?:hi|hey|hello|good (?:morning|afternoon|evening)|please|pls|can you|could you|would you|quick question|quick q"
    r"|i(?:'d| would)? (?:like|want|need) to know|tell me|let me know|do you know|i wonder|wondering)\b[ ,:!.]*)+(?=\w)"
)


def read(text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    """The question that a text asks."""
    if len(text) > LONGEST:
        return Unclear("long")
    typed = in_usual_form(normalise(_with_the_country(text)))
    if WHICH_WEEK.search(typed):
        return Unclear("window")
    typed = with_dates(typed, now, zone)
    written = in_usual_words(spelt(in_full(_GREETING.sub("", typed)), shop))
    if asked := asked_among(without_asides(in_standard_chinese(written))):
        return _read_among(asked, shop, now, zone)
    said = _turned(written)
    folded = plainly(said)
    if not folded.strip(" ?!.,;:。？！，"):
        return Unclear("empty")
    if _ORDERS_A_CHANGE.search(folded):
        return Unsupported("changing")
    if _OF_EACH_ONE.search(folded):
        return Unclear("window")
    if any(each.search(folded) for each in (_OF_THE_FIRST_ONES, _OF_THE_FIRST_TOGETHER, _WHAT_ELSE)):
        return Unclear("mix")
    if _FIRST_AND_AGAIN.search(typed):
        return Unclear("mix")
    if _MOST_LOYAL.search(said):
        return Unclear("rank")
    if _FIRST_ORDERS.search(said) or (_BOUGHT.search(said) and _ALL_OF_THEM.search(said)):
        return Unclear("mix")
    if _REFUNDED_HOW.search(typed):
        return Unclear("refunds")
    if _TWO_COUNTS.search(typed):
        return Unclear("two")
    outcome = _read(said, shop, now, zone)
    if isinstance(outcome, Unclear) and outcome.why == "word":
        outcome = _mended(said, outcome, shop, now, zone)
    if isinstance(outcome, Question):
        return more_than_read(typed, outcome) or outcome
    return outcome


def _turned(text: str) -> str:
    """A text in the words that the reader has, in passes over tables of patterns before `plainly`.

    First hurried English is written out (`hurried`), what is said around the question is left out (`asides`,
    `framing`), and spoken language is put as it is written (`colloquial`, `idioms`); then whole sentences are put in
    order (`rewording`), what is set against something else is marked (`comparing`), and families of turns are shortened
    (`turns`): each may use what the one before it wrote.
    """
    written = spoken(without_asides(written_out(in_reader_words(in_standard_chinese(text)))))
    return in_short(side_by_side(reworded(framed(written))))


def _read_among(asked: Asked, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    """Who comes first is read by itself, and so is what is asked of them."""
    sides = [read(side, shop, now, zone) for side in (asked.lead, asked.rest)]
    for side in sides:
        if not isinstance(side, Question):
            return side
    try:
        leading, rest = (side for side in sides if isinstance(side, Question))
        return among_the_first(leading, rest, asked)
    except Stop as stop:
        return stop.outcome


def _read(said: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    try:
        if sides := ratio_sides(said):
            one, other = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            return ratio_of(one, other, shared=_LAST_OF_BOTH.search(sides[1]) is not None)
        if leading := of_the_first(said):
            return part_of_the_first(_question(Draft(plainly(leading[0]), shop, now, zone)), *leading[1:])
        if sides := percent_sides(said):
            try:
                one, other = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            except (Stop, CannotAsk):
                pass
            else:
                if are_two_numbers(one, other):
                    return percent_of(one, other)
        if sides := share_sides(said):
            whole, part = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            return share_of_those(whole, part)
        return _question(Draft(plainly(said), shop, now, zone))
    except Stop as stop:
        return stop.outcome
    except WhichDay as error:
        return Unclear("which_day", str(error))
    except ImpossibleTime as error:
        return Unclear("time", str(error))
    except CannotAsk as error:
        return Unclear("mix", error.field)


def _mended(said: str, unclear: Unclear, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear:
    """The one question that a text with misspelt words can be; where it can be several, they are asked back."""
    readings: dict[Question, str] = {}
    texts = deque([(said, unclear.word)])
    tries = 0
    while texts and tries < _TRIES:
        text, word = texts.popleft()
        for other in spellings(text, word, shop):
            tries += 1
            outcome = _read(other, shop, now, zone)
            if isinstance(outcome, Question):
                readings.setdefault(outcome, other)
            elif isinstance(outcome, Unclear) and outcome.why == "word" and outcome.word != word:
                texts.append((other, outcome.word))
    if len(readings) == 1:
        return next(iter(readings))
    return replace(unclear, perhaps=tuple(readings.values())[:3])


def _with_the_country(text: str) -> str:
    """US in capitals is the country, where not everything is."""
    text = with_countries_named(text)
    return text if text.isupper() else re.sub(r"\bUS\b", "USA", text)


def _question(draft: Draft) -> Question:
    if both := _WITH_AND_WITHOUT.search(draft.text):
        # two groups that no field tells apart
        raise unclear("by", both[0])
    draft.atoms = atoms_of(draft)
    name_whom(draft)
    name_buyers(draft)
    leave_out_goods(draft)
    name_deeds(draft)
    mark_negated(draft)
    take_target(draft)
    take_sales(draft)
    take_clauses(draft)
    take_order_of_orders(draft)
    _take_asking(draft)
    take_order_total(draft)
    take_row_averages(draft)
    take_extreme(draft)
    take_verbs(draft)
    take_crowds(draft)
    take_rank(draft)
    take_groups(draft)
    take_time_group(draft)
    take_aggregate(draft)
    take_bounds(draft)
    take_values(draft)
    take_spans(draft)
    take_limit(draft)
    question = question_of(draft)
    if draft.top_percent is not None:
        question = first_per_cent(question, draft.top_percent)
    if draft.differ:
        question = difference_of(question, draft)
    nothing_left(draft)
    all_said(draft, question)
    if _AT_ONCE.search(draft.text) and any(_of_any(each) for each in question.where):
        raise unclear("mix", "")
    return question


def _of_any(filter_: Filter) -> bool:
    """Whether somebody did it with any of several articles."""
    return isinstance(filter_, Did) and any(isinstance(each, Is) and len(each.values) > 1 for each in filter_.where)


def _take_asking(draft: Draft) -> None:
    """How many, how much, which, list: in what shape the answer is wanted."""
    differ = draft.take("differ")
    draft.differ = str(differ["differ"]) if differ is not None else ""
    draft.howmany = draft.take("howmany") is not None
    howmuch = draft.take("howmuch")
    draft.howmuch = howmuch is not None and howmuch.text != "是多少"
    if howmuch is not None and howmuch.text == "金额" and says_rank(draft):
        # 金额最高的: by amount
        draft.howmuch = False
    elif howmuch is not None and not draft.howmuch and not draft.measure:
        draft.howmany = True
    if (not draft.measure or draft.measure in MONEY) and draft.take("cur", draft.shop.currency):
        # in euros, which they are
        draft.howmuch = draft.howmuch or not draft.measure
    draft.howlong = draft.take("howlong") is not None
    draft.listed = draft.take("list") is not None
    draft.which = draft.take("which")
