"""A made-up shop to try the desk with: Northwind Trail, outdoor and travel gear. Its people and words are invented."""
