"""What several tests need: the packaged example, files of PyNWB's, and the corpus where it lies beside the checkout."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from nwb_models.io.construct import Builder

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "nwb_models" / "examples" / "example.nwb"
CORPUS = Path(os.environ.get("NWB_MODELS_CORPUS", ROOT.parent / "shared" / "corpus"))


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep generated models of the tests out of the user's cache."""
    os.environ["NWB_MODELS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A copy of the packaged example, called as in the documentation."""
    path = tmp_path / "session.nwb"
    shutil.copy(EXAMPLE, path)
    return path


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the objects of which models or values are made, in their order."""
    found: list[str] = []
    construct = Builder._construct

    def noting(self: Builder, node: Any, batch: Any) -> Any:
        found.append(node.path)
        return construct(self, node, batch)

    monkeypatch.setattr(Builder, "_construct", noting)
    return found


def corpus_files() -> list[Path]:
    """Return the files of the corpus; none where it is not there."""
    return sorted(CORPUS.rglob("*.nwb"))
