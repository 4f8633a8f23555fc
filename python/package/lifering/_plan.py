"""Proposed sites and their proof."""

from __future__ import annotations

import json
import os
from functools import cached_property
from typing import Any

from lifering import _lifering
from lifering._outputs import frame


class Plan:
    """Proposed sites with their proof. It comes from `Region.propose`."""

    def __init__(self, found: _lifering.Plan) -> None:
        """Wrap what the extension found."""
        self._found = found

    @cached_property
    def report(self) -> dict[str, Any]:
        """proposal.json (docs/outputs.md)."""
        report: dict[str, Any] = json.loads(self._found.json())
        return report

    @cached_property
    def sites(self) -> Any:
        """The proposed sites, in the order of building."""
        return frame(self._found.layer("proposals"))

    @property
    def optimal(self) -> bool:
        """Whether no other set of sites is better: proven."""
        return bool(self.report["optimal"])

    @property
    def objective(self) -> float:
        """The objective of the sites, in `unit`."""
        return float(self.report["objective"])

    @property
    def bound(self) -> float:
        """No allowed set of sites is better than this, in `unit`."""
        return float(self.report["bound"])

    @property
    def unit(self) -> str:
        """Unit of objective and bound."""
        return str(self.report["unit"])

    def layer(self, name: str) -> Any:
        """Return any layer of the proposal by the name that it has in coverage.gpkg: "uncovered_after", "candidates"."""
        return frame(self._found.layer(name))

    def verify(self) -> bool:
        """Work the objective out again, without the search, and say whether it agrees."""
        return self._found.verify()

    def save(self, folder: str | os.PathLike[str], *, lang: str | None = None) -> None:
        """Write the files that the command `lifering propose` writes."""
        self._found.save(os.fspath(folder), lang=lang)

    def __repr__(self) -> str:
        proof = "optimal" if self.optimal else f"at most {self.bound:.0f} are possible"
        return f"<lifering.Plan: {len(self.report['sites'])} sites, {self.objective:.0f} {self.unit}, {proof}>"
