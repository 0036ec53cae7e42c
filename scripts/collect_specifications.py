"""Collect the specifications that published releases carry, and list their distinct contents.

    python scripts/collect_specifications.py FOLDER                  pynwb, hdmf and the extensions below
    python scripts/collect_specifications.py FOLDER ndx-pose ...     pynwb, hdmf and these extensions
    python scripts/collect_specifications.py FOLDER --installed /tmp/ndx

Every release gets FOLDER/<package>-<release>/ with its namespaces and their sources, at the paths they have in the
release; one that is there already is not downloaded again. ``--installed`` takes the extensions of a folder that
``pip install --target`` made, or of its subfolders, as well. FOLDER/index.json has one entry for each distinct content
of a namespace and version: its path below FOLDER in the first release that holds it, all releases that do, and what
is wrong with it. Everything comes through pip; where a release has no wheel, pip prepares the metadata of its sdist.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGES = ("hdmf", "pynwb")
EXTENSIONS = ("ndx-conelab", "ndx-dandi-icephys", "ndx-events", "ndx-photostim", "ndx-pose", "ndx-structured-behavior")
CORE = {"core", "hdmf-common", "hdmf-experimental"}
DOWNLOADS = 4  # at a time


def pip(*arguments: str, folder: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run pip, with its temporary files in ``folder``."""
    command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "--ignore-requires-python"]
    environment = os.environ | ({"TMPDIR": folder} if folder else {})
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def releases(package: str) -> list[str]:
    """Return the releases of a package from the oldest to the newest; none where there is no such package."""
    answer = pip("index", "versions", package, "--pre", "--json")
    if answer.returncode:
        print(f"{package}: no releases: {answer.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return []
    return list(reversed(json.loads(answer.stdout)["versions"]))


def write_specifications(files: dict[str, bytes], target: Path) -> None:
    """Write the YAML files in, below and next to every folder with a namespace; not those of tests, documentation."""
    skipped = {"tests", "docs", "..", ""}  # the last two: nothing is written outside the target
    kept = {PurePosixPath(name): content for name, content in files.items() if not skipped & set(name.split("/"))}
    folders = {path.parent.parent for path in kept if path.name.endswith("namespace.yaml")}
    target.mkdir(parents=True, exist_ok=True)
    for path, content in kept.items():
        if folders.intersection(path.parents):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)


def yaml_files(root: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    """Read the YAML files among ``paths``, by their names below ``root``."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in paths if p.suffix == ".yaml" and p.is_file()}


def collect(package: str, release: str, target: Path) -> str | None:
    """Write the specifications of a release, from its wheel or else its sdist; return what went wrong."""
    if target.exists():
        return None
    arguments = ["download", "--no-deps", f"{package}=={release}"]
    with tempfile.TemporaryDirectory() as folder:
        answer = pip(*arguments, "--only-binary", ":all:", "-d", folder, folder=folder)
        wheel = next(Path(folder).glob("*.whl"), None)
        if wheel:
            with zipfile.ZipFile(wheel) as archive:
                files = {name: archive.read(name) for name in archive.namelist() if name.endswith(".yaml")}
        else:
            # --no-clean leaves the unpacked sdist, even where preparing the metadata of an old release fails.
            answer = pip(*arguments, "--no-binary", ":all:", "--no-clean", "-d", folder, folder=folder)
            root = next((path.parent for path in sorted(Path(folder).glob("pip-*/*/PKG-INFO"))), None)
            if root is None:
                return answer.stderr.strip()[-300:] or "no sdist"
            files = yaml_files(root, root.rglob("*.yaml"))
    write_specifications(files, target)
    return None


def collect_installed(folder: Path, target: Path) -> None:
    """Write the specifications of the extensions that are installed in a folder or its subfolders."""
    for root in (folder, *(path for path in sorted(folder.iterdir()) if path.is_dir())):
        for found in distributions(path=[str(root)]):
            name = found.metadata["Name"].lower().replace("_", "-")
            if name.startswith("ndx-") and not (target / f"{name}-{found.version}").exists():
                files = yaml_files(root, (root / path for path in found.files or ()))
                write_specifications(files, target / f"{name}-{found.version}")


def namespaces(path: Path) -> Iterator[dict[str, Any]]:
    """Describe every namespace of a namespace file: name, version, digest of all its documents, and problems."""
    for namespace in yaml.safe_load(path.read_bytes())["namespaces"]:
        documents, problems = {"namespace": namespace}, []
        for source in [item["source"] for item in namespace["schema"] if "source" in item]:
            file = path.parent / (source if source.endswith(".yaml") else f"{source}.yaml")
            try:
                documents[source] = yaml.safe_load(file.read_bytes())
            except (OSError, yaml.YAMLError) as error:
                problems.append(f"{source}: {type(error).__name__}")
        content = json.dumps(documents, sort_keys=True, default=str).encode()
        name, version = namespace["name"], str(namespace.get("version"))
        kind = "core" if name in CORE else "extension"
        digest = hashlib.sha256(content).hexdigest()
        yield {"namespace": name, "version": version, "kind": kind, "sha256": digest, "problems": problems}


def index(folder: Path, order: list[str]) -> list[dict[str, Any]]:
    """Return one entry for each distinct content, the releases in the given order and then those not in it."""
    entries: dict[tuple[str, str, str], dict[str, Any]] = {}
    others = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name not in order)
    for release in [*order, *others]:
        for path in sorted((folder / release).rglob("*namespace.yaml")):
            try:
                found = list(namespaces(path))
            except (KeyError, TypeError, yaml.YAMLError) as error:
                print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
                continue
            for entry in found:
                key = (entry["namespace"], entry["version"], entry["sha256"])
                entry |= {"path": path.relative_to(folder).as_posix(), "releases": []}
                held = entries.setdefault(key, entry)["releases"]
                if release not in held:
                    held.append(release)
    return list(entries.values())


def main() -> None:
    """Collect, write the index and say what there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("extensions", nargs="*", default=EXTENSIONS)
    parser.add_argument("--installed", type=Path, help="a folder of pip install --target, or of several such folders")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(package, release) for package in (*PACKAGES, *arguments.extensions) for release in releases(package)]
    names = [f"{package}-{release}" for package, release in wanted]
    with ThreadPoolExecutor(DOWNLOADS) as pool:
        answers = list(pool.map(lambda each: collect(each[0], each[1], folder / "-".join(each)), wanted))
    failures = [f"{name}: {answer}" for name, answer in zip(names, answers, strict=True) if answer]
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr)
    if arguments.installed:
        collect_installed(arguments.installed, folder)
    entries = index(folder, names)
    (folder / "index.json").write_text(json.dumps(entries, indent=1) + "\n")
    versions = {(entry["namespace"], entry["version"]) for entry in entries}
    print(f"{len(names)} releases: {len(entries)} contents of {len(versions)} versions of namespaces")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
