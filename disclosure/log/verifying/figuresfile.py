"""Published figures 已公布数据: the file of all of them must be what the logged sets add up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from disclosure.log.errors import LogError
from disclosure.log.strict import parse_json

# What names a figure; a later set with the same names replaces its value.
_NAMES = ("source", "region_code", "period", "programme", "measure")


def check_figures_file(sets: Sequence[Any], data: bytes) -> None:
    """Raise LogError unless the figures shown are those of ``sets``, the later over the earlier."""
    shown = _by_name(parse_json(data, "it").get("figures"))
    logged: dict[tuple[Any, ...], Any] = {}
    for figures in sets:
        logged.update(_by_name(figures))
    for name, figure in shown.items():
        if logged.get(name) != figure:
            raise LogError(f"this figure is not as it was logged: {', '.join(map(str, name))}")
    missing = [name for name in logged if name not in shown]
    if missing:
        raise LogError(f"this figure was logged but is not shown: {', '.join(missing[0])}")


def _by_name(figures: Any) -> dict[tuple[Any, ...], Any]:
    if not isinstance(figures, list) or not all(isinstance(one, dict) for one in figures):
        raise LogError("its figures cannot be read")
    return {tuple(str(one.get(part)) for part in _NAMES): one for one in figures}
