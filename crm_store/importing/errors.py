"""Why an import does not start. Nothing was written when one of these is raised."""

from pathlib import Path


class ImportRefused(Exception):
    """The root of the reasons for which an import does not start."""


class MissingFile(ImportRefused):
    """A required file, or the whole path, is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is missing: nothing was imported")
        self.path = path


class MissingColumns(ImportRefused):
    """A file lacks columns without which its rows mean nothing."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        names = ", ".join(columns)
        super().__init__(f"{path} has no column {names}: nothing was imported")
        self.path = path
        self.columns = columns


class UnknownFormat(ImportRefused):
    """A file whose header is neither ours nor that of a known export."""

    def __init__(self, path: Path, header: tuple[str, ...], why: str = "its header is that of no known export") -> None:
        super().__init__(f"{path} cannot be imported: {why}")
        self.path = path
        self.header = header


class NotAFile(ImportRefused):
    """Where a file must be there is a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a folder, not a file: nothing was imported")
        self.path = path


class CannotWrite(ImportRefused):
    """The file of rejected rows cannot be made."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"rejected rows cannot be written to {path}: {why}. Nothing was imported; choose another file")
        self.path = path
        self.why = why
