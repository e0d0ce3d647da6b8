"""What customers did: "who bought shoes but never a watch", "more than 2 refunds in May"."""

import re
from dataclasses import replace
from itertools import pairwise

from crm_store.question.grammar import Compare, Did, During, Filter, Is, Not, Op, Window
from nlp.ask.bounds import minor_units, upper_op
from nlp.ask.draft import FIELDS_OF, OF_CUSTOMERS, Clause, Draft, grouped, named, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear
from nlp.ask.times import Span

_BEFORE_MEASURES = ("top", "bottom", "howmany", "by", "sort")

_ONLY = ("only", "just", "只", "仅", "只有")
_ANYTHING = re.compile(r"\b(?:any|some)thing\b|\bat all\b|任何|东西")

#: both were done
_JOINED = re.compile(r"\b(?:and|as well as|both)\b|&|并且|并|又|也|还|而且|以及|和|且")

_EVER = re.compile(r"\b(?:never|ever|yet|anything)\b|从未|从来|从没|过单|买过")

#: for how long nothing was ordered
_FOR_SO_LONG = re.compile(r"\bfor (?:the (?:last|past) )?\d+ (?:days|weeks|months|years)\b")

#: not at any time
_NEVER = re.compile(r"^(?:have |has )?never|从未|从没|从来没")

_EVENTS = {
    "buy": "orders", "spend": "orders", "return": "refunds", "review": "reviews", "complain": "tickets",
    "contact": "tickets", "visit": "visits", "cart": "carts", "signup": "signup", "refund": "refunds",
}  # fmt: skip


def _says_never(draft: Draft) -> bool:
    return any(atom.has("crowd", "never") for atom in draft.atoms)


