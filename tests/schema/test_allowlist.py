"""Generated code from an untrusted specification: what is refused, and that nothing in it is run."""

from __future__ import annotations

import ast
import builtins
import json
import os
import sys
import tempfile
import textwrap
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nwb_models.errors import ObjectNotFoundError, SpecificationError, UnsafeSourceError
from nwb_models.models.mapping import storage
from nwb_models.naming import module_name, version_name
from nwb_models.schema.codegen.allowlist import checked
from nwb_models.schema.codegen.execute import execute
from nwb_models.schema.codegen.generator import generate
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.provider import digest_of, import_shipped, types_of
from nwb_models.schema.translation import to_linkml
from tests.schema.specs import base, namespace

HEAD = """
from __future__ import annotations
from datetime import datetime
from pydantic import Field
from typing import Annotated, Any, ClassVar, Literal
from nwb_models.models import Array, Attribute, Children, Collection, Dataset, Group, NWBDataset, NWBGroup
from nwb_models.models import Link, Name, Reference, Shortcut, Value
from ..hdmf_common.v1_10_0 import Container, Data as Datum
"""


def module(text: str = "") -> str:
    return HEAD + textwrap.dedent(text)


def body(text: str) -> str:
    return module("class A(NWBGroup):\n" + textwrap.indent(textwrap.dedent(text), "    ").strip("\n"))


def field(kind: str = "str", marker: str = 'Attribute(dtype="text")', default: str = "") -> str:
    return body(f"x: Annotated[{kind}, {marker}]{default}")


ACCEPTED = {
    "nothing": "",
    "docstring": '"""Text."""',
    "imports": module(),
    "class": body('"""Text."""\nneurodata_type: ClassVar[str] = "A"\nnamespace: ClassVar[str] = "ndx-a"'),
    "field": field(),
    "optional": field("str | None", default=" = None"),
    "fixed": field('Literal["x", -1]', 'Attribute(dtype="text", value="x")', ' = "x"'),
    "shape": field("Array", "Value(shape=((None,), (None, 3)))"),
    "compound": field("Array", 'Dataset(dtype=(("x", "int8"), ("y", "float")), name="a b", unnamed=True)'),
    "reference": field("Any", 'Reference(kind="region")'),
    "collection": field("Collection[Container]", 'Children(kind="group")', " = Field(default_factory=Collection)"),
    "group": field("A", "Group()", ' = Field(default_factory=lambda: A(name="x"))'),
    "group-of-another-module": field("Datum", "Group()", ' = Field(default_factory=lambda: Datum(name="x"))'),
    "shortcut": body('x: ClassVar[Shortcut[int | None]] = Shortcut("data", "x")'),
    "base": module("class A(Container):\n    pass_: int").replace("    pass_: int", '    """Text."""'),
    "all": module('__all__ = ["A"]\nclass A(NWBGroup):\n    """Text."""'),
    "text-that-looks-like-code": body(
        '"""__import__("os").system("true")"""\nx: Annotated[str, Attribute()] = "exit()"'
    ),
}


@pytest.mark.parametrize("source", ACCEPTED.values(), ids=ACCEPTED)
def test_what_models_need_is_accepted(source: str) -> None:
    assert isinstance(checked(source, "test"), ast.Module)


