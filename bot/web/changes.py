"""A counter of what this process did to the store: pages look at it to know when to read again."""

_count = 0


def bump() -> None:
    """Something changed. May be called from any thread: only that the number moves matters, not by how much."""
    global _count
    _count += 1


def count() -> int:
    """Where the counter stands."""
    return _count