def take_clauses(draft: Draft) -> None:
    subject, measure = draft.subject, draft.measure
    asks_for_customers = subject in ("customers", "buyers") or measure in ("customers", "buyers", "signups")
    # the most open tickets: what they have is counted
    asks_for_customers = asks_for_customers and not draft.ranked
    if not asks_for_customers and not any(atom.has("who") for atom in draft.atoms):
        return
    current: Clause | None = None
    negative: Atom | None = None
    waiting: list[Span] = []
    target_seen = False
    target = draft.subject_atoms[-1 if draft.chinese else 0] if draft.subject_atoms else None
    relative = False
    only: Atom | None = None
    for place, atom in enumerate(draft.atoms):
        after = draft.atoms[place + 1] if place + 1 < len(draft.atoms) else None
        before = draft.atoms[place - 1] if place else None
        if atom is target:
            target_seen = True
            if draft.chinese:
                current = None
            continue
        of_customers = atom.text in ("who", "whose", "whom") or (
            before is not None and before.has("subj", "customers", "buyers")
        )
        if atom.has("who") and atom.text != "的" and of_customers:
            relative = True
            # at the beginning it asks
            atom.used = place > 0
        if not asks_for_customers and not relative:
            continue
        order_verb = (
            atom.has("subj", "orders")
            and atom.text in ("order", "orders")
            and (before is not None and (before.has("neg") or before.has("who")) and atom.text == "order")
        )
        if (atom.has("verb") and str(atom["verb"]) in _EVENTS) or order_verb:
            verb = "buy" if order_verb else str(atom["verb"])
            current = _start(draft, verb, negative)
            current.said = current.begun = id(atom)
            negative = None
            if only is not None:
                current.only, only.used, only = True, True, None
            atom.used = True
            if order_verb:
                atom.kinds["taken"] = True
            if waiting and draft.chinese:
                current.span = waiting.pop()
            if draft.chinese and verb in ("buy", "visit", "cart", "return"):
                _take_goods_before(draft, current, place)
            if before is not None and before.has("oldest") and verb == "buy":
                current.which, before.used = "first", True
            if before is not None and before.has("newest") and verb == "buy":
                current.which, before.used = "last", True
            continue
        if atom.has("cmp", "eq") and atom.text in _ONLY:
            if current is not None and not current.things and not draft.chinese:
                current.only, atom.used = True, True
            else:
                only = atom
            continue
        if atom.has("again") and current is not None and current.event == "orders":
            current.again, atom.used = True, True
            continue
        if _says_open(atom, after, current) and not draft.chinese:
            # at least 2 tickets open
            assert current is not None
            current.kinds.append(Is("is_open", (1,)))
            atom.used = True
            continue
        if (
            asks_for_customers
            and target is not None
            and target_seen != draft.chinese
            and _opens_tickets(atom, after, current, chinese=draft.chinese)
        ):
            # who have an open complaint
            current = _start_with_things(draft, "tickets", negative)
            current.begun = id(atom)
            negative = None
            if atom.has("crowd"):
                current.kinds.append(Is("is_open", (1,)))
                atom.used = True
                continue
        if negative is not None and (atom.has("and") or atom.has("but") or atom.text in ("who", "that", "whose")):
            # what was not done is not said: it may not be what comes next
            raise unclear("neg", negative.text)
        if (
            atom.has("neg")
            and after is not None
            and after.has("crowd")
            and not (after.has("verb") or after.has("subj"))
        ):
            if after.has("crowd", "inopen") and draft.atoms[place + 2 : place + 3] and target is not None:
                # with no open tickets
                negative = atom
                continue
            # do not have open tickets: of the crowd alone
            continue
        if (atom.has("neg") or (atom.has("except") and after is not None and after.has("span"))) and not atom.used:
            if (
                after is not None
                and (after.has("val") or after.has("cmp"))
                and not (after.has("val") and current is not None and after["val"][0][0] in ("category", "product"))
            ) and after.has("val"):
                atom.used = True
                continue
            negative = atom
            continue
        if (
            draft.chinese
            and atom.has("subj", "orders", "refunds", "reviews", "tickets", "carts")
            and not (atom.has("taken") or atom.used or negative or draft.measure_atoms)
            and target is not None
            and target.has("subj", "customers", "buyers")
            and not any(each.has(kind) for each in draft.atoms for kind in ("top", "bottom", "by", "sort", "field"))
            and not (after is not None and after.has("howmany"))
        ):
            # 有退款的客户
            current = _start_with_things(draft, str(atom["subj"]), None)
            current.begun = id(atom)
            _take_said_before(draft, current, place)
            if waiting:
                current.span = waiting.pop()
            atom.used = True
            continue
        is_none = atom.has("subj") and not atom.has("taken") and negative is not None
        if is_none and (current is None or draft.chinese):
            current = _start_with_things(draft, str(atom["subj"]), negative)
            current.begun = id(atom)
            if draft.chinese:
                _take_said_before(draft, current, place)
            atom.used, negative = True, None
            atom.kinds["taken"] = True
            continue
        is_thing = atom.has("subj", "orders", "refunds", "reviews", "tickets", "visits", "carts")
        if is_thing and not atom.has("taken") and asks_for_customers and target_seen and not draft.chinese:
            if current is not None and current.event == str(atom["subj"]) and not negative:
                atom.used = True
                continue
            if before is not None and any(before.has(kind) for kind in _BEFORE_MEASURES):
                continue
            current = _start_with_things(draft, str(atom["subj"]), negative)
            current.begun = id(atom)
            if before is not None and before.has("oldest"):
                current.which, before.used = "first", True
            if before is not None and before.has("newest"):
                current.which, before.used = "last", True
            negative = None
            atom.used = True
            continue
        if atom.has("bound") and not atom.used:
            current = _bound_in_clause(draft, atom, current, negative, waiting)
            if current is not None and atom.used:
                negative = None
            continue
        if atom.has("span") and before is not None and before.has("crowd", "inactive") and not draft.chinese:
            # spent over 2000, inactive for 90 days
            continue
        if atom.has("span") and not atom.used:
            if negative is not None and current is not None and not draft.chinese:
                # ordered in May but not in June
                current = replace(current, negative=True, span=None)
                draft.clauses.append(current)
                negative.used, negative = True, None
            if current is not None and current.twin is not None and current.twin.span is None:
                # bought shoes but not bags in May
                current.twin.span = atom["span"]
            if current is not None and not draft.chinese and current.span is None:
                current.span, atom.used = atom["span"], True
            elif draft.chinese and current is not None and current.which and current.span is None:
                # 最后一次下单在去年
                current.span, atom.used = atom["span"], True
            elif draft.chinese:
                waiting.append(atom["span"])
                atom.used = True
            continue
        if atom.has("val") and not atom.used and current is not None:
            _value_in_clause(draft, atom, current, negative, before)
            if negative is not None and atom.used:
                negative = None
    if negative is not None:
        raise unclear("neg", negative.text)
    _share_times(draft)
    draft.unclaimed = waiting + draft.unclaimed


