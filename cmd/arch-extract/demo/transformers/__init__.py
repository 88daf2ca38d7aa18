"""A package of the demo's own: as much of a framework as its model needs."""

__version__ = "0.1.0"
