"""Shares: what the part is, and of what."""

import re

from crm_store.question.grammar import Compare, During, Filter, Is, Not, Question, Window
from crm_store.question.measures import MEASURES
from nlp.ask.clauses import filters_of_clause
from nlp.ask.draft import Draft, named, pairs
from nlp.ask.outcomes import unclear
from nlp.ask.ranking import default_limit

#: of those in France, not of all who are new
_ARE_NEW = re.compile(r"\b(?:is|are|was|were) (?:new|first[- ]time)\b|\bamong\b")
ORDER_STATUSES = ("pending", "paid", "shipped", "delivered", "cancelled", "returned")


def share_of(draft: Draft, measure: str, by: str | None, window: Window | None, where: list[Filter],
    predicates: list[Filter], everyone: list[Filter],
) -> Question:  # fmt: skip
    if measure == "new_buyers" and not predicates and (not where or _ARE_NEW.search(draft.text)):
        return _of_new(draft, by, window, where)
    if by is not None and (predicates or any(named(each) == "order_status" for each in where)):
        return _of_each_group(draft, measure, by, window, [*where, *everyone], predicates)
    if by is not None and any(named(each) == by and isinstance(each, Is) and len(each.values) == 1 for each in where):
        # by reason, of one reason: 100 % of it
        raise unclear("share", "")
    if by is not None:
        return Question(
            measure=measure, by=by, window=window, where=(*where, *everyone, *predicates,), share=True,
            limit=_limit_of(draft), order="value" if draft.ranked else None, descending=draft.descending,
        )  # fmt: skip
    if MEASURES[measure].unit == "percent":
        # a part of a rate is nothing
        raise unclear("share", "")
    if measure == "buyers" and window is None:
        measure, everyone = "customers", [Compare("orders", "ge", 1)]
    if everyone and not predicates and not where:
        # how many of the customers are buyers
        return Question(measure=measure, where=tuple(everyone), share=True, window=window)
    if scored := [each for each in predicates if named(each) == "scored"]:
        # of what was scored, when it was resolved
        known = (*where, *scored)
        marked = tuple(each for each in predicates if each not in scored)
        return Question(measure="resolved_tickets", where=(*known, *marked), of=known, share=True, window=window)
    part: list[Filter] = predicates
    of: list[Filter] = [*where, *everyone]
    of_stars = bool(predicates) and all(named(each) == "stars" for each in predicates)
    if of_stars and where and all(named(each) in ("category", "product") and isinstance(each, Is) for each in where):
        # the share of 5 star reviews for bags: of those for bags
        return Question(measure=measure, where=(*of, *part), of=tuple(of), share=True, window=window)
    if len(where) + len(predicates) > 1 and where and not draft.clauses:
        part, of = _part_and_whole(draft, where, predicates)
        return Question(measure=measure, where=(*everyone, *of, *part), of=(*everyone, *of), share=True, window=window)
    if not predicates:
        if not where:
            raise unclear("share", "")
        part, of = where, list(everyone)
    elif draft.clauses and len([*where, *predicates]) > 1 and re.search(r"\bwhose\b", draft.text):
        # of customers whose first order was in May: of these
        raise unclear("share", "")
    elif draft.clauses and len([*where, *predicates]) > 1:
        part, of = _said_before_and_after(draft, where, predicates, everyone)
    elif (
        (any(isinstance(each, Compare) and each == Compare("orders", "ge", 2) for each in predicates) and not everyone)
        and len(predicates) == 1
        and measure == "customers"
        and draft.subject != "customers"
    ):
        of = [*where, Compare("orders", "ge", 1)]
    elif any(named(each) == "days_to_second" for each in predicates):
        # who never bought could not come back
        part = [each for each in predicates if named(each) == "days_to_second"]
        of = [*where, Compare("orders", "ge", 1), *(each for each in predicates if each not in part)]
    if any(named(each) == "order_status" for each in part):
        # 100 % are the orders of every status
        of.append(Is("order_status", ORDER_STATUSES))
    return Question(
        measure=measure,
        where=(
            *of,
            *part,
        ),
        of=tuple(of),
        share=True,
        window=window,
    )