def _take_said_before(draft: Draft, clause: Clause, place: int) -> None:
    """有未解决的紧急工单: in Chinese what they are stands before them."""
    while place:
        place -= 1
        atom = draft.atoms[place]
        if atom.has("crowd", "inopen") and clause.event == "tickets" and not atom.used:
            clause.kinds.append(Is("is_open", (1,)))
        elif own := [pair for pair in pairs(atom) if not atom.used and _is_own(clause.event, pair[0])]:
            if atom.has("negated"):
                return
            clause.things.append(own[0])
        elif atom.text != "的":
            return
        atom.used = True


def _take_goods_before(draft: Draft, clause: Clause, place: int) -> None:
    """用支付宝买过包的客户, SKU-025今年有多少人买过: with what, or what, stands before the verb."""
    while place:
        place -= 1
        atom = draft.atoms[place]
        of_verb = [pair for pair in pairs(atom) if pair[0] in ("payment_method", "product", "source", "reason")]
        if of_verb and not atom.used and not atom.has("negated") and _is_own(clause.event, of_verb[0][0]):
            clause.things.append(of_verb[0])
            atom.used = True
        elif not (atom.has("span") or atom.has("howmany") or atom.has("subj", "customers")):
            return


#: another time than that of its delivery
_PLACED = re.compile(r"\b(?:placed|ordered|made|status|bought|purchased)\b|下单|状态")

#: 昨天签收了, 5月份一共送到: no 的 and no 已 between the time and the verb
_ARRIVED_THEN = re.compile(
    r"(?:[天日月周年号末]|季度|月份|星期|礼拜|半年|小时)(?:里|内)?[ ,]*(?:一共|总共|合计|共|总计|有)?[ ,]*(?:多少|几)?"
    r"(?:个|笔|张|单|件)?(?:订单|包裹|快递)?(?:被|成功)?(?:送达|签收|妥投|到货|送到|收货)(?!时间|天数|率)(?!.*下单)"
)


def says_when_delivered(draft: Draft) -> bool:
    """Orders delivered in June, how many were delivered yesterday: the time is that of the delivery.

    Delivered orders of June may be placed in it, and orders in June that were delivered are.
    """
    atoms = draft.atoms
    said = next((at for at, atom in enumerate(atoms) if ("order_status", "delivered") in pairs(atom)), None)
    if draft.chinese:
        orders = draft.measure == "orders" or (not draft.measure and draft.subject == "orders")
        return orders and len(draft.spans) == 1 and _ARRIVED_THEN.search(draft.text) is not None
    if said is None or _PLACED.search(draft.text) or atoms[said].has("negated"):
        return False
    thing = max((at for at, atom in enumerate(atoms[:said]) if atom.has("subj") or atom.has("measure")), default=-1)
    rows = any(atom.has("subj", "orders") for atom in atoms[said + 1 : said + 2])
    return not rows and not any(atom.has("span") for atom in atoms[thing + 1 : said] if thing >= 0)


def _is_own(event: str, name: str) -> bool:
    return name in FIELDS_OF.get("items" if event == "orders" else event, ()) and name not in OF_CUSTOMERS


def _share_times(draft: Draft) -> None:
    """Had a refund and a complaint this year, visited but did not order in May: the time is that of both."""
    for one, other in pairwise(draft.clauses):
        if one.begun == other.begun and one.begun:
            # bought shoes and bags in May
            one.span = one.span or other.span
            other.span = other.span or one.span
        said, unsaid = (one, other) if draft.chinese else (other, one)
        # without a refund and without a complaint this year
        neither = one.negative and other.negative and not one.said and not other.said
        if (one.negative and not neither) or not (one.span or other.span):
            continue
        between = draft.text[: _place(draft, other)][_place(draft, one) :]
        visited = one.event == "visits" and one.span is not None and other.event == "orders" and other.negative
        if visited and other.span is None and not other.op and not other.things and not _EVER.search(draft.text):
            # visited in June but did not order: then, or never?
            raise unclear("window", "")
        if (
            unsaid.event == "signup"
            and unsaid.span is None
            and not unsaid.negative
            and _JOINED.search(between)
            and not draft.chinese
        ):
            # signed up and ordered in May: both?
            raise unclear("which_window", "")
        if said.span is None or unsaid.span is not None or not _may_share(one, other):
            continue
        # had a refund but no complaint this year: both are had
        of_one_verb = not other.said and one.event != "orders"
        together = not other.negative or neither
        if _JOINED.search(between) if together else _shares_not(draft, one) or of_one_verb:
            unsaid.span = said.span


