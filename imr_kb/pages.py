"""Fill in templates of HTML pages; every value is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

__all__ = ["filled"]


def filled(package: str, template: str, *, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """Return ``templates/<template>`` of ``package`` with ``values`` filled in.

    Needs Jinja2, which is in the extras "letter" and "report".
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= filters
    text = (files(package) / "templates" / template).read_text("utf-8")
    return environment.from_string(text).render(**values)