def _of_new(draft: Draft, by: str | None, window: Window | None, where: list[Filter]) -> Question:
    """What share of those who bought in May did so for the first time."""
    if by is not None or window is None:
        # of each month's buyers, or of all new ones?
        raise unclear("share", "")
    first = During("first_order_at", window)
    return Question(measure="buyers", where=(*where, first), of=tuple(where), share=True, window=window)


def _of_each_group(
    draft: Draft, measure: str, by: str, window: Window | None, said: list[Filter], predicates: list[Filter]
) -> Question:
    """What share of each country's customers bought again, of each month's orders were cancelled."""
    scored = [each for each in predicates if named(each) == "scored"]
    part = [
        *(each for each in predicates if each not in scored),
        *(each for each in said if named(each) == "order_status"),
    ]
    of: list[Filter] = [*scored, *(each for each in said if named(each) != "order_status")]
    if any(named(each) == "order_status" for each in part):
        of.append(Is("order_status", ORDER_STATUSES))
    elif measure == "customers" and any(isinstance(each, Compare) and each.field == "orders" for each in part):
        # who never bought cannot buy again
        of.append(Compare("orders", "ge", 1))
    return Question(
        measure="resolved_tickets" if scored else measure, by=by, window=window, where=(*of, *part), of=tuple(of),
        share=True, within=True,
        limit=_limit_of(draft), order="value" if draft.ranked else None, descending=draft.descending,
    )  # fmt: skip


def _limit_of(draft: Draft) -> int | None:
    return draft.limit or (default_limit(draft) if draft.ranked else None)


def _said_before_and_after(
    draft: Draft, where: list[Filter], predicates: list[Filter], everyone: list[Filter]
) -> tuple[list[Filter], list[Filter]]:
    """What share of those who signed up last year bought: what stands on either side of the customers.

    The part, and the whole. In Chinese what is said before them is the whole where anything is said after them, and of
    what 占 stands between, the first is the part; in English what follows `who`, up to the verb of the sentence.
    """
    places = _offsets(draft)
    joint = _chinese_joint(draft, places) if draft.chinese else _english_joint(draft, places)
    if joint is None:
        # of French customers, those of whom all else holds
        return predicates, [*where, *everyone]
    after: list[Filter] = [each for each in where if _is_said_after(draft, each, joint, places)]
    before: list[Filter] = [each for each in where if each not in after]
    for clause in draft.clauses:
        said = places.get(clause.said)
        if said is None:
            raise unclear("share", "")
        (before if said < joint else after).extend(filters_of_clause(draft, clause))
    left = [each for each in predicates if each not in [*before, *after]]
    crowds = [places[id(atom)] for atom in draft.atoms if atom.has("crowd") and id(atom) in places]
    if draft.chinese and len(left) == len(crowds) == 1:
        # 退过款的客户里复购的占比
        (before if crowds[0] < joint else after).append(left[0])
    if any(each not in [*before, *after] for each in predicates) or not after:
        raise unclear("share", "")
    whole_first = not (draft.chinese and "占" in draft.text[:joint] and draft.text.rindex("占", 0, joint) > 0)
    return (after, [*before, *everyone]) if whole_first else (before, [*after, *everyone])


def _is_said_after(draft: Draft, filter_: Filter, joint: int, places: dict[int, int]) -> bool:
    """退过款的客户里冠军的占比: whether a value stands behind 客户里."""
    if not draft.chinese or not isinstance(filter_, Is) or not re.search("[里中]", draft.text[joint:]):
        return False
    said = [places.get(id(atom), -1) for atom in draft.atoms if any(name == filter_.field for name, _ in pairs(atom))]
    return bool(said) and min(said) > joint


def _offsets(draft: Draft) -> dict[int, int]:
    """Where each atom stands in the text."""
    found, at = {}, 0
    for atom in draft.atoms:
        first = atom.text.split(" ")[0]
        place = draft.text.find(first, at)
        if place >= 0:
            found[id(atom)] = at = place
            at += len(first)
    return found