def _shares_not(draft: Draft, one: Clause) -> bool:
    """Visited but did not order this month."""
    return one.event == "visits" and not draft.chinese


def _may_share(one: Clause, other: Clause) -> bool:
    """What is so now, what came of all times and what has a time of its own is of no other's time."""
    lasting = any(named(each) == "is_open" for clause in (one, other) for each in clause.kinds)
    own = any(
        (clause.op and clause.event == "orders") or clause.which or clause.again or clause.only
        for clause in (one, other)
    )
    return not (lasting or own or {one.event, other.event} & {"carts", "signup"})


def _place(draft: Draft, clause: Clause) -> int:
    """Where in the text a clause begins."""
    at = 0
    for atom in draft.atoms:
        first = atom.text.split(" ")[0]
        place = draft.text.find(first, at)
        at = at if place < 0 else place
        if id(atom) == clause.begun:
            return at
    return at


def _opens_tickets(atom: Atom, after: Atom | None, current: Clause | None, *, chinese: bool) -> bool:
    """An open complaint, a refund ticket: of who has one."""
    if atom.has("crowd", "inopen"):
        names = [name for name, _ in pairs(after)] if after is not None else []
        of_them = after is not None and after.has("subj", "tickets")
        return of_them or "kind" in names or ("priority" in names and not chinese)
    if current is not None and current.event == "tickets":
        return False
    if any(name == "priority" for name, _ in pairs(atom)):
        # urgent tickets: a priority is of nothing else
        return not atom.used and not chinese
    return any(name == "kind" for name, _ in pairs(atom)) and not (atom.has("subj") or atom.has("verb") or atom.used)


def _says_open(atom: Atom, after: Atom | None, current: Clause | None) -> bool:
    """Whether it is said of the tickets before it, not of others that come next."""
    is_of_tickets = current is not None and current.event == "tickets" and not current.negative
    return is_of_tickets and atom.has("crowd", "inopen") and not _opens_tickets(atom, after, current, chinese=False)


def _start(draft: Draft, verb: str, negative: Atom | None) -> Clause:
    clause = Clause(event=_EVENTS[verb], tally="money" if verb == "spend" else "count")
    if verb == "complain":
        clause.kinds.append(Is("kind", ("complaint",)))
    if negative is not None:
        clause.negative, negative.used = True, True
    draft.clauses.append(clause)
    return clause


def _start_with_things(draft: Draft, subject: str, negative: Atom | None) -> Clause:
    if subject in ("products", "customers", "buyers", "messages"):
        raise unclear("mix", subject)
    clause = Clause(event=subject)
    if negative is not None:
        clause.negative, negative.used = True, True
    draft.clauses.append(clause)
    return clause


