"""Purchase propensity: the chance of at least one order in the next 30 days (`customer_scores.propensity`)."""

from jobs.forecasting import Asked, run
from jobs.scoring import Outcome, Scoring

ASKED = Asked("propensity", days=30, silence=False)


def score(work: Scoring) -> Outcome:
    """Scores everybody who is known, whoever never bought too; says what is missing where there is too little."""
    return run(work, ASKED)
