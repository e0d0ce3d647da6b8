"""Churn risk: the chance that a buyer places no order in the next 90 days (`customer_scores.churn_risk`)."""

from jobs.forecasting import Asked, run
from jobs.scoring import Outcome, Scoring

ASKED = Asked("churn", days=90, silence=True)


def score(work: Scoring) -> Outcome:
    """Scores every buyer; says what is missing where there is too little to learn from."""
    return run(work, ASKED)