def _bound_in_clause(
    draft: Draft, atom: Atom, current: Clause | None, negative: Atom | None, waiting: list[Span]
) -> Clause | None:
    op, number, of, _ = atom["bound"]
    tied = atom.kinds.get("with")
    if tied is None and current is not None and _is_of_one_order(draft, atom, current):
        # who placed an order over 600 euros
        if negative is not None or "upper" in atom.kinds:
            raise unclear("mix", atom.text)
        minor = number if of == "money" else minor_units(draft, number, draft.shop.currency)
        current.kinds.append(Compare("total", op, minor))
        atom.used = True
        return current
    if tied is not None and tied.has("subj"):
        event = str(tied["subj"])
        if event == "products":
            raise unclear("mix", tied.text)
        if current is None or current.event != event or current.op or _is_another(draft, atom, current):
            current = Clause(event=event, begun=id(atom))
            draft.clauses.append(current)
            if waiting and draft.chinese:
                current.span = waiting.pop()
        current.op, current.number = op, number
        atom.used = tied.used = True
        if "upper" in atom.kinds:
            _bound_above(draft, current, upper_op(atom), atom["upper"])
    elif of == "stars" and tied is None and draft.subject != "reviews":
        # who gave 1 star
        if current is None or current.event != "reviews":
            current = Clause(event="reviews")
            draft.clauses.append(current)
            if waiting and draft.chinese:
                current.span = waiting.pop()
        current.kinds.append(Compare("stars", op, number))
        atom.used = True
    elif tied is not None and tied.has("distinct"):
        if current is None or current.event != "orders" or current.negative or current.op:
            raise unclear("mix", tied.text)
        current.tally, current.op, current.number = str(tied["distinct"]), op, number
        atom.used = tied.used = True
    elif tied is not None and tied.has("measure", "units") and current is not None and _may_be_units(current):
        # bought more than 5 pieces
        if negative is not None or "upper" in atom.kinds:
            raise unclear("mix", atom.text)
        current.tally, current.op, current.number = "units", op, number
        atom.used = tied.used = True
    elif tied is not None and tied.has("measure"):
        return current
    elif current is not None and _is_another(draft, atom, current) and of in ("times", "money"):
        if current.event != "orders":
            raise unclear("mix", atom.text)
        current = Clause(event="orders", op=op, number=number, tally="money" if of == "money" else "count")
        draft.clauses.append(current)
        if waiting and draft.chinese:
            current.span = waiting.pop()
        if "upper" in atom.kinds:
            _bound_above(draft, current, upper_op(atom), atom["upper"])
        atom.used = True
    elif current is not None and (of in ("times", "money") or (current.tally == "money" and of == "")):
        if current.tally == "money" and of == "":
            number = minor_units(draft, number, draft.shop.currency)
        if of == "times" and current.tally == "money":
            current.tally = "count"
        if of == "money":
            current.tally = "money"
        current.op, current.number = op, number
        if "upper" in atom.kinds:
            upper = atom["upper"] if of == "money" else minor_units(draft, atom["upper"], draft.shop.currency)
            _bound_above(draft, current, upper_op(atom), upper)
        atom.used = True
    elif current is not None and current.event == "reviews" and of == "stars" and "upper" not in atom.kinds:
        current.kinds.append(Compare("stars", op, number))
        atom.used = True
    elif current is not None and current.event == "orders" and of == "" and _is_of_goods(draft, atom):
        if negative is not None or current.negative or current.op or current.things or "upper" in atom.kinds:
            raise unclear("mix", atom.text)
        current.tally, current.op, current.number = "units", op, number
        atom.used = True
    if negative is not None and atom.used and current is not None:
        current.negative, negative.used = True, True
    if current is not None and current.negative and "upper" in atom.kinds:
        raise unclear("neg", atom.text)
    return current


def _may_be_units(clause: Clause) -> bool:
    return clause.event == "orders" and not (clause.op or clause.things or clause.negative or clause.only)


def _is_of_one_order(draft: Draft, bound: Atom, clause: Clause) -> bool:
    """An order over 600: what one of them came to, not all of them together."""
    if clause.event != "orders" or clause.op or bound["bound"][2] not in ("money", ""):
        return False
    before = draft.atoms[max(0, place_of(draft.atoms, bound) - 1)]
    return re.search(r"(?:^|\b(?:an?|single|one) )order$|^有过?订单$", before.text) is not None


def _bound_above(draft: Draft, clause: Clause, op: Op, upper: float) -> None:
    """The other end of between 200 and 300: of the same things, in the same time."""
    clause.twin = replace(clause, op=op, number=upper, things=clause.things, kinds=clause.kinds)
    draft.clauses.append(clause.twin)


def _is_another(draft: Draft, bound: Atom, current: Clause) -> bool:
    """Never bought bags and have more than 3 orders: the number is of another thing than what was not done."""
    before = draft.atoms[place_of(draft.atoms, bound) - 1]
    joined = before.has("and") or before.has("but") or before.text in ("who", "that", "whose")
    said = bool(current.things or current.span)
    if current.negative and said and not joined and not draft.chinese:
        raise unclear("neg", bound.text)
    return said and (joined or current.negative)


def _is_of_goods(draft: Draft, bound: Atom) -> bool:
    """More than 3 bags: so many pieces of them."""
    after = draft.atoms[place_of(draft.atoms, bound) + 1 :][:1]
    return bool(after) and any(name in ("category", "product") for name, _ in pairs(after[0]))