def _chinese_joint(draft: Draft, places: dict[int, int]) -> int | None:
    people = [places[id(each)] for each in draft.subject_atoms if id(each) in places]
    clauses = [places[each.said] for each in draft.clauses if each.said in places]
    if not clauses:
        return None
    share = draft.text.find("占")
    if clauses and share >= 0 and min(clauses) < share < max(clauses):
        return share + 1
    if people and clauses and min(clauses) < people[0] < max(clauses):
        return people[0]
    among = [each for each in people if re.match(r"[^里中,]{1,4}[里中]", draft.text[each:])]
    if among and max(clauses) < among[0]:
        return among[0]
    return None


def _english_joint(draft: Draft, places: dict[int, int]) -> int | None:
    """The second clause, where the first is a relative one and nothing joins them."""
    clauses = sorted(places[each.said] for each in draft.clauses if each.said in places)
    if len(clauses) != 2:
        return None
    between = draft.text[clauses[0] : clauses[1]]
    before = draft.text[: clauses[0]]
    relative = re.search(r"\b(?:who|that|which)(?: (?:have|had|has|did))?\W*$", before)
    joined = re.search(r"\b(?:and|but|or|who|that|without|never|not)\b", between)
    return clauses[1] if relative and not joined else None


def _said_before_share(draft: Draft, where: list[Filter]) -> tuple[list[Filter], list[Filter]] | None:
    """Germany's share of headphone revenue, 德国占耳机销售额的比例: the part is said first, the whole after it."""
    found = re.search(r"占" if draft.chinese else r"(?<!what )(?<!which )\bshare (?:of|in|among)\b", draft.text)
    if found is None or any(not isinstance(each, Is) for each in where):
        return None
    said = {pair: draft.text.find(atom.text) for atom in draft.atoms for pair in pairs(atom)}
    places = {
        each.field: [said.get((each.field, str(value)), -1) for value in each.values]
        for each in where
        if isinstance(each, Is)
    }
    if any(min(at) < 0 for at in places.values()):
        return None
    part = [each for each in where if max(places[named(each)]) < found.start()]
    of = [each for each in where if min(places[named(each)]) > found.start()]
    if not part or not of or len(part) + len(of) != len(where) or draft.predicates:
        return None
    return part, of


def _part_and_whole(draft: Draft, where: list[Filter], predicates: list[Filter]) -> tuple[list[Filter], list[Filter]]:
    """What share of champions are German: what is said after the verb is the part, what before it the whole."""
    text = draft.text
    if (before := _said_before_share(draft, where)) is not None:
        return before
    joint = re.search(
        # of them, and no part of a name: 中国, 中文, 里昂
        r"里(?!昂|尔)|中(?!国|文|评|位|优|等|心|奖)"
        if draft.chinese
        else r"\b(?:are|is|was|were|come|comes|came|have|has|gave|that|who|with|without|paid|shipped)\b",
        text,
    )
    if joint is None or any(isinstance(each, Not) for each in where) or len(predicates) > 1:
        raise unclear("share", "")
    said = {pair: text.find(atom.text) for atom in draft.atoms for pair in pairs(atom)}
    offsets = _offsets(draft)
    crowds = [offsets.get(id(atom), -1) for atom in draft.atoms if atom.has("crowd")]
    crowds = crowds or [offsets.get(id(atom), -1) for atom in draft.atoms if atom.has("bound")]
    part: list[Filter] = []
    of: list[Filter] = []
    for each in where:
        if not isinstance(each, Is):
            raise unclear("share", "")
        places = [said.get((each.field, str(value)), -1) for value in each.values]
        if min(places) < 0:
            raise unclear("share", "")
        (of if max(places) < joint.start() else part).append(each)
    if predicates and (len(crowds) != 1 or crowds[0] < 0):
        raise unclear("share", "")
    for filter_ in predicates:
        (of if crowds[0] < joint.start() else part).append(filter_)
    if not part or (any(named(each) == "order_status" for each in of) and not draft.chinese):
        raise unclear("share", "")
    if any(named(each) == "order_status" for each in part):
        # 100 % are the orders of every status
        of.append(Is("order_status", ORDER_STATUSES))
    return part, of
