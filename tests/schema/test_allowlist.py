"""Generated code from an untrusted specification: what is refused, and that nothing in it is run."""

from __future__ import annotations

import ast
import builtins
import os
import sys
import tempfile
import textwrap
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from nwb_models.errors import ObjectNotFoundError, SpecificationError, UnsafeSourceError
from nwb_models.models import NWBGroup
from nwb_models.models.mapping import storage
from nwb_models.naming import module_name, version_name
from nwb_models.schema.codegen.allowlist import checked
from nwb_models.schema.codegen.execute import execute
from nwb_models.schema.codegen.generator import generate
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.provider import GENERATED, import_shipped, types_of
from nwb_models.schema.translation import translate
from tests.conftest import ROOT
from tests.schema.edits import PLAIN, documents, edited, places, put

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

HEAD = """
from __future__ import annotations
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from nwb_models.models import Absent, Array, Attribute, Children, Collection, Dataset, Group, NWBDataset, NWBGroup
from nwb_models.models import Filled, Given, Link, Made, Many, Name, Reference, Shortcut, Value, Values
from ...hdmf_common.v1_10_0.base import Container, Data as Datum
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
    "import-of-a-module-of-the-package": module("from .types import Rig, Rig as Other"),
    "import-of-what-ships": module("from nwb_models.generated.core.v2_11_0.nwb_base import TimeSeries"),
    "class": body('"""Text."""\nneurodata_type: ClassVar[str] = "A"\nnamespace: ClassVar[str] = "ndx-a"'),
    "field": field(),
    "optional": field("str | None", default=" = None"),
    "fixed": field('Literal["x", -1]', 'Attribute(dtype="text", value="x")', ' = "x"'),
    "shape": field("Array", "Value(shape=((None,), (None, 3)))"),
    "compound": field("Array", 'Dataset(dtype=(("x", "int8"), ("y", "float")), name="a b", unnamed=True)'),
    "reference": field("Any", 'Reference(kind="region")'),
    "collection": field("Collection[Container]", 'Children(kind="group")', " = Made(Collection)"),
    "group": field("A", "Group()", ' = Made(lambda: A(name="x"))'),
    "group-of-another-module": field("Datum", "Group()", ' = Made(lambda: Datum(name="x"))'),
    "shortcut": body('x: int | None = Shortcut("data", "x")'),
    "shortcut-to-a-group": body('x: Given[A | None, Many[Container | Datum]] = Shortcut("data", "x")'),
    "given": field("Given[Array | None, Values]", "Dataset()", " = Absent"),
    "given-by-the-constructor": field("Given[Array, Values]", "Dataset()", " = Filled"),
    "needed": field("Given[Collection[A], Many[A]]", 'Children(kind="group", required=True)', " = Made(Collection)"),
    "base": module("class A(Container):\n    pass_: int").replace("    pass_: int", '    """Text."""'),
    "all": module('__all__ = ["A"]\nclass A(NWBGroup):\n    """Text."""'),
    "all-of-what-was-imported": module('from .types import Rig\n__all__ = ["Rig", "Container"]'),
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
    "star-import-of-a-sibling": "from ...hdmf_common.v1_10_0.base import *",
    "star-import-of-a-module-of-the-package": "from .types import *",
    "star-import-of-what-ships": "from nwb_models.generated.core.v2_11_0.nwb_base import *",
    "star-import-of-models": "from nwb_models.models import *",
    "import-from-here": "from . import secret",
    "import-from-the-parent": "from ..x import secret",
    "import-from-the-parent-of-a-module": "from ..hdmf_common.v1_10_0.base import Container",
    "import-from-further-up": "from ....os.v1.path import system",
    "import-of-a-version": "from ...hdmf_common.v1_10_0 import Container",
    "import-of-a-namespace": "from ...hdmf_common import v1_10_0",
    "import-of-what-is-no-version": "from ...os.path.x import system",
    "import-below-a-module": "from .types.x import system",
    "import-below-a-module-of-a-sibling": "from ...hdmf_common.v1_10_0.base.x import system",
    "import-of-a-private-module": "from ._types import Rig",
    "import-of-the-package-as-a-module": "from .__init__ import Rig",
    "import-of-a-private-module-of-a-sibling": "from ...hdmf_common.v1_10_0.__init__ import Container",
    "import-in-letters-of-another-script": "from .\u0430 import Rig",
    "import-of-a-number": "from .v1\u00b2 import Rig",
    "import-of-all-that-ships": "from nwb_models.generated import core",
    "import-of-a-package-that-ships": "from nwb_models.generated.core.v2_11_0 import TimeSeries",
    "import-below-what-ships": "from nwb_models.generated.core.v2_11_0.nwb_base.x import TimeSeries",
    "import-beside-what-ships": "from nwb_models.schema.v1.execute import execute",
    "import-that-begins-as-what-ships": "from nwb_models.generatedx.core.v2_11_0.nwb_base import TimeSeries",
    "import-from-above-what-ships": "from nwb_models.generated..core.v2_11_0.nwb_base import TimeSeries",
    "import-of-the-library": "import nwb_models.generated.core.v2_11_0.nwb_base",
    "import-of-a-private-name": "from ...hdmf_common.v1_10_0.base import __builtins__",
    "import-of-a-private-name-of-the-package": "from .types import __builtins__ as Rig",
    "import-of-a-private-name-of-what-ships": "from nwb_models.generated.core.v2_11_0.nwb_base import __loader__ as A",
    "import-as-a-private-name": "from ...hdmf_common.v1_10_0.base import Data as __builtins__",
    "import-over-an-import": module("from ...hdmf_common.v1_10_0.table import DynamicTable as Container"),
    "import-over-an-import-of-the-package": module("from .types import Container"),
    "import-over-a-builtin": "from ...hdmf_common.v1_10_0.base import Data as str",
    "import-over-a-marker": "from ...hdmf_common.v1_10_0.base import Data as Attribute",
    "import-over-a-marker-in-the-package": "from .types import Attribute",
    "import-over-a-builtin-by-what-ships": "from nwb_models.generated.core.v2_11_0.nwb_base import TimeSeries as str",
    "import-after-the-classes": field() + "\nfrom ...core.v2_11_0.nwb_base import A",
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
    "all-of-what-is-no-model": module('__all__ = ["Attribute"]'),
    "all-of-a-module": '__all__ = ["datetime"]',
    "all-of-what-another-module-has": '__all__ = ["TimeSeries"]',
    "all-of-a-name-in-another-form": field() + '\n__all__ = ["\uff21"]',
    "all-of-an-ellipsis": field() + "\n__all__ = [...]",
    "all-of-a-name-without-quotes": field() + "\n__all__ = [A]",
    "all-with-a-type": '__all__: list[str] = ["A"]',
    "all-that-grows": field() + '\n__all__ += ["__builtins__"]',
    "all-by-another-name": field() + '\n__dir__ = ["A"]',
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
    "base-that-is-a-function": module('class A(Made):\n    """Text."""'),
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
    "string-in-a-shortcut": body('x: "print()" = Shortcut("x")'),
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
    "function-as-a-type": field("Made"),
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
    "factory-as-a-marker": field(marker="Made(print)"),
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
    "factory-unknown": field(default=" = Made(print)"),
    "factory-and-more": field(default=" = Made(Collection, validate_default=True)"),
    "another-argument-of-a-factory": field(default=" = Made(default=1)"),
    "factory-that-is-a-number": field(default=" = Made(1)"),
    "keywords-of-a-factory": field(default=' = Made(**{"factory": print})'),
    "factory-that-is-called": field(default=" = Made(Collection())"),
    "factory-with-an-argument": field(default=' = Made(lambda x: A(name="x"))'),
    "factory-with-a-default-argument": field(default=' = Made(lambda x=print(): A(name="x"))'),
    "factory-with-any-arguments": field(default=' = Made(lambda *x: A(name="x"))'),
    "factory-with-keyword-arguments": field(default=' = Made(lambda *, x=1: A(name="x"))'),
    "factory-of-something-else": field(default=' = Made(lambda: print(name="x"))'),
    "factory-of-a-marker": field(default=' = Made(lambda: Attribute(name="x"))'),
    "factory-with-a-call": field(default=" = Made(lambda: A(name=print()))"),
    "factory-with-more": field(default=' = Made(lambda: A(name="x", y=1))'),
    "factory-with-nothing": field(default=" = Made(lambda: A())"),
    "factory-with-keywords": field(default=' = Made(lambda: A(**{"name": "x"}))'),
    "factory-of-a-method": field(default=' = Made(lambda: A(name="x").x())'),
    "factory-with-two-steps": field(default=' = Made(lambda: (A(name="x"), print()))'),
    "factory-as-a-string": field(default=' = Made("print")'),
    # -- shortcuts
    "shortcut-over-a-method": body('copy: int = Shortcut("x")'),
    "shortcut-with-a-call": body("x: int = Shortcut(print())"),
    "shortcut-with-a-keyword": body('x: int = Shortcut(steps="x")'),
    "shortcut-with-a-star": body('x: int = Shortcut(*"x")'),
    "shortcut-that-is-something-else": body('x: int = print("x")'),
    "shortcut-without-a-type": body('x: Shortcut = Shortcut("x")'),
    "shortcut-without-an-annotation": body('x = Shortcut("x")'),
    # -- what is given
    "given-one-type": field("Given[Array]"),
    "given-a-call": field("Given[Array, print()]"),
    "given-text": field('Given["print()", Values]'),
    "given-many-of-text": field('Given[Collection[Container], Many["print()"]]'),
    "filled-by-a-call": field(default=" = Filled()"),
    "absent-by-a-call": field(default=" = Absent()"),
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
    with pytest.raises(UnsafeSourceError, match=r"^<ndx-evil>, line 9: the type object; a model never needs that"):
        checked(field("object"), "<ndx-evil>")


SHIPPED = sorted((ROOT / "generated").glob("*/v*/*.py"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "/".join(path.parts[-3:]))
def test_the_shipped_modules_are_accepted(path: Path) -> None:
    if path.stem == "__init__":
        names_only(path.read_text("utf-8"), {other.stem for other in path.parent.glob("*.py")})
    else:
        assert checked(path.read_text("utf-8"), str(path))


def names_only(source: str, modules: Container[str]) -> None:
    """Fail where the source of a package does more than to take everything from its modules.

    `execute` does not look at it, but it is written by ``nwb-models generate``, and then imported.
    """
    for number, node in enumerate(ast.parse(source).body):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                assert number == 0
            case ast.ImportFrom(level=1, module=module, names=[ast.alias(name="*", asname=None)]):
                assert module in modules
            case _:
                pytest.fail(f"a {type(node).__name__} in a package: {ast.unparse(node)}")


# ------------------------------------------------------------------------------------------------- executing
TEST = f"{GENERATED}.test.v1"
SIBLINGS = {"hdmf_common.v1_10_0": import_shipped("hdmf-common", "1.10.0")}


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Take out of the process what a test has made."""
    yield
    forget("test", "fuzz_")


