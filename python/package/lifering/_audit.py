"""What an audit found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lifering import _lifering
from lifering._outputs import frame


@dataclass(frozen=True)
class Rule:
    """A rule with its verdict. `data` is all that audit.json says of it (docs/outputs.md)."""

    data: dict[str, Any]
    lang: str

    def _in_language(self, name: str) -> str:
        text: str = self.data[f"{name}_zh" if self.lang == "zh" else name]
        return text

    @property
    def id(self) -> str:
        """Id in the standard, such as "JJ-EMS-02"."""
        return str(self.data["id"])

    @property
    def title(self) -> str:
        """Title, in the language asked for."""
        return str(self.data["title" if self.lang == "zh" else "title_en"])

    @property
    def verdict(self) -> str:
        """Verdict over all readings, in the words of audit.json: "met", "gap", "depends" and so on."""
        return str(self.data["verdict"])

    @property
    def value(self) -> float | None:
        """The figure compared, in `unit`; `None` if it cannot be stated."""
        value: float | None = self.data["value"]
        return value

    @property
    def threshold(self) -> float:
        """The requirement, in `unit`."""
        return float(self.data["threshold"])

    @property
    def unit(self) -> str:
        """Unit of value and threshold."""
        return str(self.data["unit"])

    @property
    def binding(self) -> bool:
        """Whether the verdict counts for the exit status."""
        return bool(self.data["binding"])

    @property
    def why(self) -> str:
        """The finding with its arithmetic, one sentence, in the language asked for."""
        return self._in_language("why")

    @property
    def sentence(self) -> str:
        """A sentence that can stand alone: document, clause, its words, and why."""
        return self._in_language("sentence")

    @property
    def population_uncovered(self) -> float | None:
        """People not covered; `None` for rules without coverage."""
        people: float | None = self.data.get("population_uncovered")
        return people

    @property
    def uncovered_km2(self) -> tuple[float, float, float] | None:
        """Proved lower bound, best estimate and proved upper bound of the area not covered, km²; `None` without zones."""
        names = ("uncovered_km2_low", "uncovered_km2", "uncovered_km2_high")
        values = [self.data.get(name) for name in names]
        if any(value is None for value in values):
            return None
        low, best, high = (float(value) for value in values if value is not None)
        return low, best, high

    def __repr__(self) -> str:
        return f"<lifering.Rule {self.id}: {self.verdict}>"


class Audit:
    """What an audit found: verdicts, layers, files. Layers are GeoDataFrames where geopandas is installed, else Arrow."""

    def __init__(self, found: _lifering.Audit, lang: str) -> None:
        """Wrap what the extension found. Audits come from `Region.audit`."""
        self._found = found
        self._lang = lang

    @cached_property
    def report(self) -> dict[str, Any]:
        """audit.json (docs/outputs.md)."""
        report: dict[str, Any] = json.loads(self._found.json())
        return report

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules with their verdicts, in the order of the standard."""
        return [Rule(rule, self._lang) for rule in self.report["rules"]]

    def __getitem__(self, rule: str) -> Rule:
        for found in self.rules:
            if found.id == rule:
                return found
        raise KeyError(f"no rule {rule}; there are {', '.join(found.id for found in self.rules)}")

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    @property
    def exit_status(self) -> int:
        """Exit status of the command: 0 every binding rule is met, 1 one is not, 3 something could not be judged."""
        return self._found.exit_status

    @cached_property
    def verdicts(self) -> Any:
        """A row a rule: verdict, figure, requirement, why."""
        return frame(self._found.layer("verdicts"))

    @cached_property
    def zones(self) -> Any:
        """The zones that a rule leaves uncovered, as in uncovered.geojson."""
        return frame(self._found.layer("uncovered"))

    @cached_property
    def units(self) -> Any:
        """The units with their figures under each rule, as in coverage.geojson."""
        return frame(self._found.layer("coverage"))

    @cached_property
    def stations(self) -> Any:
        """The stations with the people that each is first to reach."""
        return frame(self._found.layer("stations"))

    @cached_property
    def roads(self) -> Any:
        """Roads by the time of first arrival, as in roads_time.geojson."""
        return frame(self._found.layer("roads_time"))

    @cached_property
    def population(self) -> Any:
        """Where people are counted, with the time of first arrival."""
        return frame(self._found.layer("population"))

    def layer(self, name: str) -> Any:
        """Return any layer by the name that it has in coverage.gpkg."""
        return frame(self._found.layer(name))

    def save(self, folder: str | os.PathLike[str], *, lang: str | None = None) -> None:
        """Write the files that the command `lifering audit` writes, to the byte.

        Args:
            folder: where to; a folder with anything else in it is left alone.
            lang: "zh" or "en", the language of what people read; otherwise that of the region, else Chinese, as the command.
        """
        self._found.save(os.fspath(folder), lang=lang)

    def compare(self, old: Audit) -> Comparison:
        """Say what changed since another audit of the region."""
        report: dict[str, Any] = json.loads(self._found.compare(old._found))
        return Comparison(report)

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for rule in self.rules:
            counts[rule.verdict] = counts.get(rule.verdict, 0) + 1
        of = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        return f"<lifering.Audit of {self.report['region']['name']}: {of}>"


@dataclass(frozen=True)
class Comparison:
    """What changed between two audits. `report` is diff.json (docs/outputs.md)."""

    report: dict[str, Any]

    @property
    def worse(self) -> list[str]:
        """Ids of the rules that got worse, wholly or in part."""
        return list(self.report["summary"]["worse"])

    @property
    def better(self) -> list[str]:
        """Ids of the rules that got better, wholly or in part."""
        return list(self.report["summary"]["better"])

    @property
    def unclear(self) -> list[str]:
        """Ids of the rules with an unclear change."""
        return list(self.report["summary"]["unclear"])

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The rules that differ, old and new."""
        return list(self.report["rules"])

    @property
    def units(self) -> list[dict[str, Any]]:
        """The units that differ, old and new."""
        return list(self.report["units"])

    def __repr__(self) -> str:
        return f"<lifering.Comparison: {len(self.better)} rules better, {len(self.worse)} worse>"