def _value_in_clause(draft: Draft, atom: Atom, current: Clause, negative: Atom | None, before: Atom | None) -> None:
    fields = FIELDS_OF["items" if current.event == "orders" else current.event] if current.event != "signup" else ()
    own = [pair for pair in atom["val"] if pair[0] in fields and pair[0] not in OF_CUSTOMERS]
    if not own:
        return
    if (negative is not None or atom.has("negated")) and current.things:
        ever = negative is not None and _NEVER.search(negative.text)
        clause = Clause(event=current.event, negative=True, span=None if ever else current.span)
        if negative is not None:
            negative.used = True
        else:
            atom["negated"].used = True
        if before is not None and (before.has("and") or before.has("or")):
            before.used = True
        clause.things.append(own[0])
        draft.clauses.append(clause)
        if current.span is None:
            current.twin = clause
    elif negative is not None or atom.has("negated"):
        current.negative = True
        (negative if negative is not None else atom["negated"]).used = True
        current.things.append(own[0])
    elif current.tally == "units" and current.things:
        raise unclear("and", atom.text)
    else:
        if before is not None and before.has("and") and current.things:
            _split_list(draft, current, own[0][0])
            clause = replace(current, things=[own[0]], kinds=list(current.kinds))
            draft.clauses.append(clause)
            before.used = atom.used = True
            return
        if before is not None and (before.has("and") or before.has("or")):
            before.used = True
        current.things.append(own[0])
    atom.used = True


def _split_list(draft: Draft, clause: Clause, name: str) -> None:
    """Bought shoes, bags and watches: each of them, though no `and` stands between the first two."""
    listed = [thing for thing in clause.things if thing[0] == name]
    if len(listed) < 2:
        return
    if any(atom.has("or") for atom in draft.atoms):
        raise unclear("and", "")
    clause.things = [thing for thing in clause.things if thing not in listed[1:]]
    draft.clauses += [replace(clause, things=[thing], kinds=list(clause.kinds)) for thing in listed[1:]]


def filters_of_clauses(draft: Draft) -> list[Filter]:
    """What the clauses say of customers."""
    found: list[Filter] = []
    if draft.clauses and (together := [atom for atom in draft.atoms if atom.has("together")]):
        together[0].used = True
        return _in_one_order(draft, together[0])
    for before, clause in zip([None, *draft.clauses], draft.clauses, strict=False):
        if _is_of_the_same(draft, before, clause):
            assert before is not None
            clause.things = list(before.things)
        found += filters_of_clause(draft, clause)
    return found


def _in_one_order(draft: Draft, together: Atom) -> list[Filter]:
    """Who ordered shoes and bags in the same order."""
    bought = [each for each in draft.clauses if each.event == "orders" and len(each.things) == 1]
    spans = {each.span.window for each in bought if each.span is not None}
    plain = all(not (each.negative or each.op or each.only or each.again or each.which) for each in bought)
    if len(bought) != len(draft.clauses) or len(bought) < 2 or len(spans) > 1 or not plain:
        raise unclear("and", together.text)
    goods = tuple(Is(name, (value,)) for each in bought for name, value in each.things)
    return [Did("orders", "ge", 1, "count", spans.pop() if spans else None, goods)]


def _is_of_the_same(draft: Draft, before: Clause | None, clause: Clause) -> bool:
    """Looked at an article, but never bought: it."""
    if before is None or before.event not in ("visits", "carts") or clause.event != "orders":
        return False
    goods = bool(before.things) and all(name in ("category", "product") for name, _ in before.things)
    if not (goods and clause.negative and not clause.things) or _ANYTHING.search(draft.text):
        return False
    # have not bought for 90 days: anything
    return not (clause.span is not None and clause.span.count and _FOR_SO_LONG.search(draft.text))


