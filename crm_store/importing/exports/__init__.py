"""Exports of other systems, recognised by their header."""
