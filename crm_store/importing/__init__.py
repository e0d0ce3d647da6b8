"""A shop's history comes in: our CSV folder, or the exports of other systems as they are.

`import_shop` is the way in; the format is described in `docs/importing.md`.
"""

from crm_store.importing.errors import CannotWrite, ImportRefused, MissingColumns, MissingFile, NotAFile, UnknownFormat
from crm_store.importing.plan import import_shop
from crm_store.importing.report import FileReport, Progress, Report

__all__ = [
    "CannotWrite",
    "FileReport",
    "ImportRefused",
    "MissingColumns",
    "MissingFile",
    "NotAFile",
    "Progress",
    "Report",
    "UnknownFormat",
    "import_shop",
]
