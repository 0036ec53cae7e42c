"""Documents of metadata as text, YAML or JSON, and back: what is written is what is read, value for value.

YAML is read by the rules of its version 1.2, in which ``no`` is text, and a date or ``1:30`` is; it is written so that
programs that follow version 1.1 read the same.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Literal, NamedTuple

from nwb_models.errors import DocumentError
from nwb_models.limits import DEFAULT, raising
from nwb_models.schema.language import MAX_ENTRIES, require_modest

Format = Literal["yaml", "json"]
Place = tuple[str | int, ...]
"""Where something is in a document: keys, and numbers in lists."""
WIDTH = 2**31 - 1
"""Lines are as long as what they say: text that is broken somewhere is hard to edit."""
TAG = "tag:yaml.org,2002:"
SCALARS: tuple[tuple[str, str, str], ...] = (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        "-+.0123456789",
    ),
)
"""What YAML takes for no text: the core schema of YAML 1.2.2, section 10.3.2, with the first letters there are."""

UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What YAML and JSON let pass, and terminals obey: controls of 8 bits, and those that turn the direction of text."""


class Document(NamedTuple):
    """A document that was read."""

    value: Any
    """What it says."""
    lines: dict[Place, int]
    """The line of each entry; none of JSON."""


class LongDocumentError(DocumentError):
    """A document with more bytes than `Limits.document_bytes` allow."""

    def __init__(self, most: int, which: str = "The document") -> None:
        super().__init__(f"{which} has more than {most} bytes, the limit: {raising('document_bytes')}")


def to_text(document: Any, format: Format = "yaml") -> str:
    """Return a document as text; of JSON, numbers have to be finite."""
    if format == "json":
        return _escaped(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    import yaml

    text: str = yaml.dump(document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=WIDTH)
    return _escaped(text)


def _escaped(text: str) -> str:
    """Return a document without what would control a terminal, all of which is in quotes: see `UNPRINTABLE`."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def from_text(text: str, most: int = DEFAULT.document_bytes) -> Document:
    """Return what a document says: JSON where it begins with a brace, YAML otherwise.

    Parameters
    ----------
    most
        How long it may be.

    Raises
    ------
    DocumentError
        Where it is neither, is longer, says a thing twice, or becomes huge where its aliases are written out.
    """
    import yaml

    if len(text) > most:
        raise LongDocumentError(most)
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return Document(json.loads(text.lstrip("\ufeff"), object_pairs_hook=_once), {})
        require_modest(text, max(MAX_ENTRIES, len(text)))
        lines: dict[Place, int] = {}
        node = yaml.compose(text, Loader=_loader())
        return Document(None if node is None else _value(node, (), lines), lines)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        msg = f"The document is no YAML or JSON that can be read: {error}"
        raise DocumentError(msg) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the entries of an object of JSON, none of which may come twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            msg = f"{key!r} is there twice in one object"
            raise ValueError(msg)
        found[key] = value
    return found


def _value(node: Any, place: Place, lines: dict[Place, int]) -> Any:
    """Return what a node of YAML says, and take note of its line."""
    import yaml

    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
        return [_value(entry, (*place, number), lines) for number, entry in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode) and node.tag == f"{TAG}map":
        found: dict[str, Any] = {}
        for key, entry in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in found:
                wrong = f"{name!r} is there twice" if name else "a key is no text"
                msg = f"line {key.start_mark.line + 1}: {wrong}"
                raise ValueError(msg)
            found[name] = _value(entry, (*place, name), lines)
            lines[(*place, name)] = key.start_mark.line + 1
        return found
    if isinstance(node, yaml.ScalarNode):
        text = node.value
        match node.tag.removeprefix(TAG):
            case "str":
                return text
            case "null" if text in ("~", "null", "Null", "NULL", ""):
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int":
                return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
            case "float":
                return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    msg = f"line {node.start_mark.line + 1}: {node.tag} stands for nothing in a document of metadata"
    raise ValueError(msg)


@cache
def _loader() -> Any:
    """Return YAML's safe loader, in C where PyYAML has it, with the scalars of YAML 1.2."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in SCALARS:
        letters = ["" if letter == "\0" else letter for letter in first]
        loader.add_implicit_resolver(TAG + tag, re.compile(pattern), letters)  # type: ignore[attr-defined]
    return loader


@cache
def _dumper() -> Any:
    """Return YAML's safe dumper, which puts text in quotes that any version of YAML would take for something else."""
    import yaml

    base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc, valid-type]
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    for tag, pattern, first in SCALARS:
        letters = ["" if letter == "\0" else letter for letter in first]
        Dumper.add_implicit_resolver(TAG + tag, re.compile(pattern), letters)
    Dumper.add_representer(str, _text_node)
    Dumper.add_representer(list, _list_node)
    Dumper.add_representer(dict, _dict_node)
    return Dumper


def _text_node(dumper: Any, text: str) -> Any:
    """Write text of several lines as several lines; in quotes where something in it is escaped."""
    style = '"' if UNPRINTABLE.search(text) else "|" if "\n" in text.strip("\n") else None
    return dumper.represent_scalar(f"{TAG}str", text, style=style)


def _list_node(dumper: Any, entries: list[Any]) -> Any:
    """Write numbers in one line."""
    flat = all(entry is None or isinstance(entry, bool | int | float) for entry in entries)
    return dumper.represent_sequence(f"{TAG}seq", entries, flow_style=flat)


def _dict_node(dumper: Any, entries: dict[str, Any]) -> Any:
    """Write the summary of an array in one line."""
    return dumper.represent_mapping(f"{TAG}map", entries.items(), flow_style=not entries or is_summary(entries))


def is_summary(value: Any) -> bool:
    """Tell whether a value of a document is what stands for a large array.

    >>> is_summary({"shape": [3], "dtype": "int8"}), is_summary([1, 2, 3])
    (True, False)
    """
    return isinstance(value, dict) and value.keys() == {"shape", "dtype"}
