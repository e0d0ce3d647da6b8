"""The months' English names, as patterns look for them."""

NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: written out
FULL = f"(?:{'|'.join(NAMES)})"
#: written out or short
MONTH = f"(?:{'|'.join(NAMES)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