def forget(*beginnings: str) -> None:
    names = tuple(f"{GENERATED}.{beginning}" for beginning in beginnings)
    for name in [name for name in sys.modules if name.startswith(names)]:
        del sys.modules[name]


def a_class(name: str = "A", base: str = "NWBGroup", head: str = "") -> str:
    return module(f'{head}\nclass {name}({base}):\n    """Text."""')


def test_modules_import_from_each_other() -> None:
    one, two = a_class("Rig"), a_class("Special", "Mine", "from .one import Rig as Mine")
    package = execute({"one": one, "two": two, "__init__": "raise SystemExit"}, TEST, SIBLINGS)
    assert package.Special.__mro__[1] is package.Rig is package.one.Rig is package.two.Mine
    assert [cls.__module__ for cls in (package.Rig, package.Special)] == [f"{TEST}.one", f"{TEST}.two"]
    assert sys.modules[f"{TEST}.one"] is package.one
    assert not hasattr(package, "Mine")


def test_what_ships_is_imported_where_it_is_a_sibling() -> None:
    source = a_class("Thing", "Data", f"from {GENERATED}.hdmf_common.v1_10_0.base import Data")
    assert issubclass(execute({"one": source}, TEST, SIBLINGS).Thing, SIBLINGS["hdmf_common.v1_10_0"].Data)


