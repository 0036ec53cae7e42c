"""LinkML -> Python source: linkml's PydanticGenerator with the templates beside this file.

What is ours: only the slots that a class adds are written (linkml writes inherited ones again), each with the marker
that says how it is stored, the bases and mixins, and the shortcuts.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkml.generators.pydanticgen import PydanticGenerator
from linkml.generators.pydanticgen.build import ClassResult, SlotResult
from linkml.generators.pydanticgen.template import PydanticAttribute, PydanticClass, PydanticModule
from linkml_runtime.linkml_model.meta import ClassDefinition, SchemaDefinition
from linkml_runtime.utils.schemaview import SchemaView

from nwb_models.models.reserved import FIELDS, GROUP_FIELDS
from nwb_models.naming import module_name, version_name
from nwb_models.schema.codegen import VERSION
from nwb_models.schema.codegen.mixins import MIXINS, NAMESPACES
from nwb_models.schema.codegen.text import WIDTH, docstring, literal
from nwb_models.schema.translation.dtype import ANY, TYPES, reference_target
from nwb_models.schema.translation.namespace import merge, to_linkml
from nwb_models.schema.translation.shape import shapes
from nwb_models.schema.translation.values import read_default, read_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.schema.language import Namespace, Specifications

TEMPLATES = Path(__file__).with_name("templates")
Slot = dict[str, Any]

PYTHON_TYPES = {"float": "float", "int": "int", "str": "str", "Bool": "bool", "XSDDateTime": "datetime", "XSDDate": "str"}
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
    closure = specifications.closure(namespace)
    schemas = {current: to_linkml(current, specifications) for current in closure}
    merged = merge(schema for parts in schemas.values() for schema in parts.values())
    own = {name for schema in schemas[namespace].values() for name in schema["classes"]}
    home = {name: ns for ns, parts in schemas.items() for schema in parts.values() for name in schema["classes"]}
    generator = ModelGenerator(_definition(merged), template_dir=TEMPLATES, metadata_mode=None)
    generator.plan = Plan(namespace, merged["classes"], own, home, digest)
    return generator.serialize().rstrip() + "\n"


def _definition(merged: dict[str, Any]) -> SchemaDefinition:
    """Return a schema as linkml's objects, with what generation looks at: the rest it reads from the plan.

    Making an object of every slot and annotation takes linkml ten times as long as everything else.
    """
    classes = {
        name: ClassDefinition(name=name, is_a=definition.get("is_a"), class_uri=definition.get("class_uri"))
        for name, definition in merged["classes"].items()
    }
    return SchemaDefinition(id=merged["id"], name=merged["name"], classes=classes)


@dataclass
class Plan:
    """What is to be written, and where everything is."""

    namespace: Namespace
    classes: dict[str, dict[str, Any]]
    """Every class of the namespace and of those that it includes, as plain dicts."""
    own: set[str]
    """The classes that are to be written."""
    home: dict[str, Namespace]
    digest: str
    imported: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """module -> (name there, name here) of what the source imports."""

    @cached_property
    def own_names(self) -> set[str]:
        """The names that the written classes have in Python."""
        return {self.classes[name].get("alias", name) for name in self.own}

    def python_name(self, name: str) -> str:
        """Return what a LinkML class is called in the source, and note the import that it needs."""
        definition = self.classes[name]
        plain = definition.get("alias", name)
        if name in self.own:
            return str(plain)
        home = self.home[name]
        module = f"..{module_name(home.name)}.{version_name(home.version)}"
        here = plain if plain not in self.own_names else f"{module_name(home.name)}__{plain}"
        self.imported.setdefault(module, set()).add((plain, here))
        return str(here)

    def use(self, module: str, name: str) -> str:
        """Note an import from a module outside, and return the name."""
        self.imported.setdefault(module, set()).add((name, name))
        return name

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

    def stored_as(self, name: str) -> str:
        """Return how a class is stored: ``group``, ``dataset`` or ``compound``."""
        return str(self.classes[name]["annotations"]["stored_as"])

    def is_nested(self, name: str) -> bool:
        """Tell whether a class, with all above it, has no type of its own."""
        return not any("neurodata_type" in self.classes[level]["annotations"] for level in self.chain(name))


class ModelGenerator(PydanticGenerator):
    """linkml's generator, told what a model of a stored object looks like."""

    plan: Plan

    # ------------------------------------------------------------------------------------------ what is written
    def _get_classes(self, sv: SchemaView) -> tuple[list[ClassDefinition], None]:
        classes = sv.all_classes(imports=False)
        return [c for n, c in classes.items() if n in self.plan.own and self.plan.stored_as(n) != "compound"], None

    @staticmethod
    def sort_classes(clist: list[ClassDefinition], imported: Any = None) -> list[ClassDefinition]:
        """Return the classes in their order, each after the one that it inherits from."""
        by_name = {cls.name: cls for cls in clist}
        done: dict[str, ClassDefinition] = {}

        def visit(cls: ClassDefinition) -> None:
            if cls.name not in done:
                if cls.is_a in by_name:
                    visit(by_name[cls.is_a])
                done[cls.name] = cls

        for cls in clist:
            visit(cls)
        return list(done.values())

    @property
    def predefined_slot_values(self) -> dict[str, dict[str, str]]:
        """Return nothing: defaults are written by `default`, which keeps 0, "" and False."""
        return {}

    def _get_class_python_name(self, class_name: str) -> str:
        return self.plan.python_name(class_name)

    # ------------------------------------------------------------------------------------------ module
    def before_render_template(self, template: PydanticModule, sv: SchemaView) -> PydanticModule:
        """Hand the parts of the module that are not classes to the template."""
        namespace = self.plan.namespace
        text = (
            f"Models of the NWB namespace {namespace.name!r}, version {namespace.version}.\n\n"
            f"Generated by version {VERSION} of the generator of nwb_models: not to be edited.\n"
            f"sha256 of the specifications: {self.plan.digest}"
        )
        known = {"typing": ("Annotated", "ClassVar"), "nwb_models.models": ()}
        for module, names in known.items():
            for name in names:
                self.plan.use(module, name)
        order = sorted(self.plan.imported, key=lambda module: (module.startswith("."), module.startswith("nwb"), module))
        names = sorted(cls.name for cls in template.classes.values() if "__" not in cls.name)
        template.meta = {
            "docstring": '"""' + text.replace('"', "'") + '\n"""',
            "imports": [self._import(module) for module in order],
            "names": names,
        }
        return template

    def _import(self, module: str) -> str:
        names = sorted(self.plan.imported[module], key=lambda pair: pair[1])
        listed = [name if name == here else f"{name} as {here}" for name, here in names]
        line = f"from {module} import {', '.join(listed)}"
        return line if len(line) <= WIDTH else f"from {module} import (\n    " + ",\n    ".join(listed) + ",\n)"

    # ------------------------------------------------------------------------------------------ classes
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
        for name, slot in definition["attributes"].items():
            attributes[name] = self._attribute(cls.name, name, slot)
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
        annotations = definition["annotations"]
        mixin = MIXINS.get(annotations.get("neurodata_type", ""))
        if mixin is not None and annotations["namespace"] in NAMESPACES:
            bases.append(plan.use(*mixin))
        if "is_a" in definition:
            bases.append(plan.python_name(definition["is_a"]))
        else:
            kind = "NWBGroup" if plan.stored_as(name) == "group" else "NWBDataset"
            bases.append(plan.use("nwb_models.models", kind))
        return bases

    # ------------------------------------------------------------------------------------------ fields
    def generate_slot(self, slot: Any, cls: ClassDefinition) -> SlotResult:
        """Return a slot as a field."""
        return SlotResult(
            attribute=self._attribute(cls.name, slot.name, self.plan.slots(cls.name)[slot.name]), source=slot
        )

    def _attribute(self, owner: str, name: str, slot: Slot) -> PydanticAttribute:
        kind = self._type(slot)
        default = self._default(name, slot)
        if not slot.get("required") and default in (None, "None"):
            kind, default = f"{kind} | None", "None"
        return PydanticAttribute(
            name=name,
            range=f"Annotated[{kind}, {self._marker(name, slot)}]",
            predefined=default,
            description=docstring(slot["description"], 4),
        )

    def _type(self, slot: Slot) -> str:
        """Return the type of a field, without None."""
        plan = self.plan
        target, annotations = slot["range"], slot["annotations"]
        stored_as = annotations["stored_as"]
        if self._is_collection(slot):
            return f"{plan.use('nwb_models.models', 'Collection')}[{plan.python_name(target)}]"
        is_class = target in plan.classes and target != ANY
        compound = is_class and plan.stored_as(target) == "compound"
        if shapes(slot) is not None or compound or (stored_as == "value" and annotations.get("reference")):
            return plan.use("nwb_models.models", "Array")
        if is_class:
            return plan.python_name(target)
        fixed = read_fixed(slot)
        if isinstance(fixed, str | int) and not isinstance(fixed, bool):
            return f"{plan.use('typing', 'Literal')}[{literal(fixed)}]"
        if target == ANY:
            return plan.use("typing", "Any")
        python = PYTHON_TYPES[TYPES[target]["base"]]
        if stored_as == "value":  # no shape is said, so it may be an array
            return f"{self._named(python)} | {plan.use('nwb_models.models', 'Array')}"
        return self._named(python)

    def _named(self, python: str) -> str:
        return self.plan.use("datetime", "datetime") if python == "datetime" else python

    @staticmethod
    def _is_collection(slot: Slot) -> bool:
        return bool(slot["annotations"].get("unnamed")) and bool(slot.get("multivalued"))

    def _marker(self, name: str, slot: Slot) -> str:
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
        if self._is_collection(slot):
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
        return target if target in TYPES else None

    def _default(self, name: str, slot: Slot) -> str | None:
        """Return the source of a field's default, None where it has none."""
        fixed, default = read_fixed(slot), read_default(slot)
        if fixed is not None and slot.get("required"):
            return literal(fixed)
        if default is not None:
            return literal(default)
        if self._is_collection(slot):
            if slot.get("required"):
                return None
            return f"{self.plan.use('pydantic', 'Field')}(default_factory={self.plan.use('nwb_models.models', 'Collection')})"
        target = slot["range"]
        stored_name = slot["annotations"].get("name", name)
        if slot.get("required") and slot["annotations"]["stored_as"] == "group" and self._may_be_empty(target):
            factory = f"lambda: {self.plan.python_name(target)}(name={literal(stored_name)})"
            return f"{self.plan.use('pydantic', 'Field')}(default_factory={factory})"
        return None

    def _may_be_empty(self, name: str) -> bool:
        """Tell whether an untyped group can be made with nothing given."""
        plan = self.plan
        if name not in plan.own or not plan.is_nested(name):
            return False
        return all(
            not slot.get("required") or self._default(slot_name, slot) is not None
            for slot_name, slot in plan.slots(name).items()
        )

    # ------------------------------------------------------------------------------------------ shortcuts
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
                    if is_group and self._is_untyped_child(slot) and plan.stored_as(slot["range"]) == "group":
                        collect(slot["range"], (*steps, inner))

        for slot_name, slot in slots.items():
            if self._is_untyped_child(slot):
                collect(slot["range"], (slot_name,))
        taken = set(slots) | FIELDS | GROUP_FIELDS | self._mixin_members(name)
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
        return plan.stored_as(target) != "compound" and plan.is_nested(target) and not self._is_collection(slot)

    def _mixin_members(self, name: str) -> set[str]:
        taken: set[str] = set()
        for level in self.plan.chain(name):
            mixin = MIXINS.get(self.plan.classes[level]["annotations"].get("neurodata_type", ""))
            if mixin is not None:
                taken |= set(dir(getattr(importlib.import_module(mixin[0]), mixin[1])))
        return taken


def _as_array(shape: Any) -> dict[str, Any]:
    from nwb_models.schema.translation.shape import array

    return array({"shape": shape})