REFUSED: dict[str, str] = {
    # -- what it imports
    "import": "import os",
    "import-in-a-class": body("import os"),
    "import-of-another-module": "from os import system",
    "import-of-another-name": "from pydantic import create_model",
    "import-of-a-submodule": "from nwb_models.models.base import find_shortcut",
    "import-under-another-name": "from typing import Any as int",
    "star-import": "from typing import *",
    "star-import-of-a-sibling": "from ..hdmf_common.v1_10_0 import *",
    "star-import-of-models": "from nwb_models.models import *",
    "import-from-here": "from . import secret",
    "import-from-the-parent": "from ..x import secret",
    "import-from-further-up": "from ....os.v1 import system",
    "import-of-a-private-name": "from ..hdmf_common.v1_10_0 import __builtins__",
    "import-as-a-private-name": "from ..hdmf_common.v1_10_0 import Data as __builtins__",
    "import-of-a-module-path": "from ..hdmf_common.v1_10_0.os import system",
    "import-over-an-import": module("from ..hdmf_common.v1_10_0 import DynamicTable as Container"),
    "import-over-a-builtin": "from ..hdmf_common.v1_10_0 import Data as str",
    "import-over-a-marker": "from ..hdmf_common.v1_10_0 import Data as Attribute",
    "import-after-the-classes": field() + "\nfrom ..core.v2_11_0 import A",
    "import-of-what-is-not-there": "from __future__ import braces",
    # -- statements of a module
    "expression": "1",
    "call": "print()",
    "call-of-a-marker": module("Attribute()"),
    "docstring-further-down": '"""Text."""\n"""Text."""',
    "assignment": "x = 1",
    "assignment-to-an-attribute": module("Container.name = 1"),
    "assignment-to-an-item": module("Container['name'] = 1"),
    "assignment-to-several": "__all__ = x = []",
    "annotated-assignment": "x: int = 1",
    "augmented-assignment": '__all__ = []\n__all__ += ["os"]',
    "del": module("del Container"),
    "global": "global x",
    "function": "def f(): pass",
    "async-function": "async def f(): pass",
    "lambda": "lambda: 1",
    "if": "if 1: pass",
    "while": "while 1: pass",
    "for": "for x in []: pass",
    "with": "with x: pass",
    "try": "try:\n    pass\nexcept Exception:\n    pass",
    "raise": "raise SystemExit",
    "assert": "assert 0",
    "pass": "pass",
    "match": "match 1:\n    case _: pass",
    "walrus": "(x := 1)",
    # -- the list of public names
    "all-of-unknown-names": '__all__ = ["A"]',
    "all-of-private-names": field() + '\n__all__ = ["__builtins__"]',
    "all-as-a-call": field() + "\n__all__ = list('A')",
    "all-as-a-tuple": field() + '\n__all__ = ("A",)',
    "all-with-a-star": field() + '\n__all__ = [*"A"]',
    "all-with-an-expression": field() + '\n__all__ = ["A" + ""]',
    "all-of-bytes": field() + '\n__all__ = [b"A"]',
    "all-as-a-comprehension": field() + '\n__all__ = [x for x in "A"]',
    "all-in-a-class": body('__all__ = ["A"]'),
    # -- classes
    "decorator": module('@print\nclass A(NWBGroup):\n    """Text."""'),
    "metaclass": module('class A(NWBGroup, metaclass=type):\n    """Text."""'),
    "class-keyword": module('class A(NWBGroup, extra="forbid"):\n    """Text."""'),
    "class-keywords": module('class A(NWBGroup, **{}):\n    """Text."""'),
    "no-base": module('class A:\n    """Text."""'),
    "base-object": module('class A(object):\n    """Text."""'),
    "base-that-is-no-model": module('class A(datetime):\n    """Text."""'),
    "base-that-is-a-marker": module('class A(Attribute):\n    """Text."""'),
    "base-that-is-a-function": module('class A(Field):\n    """Text."""'),
    "base-that-is-not-imported": 'class A(NWBGroup):\n    """Text."""',
    "base-that-comes-later": module('class A(B):\n    """Text."""\nclass B(NWBGroup):\n    """Text."""'),
    "base-itself": module('class A(A):\n    """Text."""'),
    "base-as-a-call": module('class A(type("B", (), {})):\n    """Text."""'),
    "base-as-an-attribute": module('class A(Container.__base__):\n    """Text."""'),
    "base-as-an-item": module('class A(Collection[int]):\n    """Text."""'),
    "starred-base": module('class A(*(NWBGroup,)):\n    """Text."""'),
    "class-over-a-class": field() + '\nclass A(NWBGroup):\n    """Text."""',
    "class-over-an-import": module('class Container(NWBGroup):\n    """Text."""'),
    "class-over-a-marker": """
        from nwb_models.models import NWBGroup
        class Attribute(NWBGroup):
            x: int
        """,
    "class-over-a-builtin": module('class str(NWBGroup):\n    """Text."""'),
    "private-class": module('class _A(NWBGroup):\n    """Text."""'),
    "dunder-class": module('class __A__(NWBGroup):\n    """Text."""'),
    "class-that-normalises-to-a-builtin": module('class \uff53\uff54\uff52(NWBGroup):\n    """Text."""'),
    "class-in-letters-of-another-script": module('class \u0410(NWBGroup):\n    """Text."""'),
    "class-in-a-class": body('class B(NWBGroup):\n    """Text."""'),
    # -- statements of a class
    "function-in-a-class": body("def f(self): pass"),
    "assignment-in-a-class": body("x = 1"),
    "slots": body('__slots__ = ("x",)'),
    "expression-in-a-class": body("print()"),
    "number-in-a-class": body("1"),
    "f-string-as-a-docstring": body('f"{print()}"'),
    "bytes-as-a-docstring": body('b"Text."'),
    "pass-in-a-class": body("pass"),
    "if-in-a-class": body("if 1: x: int"),
    "del-in-a-class": body("del x"),
    "try-in-a-class": body("try:\n    x: int\nfinally:\n    y: int"),
    # -- fields
    "two-fields-of-one-name": body("x: int\nx: str"),
    "two-fields-that-normalise-to-one": body("x: int\n\uff58: str"),
    "private-field": body("_x: int = 1"),
    "dunder-field": body("__class_getitem__: int = 1"),
    "field-in-letters-of-another-script": body("\u0445: int"),
    "field-over-the-configuration": body('model_config: Annotated[str, Attribute()] = "x"'),
    "field-over-a-method": body('model_validate: Annotated[str, Attribute()] = "x"'),
    "field-that-normalises-to-a-method": body('\uff4dodel_validate: Annotated[str, Attribute()] = "x"'),
    "field-over-the-type": body('neurodata_type: Annotated[str, Attribute()] = "x"'),
    "type-that-is-no-text": body("neurodata_type: ClassVar[str] = 1"),
    "type-by-a-call": body("neurodata_type: ClassVar[str] = str()"),
    "another-class-variable": body('x: ClassVar[str] = "x"'),
    "attribute-of-a-name": body("x.y: int = 1"),
    "item-of-a-name": body("x[0]: int = 1"),
    "name-in-brackets": body("(x): int = 1"),
    # -- types of fields
    "string-as-a-type": field('"print()"'),
    "string-in-a-union": field('int | "print()"'),
    "string-in-a-collection": field('Collection["print()"]'),
    "string-in-an-annotated-type": field('Annotated["print()", Attribute()]'),
    "string-in-a-shortcut": body('x: ClassVar[Shortcut["print()"]] = Shortcut("x")'),
    "call-as-a-type": field("print()"),
    "call-in-a-literal": field("Literal[print()]"),
    "name-in-a-literal": field("Literal[Container]"),
    "f-string-in-a-literal": field('Literal[f"{print()}"]'),
    "star-in-a-literal": field('Literal[*"ab"]'),
    "lambda-as-a-type": field("lambda: 1"),
    "attribute-as-a-type": field("Container.name"),
    "item-of-an-attribute": field("Container.x[int]"),
    "unknown-type": field("object"),
    "type-that-normalises-to-one-unknown": field("\uff4fbject"),
    "marker-as-a-type": field("Attribute"),
    "function-as-a-type": field("Field"),
    "number-as-a-type": field("1"),
    "bytes-as-a-type": field('b"x"'),
    "ellipsis-as-a-type": field("..."),
    "list-as-a-type": field("[int]"),
    "conditional-type": field("int if print() else str"),
    "and": field("int and str"),
    "comparison": field("int < str"),
    "another-operator": field("int + str"),
    "walrus-as-a-type": field("(y := int)"),
    "comprehension-as-a-type": field("[x for x in y]"),
    "generator-as-a-type": field("(x for x in y)"),
    "await": field("(yield)"),
    "subscript-of-a-class": field("Container[int]"),
    # -- markers
    "call-as-a-marker": field(marker="print()"),
    "class-as-a-marker": field(marker="Attribute"),
    "constant-as-a-marker": field(marker='"x"'),
    "pydantics-function-as-a-marker": field(marker="Field(default_factory=print)"),
    "two-markers": field(marker="Attribute(), print()"),
    "no-marker": body("x: Annotated[int]"),
    "marker-of-an-attribute": field(marker="Container.Attribute()"),
    "positional-argument": field(marker="Attribute('x')"),
    "unknown-argument": field(marker="Attribute(evil=1)"),
    "starred-arguments": field(marker="Attribute(*())"),
    "keyword-arguments": field(marker="Attribute(**{})"),
    "call-as-an-argument": field(marker="Attribute(value=print())"),
    "name-as-an-argument": field(marker="Attribute(value=Container)"),
    "list-as-an-argument": field(marker="Attribute(value=[1])"),
    "dict-as-an-argument": field(marker="Attribute(value={})"),
    "f-string-as-an-argument": field(marker='Attribute(value=f"{print()}")'),
    "lambda-as-an-argument": field(marker="Attribute(value=lambda: 1)"),
    "call-in-a-tuple": field(marker="Attribute(value=(1, print()))"),
    "star-in-a-tuple": field(marker="Attribute(value=(*(), 1))"),
    "operator-as-an-argument": field(marker='Attribute(value="a" * 10)'),
    "not-as-an-argument": field(marker="Attribute(value=not 1)"),
    "bytes-as-an-argument": field(marker='Attribute(value=b"x")'),
    # -- defaults
    "call-as-a-default": field(default=" = print()"),
    "name-as-a-default": field(default=" = Container"),
    "attribute-as-a-default": field(default=" = Container.__init__"),
    "f-string-as-a-default": field(default=' = f"{print()}"'),
    "list-as-a-default": field(default=" = []"),
    "lambda-as-a-default": field(default=" = lambda: 1"),
    "walrus-as-a-default": field(default=" = (y := 1)"),
    "comprehension-as-a-default": field(default=" = [x for x in y]"),
    "conditional-default": field(default=" = 1 if print() else 2"),
    "negated-text-as-a-default": field(default=' = -"x"'),
    "factory-unknown": field(default=" = Field(default_factory=print)"),
    "factory-and-more": field(default=" = Field(default_factory=Collection, validate_default=True)"),
    "another-argument-of-field": field(default=" = Field(default=1)"),
    "positional-argument-of-field": field(default=" = Field(1)"),
    "keywords-of-field": field(default=' = Field(**{"default_factory": print})'),
    "factory-that-is-called": field(default=" = Field(default_factory=Collection())"),
    "factory-with-an-argument": field(default=' = Field(default_factory=lambda x: A(name="x"))'),
    "factory-with-a-default-argument": field(default=' = Field(default_factory=lambda x=print(): A(name="x"))'),
    "factory-with-any-arguments": field(default=' = Field(default_factory=lambda *x: A(name="x"))'),
    "factory-with-keyword-arguments": field(default=' = Field(default_factory=lambda *, x=1: A(name="x"))'),
    "factory-of-something-else": field(default=' = Field(default_factory=lambda: print(name="x"))'),
    "factory-of-a-marker": field(default=' = Field(default_factory=lambda: Attribute(name="x"))'),
    "factory-with-a-call": field(default=" = Field(default_factory=lambda: A(name=print()))"),
    "factory-with-more": field(default=' = Field(default_factory=lambda: A(name="x", y=1))'),
    "factory-with-nothing": field(default=" = Field(default_factory=lambda: A())"),
    "factory-with-keywords": field(default=' = Field(default_factory=lambda: A(**{"name": "x"}))'),
    "factory-of-a-method": field(default=' = Field(default_factory=lambda: A(name="x").x())'),
    "factory-with-two-steps": field(default=' = Field(default_factory=lambda: (A(name="x"), print()))'),
    "factory-as-a-string": field(default=' = Field(default_factory="print")'),
    # -- shortcuts
    "shortcut-over-a-method": body('copy: ClassVar[Shortcut[int]] = Shortcut("x")'),
    "shortcut-with-a-call": body("x: ClassVar[Shortcut[int]] = Shortcut(print())"),
    "shortcut-with-a-keyword": body('x: ClassVar[Shortcut[int]] = Shortcut(steps="x")'),
    "shortcut-with-a-star": body('x: ClassVar[Shortcut[int]] = Shortcut(*"x")'),
    "shortcut-that-is-something-else": body('x: ClassVar[Shortcut[int]] = print("x")'),
    "shortcut-without-a-type": body('x: ClassVar[Shortcut] = Shortcut("x")'),
    # -- no Python
    "no-python": "class",
    "null-byte": "x = '\x00'",
    "lone-surrogate": "x = '\ud800'",
    "nested-deeply": "x = " + "(" * 500 + ")" * 500,
    "nested-tuples": field(marker="Attribute(value=" + "(" * 90 + "print()" + ",)" * 90 + ")"),
    "long-union": field(" | ".join(["int"] * 20_000)),
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(source: str) -> None:
    with pytest.raises(UnsafeSourceError, match=r"^test[,:]"):
        checked(textwrap.dedent(source), "test")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are of Python 3.12")
@pytest.mark.parametrize("source", ['class A[T: print()](NWBGroup):\n    """Text."""', "type A = print()"])
def test_type_parameters_are_refused(source: str) -> None:
    with pytest.raises(UnsafeSourceError):
        checked(module(source), "test")


def test_the_message_says_where_and_why() -> None:
    with pytest.raises(UnsafeSourceError, match=r"^<ndx-evil>, line 10: the type object; a model never needs that"):
        checked(field("object"), "<ndx-evil>")


@pytest.mark.parametrize(
    "place",
    [("core", "2.11.0"), ("hdmf-common", "1.10.0"), ("hdmf-experimental", "0.6.0")],
    ids=lambda p: p[0],
)
def test_the_shipped_modules_are_accepted(place: tuple[str, str]) -> None:
    path = import_shipped(*place).__file__
    assert path is not None
    assert checked(Path(path).read_text("utf-8"), path)


# ------------------------------------------------------------------------------------------------- executing
def test_only_models_are_imported_and_only_from_the_siblings_that_were_given() -> None:
    other = types.ModuleType("other")
    other.run = print  # type: ignore[attr-defined]
    siblings = {"other.v1": other, "hdmf_common.v1_10_0": import_shipped("hdmf-common", "1.10.0")}
    for place, name in (("hdmf_common.v1_10_0", "Nil"), ("other.v1", "run"), ("os.v1", "path")):
        with pytest.raises(UnsafeSourceError, match=f"{place} has no model {name}"):
            execute(f"from ..{place} import {name}\n", "nwb_models.generated.test", siblings)
    assert "nwb_models.generated.test" not in sys.modules


def test_the_tree_that_was_checked_is_what_is_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reads the text again."""
    source = module('class A(NWBGroup):\n    """Text."""')
    parse, seen = ast.parse, []

    def once(text: str, *arguments: Any) -> ast.Module:
        seen.append(text)
        assert len(seen) == 1
        return parse(text, *arguments)

    monkeypatch.setattr(ast, "parse", once)
    siblings = {"hdmf_common.v1_10_0": import_shipped("hdmf-common", "1.10.0")}
    found = execute(source, "nwb_models.generated.test_tree", siblings)
    assert found.A.__doc__ == "Text."
    assert seen == [source]


def test_what_python_cannot_make_is_a_specification_error() -> None:
    source = module('class A(NWBGroup):\n    """Text."""\nclass B(NWBGroup, A):\n    """Text."""')
    siblings = {"hdmf_common.v1_10_0": import_shipped("hdmf-common", "1.10.0")}
    with pytest.raises(SpecificationError, match=r"make no models: .*consistent method resolution"):
        execute(source, "nwb_models.generated.test_order", siblings)
    assert "nwb_models.generated.test_order" not in sys.modules


def test_a_traceback_shows_the_source() -> None:
    import linecache

    siblings = {"hdmf_common.v1_10_0": import_shipped("hdmf-common", "1.10.0")}
    source = module('class A(NWBGroup):\n    """Text."""')
    execute(source, "nwb_models.generated.test_lines", siblings)
    assert linecache.getline("<nwb_models.generated.test_lines>", 9) == "class A(NWBGroup):\n"


# -------------------------------------------------------------------------------------------------- canary
CANARY = "nwb_models_canary"
FOLDER = Path(tempfile.gettempdir()) / f"{CANARY}_{os.getpid()}"
MARK = f"__import__('builtins').__dict__.update({CANARY}=1)"
TOUCH = f"__import__('os').mkdir({str(FOLDER)!r})"

TEMPLATES = [
    # out of a name, an annotation or an argument
    "P",
    "x:P#",
    "x=(P)",
    "x; P",
    "x) -> (P",
    "x]=P;[",
    "int]|P|[int",
    "@P",
    "0xP",
    "lambda: P",
    "(x:=P)",
    "[P for x in y]",
    "Field(default_factory=lambda: P)",
    "Annotated[int, P]",
    "Literal[P]",
    # out of a string
    "'",
    '"',
    "'\"",
    "');P;('",
    '");P;("',
    "'+str(P)+'",
    '"+str(P)+"',
    "'''\nP\n'''",
    '"""\nP\n"""',
    '"""\n    P\n    """',
    '\\"\\"\\"\nP\n\\"\\"\\"',
    "\\",
    "x\\",
    "\\'",
    '\\"',
    "\\';P;\\'",
    "a\\N{BULLET}",
    "\\x27P\\x27",
    "\\u0022P",
    "f'{P}'",
    # out of a line or a comment
    "\nP\n",
    "\rP\r",
    "x\r\nP\r\n",
    "x\n    P\n    y",
    "\x0cP",
    "x\u2028P\u2029",
    "#P",
    "# type: P",
    "# -*- coding: utf-7 -*-",
    "import os",
    "from os import *",
    # out of a template
    "{{ P }}",
    "{% for x in [P] %}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.mkdir('x') }}",
    "{P}",
    "${P}",
    "%(P)s",
    # names that mean something
    "class",
    "None",
    "__class__",
    "__import__",
    "__builtins__",
    "ClassVar",
    "NWBGroup",
    "model_config",
    "object_id",
    "../../P",
    "/etc/passwd",
    "~",
    "!!python/object/apply:os.system [x]",
    # characters
    "",
    " ",
    "\t",
    "\x00P",
    "P\x00",
    "\ud800P",
    "\udcff",
    "\ufeffP",
    "\u202eP",
    "\uff3f\uff3fimport\uff3f\uff3f",
    "\uff45\uff56\uff41\uff4c(P)",
    "x" * 5000,
    "x " * 5000,
]
"""Ways to get from text to code; ``P`` is what would be run."""

payloads = st.builds(
    lambda text, code: text.replace("P", code), st.sampled_from(TEMPLATES), st.sampled_from([MARK, TOUCH])
)
words = st.one_of(payloads, st.sampled_from(["data", "unit", "name", "value", "Series", "Device", "Data"]), st.text())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=4,
)
KEYS = [
    *(
        "name",
        "doc",
        "dtype",
        "dims",
        "shape",
        "value",
        "default_value",
        "quantity",
        "required",
        "default_name",
    ),
    *("attributes", "datasets", "groups", "links", "target_type", "reftype", "version", "title", "author"),
    *("neurodata_type_def", "neurodata_type_inc", "data_type_def", "namespace", "source", "schema"),
]

EXTENSION = """
groups:
- neurodata_type_def: Rig
  neurodata_type_inc: Container
  doc: A rig.
  attributes:
  - {name: note, dtype: text, doc: A note., value: fixed}
  - {name: gain, dtype: float32, doc: A gain., default_value: 1.0}
  - {name: device, dtype: {target_type: Device, reftype: object}, doc: A device.}
  datasets:
  - name: image
    dtype: uint8
    dims: [[x, y], [x, y, 'r, g, b']]
    shape: [[null, null], [null, null, 3]]
    doc: An image.
    attributes: [{name: unit, dtype: text, doc: A unit.}]
  - name: mask
    dtype: [{name: x, dtype: uint32, doc: X.}, {name: w, dtype: float32, doc: W.}]
    doc: Rows.
    quantity: '?'
  - {neurodata_type_inc: Column, doc: Columns., quantity: '*'}
  groups:
  - name: general
    doc: A group.
    groups: [{name: deep, doc: Deep., quantity: '?'}]
  - name: series
    neurodata_type_inc: Series
    doc: A series.
    attributes: [{name: more, dtype: int, doc: More.}]
  links:
  - {name: link, target_type: Device, doc: A link.}
- neurodata_type_def: Special
  neurodata_type_inc: Series
  doc: Special.
  datasets:
  - name: data
    dtype: int16
    doc: Mine.
    attributes: [{name: unit, dtype: text, value: volts, doc: Fixed.}]
datasets:
- {neurodata_type_def: Note, neurodata_type_inc: Data, dtype: text, doc: A note.}
"""


def documents() -> list[Any]:
    """Return the documents of an extension and of what it includes, to be changed."""
    extension = namespace("ndx-evil", "0.1.0", text=EXTENSION, includes=("base",), title="T", author=["A"])
    return [json.loads(json.dumps(dict(entry.documents))) for entry in (extension, base())]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document, what is deeper before what is above."""
    found = []
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        found += [*places(child, (*path, key)), (*path, key)]
    return found


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


@st.composite
def edited(draw: st.DrawFn) -> list[Any]:
    """The documents with some entries changed or added at random."""
    changed = documents()
    for _ in range(draw(st.integers(1, 4))):
        document = changed[draw(st.sampled_from([0, 0, 0, 0, 1]))]
        path = draw(st.sampled_from(places(document)))
        if draw(st.booleans()):
            put(document, path, draw(words if draw(st.booleans()) else values))
            continue
        target = document
        for key in path:
            target = target[key]
        if isinstance(target, dict):
            target[draw(st.sampled_from(KEYS) | words)] = draw(values)
        elif isinstance(target, list):
            target.append(draw(values))
    return changed


def outcome(changed: list[Any]) -> str:
    """Generate, check and execute; return what became of it, and fail where something of it was run."""
    try:
        return _models([Namespace(entry) for entry in changed])
    except (SpecificationError, UnsafeSourceError, ObjectNotFoundError) as error:
        return type(error).__name__
    finally:
        for name in [name for name in sys.modules if name.startswith("nwb_models.generated.fuzz_")]:
            del sys.modules[name]
        assert not hasattr(builtins, CANARY)
        assert not FOLDER.exists()


def _models(found: list[Namespace]) -> str:
    """Make the models as `SchemaProvider` does, and look at every class."""
    specifications = Specifications(found)
    made: dict[str, Any] = {}
    for number, entry in enumerate(specifications.closure(found[0])):
        to_linkml(entry, specifications)
        source = generate(entry, specifications, digest_of(entry, []))
        place = f"{module_name(entry.name)}.{version_name(entry.version)}"
        made[place] = execute(source, f"nwb_models.generated.fuzz_{number}", made)
        found_types = types_of(made[place])
        assert {name: (cls.neurodata_type, cls.namespace) for name, cls in found_types.items()} == {
            name: (name, entry.name) for name in entry.types
        }
        for cls in vars(made[place]).values():
            if isinstance(cls, type) and cls.__module__ == made[place].__name__:
                storage(cls)
                cls.model_rebuild(force=True)
    return "models"


def test_the_canary_is_seen() -> None:
    """What the fuzz looks for would be found."""
    for code, remove in ((MARK, lambda: delattr(builtins, CANARY)), (TOUCH, FOLDER.rmdir)):
        exec(code)
        try:
            with pytest.raises(AssertionError):
                outcome(documents())
        finally:
            remove()


def test_the_fuzz_starts_from_what_is_valid() -> None:
    assert outcome(documents()) == "models"


@settings(
    max_examples=int(os.environ.get("NWB_MODELS_FUZZ", "200")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(edited())
def test_nothing_of_a_specification_is_run(changed: list[Any]) -> None:
    """More of it with ``NWB_MODELS_FUZZ=10000``."""
    outcome(changed)


TEXT = ("doc", "value", "default_value", "dims", "version", "title", "author", "reftype", "default_name")
"""Keys whose values may be any text at all."""
NAMES = [
    ("name",),
    ("neurodata_type_def", "dtype"),
    ("neurodata_type_inc", "target_type", "namespace", "source", "quantity"),
]
"""Keys whose values mean something."""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda text: ascii(text)[1:-1][:24])
def test_a_payload_is_text_wherever_it_stands(template: str) -> None:
    payload = template.replace("P", MARK)
    for keys in (TEXT, *NAMES):
        changed = documents()
        for path in places(changed[0]):
            if path[-1] in keys:
                put(changed[0], path, f"{payload}{path}" if path[-1] == "neurodata_type_def" else payload)
        found = outcome(changed)
        assert found == "models" or keys is not TEXT
