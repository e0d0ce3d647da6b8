"""Whole conversations, as people see them."""
