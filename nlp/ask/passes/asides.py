"""What is said around a question and asks nothing: how it is put, for whom, what for, how the answer is wanted."""

import re

from nlp.ask.lexing import is_chinese

#: of where an answer goes, and of nothing that the shop's data tell
_STAGE = frozenset(
    """
    boss bosses manager managers ceo cfo coo founder founders director directors accountant accountants bookkeeper
    auditor auditors investor investors shareholders board deck slides slide presentation presentations report reports
    reporting memo spreadsheet excel dashboard meeting meetings standup stand-up planning audit stocktake stocktaking
    payroll bonus budget bookkeeping workshop briefing offsite brainstorm bet interview agenda
    """.split()  # noqa: SIM905 - words are read more easily than a list
)
#: of it only where they stand by themselves: `newsletter` is also where visits come from
_PURPOSE = frozenset(
    """
    newsletter newsletters mailing mailings mailshot call calls team accounting finance bookkeeping files notes talk
    chat lunch dinner thank-you marketing
    """.split()  # noqa: SIM905
)
#: what may stand beside such a word, and would turn a question anywhere else
_BESIDE = frozenset(
    ("campaign", "promo", "promotion", "review", "reviews", "sales", "email", "customer", "tax", "staff")
)
_CONTACT = frozenset(
    "call email e-mail mail write phone ring thank contact reach invite message greet reward remind ask tell".split()  # noqa: SIM905
)
_THEM = frozenset(("them", "him", "her", "everyone", "everybody"))
_OPENERS = frozenset(("for", "so", "because", "as", "before", "ahead", "need", "needed", "i", "we", "to", "it's"))
#: where no comma stands before them they may be of a time
_WHEN = frozenset(("before", "ahead"))
_AROUND = _OPENERS | frozenset(
    """
    the my our your a an this that these next tomorrow tomorrow's tonight today's monday tuesday wednesday thursday
    friday weekly monthly quarterly annual yearly year-end half-yearly big short little quick internal important
    need needs want wants wanted he she they it us me you can could will would should have has had am is are be asked
    asks asking wondering about in at on of and then just please pls into out up off with by from to give send show
    prepare present plan personally directly later soon get going head go say hello their some an i'm we're i've
    something offer offers them him everyone everybody
    """.split()  # noqa: SIM905
)
_CLOCK = re.compile(r"\d{1,2}(?::\d\d)?(?:am|pm)|\d{1,2} o'clock")
_BREAK = re.compile(r"(\s+[-–—]+\s+|[,;:!?()]+|\.(?=\s|$))")

_KNOW = (
    r"(?:know|tell (?:me|us)|let (?:me|us) know|see|find out|work out|figure out|understand|confirm|check|look up|"
    r"look into|get|have|say|learn|hear)"
)
_SHOWN = (
    r"(?:send|drop|shoot|ping|throw|hand|pass|forward|bring|fetch|grab|run|dig out|dig up|fish out|spit out|print out|"
    r"provide|supply|slip|point|walk|talk|fill|update|brief|catch|pull|sort)"
)
_WHO = (
    r"(?:(?:my|the|our) )?(?:boss|manager|ceo|cfo|founder|accountant|board|owner|team|finance team|finance|director|"
    r"marketing team|investors|auditors?)"
)

