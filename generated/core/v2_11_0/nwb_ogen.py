"""nwb.ogen of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import Array, Attribute, Dataset, Given, Link, Value, Values

from .nwb_base import NWBContainer, TimeSeries, TimeSeries__data
from .nwb_device import Device

__all__ = ["OptogeneticSeries", "OptogeneticSeries__data", "OptogeneticStimulusSite"]


class OptogeneticSeries__data(TimeSeries__data):
    """Applied power for optogenetic stimulus, in watts."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None,), (None, None)))]
    unit: Annotated[Literal["watts"], Attribute(dtype="text", value="watts")] = "watts"
    """Unit of measurement for data, which is fixed to 'watts'."""


class OptogeneticStimulusSite(NWBContainer):
    """A site of optogenetic stimulation."""

    neurodata_type: ClassVar[str] = "OptogeneticStimulusSite"
    namespace: ClassVar[str] = "core"

    description: Annotated[str, Dataset(dtype="text")]
    """Description of stimulation site."""
    excitation_lambda: Annotated[float, Dataset(dtype="float32")]
    """Excitation wavelength, in nm."""
    location: Annotated[str, Dataset(dtype="text")]
    """Location of the stimulation site. Specify the area, layer, comments on estimation of area/layer, stereotaxic
    coordinates if in vivo, etc. Use standard atlas names for anatomical regions when possible.
    """
    device: Annotated[Device, Link()]
    """Device that generated the stimulus."""


class OptogeneticSeries(TimeSeries):
    """An optogenetic stimulus."""

    neurodata_type: ClassVar[str] = "OptogeneticSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[OptogeneticSeries__data, Values], Dataset()]
    """Applied power for optogenetic stimulus, in watts. Shape can be 1-D or 2-D. 2-D data is meant to be used in an
    extension of OptogeneticSeries that defines what the second dimension represents.
    """
    site: Annotated[OptogeneticStimulusSite, Link()]
    """Link to OptogeneticStimulusSite object that describes the site to which this stimulus was applied."""
