"""Write ``schemas/`` and ``generated/``.

    python scripts/generate_shipped.py            anew from what is in schemas/, after a change of the generator
    python scripts/generate_shipped.py FOLDER     from published specifications, which `collect_specifications.py`
                                                  has put into FOLDER

``nwb-models generate --check`` tells whether they are what the generator writes.  Needs pynwb, for the digests of
the specifications as it writes them into files.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import h5py

from nwb_models.io.specifications import stored_documents
from nwb_models.naming import module_name, version_key
from nwb_models.schema.language import Namespace, Specifications, load_namespaces
from nwb_models.schema.provider import fingerprint_of
from nwb_models.schema.shipping import language_file, linkml_files, module_files, shipped_files

ROOT = Path(__file__).resolve().parent.parent
NEWEST = {"core": "2.11.0", "hdmf-common": "1.10.0", "hdmf-experimental": "0.6.0"}
"""The versions whose models are shipped; those of others are generated when they are needed."""
COMMON = {
    "core": {
        "2.1.0": "1.0.0", "2.2.2": "1.1.3", "2.2.4": "1.1.3", "2.2.5": "1.1.3", "2.3.0": "1.5.0", "2.4.0": "1.5.0",
        "2.5.0": "1.5.1", "2.6.0-alpha": "1.8.0", "2.7.0": "1.8.0", "2.8.0": "1.8.0", "2.9.0": "1.8.0",
        "2.10.0": "1.9.0", "2.11.0": "1.10.0",
    },
    "hdmf-experimental": {
        "0.1.0": "1.5.0", "0.2.0": "1.5.1", "0.3.0": "1.6.0", "0.4.0": "1.7.0", "0.5.0": "1.8.0", "0.6.0": "1.10.0",
    },
}  # fmt: skip
"""The hdmf-common that was published with a version, which does not name it itself."""


def published(folder: Path) -> dict[tuple[str, str], Namespace]:
    """Return every version since core 2.0 in a folder of specifications; of two contents of one, the later."""
    found = {}
    for entry in json.loads((folder / "index.json").read_text("utf-8")):
        key = entry["namespace"], entry["version"]
        if entry["namespace"] in NEWEST and key != ("core", "1.2.0"):
            namespaces = load_namespaces(folder / entry["path"])
            found[key] = next(n for n in namespaces if (n.name, n.version) == key)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], version_key(item[0][1]))))


def write_linkml(known: dict[tuple[str, str], Namespace]) -> None:
    """Write ``schemas/``."""
    versions: dict[str, list[str]] = {}
    files = language_file()
    for (name, version), namespace in known.items():
        common = known.get(("hdmf-common", COMMON.get(name, {}).get(version, "")))
        included = [] if common is None else [common]
        files |= linkml_files(namespace, Specifications([*included, namespace]))
        versions.setdefault(name, []).append(version)
    files["index.json"] = json.dumps(versions)
    remove("schemas")
    write({f"schemas/{name}": text for name, text in files.items()})


def as_written() -> Specifications:
    """Return the newest specifications as PyNWB writes them into files: inherited members are repeated there."""
    from pynwb import NWBHDF5IO, NWBFile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.nwb"
        nwbfile = NWBFile("none", "none", datetime(2026, 1, 1, tzinfo=UTC))
        with NWBHDF5IO(str(path), "w") as io:
            io.write(nwbfile)
        with h5py.File(path) as file:
            return Specifications(Namespace(documents) for _, _, documents in stored_documents(file["specifications"]))


def index() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return the namespaces whose models ship, with the digests of what they are the models of."""
    from nwb_models.schema.sources import shipped_namespaces

    written = as_written()
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for name, version in NEWEST.items():
        specifications = Specifications(shipped_namespaces(name, version))
        namespace, other = specifications.get(name, version), written.get(name, version)
        own = module_files(namespace, specifications)
        if _without_header(own) != _without_header(module_files(other, written)):
            message = f"{name}: the models of the specifications that PyNWB writes are others"
            raise SystemExit(message)
        digests = [specifications.digest(namespace), written.digest(other), fingerprint_of(other, written)]
        found[name] = {version: {"digests": digests}}
    return found


def _without_header(files: dict[str, str]) -> dict[str, str]:
    return {name: text.partition('\n"""')[2] for name, text in files.items()}


def remove(folder: str) -> None:
    """Remove the namespaces in a folder, before they are written."""
    for name in NEWEST:
        shutil.rmtree(ROOT / folder / module_name(name), ignore_errors=True)


def write(files: dict[str, str]) -> None:
    """Write files below the root of the repository."""
    for name, text in files.items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Write both folders."""
    if len(sys.argv) > 1:
        write_linkml(published(Path(sys.argv[1])))
    versions = json.loads((ROOT / "schemas" / "index.json").read_text("utf-8"))
    remove("generated")
    write(dict(shipped_files(versions, {"namespaces": index()})))


if __name__ == "__main__":
    main()
