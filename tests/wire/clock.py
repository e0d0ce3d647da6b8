"""The time a wire server lives in: real time, moved forward at will."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Real time plus an offset, so that "48 hours later" and "4 seconds later" need no waiting."""

    offset: float = 0.0
    frozen_at: float | None = None

    def now(self) -> float:
        """Seconds since 1970 as the server sees them."""
        return (time.time() if self.frozen_at is None else self.frozen_at) + self.offset

    def advance(self, seconds: float = 0.0, *, hours: float = 0.0) -> None:
        """Move the server's time forward (or back, with a negative number)."""
        self.offset += seconds + hours * 3600

    def freeze(self, at: float | None = None) -> None:
        """Stop the clock, at `at` (seconds since 1970) or where it stands."""
        self.frozen_at, self.offset = (self.now() if at is None else at), 0.0

    def reset(self) -> None:
        """Go back to real time."""
        self.offset, self.frozen_at = 0.0, None
