"""Python source of values and of documentation: every string of a specification comes through here."""

from __future__ import annotations

import reprlib
import textwrap
from typing import Any

from nwb_models.errors import SpecificationError

WIDTH = 110


def literal(value: Any) -> str:
    r"""Return the source of a constant: None, a bool, a number, text, or a tuple or list of these.

    >>> print(literal('a "quoted" \\ name'), literal((None, 3)), literal([0]), literal(float("inf")))
    'a "quoted" \\ name' (None, 3) (0,) None

    Raises
    ------
    SpecificationError
        Where it is something else.
    """
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "None"
    if isinstance(value, tuple | list):
        inner = ", ".join(literal(entry) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, str):
        return string(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    msg = f"{reprlib.repr(value)} is no value that an attribute or a dataset can have"
    raise SpecificationError(msg)


def string(text: str) -> str:
    """Return the source of a string, in ASCII and with double quotes where that needs no more escapes."""
    source = ascii(text)
    if source.startswith("'") and '"' not in source and "\\" not in source:
        return f'"{source[1:-1]}"'
    return source


def docstring(text: str, indent: int) -> str:
    """Return documentation as the source of a string, wrapped; anything unusual in it is escaped by ``repr``.

    Parameters
    ----------
    indent
        How far the lines after the first will be indented: they are wrapped for that.
    """
    # a lone surrogate, which JSON can spell, is no text: Python refuses it in a docstring
    words = " ".join(text.encode("utf-8", "backslashreplace").decode().split())
    if not words:
        words = "No documentation."
    if "\\" in words or '"""' in words or not words.isprintable() or words[-1] == '"':
        return string(words)
    lines = textwrap.wrap(words, WIDTH - indent - 3, break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1 and len(lines[0]) <= WIDTH - indent - 6:
        return f'"""{lines[0]}"""'
    return '"""' + "\n".join([*lines, '"""'])


def paragraphs(text: str) -> str:
    """Return documentation that is wrapped already as the source of a string."""
    if "\\" in text or '"""' in text or not text.replace("\n", "").isprintable():
        return string(text)
    return f'"""{text}\n"""'
