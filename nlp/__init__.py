"""Text becomes meaning, offline."""
