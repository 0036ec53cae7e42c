"""LinkML -> Python source: linkml's PydanticGenerator with the templates beside this file.

What is ours: only the slots that a class adds are written (linkml writes inherited ones again), each with the
marker that says how it is stored, the bases and mixins, and the shortcuts.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkml.generators.pydanticgen import PydanticGenerator
from linkml.generators.pydanticgen.build import ClassResult, SlotResult
from linkml.generators.pydanticgen.template import PydanticAttribute, PydanticClass, PydanticModule
from linkml_runtime.linkml_model.meta import ClassDefinition, SchemaDefinition

from nwb_models.errors import SpecificationError
from nwb_models.models.reserved import FIELDS, GROUP_FIELDS
from nwb_models.naming import identifier, module_name, version_name
from nwb_models.schema.codegen import VERSION
from nwb_models.schema.codegen.mixins import MIXINS, NAMESPACES
from nwb_models.schema.codegen.text import WIDTH, docstring, literal, paragraphs
from nwb_models.schema.language import nesting
from nwb_models.schema.translation.dtype import ANY, FIXED_TEXT, LANGUAGE, TYPES, language_schema, reference_target
from nwb_models.schema.translation.namespace import translated_classes
from nwb_models.schema.translation.shape import shapes
from nwb_models.schema.translation.values import read_default, read_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkml_runtime.utils.schemaview import SchemaView

    from nwb_models.schema.language import Namespace, Specifications

TEMPLATES = Path(__file__).with_name("templates")
Slot = dict[str, Any]

MAX_STEPS = 8
"""The longest way of a shortcut: core needs 4, and groups nested without end would have no end of them."""
PYTHON_TYPES = {
    "float": "float",
    "int": "int",
    "str": "str",
    "Bool": "bool",
    "XSDDateTime": "datetime",
    "XSDDate": "str",
}
"""The base of a LinkML type -> the type of a field."""


def generate(namespace: Namespace, specifications: Specifications, digest: str) -> str:
    """Return the source of the module of one namespace.

    Parameters
    ----------
    namespace
        What to generate.
    specifications
        Where the namespaces that it includes are found.
    digest
        What identifies the specifications, for the header.
    """
    with nesting(f"namespace {namespace.name!r} {namespace.version}"):
        translated = translated_classes(namespace, specifications)
        classes = language_schema()["classes"] | {name: definition for name, (_, definition) in translated.items()}
        home = {name: current for name, (current, _) in translated.items()}
        generator = ModelGenerator(_definition(classes), template_dir=TEMPLATES, metadata_mode=None)
        generator.plan = Plan(namespace, classes, home, digest)
        return str(generator.serialize()).rstrip() + "\n"


def _definition(classes: dict[str, Any]) -> SchemaDefinition:
    """Return a schema as linkml's objects, with what generation looks at: the rest it reads from the plan.

    Making an object of every slot and annotation takes linkml ten times as long as everything else.
    """
    definitions = {
        name: ClassDefinition(name=name, is_a=definition.get("is_a"), class_uri=definition.get("class_uri"))
        for name, definition in classes.items()
    }
    return SchemaDefinition(id=language_schema()["id"], name=LANGUAGE, classes=definitions)


@dataclass
class Plan:
    """What is to be written, and where everything is."""

    namespace: Namespace
    classes: dict[str, dict[str, Any]]
    """Every class of the namespace and of those that it includes, as plain dicts."""
    home: dict[str, Namespace]
    """The namespace of each class."""
    digest: str
    imported: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """module -> (name there, name here) of what the source imports."""
    names_here: dict[str, str] = field(default_factory=dict)
    """What classes of other namespaces are called in the source."""

    @cached_property
    def own(self) -> set[str]:
        """The classes that are to be written."""
        return {name for name, home in self.home.items() if home is self.namespace}

    @cached_property
    def own_names(self) -> set[str]:
        """The names that the written classes have in Python."""
        return {self.classes[name].get("alias", name) for name in self.own}

    def python_name(self, name: str) -> str:
        """Return what a LinkML class is called in the source, and note the import that it needs."""
        plain = str(self.classes[name].get("alias", name))
        if name in self.own:
            return plain
        home = self.home[name]
        if name not in self.names_here:
            taken = {*self.own_names, *self.names_here.values()}
            here = plain if plain not in taken else identifier(f"{module_name(home.name)}__{plain}", taken)
            self.names_here[name] = here
            module = f"..{module_name(home.name)}.{version_name(home.version)}"
            self.imported.setdefault(module, set()).add((plain, here))
        return self.names_here[name]

    def use(self, module: str, name: str) -> str:
        """Note an import from a module outside, and return the name."""
        self.imported.setdefault(module, set()).add((name, name))
        return name

    def names(self) -> set[str]:
        """Return every name of the module."""
        return self.own_names | {here for names in self.imported.values() for _, here in names}

    def chain(self, name: str | None) -> Iterator[str]:
        """Yield a class and those above it, nearest first."""
        while name is not None:
            yield name
            name = self.classes[name].get("is_a")

    def slots(self, name: str) -> dict[str, Slot]:
        """Return the slots of a class, inherited ones included."""
        found: dict[str, Slot] = {}
        for level in reversed(list(self.chain(name))):
            found.update(self.classes[level]["attributes"])
        return found

    @cached_property
    def order(self) -> dict[Namespace, list[str]]:
        """The classes of each namespace as its module has them.

        Each comes after the one that it inherits from, and after those that its fields hold unless these lead
        back to it.
        """
        done: dict[str, None] = {}
        begun: set[str] = set()

        def visit(name: str, home: Namespace) -> None:
            if name in done or self.home.get(name) is not home or not begun.isdisjoint(self.chain(name)):
                return
            begun.add(name)
            for other in (
                self.classes[name].get("is_a"),
                *map(self.held, self.classes[name]["attributes"].values()),
            ):
                if other is not None:
                    visit(other, home)
            begun.remove(name)
            done[name] = None

        for name, home in self.home.items():
            visit(name, home)
        written = [name for name in done if self.stored_as(name) != "compound"]
        homes = {self.namespace, *self.home.values()}
        return {home: [name for name in written if self.home[name] is home] for home in homes}

    def held(self, slot: Slot) -> str | None:
        """Return the class that the type of a field names, None for a plain value or an array."""
        target, annotations = slot["range"], slot["annotations"]
        if target == ANY or target not in self.classes or self.stored_as(target) == "compound":
            return None
        is_array = annotations["stored_as"] == "value" and annotations.get("reference")
        return target if is_collection(slot) or not (shapes(slot) is not None or is_array) else None

    def repeated(self, name: str) -> dict[str, Slot]:
        """Return the inherited slots that a class has to repeat.

        Where a class holds one that stands after it, the type of the field is open until later, and pydantic
        (2.14) then evaluates it in the module of the subclass, where the name is missing or means something else.
        """
        above = self.classes[name].get("is_a")
        if above is None or self.home[above] is self.home[name]:
            return {}
        found: dict[str, Slot] = {}
        for level in reversed(list(self.chain(above))):
            names = self.order[self.home[level]]
            for slot_name, slot in self.classes[level]["attributes"].items():
                found.pop(slot_name, None)
                held = self.held(slot)
                if held in names and names.index(held) >= names.index(level):
                    found[slot_name] = slot
        return found

    def stored_as(self, name: str) -> str:
        """Return how a class is stored: ``group``, ``dataset`` or ``compound``."""
        return str(self.classes[name]["annotations"]["stored_as"])

    def mixin(self, name: str) -> tuple[str, str] | None:
        """Return module and name of the behaviour that a class has of its own, None for none."""
        annotations = self.classes[name]["annotations"]
        return MIXINS.get(annotations.get("neurodata_type", "")) if annotations.get("namespace") in NAMESPACES else None

    def is_nested(self, name: str) -> bool:
        """Tell whether a class, with all above it, has no type of its own."""
        return not any("neurodata_type" in self.classes[level]["annotations"] for level in self.chain(name))


class ModelGenerator(PydanticGenerator):  # type: ignore[misc]  # linkml has no types
    """linkml's generator, told what a model of a stored object looks like."""

    plan: Plan

    # ------------------------------------------------------------------------------------- what is written
    def _get_classes(self, sv: SchemaView) -> tuple[list[ClassDefinition], None]:
        classes = sv.all_classes(imports=False)
        return [classes[name] for name in self.plan.order[self.plan.namespace]], None

    @staticmethod
    def sort_classes(
        clist: list[ClassDefinition],
        imported: Any = None,  # noqa: ARG004 - linkml's signature
    ) -> list[ClassDefinition]:
        """Return the classes as they are: `Plan.order` has ordered them."""
        return clist

    @property
    def predefined_slot_values(self) -> dict[str, dict[str, str]]:
        """Return nothing: defaults are written by `default`, which keeps 0, "" and False."""
        return {}

    def _get_class_python_name(self, class_name: str) -> str:
        return self.plan.python_name(class_name)

    # ------------------------------------------------------------------------------------- module
    def before_render_template(
        self,
        template: PydanticModule,
        sv: SchemaView,  # noqa: ARG002 - linkml's signature
    ) -> PydanticModule:
        """Hand the parts of the module that are not classes to the template."""
        namespace = self.plan.namespace
        version = namespace.version if re.fullmatch(r"[\w.+-]+", namespace.version) else repr(namespace.version)
        text = (
            f"Models of the NWB namespace {namespace.name!r}, version {version}.\n\n"
            f"Generated by version {VERSION} of the generator of nwb_models: not to be edited.\n"
            f"sha256 of the specifications: {self.plan.digest}"
        )
        for name in ("Annotated", "ClassVar"):
            self.plan.use("typing", name)
        self._check_names(template)
        order = sorted(
            self.plan.imported, key=lambda module: (module.startswith("."), module.startswith("nwb"), module)
        )
        types = (name for name in self.plan.own if "neurodata_type" in self.plan.classes[name]["annotations"])
        template.meta = {
            "docstring": paragraphs(text),
            "imports": [self._import(module) for module in order],
            "names": sorted(map(self.plan.python_name, types)),
        }
        return template

    def _check_names(self, template: PydanticModule) -> None:
        """Refuse a field with the name of a type: in the body of its class it would be taken for the type."""
        names = self.plan.names()
        for cls in template.classes.values():
            for name in names & set(cls.attributes or ()):
                msg = f"{self.plan.namespace.name}: a member of {cls.name} and a type are both called {name!r}"
                raise SpecificationError(msg)

    def _import(self, module: str) -> str:
        names = sorted(self.plan.imported[module], key=lambda pair: pair[1])
        listed = [name if name == here else f"{name} as {here}" for name, here in names]
        line = f"from {module} import {', '.join(listed)}"
        return line if len(line) <= WIDTH else f"from {module} import (\n    " + ",\n    ".join(listed) + ",\n)"

    # ------------------------------------------------------------------------------------- classes
    def generate_class(self, cls: ClassDefinition) -> ClassResult:
        """Return a class with the slots that it adds to those above it."""
        plan = self.plan
        definition = plan.classes[cls.name]
        annotations = definition["annotations"]
        attributes: dict[str, PydanticAttribute] = {}
        if "name" in annotations and "neurodata_type" in annotations:
            attributes["name"] = PydanticAttribute(
                name="name",
                range=f"Annotated[str, {plan.use('nwb_models.models', 'Name')}()]",
                predefined=literal(annotations["name"]),
            )
        for name, slot in (plan.repeated(cls.name) | definition["attributes"]).items():
            attributes[name] = self._attribute(name, slot)
        pyclass = PydanticClass(
            name=plan.python_name(cls.name),
            bases=self._bases(cls.name),
            description=docstring(definition["description"], 4),
            attributes=attributes,
        )
        class_vars = [
            f"{key}: ClassVar[str] = {literal(annotations[key])}"
            for key in ("neurodata_type", "namespace")
            if key in annotations
        ]
        pyclass.meta = {"class_vars": class_vars, "shortcuts": list(self._shortcuts(cls.name))}
        return ClassResult(cls=pyclass, source=cls)

    def _bases(self, name: str) -> list[str]:
        plan = self.plan
        definition = plan.classes[name]
        bases = []
        mixin = plan.mixin(name)
        if mixin is not None and mixin not in map(plan.mixin, plan.chain(definition.get("is_a"))):
            bases.append(plan.use(*mixin))
        if "is_a" in definition:
            bases.append(plan.python_name(definition["is_a"]))
        else:
            kind = "NWBGroup" if plan.stored_as(name) == "group" else "NWBDataset"
            bases.append(plan.use("nwb_models.models", kind))
        return bases

    # ------------------------------------------------------------------------------------- fields
    def generate_slot(self, slot: Any, cls: ClassDefinition) -> SlotResult:
        """Return a slot as a field."""
        return SlotResult(attribute=self._attribute(slot.name, self.plan.slots(cls.name)[slot.name]), source=slot)

    def _attribute(self, name: str, slot: Slot) -> PydanticAttribute:
        kind = self._type(slot)
        default = self._default(name, slot)
        if not slot.get("required") and default in (None, "None"):
            kind, default = f"{kind} | None", "None"
        return PydanticAttribute(
            name=name,
            range=f"Annotated[{kind}, {self._marker(slot)}]",
            predefined=default,
            description=docstring(slot["description"], 4),
        )

    def _type(self, slot: Slot) -> str:
        """Return the type of a field, without None."""
        plan, target = self.plan, slot["range"]
        held = plan.held(slot)
        if held is not None:
            name = plan.python_name(held)
            return f"{plan.use('nwb_models.models', 'Collection')}[{name}]" if is_collection(slot) else name
        if shapes(slot) is not None or (target in plan.classes and target != ANY):
            return plan.use("nwb_models.models", "Array")
        fixed = read_fixed(slot)
        if _is_literal(fixed):
            return f"{plan.use('typing', 'Literal')}[{literal(fixed)}]"
        if target == ANY:
            return plan.use("typing", "Any")
        python = "str" if target == FIXED_TEXT else PYTHON_TYPES[TYPES[target]["base"]]
        if slot["annotations"]["stored_as"] == "value":  # no shape is said, so it may be an array
            return f"{self._named(python)} | {plan.use('nwb_models.models', 'Array')}"
        return self._named(python)

    def _named(self, python: str) -> str:
        return self.plan.use("datetime", "datetime") if python == "datetime" else python

    def _marker(self, slot: Slot) -> str:
        """Return the marker that says how a field is stored."""
        annotations = slot["annotations"]
        stored_as = annotations["stored_as"]
        arguments: dict[str, Any] = {}
        if "name" in annotations:
            arguments["name"] = annotations["name"]
        arguments["dtype"] = self._dtype(slot)
        arguments["shape"] = shapes(slot)
        if "shape" in annotations and arguments["shape"] is None:
            refined = json.loads(annotations["shape"])
            arguments["shape"] = shapes(_as_array(refined))
        arguments["value"] = read_fixed(slot)
        if is_collection(slot):
            marker, arguments = "Children", {"kind": stored_as}
        elif stored_as == "attribute" and annotations.get("reference"):
            marker = "Reference"
            del arguments["dtype"]
            if annotations["reference"] != "object":
                arguments["kind"] = annotations["reference"]
        else:
            marker = {"attribute": "Attribute", "value": "Value"}.get(stored_as, stored_as.capitalize())
            if annotations.get("unnamed"):
                arguments["unnamed"] = True
        given = ", ".join(f"{key}={literal(value)}" for key, value in arguments.items() if value is not None)
        return f"{self.plan.use('nwb_models.models', marker)}({given})"

    def _dtype(self, slot: Slot) -> Any:
        """Return the dtype of a slot as markers say it."""
        plan, target, annotations = self.plan, slot["range"], slot["annotations"]
        if annotations.get("reference"):
            return f"{annotations['reference']}:{plan.classes[target]['annotations']['neurodata_type']}"
        if target in plan.classes and target != ANY:
            if plan.stored_as(target) == "compound":
                rows = plan.classes[target]["attributes"].items()
                return tuple((row["annotations"].get("name", name), self._dtype(row) or "") for name, row in rows)
            refined = json.loads(annotations["dtype"]) if "dtype" in annotations else None
            reference = reference_target(refined)
            if reference is not None:
                return ":".join(reversed(reference))
            return refined if isinstance(refined, str) else None
        if target == FIXED_TEXT:
            return json.loads(annotations["dtype"])
        return target if target in TYPES else None

    def _default(self, name: str, slot: Slot) -> str | None:
        """Return the source of a field's default, None where it has none."""
        fixed, default = read_fixed(slot), read_default(slot)
        if fixed is not None and slot.get("required"):
            return literal(fixed)
        if default is not None:
            return literal(default)
        if is_collection(slot):
            if slot.get("required"):
                return None
            return self._made_by(self.plan.use("nwb_models.models", "Collection"))
        target = slot["range"]
        stored_name = slot["annotations"].get("name", name)
        if slot.get("required") and slot["annotations"]["stored_as"] == "group" and self._may_be_empty(target):
            return self._made_by(f"lambda: {self.plan.python_name(target)}(name={literal(stored_name)})")
        return None

    def _made_by(self, factory: str) -> str:
        return f"{self.plan.use('pydantic', 'Field')}(default_factory={factory})"

    def _may_be_empty(self, name: str) -> bool:
        """Tell whether an untyped group can be made with nothing given."""
        plan = self.plan
        if not plan.is_nested(name):
            return False
        return all(
            not slot.get("required") or self._default(slot_name, slot) is not None
            for slot_name, slot in plan.slots(name).items()
        )

    # ------------------------------------------------------------------------------------- shortcuts
    def _shortcuts(self, name: str) -> Iterator[str]:
        """Yield the shortcuts that a class adds to those of the class above it."""
        found = self._reachable(name)
        above = self.plan.classes[name].get("is_a")
        known = self._reachable(above) if above else {}
        for shortcut, (steps, slot) in found.items():
            if known.get(shortcut, (None, None))[0] == steps:
                continue
            kind = self._type(slot) + (" | None" if self._may_be_none(name, steps) else "")
            use = self.plan.use("nwb_models.models", "Shortcut")
            yield f"{shortcut}: ClassVar[{use}[{kind}]] = {use}({', '.join(literal(step) for step in steps)})"

    def _reachable(self, name: str) -> dict[str, tuple[tuple[str, ...], Slot]]:
        """Return what untyped children hold, by names that mean one thing only; constants do not compete."""
        plan = self.plan
        slots = plan.slots(name)
        found: dict[str, list[tuple[tuple[str, ...], Slot]]] = {}

        def collect(target: str, steps: tuple[str, ...]) -> None:
            is_group = plan.stored_as(target) == "group"
            for inner, slot in plan.slots(target).items():
                if inner != "value" and not (slot["annotations"]["stored_as"] != "attribute" and not is_group):
                    found.setdefault(inner, []).append(((*steps, inner), slot))
                    nested = is_group and self._is_untyped_child(slot)
                    if nested and plan.stored_as(slot["range"]) == "group" and len(steps) < MAX_STEPS:
                        collect(slot["range"], (*steps, inner))

        for slot_name, slot in slots.items():
            if self._is_untyped_child(slot):
                collect(slot["range"], (slot_name,))
        taken = set(slots) | FIELDS | GROUP_FIELDS | plan.names() | self._mixin_members(name)
        result = {}
        for shortcut, places in found.items():
            variable = [place for place in places if read_fixed(place[1]) is None]
            wanted = variable if variable else places
            if len(wanted) == 1 and shortcut not in taken:
                result[shortcut] = wanted[0]
        return result

    def _may_be_none(self, name: str, steps: tuple[str, ...]) -> bool:
        """Tell whether one of the steps of a shortcut need not be there."""
        for step in steps:
            slot = self.plan.slots(name)[step]
            if not slot.get("required") and self._default(step, slot) is None:
                return True
            name = slot["range"]
        return False

    def _is_untyped_child(self, slot: Slot) -> bool:
        plan, target = self.plan, slot["range"]
        if slot["annotations"]["stored_as"] not in ("group", "dataset") or target == ANY or target not in plan.classes:
            return False
        return plan.stored_as(target) != "compound" and plan.is_nested(target) and not is_collection(slot)

    def _mixin_members(self, name: str) -> set[str]:
        taken: set[str] = set()
        for mixin in map(self.plan.mixin, self.plan.chain(name)):
            if mixin is not None:
                taken |= set(dir(getattr(importlib.import_module(mixin[0]), mixin[1])))
        return taken


def is_collection(slot: Slot) -> bool:
    """Tell whether a slot stands for any number of named objects."""
    return bool(slot["annotations"].get("unnamed")) and bool(slot.get("multivalued"))


def _is_literal(value: Any) -> bool:
    """Tell whether a value can stand in a ``Literal``: pydantic takes no text that UTF-8 has no bytes for."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, int) and not isinstance(value, bool)


def _as_array(shape: Any) -> dict[str, Any]:
    from nwb_models.schema.translation.shape import array

    return array({"shape": shape})