#: at the beginning of a question, as often as they come
_FRAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"^(?:{pattern})[ ,:;.!–-]*(?=\S)"), said)
    for pattern, said in (
        (r"(?:ok(?:ay)?|well|now then|oh|ah|u+m+|u+h+m*|e+r+m*|h+m+|alright|lol|haha|hiya|howdy|greetings|yeah|yep)\b"
         r"(?! (?:to|with)\b)", ""),
        # what for
        (r"for (?:a|an|the|our|my|next week's|tomorrow's) (?:[\w-]+ ){0,2}(?:mailing|campaign|newsletter"
         r"|mailshot|promo|promotion|flyer|meeting"
         r"|report|presentation|review|slides?|board)(?=[,:;-])", ""),
        # who asks
        (r"(?:(?:it'?s|it is|this is) )?(?!(?:orders|customers|tickets|refunds|reviews|sales"
         r"|revenue)\b)[a-z]+(?: (?:from|in|at) "
         r"(?:the )?[a-z]+)?(?: team| desk| department)? (?:here|speaking)(?=[,:;.!-])", ""),
        (r"(?:it'?s|this is) [a-z]+ (?:from|in|at) (?:the )?[a-z]+(?: team| desk| department)?(?=[,:;.!-])", ""),
        (r"(?:hi|hey|hello|hiya|dear|good (?:morning|afternoon|evening)|morning)"
         r"(?: (?:there|team|all|guys|folks|everyone|everybody|bot|shopdesk))?(?=[ ,:!.])", ""),
        (r"(?:(?:would|do|did|might) you )?(?:happen to|perhaps|possibly) know\b(?: whether| if)?", ""),
        (r"(?:can|could|would|will) (?:you|u|ya|someone|somebody|anyone|anybody)(?: (?:please|pls|kindly|quickly|just|"
         rf"maybe|perhaps|possibly|also))*(?: {_KNOW})?(?: (?:whether|if|for me))?", ""),
        (r"(?:can|could|may|might) (?:i|we)(?: (?:please|pls|kindly|quickly|just|also))* (?:get|have|see|ask|know)"
         r"(?: (?:for|about))?\b", "show"),
        (r"(?:i'd|i would|we'd|we would) be (?:(?:very|most|really|so|ever so) )?(?:grateful|thankful|happy|glad|"
         rf"obliged|interested) (?:if|to|in)(?: you)?(?: (?:can|could|would|will|please|kindly))*(?: {_KNOW})?", ""),
        (r"(?:team|guys|folks|all|everyone|mate|buddy|dear)(?=[,:!])", ""),
        (r"(?:(?:please|kindly) )?be so (?:kind|good)(?: as)? (?:to|and)\b", ""),
        (r"(?:(?:please|kindly) )?do the needful(?: and)?\b(?: (?:provide|share|send))?", ""),
        (r"(?:i'm |i am |we're )?(?:so |very |really )?(?:sorry|apologies|excuse me|pardon|forgive me)"
         r",? (?:if|when|that|because) [^,:;.?]{1,40}[,:;.–-]", ""),
        (r"(?:i'm |i am |we're )?(?:so |very |really )?(?:sorry|apologies|excuse me|pardon)"
         r"(?: to (?:bother|disturb|trouble|bug) you| for (?:bothering|disturbing) you|"
         r" for the (?:trouble|bother|(?:silly|dumb|basic) question)| again)?\b", ""),
        (r"(?:i'm |i am |we're |we are |i was )?(?:just |only |really |simply )?(?:wondering|curious|asking|"
         r"trying to (?:find out|understand|see|work out|figure out)|looking to (?:find|see|know)|keen to know)"
         r"\b(?: (?:about|whether|if|to know|to see|out of curiosity))*", ""),
        (r"just (?=(?:how|what|which|who|tell|show|give|list|count|checking|curious|need|want|the (?:number|count))\b)",
         ""),
        (r"(?:just )?checking\b(?: (?:whether|if|on|in on))?", ""),
        (r"(?:(?:do (?:you|we) )?have )?any (?:idea|clue|insight|news|word)\b(?: (?:of|about|on|into|as to))?", ""),
        (r"(?:do|does) (?:we|anyone|anybody|you|somebody) (?:actually |even |perhaps )?know\b(?: (?:whether|if|of))?",
         ""),
        (rf"(?:(?:please|pls|plz|kindly) )?{_SHOWN} (?:me|us)\b"
         r"(?: (?:over|through|about|with|in on|on|up to speed on|to|up on))*",
         "show"),
        (r"(?:(?:please|kindly|pls) )*(?:provide|share|supply|produce|compile|prepare|generate|draw up|put together|"
         r"work out|"
         r"calculate|compute|figure out|find out|look up|dig out|dig up|pull out|determine|report|establish)"
         r"(?: (?:with (?:me|us)|me|us|for me|for us))? (?=(?:the|a|an|all|every|how|what|which|who|our|list|count|"
         r"number|total|average|revenue|sales|orders)\b)", "show"),
        (r"(?:it'd|it would|would) be (?:great|good|nice|helpful|useful|interesting|lovely) to (?:know|see|have|get)",
         ""),
        (r"what (?:i|we)(?:'d| would)? (?:really )?(?:need|want|like)(?: to (?:know|see|find out))? is\b", ""),
        (r"(?:i|we)(?:'d| would)?(?: (?:just|only|really|urgently|quickly|also|still|basically|kinda))* "
         r"(?:need|want|like|require|have|hope|try|am trying)(?: you)? to (?:know|see|get|have|find out|check|"
         r"understand|find|work out|figure out|look at|compare)\b(?: (?:whether|if))?", ""),
        (r"(?:i'd|i would|we'd|we would) (?:love|be curious|be keen) to (?:know|see|hear|understand)(?: about)?\b", ""),
        (rf"for (?:my|our|the|a|an) (?:\w+ )?(?:{'|'.join(sorted(_STAGE))})(?= (?:i|we|please|can|could|give|show|"
         rf"list|what|how|"
         r"which|who)\b)", ""),
        (r"(?:(?:please|kindly|pls|plz) )*(?:advise|confirm|indicate|specify|clarify|revert with)"
         r"(?: (?:me|us))?(?: (?:of|about|on|with|whether|if))?\b", ""),
        (r"(?:requesting|seeking|required|reqd|req'd|requested)(?: (?:is|are))?[: ]", ""),
        (r"(?:i'm|i am|we're|we are) (?:after|looking for|hunting for|interested in)\b", ""),
        (r"(?:help (?:me|us)(?: out)?(?: (?:with|to|find|understand|see))*)\b", ""),
        (r"(?:(?:a |one |another |my |the )?(?:(?:more|quick|short|small|little|dumb|stupid|silly|simple|easy|random|"
         r"other|last|next) )*(?:question|q|thing|one|check|query|request)(?: (?:is|for you|about that|again))?)"
         r"(?=[:,!.]| [-–—])", ""),
        (rf"{_WHO} (?:just )?(?:wants?|needs?|asks?|asked|is asking|would like|'d like|keeps? asking)"
         r"(?: (?:me|us))?(?: to (?:know|see|have|get))?(?: (?:about|for|whether|if))?\b", ""),
        (r"how (?:are|were|is|was) (?:we|things|it) (?:doing|looking|going|faring|getting on|holding up) "
         r"(?:on|for|with|in terms of|in)\b", ""),
        (r"where (?:do|are|did) we (?:stand|at|land|end up) (?:on|with|in terms of|for)\b", ""),
        (r"what(?:'s| is| was) the (?:story|situation|picture|latest|state of play|state|word|deal) (?:on|with|for|of)"
         r"\b", ""),
        (r"(?:going|looking|thinking) back (?:over|to|at|on)\b", "in"),
    )
)  # fmt: skip