def filters_of_clause(draft: Draft, clause: Clause) -> list[Filter]:
    """What one of them says."""
    if clause.event == "signup":
        if clause.span is None and (clause.negative or not (len(draft.clauses) > 1 or _says_never(draft))):
            raise unclear("window", "")
        until_now = Window(None, draft.now)
        filter_: Filter = During("signed_up_at", clause.span.window if clause.span else until_now)
        return [Not(filter_) if clause.negative else filter_]
    if clause.which:
        if clause.span is None:
            raise unclear("window", "")
        return [During(f"{clause.which}_order_at", clause.span.window)]
    where = [*clause.kinds, *grouped(clause.things)]
    event = clause.event
    window = clause.span.window if clause.span else None
    if window is not None and event == "orders" and ("order_status", "delivered") in clause.things:
        # whose order was delivered in June
        if not says_when_delivered(draft):
            raise unclear("delivered", "")
        where = [
            *(each for each in where if each != Is("order_status", ("delivered",))),
            During("delivered_at", window),
        ]
        window = None
    op, number = (clause.op, clause.number) if clause.op else ("ge", 1.0)
    if clause.tally == "money" and not clause.op and not clause.negative:
        raise unclear("rank", "")
    if clause.negative:
        if clause.op and clause.op != "eq":
            op = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}[op]
        elif clause.op:
            raise unclear("neg", "")
        else:
            return _never(draft, clause, where, window)
    if clause.tally in ("categories", "goods"):
        return [Did("items", op, number, clause.tally, window, tuple(where))]  # type: ignore[arg-type]
    if clause.only and not where and any(atom.has("crowd", "once") for atom in draft.atoms):
        # only ordered one time
        return []
    if clause.only:
        return _only(clause, where, window)
    if clause.again and (clause.op or where):
        raise unclear("left", "again")
    if clause.again and window is None:
        return [Compare("orders", "ge", 2)]
    if clause.again and window is not None and len(draft.clauses) == 1:
        return [Did("orders", "ge", 1, "count", window), During("first_order_at", Window(None, window.start))]
    if clause.tally == "units":
        event = "items"
    if event == "orders" and not where and window is None:
        return [Compare("spend" if clause.tally == "money" else "orders", op, number)]  # type: ignore[arg-type]
    if event == "orders" and any(each.field in ("category", "product") for each in where if isinstance(each, Is)):
        event = "items"
    if event == "signup":
        raise unclear("mix", "")
    return [
        Did(event, op, number, clause.tally, window, each)  # type: ignore[arg-type]
        for each in _of_one_kind(where, split=op == "ge" and number == 1)
    ]


def _of_one_kind(where: list[Filter], *, split: bool) -> list[tuple[Filter, ...]]:
    """Had a complaint and a refund ticket: no ticket is both, so there is one of each."""
    kinds = [each for each in where if isinstance(each, Is) and each.field == "kind"]
    if len(kinds) < 2:
        return [tuple(where)]
    if not split:
        raise unclear("mix", "")
    rest = [each for each in where if each not in kinds]
    return [(kind, *rest) for kind in kinds]


def _only(clause: Clause, where: list[Filter], window: Window | None) -> list[Filter]:
    """Only bought shoes: shoes, and nothing that is not."""
    if len(where) != 1 or clause.op or clause.negative or clause.tally != "count" or clause.event != "orders":
        raise unclear("left", "only")
    goods = isinstance(where[0], Is) and where[0].field in ("category", "product")
    event = "items" if goods else "orders"
    did = Did(event, "ge", 1, "count", window, tuple(where))  # type: ignore[arg-type]
    return [did, Not(Did(event, "ge", 1, "count", window, (Not(where[0]),)))]  # type: ignore[arg-type]


def _never(draft: Draft, clause: Clause, where: list[Filter], window: Window | None) -> list[Filter]:
    event = clause.event
    if event == "orders" and not where:
        if window is None:
            return [Compare("orders", "eq", 0)]
        since = clause.span is not None and clause.span.count > 0
        if _others_did(draft, window) and not (since and _are_of_now(draft)):
            return [Did("orders", "eq", 0, "count", window)]
        if window.end is not None and window.end >= draft.now and window.start is not None:
            # inactive: bought before, and not since
            return [During("last_order_at", Window(None, window.start))]
        return [Compare("orders", "ge", 1), Did("orders", "eq", 0, "count", window)]
    if event == "orders":
        event = "items" if any(named(each) in ("category", "product") for each in where) else "orders"
    never = Did(event, "eq", 0, "count", window, tuple(where))  # type: ignore[arg-type]
    return [never]


def _are_of_now(draft: Draft) -> bool:
    """With something in the cart, not ordered for 60 days: inactive, whoever has the cart."""
    return all(each.event == "carts" for each in draft.clauses if not each.negative)


def _others_did(draft: Draft, window: Window) -> bool:
    """Visited in June and did not order then: whoever visited, also who never bought."""
    others = [
        each for each in draft.clauses if not each.negative and each.event in ("visits", "tickets", "carts", "signup")
    ]
    return any(
        each.event in ("carts", "signup") or (each.span is not None and each.span.window == window) for each in others
    )
