"""Generated sources that are kept for the next time, in a folder of the user's alone.

Nothing in the cache is trusted: a source counts only when it is what its seal says, and is checked against
the allow-list like any other before it is executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import warnings
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nwb_models.errors import NWBWarning
from nwb_models.schema.whole import read_whole, remove_stale, write_whole

MAX_ENTRY = 1 << 28
"""The most bytes of an entry: that of NWB core has 0.3 MB, and a namespace has at most some 20,000 types."""
_CODE = ("translation", "codegen", "language.py", "../models/reserved.py", "../models/mixins", "../naming.py")


@cache
def generator_digest() -> str:
    """Return a digest of the generator's own code, so that no source outlives a change of it."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for part in _CODE:
        path = here / part
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".py", ".jinja"))
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def folder() -> Path:
    """Return the folder of the cache: ``NWB_MODELS_CACHE``, or where the platform keeps those of the user."""
    chosen = os.environ.get("NWB_MODELS_CACHE")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("nwb_models", appauthor=False))


class Kept(NamedTuple):
    """What is kept of one namespace in one version."""

    namespace: str
    version: str
    modules: dict[str, str]
    """Module -> its source, in the order of execution."""


def load(digest: str) -> Kept | None:
    """Return what is kept under a digest; None where there is nothing that can be trusted."""
    path = _path(digest)
    try:
        if not _is_usable(path) or path.is_symlink():
            return None
        text = read_whole(path, MAX_ENTRY).decode()
    except (OSError, UnicodeDecodeError):
        return None
    seal, _, content = text.partition("\n")
    return _entry(content) if seal == _seal(digest, content) else None


def _entry(content: str) -> Kept | None:
    """Return an entry from its JSON; None where it is something else: the seal is no secret."""
    try:
        match json.loads(content):
            case [str(namespace), str(version), dict(modules)] if all(isinstance(s, str) for s in modules.values()):
                return Kept(namespace, version, modules)
    except (ValueError, RecursionError):
        pass
    return None


def kept() -> list[Kept]:
    """Return everything that is kept by this version of the generator, and that can be trusted."""
    try:
        digests = sorted(path.stem for path in (folder() / generator_digest()).glob("*.json"))
    except OSError:
        return []
    return [found for found in map(load, digests) if found is not None]


def store(digest: str, entry: Kept) -> bool:
    """Keep the sources of a namespace; False where the folder does not allow it.

    Two processes may do so at once: the last one wins.
    """
    path = _path(digest)
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if not _is_usable(path):
            return False
        remove_stale(path.parent)
        content = json.dumps(entry)
        write_whole(path, f"{_seal(digest, content)}\n{content}", mode=0o600)
    except (OSError, UnicodeEncodeError):
        return False
    return True


def _path(digest: str) -> Path:
    return folder() / generator_digest() / f"{digest}.json"


def _seal(digest: str, content: str) -> str:
    """Return what tells that an entry is whole, and kept under its own digest."""
    return hashlib.sha256(f"{digest}\n{content}".encode("utf-8", "surrogatepass")).hexdigest()


def _is_usable(path: Path) -> bool:
    """Tell whether both folders that an entry is in are the user's own; a warning says why not."""
    for place in (folder(), path.parent):
        reason = _why_not_private(place)
        if reason:
            msg = (
                f"The cache {place} is not used, and models are made anew each time: {reason}. "
                "Set NWB_MODELS_CACHE to a folder of your own"
            )
            warnings.warn(msg, NWBWarning, stacklevel=2)
            return False
    return True


def _why_not_private(path: Path) -> str:
    """Return why a folder is not the user's own, or who else may write to it; "" where nobody may."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return "it is a link, or no folder"
    if not hasattr(os, "getuid"):  # Windows: the folder of the user is protected by the system
        return ""
    if status.st_uid != os.getuid():
        return "it belongs to somebody else"
    return "others may write to it" if status.st_mode & 0o022 else ""
