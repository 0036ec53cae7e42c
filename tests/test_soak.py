"""A little of what `tests.soak` runs for long."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "ignore", "-m", *words], capture_output=True, text=True, cwd=ROOT)


def test_damaged_files_do_no_harm() -> None:
    """Each is read as it was, refused, or read with its departures; never anything else, and never in silence."""
    done = run("tests.soak.mutants", "--count", "40", "--only", "checksums", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    counts: dict[str, Any] = json.loads(done.stdout)["counts"]
    assert sum(counts.values()) == 40
    assert counts["refused, or in parts"] > 10


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler")
@pytest.mark.parametrize("task", ["a file replaced", "the cache", "generate"])
def test_faults_lose_nothing(task: str) -> None:
    """What is left is old or new, whatever fails; more is in `tests/io/test_atomic.py`."""
    faults = "kill,torn,eio,full,short,interrupt"
    done = run("tests.soak.faults", "--only", task, "--points", "2", "--faults", faults)
    assert done.returncode == 0, done.stdout + done.stderr
    words = next(line for line in done.stdout.splitlines() if line.startswith("all")).split()
    rounds, old, new, *bad = words[1:]
    assert bad == ["."] * 6
    assert int(old) + int(new) == int(rounds) > 20
    assert min(int(old), int(new)) > 0
