"""A declarative guideline knowledge base and logic engine for California independent medical review."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
