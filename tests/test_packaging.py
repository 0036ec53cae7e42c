"""What reaches a user: sdist -> wheel -> a fresh environment, away from the checkout.

`generated/` and `schemas/` enter the package through symbolic links, and a build backend can lose those
without a word.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from nwb_models.naming import module_name, version_name

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).resolve().parent.parent

MUST_SHIP = [
    "nwb_models/py.typed",
    "nwb_models/examples/example.nwb",
    "nwb_models/generated/__init__.py",
    "nwb_models/generated/index.json",
    "nwb_models/generated/core/v2_11_0/__init__.py",
    "nwb_models/generated/core/v2_11_0/nwb_base.py",
    "nwb_models/generated/LICENSE-nwb-schema.txt",
    "nwb_models/generated/LICENSE-hdmf-common-schema.txt",
    "nwb_models/schemas/index.json",
    "nwb_models/schemas/nwb.language.yaml",
    "nwb_models/schemas/LICENSE-nwb-schema.txt",
    "nwb_models/schemas/LICENSE-hdmf-common-schema.txt",
]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory) -> tuple[Path, Path]:
    """The sdist, and the wheel built from that sdist and from nothing else."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", target, CHECKOUT, cwd=target)
    (sdist,) = target.glob("*.tar.gz")
    (wheel,) = target.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def shipped(distributions) -> set[str]:
    """The files of the wheel."""
    with zipfile.ZipFile(distributions[1]) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(distributions, tmp_path_factory) -> Path:
    """The scripts folder of a fresh environment that has the wheel.

    The dependencies are those of the environment that runs the tests, which spares their download: a `.pth`
    file puts its folder last on the path. The `.pth` files *inside* that folder, an editable install of this
    project among them, are not read then, and what the wheel installs comes first on the path in any case.
    """
    environment = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(environment, symlinks=os.name != "nt")
    variables = {"base": str(environment), "platbase": str(environment)}
    scripts = Path(sysconfig.get_path("scripts", "venv", variables))
    site_packages = Path(sysconfig.get_path("purelib", "venv", variables))
    python = scripts / "python"

    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        distributions[1],
    )
    return scripts


@pytest.mark.parametrize("name", MUST_SHIP)
def test_wheel_has(name, shipped):
    assert name in shipped


def test_wheel_has_the_schemas_of_every_version(shipped):
    versions = json.loads((CHECKOUT / "schemas" / "index.json").read_text("utf-8"))
    assert {"2.0.0", "2.5.0", "2.11.0"} <= set(versions["core"])
    for namespace, found in versions.items():
        for version in found:
            folder = f"nwb_models/schemas/{module_name(namespace)}/{version_name(version)}"
            assert f"{folder}/namespace.yaml" in shipped


def test_wheel_has_the_package_and_nothing_else(shipped):
    package = CHECKOUT / "nwb_models"
    expected = {
        path.relative_to(CHECKOUT).as_posix()
        for folder, _, names in os.walk(package, followlinks=True)
        for path in (Path(folder, name) for name in names)
        if "__pycache__" not in path.parts
    }
    assert {name for name in shipped if ".dist-info/" not in name} == expected


def test_wheel_has_the_licences_in_its_metadata(shipped):
    licences = {name.partition(".dist-info/licenses/")[2] for name in shipped}
    assert licences >= {
        "LICENSE",
        "schemas/LICENSE-nwb-schema.txt",
        "schemas/LICENSE-hdmf-common-schema.txt",
    }


def test_sdist_has_no_links_and_each_file_once(distributions):
    with tarfile.open(distributions[0]) as archive:
        members = archive.getmembers()
    assert [member.name for member in members if not (member.isfile() or member.isdir())] == []
    names = [member.name.partition("/")[2] for member in members]
    assert len(names) == len(set(names))
    assert not any(name.startswith(("nwb_models/generated", "nwb_models/schemas")) for name in names)


def test_installed_package_is_the_one_of_the_wheel(installed, tmp_path):
    code = """
import json, sys
from importlib.resources import files
import nwb_models, nwb_models.schemas, nwb_models.generated.core.v2_11_0 as core
print(json.dumps({
    "prefix": sys.prefix,
    "package": nwb_models.__path__[0],
    "generated": core.__file__,
    "schemas": list(nwb_models.schemas.__path__),
    "core": sorted(entry.name for entry in (files("nwb_models.schemas") / "core" / "v2_11_0").iterdir()),
    "example": files("nwb_models.examples").joinpath("example.nwb").read_bytes()[1:4].decode(),
    "nwbfile": core.NWBFile.neurodata_type,
    "old": nwb_models.SchemaProvider().get_class("core", "NWBFile", "2.5.0").neurodata_type,
}))
"""
    found = json.loads(run(installed / "python", "-c", code, cwd=tmp_path))

    prefix = Path(found["prefix"]).resolve()
    assert prefix == installed.parent.resolve()
    for place in (found["package"], found["generated"], *found["schemas"]):
        assert prefix in Path(place).resolve().parents
    assert any(name.endswith(".yaml") for name in found["core"])
    assert found["example"] == "HDF"
    assert found["nwbfile"] == found["old"] == "NWBFile"


def test_installed_command_runs_its_demo(installed, tmp_path):
    printed = run(installed / "nwb-models", "demo", cwd=tmp_path)
    assert "ElectricalSeries" in printed


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command apart from this checkout and the user's settings of Python; return what it printed."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} returned {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
