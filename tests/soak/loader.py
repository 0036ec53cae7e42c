"""Specifications that a fuzzer makes up, guided by what of the library they reach: nothing of them may run.

    python -m tests.soak.loader [--minutes N]

Needs atheris.  The bytes are read as JSON or YAML, as a file or a folder has them, and go all the way: loaded,
translated, generated, checked and executed.  A canary tells if anything of them was run, and any exception that is not
one of the library's ends the run.
"""

from __future__ import annotations

import argparse
import builtins
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import atheris

warnings.simplefilter("ignore")

with atheris.instrument_imports(include=["nwb_models.schema"]):
    from nwb_models.errors import NWBError
    from nwb_models.schema.language import Namespace
    from nwb_models.schema.sources import load

from tests.schema.edits import documents  # noqa: E402 - after what is instrumented
from tests.schema.test_allowlist import CANARY, MARK, TEMPLATES, TOUCH, outcome  # noqa: E402

FOLDER = Path(tempfile.mkdtemp())
INCLUDED = documents()[1:]
COUNTS = {"read": 0, "models": 0, "refused": 0}


def one(data: bytes) -> None:
    """Read some bytes as a specification."""
    COUNTS["read"] += 1
    path = FOLDER / "x.namespace.yaml"
    text = data[1:].replace(b"PPPP", MARK.encode()).replace(b"QQQQ", TOUCH.encode())
    found: list[Namespace] = []
    try:
        if data[:1] >= b"\x80":
            path.write_bytes(text)
            found = load(path)
        elif isinstance(document := _json(text), dict):
            found = [Namespace(document)]
        made = [outcome([dict(entry.documents), *INCLUDED]) for entry in found]
    except NWBError:
        COUNTS["refused"] += 1
    else:
        COUNTS["models"] += made.count("models")
    assert not hasattr(builtins, CANARY)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def seeds(folder: Path) -> None:
    """Write what the fuzzer begins with: sound specifications, and ones with what may be run in each text."""
    sound = documents()[0]
    entries: list[Any] = [sound]
    for template in TEMPLATES:
        payload = template.replace("P", "PPPP")
        if len(payload) < 500:
            raw = json.dumps(sound)
            entries += [json.loads(raw.replace('"doc": "', f'"doc": {json.dumps(payload)[:-1]}'))]
    for number, entry in enumerate(entries):
        (folder / f"{number}").write_bytes(b"\x00" + json.dumps(entry).encode())
        namespace = entry.get("namespace", {})
        (folder / f"{number}y").write_bytes(b"\xff" + json.dumps({"namespaces": [namespace]}).encode())


def main() -> None:
    """Run for some minutes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    corpus = FOLDER / "seeds"
    corpus.mkdir()
    seeds(corpus)
    limits = [
        f"-max_total_time={int(options.minutes * 60)}",
        "-max_len=20000",
        "-len_control=0",
        "-timeout=60",
        "-rss_limit_mb=8000",
        f"-artifact_prefix={FOLDER}{os.sep}",
    ]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", str(corpus)], timed)
    atheris.Fuzz()


def timed(data: bytes) -> None:
    """Read some bytes, and say now and then how many there were: the fuzzer ends the process by itself."""
    one(data)
    if COUNTS["read"] % 500 == 0:
        print(COUNTS, flush=True, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    os.environ["NWB_MODELS_CACHE"] = str(FOLDER / "cache")
    main()
