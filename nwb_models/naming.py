"""Names of the NWB specification language as Python identifiers, and back to nothing else: pure functions.

Every name is plain ASCII, so it is the same under Unicode normalisation, which Python applies to identifiers.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

GENERATED = "nwb_models.generated"
"""The package with the models that ship with the library; those that are made from files are called so, too."""
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def identifier(name: str, taken: Container[str] = (), fallback: str = "field") -> str:
    """Return `name` as an identifier that is no keyword, starts with a letter and is not in `taken`.

    >>> identifier("x_position"), identifier("1st row"), identifier("class"), identifier("data", {"data"})
    ('x_position', 'field_1st_row', 'class_', 'data_')
    """
    word = _NOT_A_WORD.sub("_", name).lstrip("_")
    if not word or not word[0].isalpha():
        word = f"{fallback}_{word}".rstrip("_")
    while keyword.iskeyword(word) or word in taken:
        word += "_"
    return word


def class_name(neurodata_type: str, taken: Container[str] = ()) -> str:
    """Return the class name of a neurodata_type: the type itself wherever Python allows it."""
    return identifier(neurodata_type, taken, fallback="Type")


def snake_case(neurodata_type: str) -> str:
    """Return the words of a type in lower case.

    >>> snake_case("ElectricalSeries"), snake_case("DfOverF"), snake_case("NWBDataInterface")
    ('electrical_series', 'df_over_f', 'nwb_data_interface')
    """
    return _NOT_A_WORD.sub("_", _HUMP.sub("_", neurodata_type)).lower()


def with_article(name: str) -> str:
    """Return the name of a class behind its article, as people say it.

    >>> with_article("Device"), with_article("ElectricalSeries"), with_article("LFP"), with_article("NWBFile__general")
    ('a Device', 'an ElectricalSeries', 'an LFP', 'an NWBFile.general')
    """
    is_spelt = len(name) > 1 and name[1].isupper()
    begins_with_vowel = name[:1] in (*"FHLMNRSX", *"AEIO") if is_spelt else re.match(r"[AEIOaeio]|[Uu](?!ni)", name)
    return f"{'an' if begins_with_vowel else 'a'} {spoken(name)}"


def spoken(name: str) -> str:
    """Return what people call a class: ``NWBFile__general`` is that of an untyped group of a file.

    >>> spoken("Device"), spoken("NWBFile__general")
    ('Device', 'NWBFile.general')
    """
    return name.replace("__", ".")


def module_name(namespace: str) -> str:
    """Return the package name of a namespace.

    >>> module_name("hdmf-common"), module_name("core")
    ('hdmf_common', 'core')
    """
    return identifier(namespace, fallback="namespace")


def version_name(version: str) -> str:
    """Return the module name of a version.

    >>> version_name("2.11.0"), version_name("2.6.0-alpha")
    ('v2_11_0', 'v2_6_0_alpha')
    """
    return "v" + _NOT_A_WORD.sub("_", version)


def version_key(version: str) -> tuple[tuple[tuple[int, str], ...], bool, str]:
    """Return what versions are ordered by: numbers as numbers, and a release after its own pre-releases.

    >>> sorted(["2.10.0", "2.6.0", "2.6.0-alpha", "2.0b"], key=version_key)
    ['2.0b', '2.6.0-alpha', '2.6.0', '2.10.0']
    """
    parts = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    release = parts.group() if parts else ""
    rest = version[len(release) :]
    # by length, then by digits: int() refuses numbers of more than 4,300 digits, and a file may hold one
    numbers = [part.lstrip("0") for part in release.split(".") if part]
    return tuple((len(number), number) for number in numbers), not rest, rest