_COUNT = r"(?:number|count|total number|tally|figure|headcount|head count|total)"
_PLEASE = (
    r"(?:(?:please|pls|plz|thanks|thx|only|alone|will do|is enough|is fine|is all i need|would do|suffices|is ok|is "
    r"okay"
    r"|is sufficient|is plenty|would be (?:fine|enough|great|good))\b ?)*"
)
_BEFORE = r"[ ,;:(–—-]+(?:and )?"
_END = r"[)\s?.!]*$"
#: stands for a list that is wanted
_LIST = " list-of-them"
#: at the end of it
_TAILS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (rf"(?:,|;|:| [-–—]+|\.|\?|!|\() *(?:(?:i )?(?:just|only) (?:need |want )?(?:the |a )?{_COUNT}|(?:the|a|"
         rf"one) {_COUNT} "
         rf"(?=only|alone|will|is|would|suff)|{_COUNT} (?=only|alone|will|is|would|suff)) ?{_PLEASE}{_END}", ", count"),
        (rf"{_BEFORE}(?:(?:just|only|by|with|give|list|show)(?: me)? )?(?:the |their )?(?:names?|ids?)"
         rf"(?:(?:,|/| or| and) ?(?:the |their )?(?:names?|ids?))? ?{_PLEASE}{_END}", _LIST),
        (rf"(?:,|;|:| [-–—]+|\.|\?|!|\() *(?:please )?(?:just |simply )?(?:list|show|name|give me|show me) (?:them|"
         rf"those|these|it)"
         rf"(?: all| to me)? ?{_PLEASE}{_END}", _LIST),
        (r"(?:,| [-–—]+|\() *(?:as|in) (?:a |an )?(?:table|list|chart|graph|csv|excel|spreadsheet)(?: form| format)?"
         rf" ?{_PLEASE}{_END}", ""),
        (r"[ ,;:(–—-]+(?:if (?:you|u) (?:can|could|have (?:it|a (?:sec|second|minute|moment))|don't mind|would|please)|"
         r"when(?:ever)? (?:you|u) (?:can|get (?:a chance|a minute|a sec|round to it)|have (?:a (?:sec|second|minute|"
         r"moment|chance)|time))|no (?:rush|hurry|stress|pressure)|at your (?:earliest )?convenience|"
         r"that(?:'s| is| would be) (?:all|it|great|enough|fine|perfect|lovely)|(?:would|will) be (?:great|nice|lovely|"
         r"good|perfect|helpful|fine)|(?:much )?appreciated|appreciate it|many thanks|thanks (?:a (?:lot|million|"
         r"bunch)|so much|very much|again|in advance)|thank you(?: (?:so|very) much)?|please and thank you|"
         rf"(?:just )?(?:a )?quick (?:one|check)|out of (?:interest|curiosity)|roughly speaking|will do){_END}", ""),
        (rf"[ ,;:(–—-]+(?:up or down|bigger or smaller|better or worse|higher or lower|more or less\?|or not|or what|"
         rf"who is (?:it|that|he|she)|which (?:is|was) it){_END}", ""),
        (rf"[ ,]+(?:all of (?:them|it)|every (?:one|last one) of them|the (?:whole|full|entire) (?:lot|list)){_END}",
         ""),
        (rf"(?<=\w) (?:exactly|precisely|really|actually|roughly|though|anyway|anyways|anyhow|maybe|"
         rf"perhaps|honestly|right|eh|huh|innit|y'know|you know|please|pls|i wonder|i think|i guess|i suppose|i mean|"
         rf"do you know|would you know|do we know|can you tell|any idea)(?=\?|$){_END}", ""),
    )
)  # fmt: skip
#: how many of them, said after all else
_FIRST = re.compile(
    rf"(?:,|;|:| [-–—]+|\.|\?|!|\() *(?:(?:just |only )?(?:the )?(?:first|top) \d+|\d+ of (?:them|those)|"
    rf"(?:give|show|list)(?: me| us)? \d+|(?:max|maximum|limit|limited to) \d+|"
    rf"(?:just |only |about )?\d+ (?=please|pls|plz|is enough|will do|would do|is fine|suffices)) ?{_PLEASE}{_END}"
)
#: what was said before it was put right
_TAKEN_BACK = re.compile(
    r"\b(?P<same>which|what|the|in|for|by|last|this|how many|from) [\w-]+(?: [\w-]+)?(?:\.\.\.|…|,| [-–—]+)+ *"
    r"(?:oh )?(?:no|sorry|wait|i mean|make that|or rather|rather|scratch that)[, ]+(?:wait |sorry |i mean )?"
    r"(?=(?P=same)\b)"
)
_SAYS_WHAT = re.compile(r"(?:list|show|give|which|who|what|how|name|number|count)\b")
_QUOTES = re.compile('["“”«»„]')


