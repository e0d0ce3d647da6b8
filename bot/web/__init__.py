"""The console page: the customer's chat on one side, the staff channel on the other.

Importing this package is cheap. NiceGUI, which is not, is imported by `pages` and what it is made of.
"""