class Secret(NWBGroup):
    """A model that no generated module has."""


OTHER = types.ModuleType("other")
OTHER.part = types.ModuleType("other.part")  # type: ignore[attr-defined]
vars(OTHER.part).update(run=print, secret=Secret(name="x"), Any=Any, os=os, kind=type, Field=Field)
OTHER.secret = Secret  # type: ignore[attr-defined]

NOT_IMPORTED: dict[str, tuple[str, str]] = {
    "no-such-name": ("...hdmf_common.v1_10_0.base", "Nil"),
    "no-such-module": ("...hdmf_common.v1_10_0.nil", "Data"),
    "no-such-version": ("...hdmf_common.v1_9_0.base", "Data"),
    "no-such-namespace": ("...os.v1.path", "join"),
    "a-function": ("...other.v1.part", "run"),
    "an-object": ("...other.v1.part", "secret"),
    "a-type": ("...other.v1.part", "kind"),
    "a-module": ("...other.v1.part", "os"),
    "typing-under-another-name": ("...other.v1.part", "Any as Alias"),
    "pydantic-under-another-name": ("...other.v1.part", "Field as Alias"),
    "no-such-module-here": (".nil", "A"),
    "itself": (".one", "A"),
    "a-module-that-comes-later": (".two", "A"),
    "a-library": (".os", "path"),
    "what-ships-and-is-no-sibling": (f"{GENERATED}.core.v2_11_0.nwb_base", "TimeSeries"),
    "no-model-of-what-ships": (f"{GENERATED}.hdmf_common.v1_10_0.table", "DynamicTableMixin as Alias"),
    "a-marker-of-what-ships": (f"{GENERATED}.hdmf_common.v1_10_0.table", "Attribute as Alias"),
    "what-does-not-ship": (f"{GENERATED}.nil.v1.part", "A"),
}


