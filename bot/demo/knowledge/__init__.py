"""The demo shop's knowledge articles, in six languages."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
