"""The root of what is stored as JSON."""

from msgspec import Struct


class Value(Struct, frozen=True, omit_defaults=True):
    """Immutable, stored as JSON, unknown fields ignored when read."""