@pytest.mark.parametrize(("place", "name"), NOT_IMPORTED.values(), ids=NOT_IMPORTED)
def test_only_models_are_imported_and_only_from_the_siblings_that_were_given(place: str, name: str) -> None:
    sources = {"one": f"from {place} import {name}\n", "two": a_class()}
    with pytest.raises(UnsafeSourceError, match=f"{place.lstrip('.')} has no model {name.split()[0]}"):
        execute(sources, TEST, SIBLINGS | {"other.v1": OTHER})
    assert [name for name in sys.modules if name.startswith(TEST)] == []


MODULE_NAMES = [
    "",
    "__path__",
    "__class__",
    "__dict__",
    "__getattr__",
    "_x",
    "a.b",
    "../x",
    "a b",
    "1",
    "\u0430",
    "x\n",
]


@pytest.mark.parametrize("name", MODULE_NAMES, ids=ascii)
def test_a_module_has_the_name_of_one(name: str) -> None:
    """Names come from the cache, too: one that somebody wrote must not replace what a package is."""
    with pytest.raises(UnsafeSourceError, match="the name"):
        execute({name: a_class()}, TEST, SIBLINGS)
    assert [name for name in sys.modules if name.startswith(TEST)] == []


def test_the_tree_that_was_checked_is_what_is_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reads the text again."""
    sources = {"one": a_class(), "two": a_class("B", "A", "from .one import A")}
    parse, seen = ast.parse, []

    def once(text: str, *arguments: Any) -> ast.Module:
        assert text not in seen
        seen.append(text)
        return parse(text, *arguments)

    with monkeypatch.context() as patched:  # only here: pytest parses sources itself, to show what failed
        patched.setattr(ast, "parse", once)
        found = execute(sources, TEST, SIBLINGS)
    assert found.B.__doc__.startswith("Text.\n")
    assert seen == list(sources.values())


def test_what_python_cannot_make_is_a_specification_error() -> None:
    source = a_class() + '\nclass B(NWBGroup, A):\n    """Text."""'
    with pytest.raises(SpecificationError, match=r"make no models: .*consistent method resolution"):
        execute({"zero": a_class("Z"), "one": source}, TEST, SIBLINGS)
    assert [name for name in sys.modules if name.startswith(TEST)] == []


def test_a_traceback_shows_the_source() -> None:
    import linecache

    execute({"one": a_class()}, TEST, SIBLINGS)
    assert linecache.getline(f"<{TEST}.one>", 9) == "class A(NWBGroup):\n"


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
    "Made(lambda: P)",
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
words = st.one_of(payloads, PLAIN)


def outcome(changed: list[Any]) -> str:
    """Generate, check and execute; return what became of it, and fail where something of it was run."""
    try:
        return _models([Namespace(entry) for entry in changed])
    except (SpecificationError, UnsafeSourceError, ObjectNotFoundError) as error:
        return type(error).__name__
    finally:
        forget("fuzz_")
        assert not hasattr(builtins, CANARY)
        assert not FOLDER.exists()


def _models(found: list[Namespace]) -> str:
    """Make the models as `SchemaProvider` does, and look at every class."""
    specifications = Specifications(found)
    made: dict[str, Any] = {}
    for number, entry in enumerate(specifications.closure(found[0])):
        translate(entry, specifications)
        sources = generate(entry, specifications, specifications.digest(entry))
        names_only(sources["__init__"], sources)
        place = f"{module_name(entry.name)}.{version_name(entry.version)}"
        package = made[place] = execute(sources, f"{GENERATED}.fuzz_{number}.v1", made)
        assert {name: (cls.neurodata_type, cls.namespace) for name, cls in types_of(package).items()} == {
            name: (name, entry.name) for name in entry.types
        }
        modules = [name for name, value in vars(package).items() if isinstance(value, types.ModuleType)]
        assert sorted(modules) == sorted(set(sources) - {"__init__"})
        for cls in vars(package).values():
            if isinstance(cls, type):
                assert cls.__module__.startswith(f"{package.__name__}.")
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
@given(edited(words))
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


# ------------------------------------------------------------------------------- names of documents and modules
DOCUMENTS = {
    "of-python": ["__init__", "__main__", "__path__", "__builtins__"],
    "of-paths": ["../x", "/etc/passwd", "..", ".", "a/../../b"],
    "of-libraries": ["os", "sys", "typing", "pydantic", "nwb_models", "builtins", "__future__"],
    "of-keywords": ["import", "None", "class", "async"],
    "empty": ["", " ", "\t"],
    "long": ["x" * 500, "x" * 499 + "y"],
    "equal-as-identifiers": ["a-b", "a_b", "a b", "a.b", "A-B", "a_b_"],
    "of-the-first-document": ["namespace", "namespaces"],
    "of-a-type": ["Type0", "type0", "type1", "TYPE1"],
    "of-markers": ["Attribute", "NWBGroup", "Any", "annotations"],
    "of-other-scripts": ["\u0430", "\uff4fs", "\u202e", "\x00", "\ud800"],
    "of-code": [MARK, f"x; {MARK}", f"x import y\n{MARK}", f"'''{MARK}'''"],
}


def in_documents(names: list[str]) -> Namespace:
    """Return a namespace with a document of each name, each with a type that inherits that of the one before."""
    header = {"name": "fuzz", "version": "1", "schema": [{"source": name} for name in names]}
    documents: dict[str, Any] = {"namespace": header}
    sources = Namespace(documents).sources
    for number, source in enumerate(sources):
        above = {"data_type_inc": f"type{number - 1}"} if number else {}
        documents[source] = {"groups": [{"data_type_def": f"type{number}", "doc": "d", **above}]}
    return Namespace(documents)


@pytest.mark.parametrize("names", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_of_any_name_has_a_module(names: list[str]) -> None:
    found = in_documents(names)
    sources = generate(found, Specifications([found]), "digest")
    modules = [name for name in sources if name != "__init__"]
    assert len({name.lower() for name in modules}) == len(modules) == len(found.sources)
    assert all(name.isascii() and name.isidentifier() and name[0].isalpha() and len(name) < 120 for name in modules)
    assert not set(modules) & set(found.types)
    assert outcome([dict(found.documents)]) == "models"


@pytest.mark.parametrize("name", ["x" * 500, "../x", "__init__", "os", "", "a b", MARK], ids=lambda name: name[:12])
def test_a_namespace_of_any_name_has_a_package(name: str) -> None:
    documents = dict(in_documents(["types"]).documents)
    documents["namespace"] = {**documents["namespace"], "name": name, "version": name}
    assert outcome([documents]) == "models"


def test_a_module_imports_what_it_names() -> None:
    """Also where nothing in it is of any type but the value of a dataset of which no dtype is said."""
    header = {"name": "x", "version": "1", "doc": "d", "schema": [{"namespace": "base"}, {"source": "a"}]}
    unit = {"name": "unit", "dtype": "text", "doc": "d"}
    image = {"name": "image", "doc": "d", "attributes": [unit]}
    made = {"groups": [{"neurodata_type_def": "A", "doc": "d", "datasets": [image]}]}
    assert outcome([{"namespace": {"namespaces": [header]}, "a": made}, *documents()[1:]]) == "models"
