"""What `make` does on a machine that lacks something."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_python_that_makes_half_an_environment_leaves_none_and_the_package_is_named(tmp_path: Path) -> None:
    python = tmp_path / "python"
    # Debian's without python3-venv: the folder is there, pip is not
    python.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exec {sys.executable} "$@"\n'
        f'{sys.executable} -m venv --without-pip --clear "$4"\n'
        'echo "The virtual environment was not created successfully because ensurepip is not available."\nexit 1\n'
    )
    python.chmod(0o755)

    done = subprocess.run(
        [ROOT / ".ci" / "make-env", tmp_path / "env"],
        env={"PATH": os.environ["PATH"], "PYTHON": str(python)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "env").exists()
