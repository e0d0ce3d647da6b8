"""Why somebody asks, said before the question: "we pay the carriers next week, so I need ...", "首页要改版,想知道".

What is said there limits nothing, and its words need not be known. But it may just as well say of whom: so it is left
out only where it names nothing that the question does not name again.
"""

import re

from nlp.ask.lexing import lex
from nlp.ask.months import MONTH
from nlp.ask.vocabulary import Shop

#: where the question begins
_ASKS = re.compile(
    r"[,，。;；!！:：.] ?(?:所以|因此|于是|就|我|我们|咱们?|现在|顺便|能不能|可以)*(?="
    r"(?:想|要)(?:先|再|顺便|请你|问)?(?:知道|看看?|查查?|问|了解|核对|确认|统计|弄清|搞清)"
    r"|请(?:你|您)?(?:先|帮我|帮忙|给出|给我|列出|列一下|统计|查|问|看)|麻烦(?:你|您)?(?:先)?(?:帮我|帮忙|看看?|查|给"
    r"|统计|列)"
    r"|(?:先)?(?:帮我|帮忙|问一下|查一下|看一下|看看|统计一下)|需要(?:知道|看)?|给我|求)"
    r"|(?:[,;:.!]| -| –| —) ?(?:so |and |thus |hence |therefore |now |but )?(?=(?:i|we)(?:'d| would)? (?:just |only "
    r"|really |first )?"
    r"(?:need|want|like|have|wonder|wanted)\b(?! to (?:make|build|prepare|plan|run|send|do))"
    r"|(?:i'm|i am|we're|we are) wondering\b|how\b|what(?:'s| is| are| was| were| share"
    r"| percentage)?\b|which\b|who\b|whose\b"
    r"|list\b|show\b|give\b|tell\b|please\b|pls\b|can you\b|could you\b|let me know\b|do (?:you|we) know\b)"
    r"|(?<=[a-z])[.!] (?=[a-z])"
)
#: that something is planned, done or felt
_IS_A_SITUATION = re.compile(
    r"要|准备|打算|正在|在(?:做|排|谈|考虑|写|搞|弄|准|整|赶|跟|和)|想(?:逐|给|把|做|搞|办)|考虑|总有?人|老有人|抱怨"
    r"|反馈|说是|花了"
    r"|马上|下周|明天|后天|下个?月|快到|年底|月底|开会|汇报"
    r"|\b(?:we|i|they|he|she)\b"
    r"|\b(?:boss|manager|team|marketing|finance|warehouse|someone|everyone|people|our \w+)(?:'re|'s| (?:are|is|was|were"
    r"|have|has|wants?|needs?|plans?|will|asked|asks?|keeps?|complain))\b"
    r"|\b(?:planning|preparing|meeting|campaign|newsletter|presentation|deck|(?:before|for) (?:the|a|my|our))\b"
)
#: of whom, what for, how many: no situation but a part of the question
_IS_ASKED = re.compile(
    r"多少|几|哪|谁|什么|如何|怎么样|吗|的(?:客户|顾客|买家|人|用户|会员|订单|单子?|商品|产品|工单|评价|退款)$"
    r"|^(?:客户|订单|商品|工单|评价|退款)$|^(?:out of|of|among|in|from|by|since|during)\b"
    r"|\b(?:how|what|which|who|whose|that|where|among|only|just those|list|show|count|number of)\b"
    r"|\b(?:customers|buyers|people|clients|orders|products|tickets|reviews|refunds|ones|those) (?:with|without|in"
    r"|from|by|of)\b"
)
_TIME = re.compile(
    r"今天|昨天|前天|今日|本周|这周|上周|本月|这个?月|上个?月|季度|今年|去年|前年|20\d\d|\d月|最近|过去|近\d"
    rf"|\b(?:last|this (?:week|month|quarter|year)|past|since|yesterday|today|q[1-4]|{MONTH})\b"
)
_NEXT = re.compile(r"明天|后天|下周|下个?月|下个?季度|明年|\b(?:next (?:week|month|quarter|year)|tomorrow)\b")
#: kinds of words that say which of them, and how many
_TELLING = ("val", "crowd", "neg", "except", "num", "cmp", "measure", "verb")
#: and of words that ask
_ASKING = (*_TELLING, "subj", "field", "by", "bucket", "agg", "howmany", "howmuch", "list", "top", "bottom", "share")
#: "so" says itself that it was a reason
_LIMITING = ("val", "crowd", "neg", "except", "num", "cmp")
_SO = re.compile(r"\b(?:so|thus|hence|therefore)\b|所以|因此|于是")
#: them, there, her: of what was said before
_REFERS_BACK = re.compile(
    r"\b(?:they|them|their|there|those|these|her|him|his|he|she|it|its|that one)\b|他们|她们"
    r"|它们|其中|这些|那些|那边|那里"
)
_SOMEBODY = re.compile(
    r"\b(?:customers|buyers|people|clients|orders|agents|products|who|which|tickets|categor\w+)\b"
    r"|客户|买家|订单"
)
#: what is sent, and no source of visits
_SENT = re.compile(r"\b(?:newsletters?|mailings?|campaigns?)\b")
#: a part of the question, whatever stands behind it
_IS_PART = re.compile(
    r"多少|几个|哪|谁|什么|的(?:客户|顾客|买家|人|用户|会员|订单|单子?|商品|产品|工单|评价|退款)$"
    r"|^(?:out of|of|among|in|from|by|since|during)\b|\b(?:how many|how much|which|whose)\b"
    r"|\b(?:customers|buyers|people|clients|orders|products|tickets|reviews|refunds|ones|those) (?:with|without|who"
    r"|that)\b"
)


