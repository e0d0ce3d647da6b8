"""What an import did: counts a file, and how far it has come while it runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file's rows. `read` = `imported` + `updated` + `unchanged` + `rejected`."""

    name: str
    read: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    #: wall-clock time, in seconds
    seconds: float = 0.0
    #: what the owner should know, such as columns that were left out
    notices: tuple[str, ...] = ()

    @property
    def rows_per_second(self) -> float:
        return self.read / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A whole import."""

    files: tuple[FileReport, ...]
    seconds: float
    #: where the rejected rows are; empty when every row was good
    rejected_to: Path | None
    #: what the owner should know of the whole, such as files that were left out
    notices: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)

    @property
    def changed(self) -> int:
        """Rows that were imported or updated: 0 when the same folder came before."""
        return sum(file.imported + file.updated for file in self.files)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as `--json` prints them."""
        return {
            "files": [
                {
                    "file": file.name,
                    "read": file.read,
                    "imported": file.imported,
                    "updated": file.updated,
                    "unchanged": file.unchanged,
                    "rejected": file.rejected,
                    "seconds": round(file.seconds, 3),
                    "notices": list(file.notices),
                }
                for file in self.files
            ],
            "read": self.read,
            "rejected": self.rejected,
            "seconds": round(self.seconds, 3),
            "notices": list(self.notices),
            "rejected_file": None if self.rejected_to is None else str(self.rejected_to),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one file has come: rows read so far, and the share of the file (0 to 1)."""

    file: str
    rows: int
    share: float
    seconds: float
