"""Sites tried and taken away on a loaded region."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from lifering import _lifering
from lifering._inputs import Handed, Source
from lifering._outputs import frame


class WhatIf:
    """A rule that is measured once, to try sites on. It comes from `Region.what_if`."""

    def __init__(self, trial: _lifering.Trial) -> None:
        """Wrap what the extension measured."""
        self._trial = trial

    @property
    def people(self) -> float:
        """People whom the rule counts."""
        return self._trial.people

    @property
    def people_in_time(self) -> float:
        """People who are reached in time as the region stands."""
        return self._trial.people_in_time

    def sites(self, candidates: Source) -> Any:
        """Try each site by itself.

        Args:
            candidates: pairs of longitude and latitude, a path, or anything else that a layer of points may be. A field
                `turnout_s` is the turnout of a site, seconds; otherwise it is that of the region.

        Returns:
            A row a site, in their order: `people_new` newly in time, `people_sooner` reached sooner, `people_seconds_saved`.

        Raises:
            lifering.Error: a site has no place, or one outside the region.
        """
        handed = Handed()
        spec = handed.add("sites", candidates)
        return frame(self._trial.sites("sites", json.dumps(spec), handed.files, handed.tables))


class Failures:
    """What is lost under a rule with a station, two of them, or a road. It comes from `Region.failures`."""

    def __init__(self, found: _lifering.Failures) -> None:
        """Wrap what the extension found."""
        self._found = found

    @cached_property
    def report(self) -> dict[str, Any]:
        """failures.json (docs/outputs.md)."""
        report: dict[str, Any] = json.loads(self._found.json())
        return report

    @cached_property
    def stations(self) -> Any:
        """A row a station; those that most people need first."""
        return frame(self._found.layer("failed_stations"))

    @cached_property
    def pairs(self) -> Any:
        """Pairs of stations that lose more people than the two alone."""
        return frame(self._found.layer("failed_pairs"))

    @cached_property
    def roads(self) -> Any:
        """Bridges, tunnels and named roads without which somebody is late."""
        return frame(self._found.layer("failed_roads"))
