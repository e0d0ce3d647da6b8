"""What was computed of a customer, in words: segment, value, churn risk, the next order, each with its reasons."""

from crm_store.customer_card import RecommendedProduct, Scores
from handlers.staff import reasons, value_reasons
from handlers.texts import text
from handlers.texts.money import money


def summary(scores: Scores, currency: str) -> str:
    """In a line: the segment, the value, and the churn risk with its strongest reason; empty while nothing is known."""
    parts = [scores.segment, _value(scores, currency), _because(_churn(scores), reasons.said(scores.churn_reasons)[:1])]
    return " · ".join(part for part in parts if part)


def lines(scores: Scores, currency: str) -> list[tuple[str, str | None]]:
    """By label, with all reasons; None for what is not known."""
    value = _value(scores, currency)
    if value is not None and scores.loss_base is not None:
        value += " · " + text("score.loss", amount=money(scores.loss_base, currency))
    return [
        ("segment", scores.segment),
        ("value", _because(value, value_reasons.said(scores.value_reasons))),
        ("churn", _because(_churn(scores), reasons.said(scores.churn_reasons))),
        ("propensity", propensity(scores.propensity, scores.propensity_reasons)),
    ]


def propensity(chance: float | None, why: str | None) -> str | None:
    spoken = _percent(chance)
    return None if spoken is None else _because(text("score.propensity", chance=spoken), reasons.said(why))


def products(some: tuple[RecommendedProduct, ...]) -> str:
    return "\n".join(" · ".join(part for part in (one.sku, one.name, _percent(one.chance)) if part) for one in some)


def _value(scores: Scores, currency: str) -> str | None:
    if scores.value_base is None:
        return None
    return text("score.value", amount=money(scores.value_base, currency))


def _churn(scores: Scores) -> str | None:
    risk = _percent(scores.churn_risk)
    return None if risk is None else text("score.churn", risk=risk)


def _percent(chance: float | None) -> str | None:
    return None if chance is None else f"{chance:.0%}"


def _because(score: str | None, said: list[str]) -> str | None:
    if score is None or not said:
        return score
    return text("score.because", score=score, reason="; ".join(said))