#: what is to be done with them, said last: 我先联系这批, 想发张首单券
_PLANNED = re.compile(
    r"[,，(](?P<plan>(?:(?:我们?|咱们?|我这边|老板|运营|市场部?|客服|这批|这些人?|他们|给他们|想|要|准备|打算|好|先|优先|挨个|逐个|统一|方便|后面|回头|马上|再|看看)+"
    r"(?:给(?:他们|她们|大家))?(?:发|做|搞|推|联系|安抚|跟进|打|办|送|补|催|放|回访|通知|提醒|策划|处理|维护|慰问|关怀|谈|写)|(?:发|做|搞|办|推)[一两几]?[个张波场次批])"
    r"[^,，。?()]{0,10}(?<!的)(?<!的人))\)?[。!?]*$"
)


def without_situation(text: str, shop: Shop) -> str:
    """A normalised text without what only says why it is asked: before the question, and behind its question mark.

    A text without a situation stays as it is, and so does one whose situation names what the question does not.
    """
    return _without_remark(_from_the_question(text, shop), shop)


def _from_the_question(text: str, shop: Shop) -> str:
    for begins in _ASKS.finditer(text):
        situation, asked = text[: begins.start()], text[begins.end() :]
        so = _SO.search(begins[0]) is not None
        if _refers_back(asked) or not (so or _IS_A_SITUATION.search(situation)):
            return text
        if (_IS_PART if so else _IS_ASKED).search(situation):
            return text
        if _TIME.search(_NEXT.sub("", situation)) and not _TIME.search(asked):
            return text
        telling = _LIMITING if so else _TELLING
        if _told(situation, shop, telling) <= _told(asked, shop, telling):
            return asked
    return text


def _refers_back(asked: str) -> bool:
    return any(
        found[0] == "there" or not _SOMEBODY.search(asked[: found.start()]) for found in _REFERS_BACK.finditer(asked)
    )


def _without_remark(text: str, shop: Shop) -> str:
    """How many are open? asking because it is loud here."""
    if planned := _PLANNED.search(text):
        asked = text[: planned.start()]
        says_more = _IS_ASKED.search(planned["plan"]) or _TIME.search(planned["plan"])
        if not says_more and _told(planned["plan"], shop, _ASKING) <= _told(asked, shop, _ASKING):
            return asked
    asked, mark, remark = text.partition("?")
    if not remark.strip(" ?!.") or _IS_ASKED.search(remark) or _TIME.search(remark):
        return text
    return asked + mark if _told(remark, shop, _ASKING) <= _told(asked, shop, _ASKING) else text


def _told(text: str, shop: Shop, telling: tuple[str, ...]) -> set[tuple[str, str]]:
    """What words of a text say of which they are."""
    told: set[tuple[str, str]] = set()
    for atom in lex(_SENT.sub("", text), shop):
        for kind in telling:
            if atom.has(kind):
                values = atom[kind] if kind == "val" else [atom[kind]]
                told.update((kind, str(value)) for value in values)
    # 做一页图: a page
    return {each for each in told if each != ("num", "1.0")}