def without_asides(text: str) -> str:
    """A normalised text without what is said around its question.

    >>> without_asides("boss wants to know: orders by month, for the board deck")
    'orders by month'
    >>> without_asides("just wondering how many customers we have, just the count pls")
    'how many customers we have, count'
    """
    if is_chinese(text):
        return text
    text = _QUOTES.sub("", text)
    text = _TAKEN_BACK.sub("", text)
    text = _framed(_offstage(_framed(text)))
    if (first := _FIRST.search(text)) and (number := re.search(r"\d+", first[0])):
        text = f"{text[: first.start()]}, top {number[0]}"
    for pattern, said in _TAILS:
        text = pattern.sub(said, text)
    text = text.strip(" ,;:")
    if text.endswith(_LIST):
        text = text.removesuffix(_LIST)
        return text if _SAYS_WHAT.match(text) else f"list {text}"
    return text


def _framed(text: str) -> str:
    for _ in range(4):
        before = text
        for pattern, said in _FRAMES:
            text = pattern.sub(f"{said} " if said else "", text, count=1)
        if text == before:
            break
    return text


def _offstage(text: str) -> str:
    """A text without the parts that only say who asks, and what for."""
    parts = _BREAK.split(text)
    if len(parts) == 1:
        return _before_purpose(text)
    kept: list[str] = []
    for place in range(0, len(parts), 2):
        part, after = parts[place], parts[place + 1] if place + 1 < len(parts) else ""
        words = part.split()
        if words and _is_offstage(words, alone=True):
            continue
        kept += [_before_purpose(part), after]
    return "".join(kept).strip(" ,;:-–—") if any(part.strip() for part in kept) else text


def _before_purpose(part: str) -> str:
    words = part.split()
    for place in range(1, len(words) - 1):
        if words[place] in _OPENERS - _WHEN and _is_offstage(words[place:], alone=False):
            return part[: len(part) - len(part.lstrip())] + " ".join(words[:place])
    return part


def _is_offstage(words: list[str], *, alone: bool) -> bool:
    """Whether words are all of a purpose, and one of them says which."""
    said = False
    for place, word in enumerate(words):
        bare = word.removesuffix("'s")
        if bare in _STAGE or (_CLOCK.fullmatch(word) and place and words[place - 1] in ("the", "my", "our")):
            said = True
        elif not (bare in _PURPOSE or bare in _CONTACT or bare in _BESIDE or word in _AROUND):
            return False
    if said:
        return not alone or len(words) > 1 or words[0] in ("stocktake", "stocktaking", "boss")
    if words[0] not in _OPENERS or len(words) < 3:
        return False
    if any(word in _CONTACT for word in words) and any(word in _THEM for word in words):
        return True
    return alone and any(word.removesuffix("'s") in _PURPOSE for word in words[1:])
