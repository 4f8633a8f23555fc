"""A region that is loaded once and asked often."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from lifering import _lifering
from lifering._audit import Audit
from lifering._inputs import Handed, Source
from lifering._plan import Plan
from lifering._trial import Failures, WhatIf

#: Longitude and latitude, degrees.
LonLat = tuple[float, float]


class _Asked:
    """What a region can be asked, as it is or under a scenario."""

    _region: _lifering.Region
    _standard: str | None
    _lang: str | None

    def _scenario(self) -> str | None:
        return None

    def audit(
        self,
        standard: str | None = None,
        *,
        year: int | None = None,
        zone_error: float | None = None,
        strict: bool = False,
    ) -> Audit:
        """Judge the region by a standard and draw what is not covered. Ctrl-C stops it.

        Args:
            standard: id of an embedded standard, or the path of a .toml; otherwise that of the region, else "core".
            year: scale the people to the standard's own population of this year, and take its limits of that year.
            zone_error: aim for the area left undecided, as a share of the boundary's area.
            strict: refuse input with warnings.

        Raises:
            lifering.Error: the standard is not known, or states nothing for the year.
        """
        found = self._region.audit(
            standard or self._standard,
            year=year,
            zone_error=zone_error,
            strict=strict,
            scenario=self._scenario(),
        )
        return Audit(found, self._lang or "en")

    def what_if(self, rule: str, *, standard: str | None = None) -> WhatIf:
        """Measure a rule on times or distances, to try sites on: a loaded region answers within microseconds a site.

        Where no standard is named, the rule is that of the region's standard, else of the embedded one that has it.

        Raises:
            lifering.Error: the rule is not known, is not on times or distances, or needs data that the region lacks.
        """
        return WhatIf(self._region.trial(rule, standard or self._standard, scenario=self._scenario()))

    def failures(self, rule: str, *, standard: str | None = None) -> Failures:
        """Say what is lost under a rule when a station, two of them, or a road fails."""
        trial = self._region.trial(rule, standard or self._standard, scenario=self._scenario())
        return Failures(trial.failures())

    def propose(
        self,
        goal: str,
        *,
        rule: str | None = None,
        sites: int | None = None,
        standard: str | None = None,
        minutes: float | None = None,
        seconds: float | None = None,
        budget: float | None = None,
        busy: float | None = None,
        per_site: int | None = None,
        capacity: float | None = None,
        spacing: float = 500.0,
        near: Sequence[str] = (),
        near_m: float = 1000.0,
        not_in: Sequence[str] = (),
        reopen: bool = True,
        reopen_cost: float = 1.0,
        movable: Sequence[str] = (),
        move_cost: float = 0.0,
        kind: str | None = None,
        ambulances: float = 1.0,
        time_limit: float | None = None,
    ) -> Plan:
        """Propose new sites, with a proof or a proven bound.

        Args:
            goal: "cover" (most people within the limit), "reach-all" (fewest sites for everybody), "mean", "worst", "backup" or
                "busy".
            rule: id of the rule to better: its sites, clock, limit and people.
            sites: new sites, at most.
            standard: as for `what_if`.
            minutes: limit from call to arrival, instead of a rule.
            seconds: the same in seconds.
            budget: money at most, in the unit of the candidates' cost.
            busy: share of time an ambulance is busy (goal "busy").
            per_site: most ambulances at one site (goal "busy").
            capacity: most people one site can serve, where the candidates do not say.
            spacing: metres between the road junctions that are tried where there is no layer of candidates.
            near: only sites near one of these stations or facilities.
            near_m: how near, metres.
            not_in: no sites in these units.
            reopen: whether a station that has no ambulance may be given one.
            reopen_cost: what that takes from the budget.
            movable: existing sites that may be given up for a new one.
            move_cost: what that takes from the budget.
            kind: kind of the new sites.
            ambulances: ambulances of a new station.
            time_limit: seconds after which the best found is given, with a proven bound.

        Raises:
            lifering.Error: the question has no answer, or a parameter is not what it must be.
        """
        request = {
            "goal": goal,
            "rule": rule,
            "sites": sites,
            "seconds": seconds if seconds is not None or minutes is None else minutes * 60.0,
            "budget": budget,
            "busy": busy,
            "per_site": per_site,
            "capacity": capacity,
            "spacing": spacing,
            "near": list(near),
            "near_m": near_m,
            "not_in": list(not_in),
            "reopen_cost": reopen_cost if reopen else None,
            "movable": list(movable),
            "move_cost": move_cost,
            "kind": kind,
            "ambulances": ambulances,
            "time_limit": time_limit,
        }
        return Plan(
            self._region.propose(json.dumps(request), standard or self._standard, scenario=self._scenario()),
        )


class Region(_Asked):
    """A region: loaded once, asked often.

    Every layer may be a path, a GeoDataFrame, anything with `__arrow_c_stream__` (pyarrow, polars, DuckDB) or
    `__geo_interface__`, points as pairs of longitude and latitude, or a `lifering.Layer` with a reference system and names of
    fields; `roads` may be an OSMnx graph as it is. Columns are recognised as those of files are, in English and Chinese.

    Args:
        roads: lines.
        stations: points.
        population: points or polygons with people, or a raster.
        boundary: the area that is audited; otherwise the union of the units.
        units: administrative units, with people.
        facilities: hospitals and clinics.
        aeds: defibrillators.
        candidates: places for new stations.
        neighbours: stations of neighbouring regions.
        barriers: what nobody can walk across.
        closures: where roads are closed.
        road_barriers: points on roads that stop an ambulance or cost it time.
        turns: turn restrictions.
        extra: further layers by name, for rules that ask for them.
        name: name of the region and of its results.
        standard: standard of its audits, unless they name another.
        settings: what region.toml says beside the layers, for example `{"drive": {"period": "peak"}}` (docs/region.md).
        accept_datum: take points that fit the roads better as GCJ-02 or BD-09 as such.
        lang: "en" or "zh": language of errors, reasons and files.

    Raises:
        lifering.Error: a layer does not hold what it must.
    """

    def __init__(
        self,
        roads: Source = None,
        stations: Source = None,
        population: Source = None,
        boundary: Source = None,
        *,
        units: Source = None,
        facilities: Source = None,
        aeds: Source = None,
        candidates: Source = None,
        neighbours: Source = None,
        barriers: Source = None,
        closures: Source = None,
        road_barriers: Source = None,
        turns: Source = None,
        extra: Mapping[str, Source] | None = None,
        name: str = "region",
        standard: str | None = None,
        settings: Mapping[str, Any] | None = None,
        accept_datum: bool = False,
        lang: str | None = None,
    ) -> None:
        """Read the layers. Ctrl-C stops it."""
        given = {
            "boundary": boundary,
            "units": units,
            "population": population,
            "roads": roads,
            "stations": stations,
            "neighbours": neighbours,
            "facilities": facilities,
            "aeds": aeds,
            "candidates": candidates,
            "barriers": barriers,
            "closures": closures,
            "road_barriers": road_barriers,
            "turns": turns,
        }
        handed = Handed()
        layers: dict[str, Any] = {key: handed.add(key, layer) for key, layer in given.items() if layer is not None}
        if extra:
            layers["extra"] = {key: handed.add(key, layer) for key, layer in extra.items()}
        text: dict[str, Any] = {"name": name, **(settings or {}), "layers": layers}
        if standard is not None:
            text["standard"] = standard
        self._region = _lifering.Region.read(
            name,
            json.dumps(text, ensure_ascii=False),
            handed.files,
            handed.tables,
            accept_datum=accept_datum,
            lang=lang,
        )
        self._standard = standard
        self._lang = lang

    @classmethod
    def _of(cls, region: _lifering.Region, lang: str | None) -> Region:
        made = cls.__new__(cls)
        made._region = region
        made._standard = None
        made._lang = lang
        return made

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, accept_datum: bool = False, lang: str | None = None) -> Region:
        """Open a folder with region.toml, or the file itself."""
        return cls._of(_lifering.Region.open(os.fspath(path), accept_datum=accept_datum, lang=lang), lang)

    @classmethod
    def demo(cls, *, lang: str | None = None) -> Region:
        """Open the embedded, illustrative region: not for planning."""
        return cls._of(_lifering.Region.open(None, lang=lang), lang)

    @property
    def name(self) -> str:
        """Name of the region."""
        return self._region.name

    @property
    def layers(self) -> dict[str, int]:
        """Number of records of each layer that was read."""
        return self._region.layers

    def scenario(self, name: str, edits: Sequence[Mapping[str, Any]] = ()) -> Scenario:
        """Begin a scenario: the region with something changed. The region itself stays as it is.

        Args:
            name: name of the scenario, for titles.
            edits: edits in the words of scenario.toml (docs/scenarios.md), for example `{"close_station": {"station": "S3"}}`.
        """
        return Scenario(self, name, tuple(edits))

    def __repr__(self) -> str:
        return repr(self._region)


class Scenario(_Asked):
    """A region with something changed. Each edit makes a new scenario; the earlier one stays as it is."""

    def __init__(self, region: Region, name: str, edits: tuple[Mapping[str, Any], ...] = ()) -> None:
        """Begin a scenario of a region; see `Region.scenario`."""
        self._base = region
        self._region = region._region
        self._standard = region._standard
        self._lang = region._lang
        self.name = name
        self.edits = edits

    def _scenario(self) -> str:
        return json.dumps({"name": self.name, "edits": list(self.edits)}, ensure_ascii=False)

    def edit(self, word: str, **values: Any) -> Scenario:
        """Make any edit of scenario.toml (docs/scenarios.md): `edit("set_period", period="peak")`."""
        given = {key: value for key, value in values.items() if value is not None}
        return Scenario(self._base, self.name, (*self.edits, {word: given}))

    def add_station(
        self,
        lon: float,
        lat: float,
        *,
        id: str | None = None,  # noqa: A002
        name: str | None = None,
        kind: str | None = None,
        ambulances: float | None = None,
        negative_pressure: float | None = None,
        turnout_s: float | None = None,
    ) -> Scenario:
        """Add a station at a longitude and latitude."""
        return self.edit(
            "add_station",
            id=id or f"new-{len(self.edits) + 1}",
            at=[lon, lat],
            name=name,
            kind=kind,
            ambulances=ambulances,
            negative_pressure=negative_pressure,
            turnout_s=turnout_s,
        )

    def move_station(self, station: str, lon: float, lat: float) -> Scenario:
        """Move a station, by its id or name."""
        return self.edit("move_station", station=station, to=[lon, lat])

    def close_station(self, station: str) -> Scenario:
        """Close a station, by its id or name."""
        return self.edit("close_station", station=station)

    def close_road(
        self,
        *,
        id: str | None = None,  # noqa: A002
        name: str | None = None,
        area: Sequence[LonLat] | None = None,
        line: Sequence[LonLat] | None = None,
    ) -> Scenario:
        """Close roads by id, by name, inside an area or along a line."""
        return self.edit(
            "close_road",
            id=id,
            name=name,
            area=None if area is None else [list(place) for place in area],
            line=None if line is None else [list(place) for place in line],
        )

    def scale_people(self, *, factor: float | None = None, total: float | None = None, unit: str | None = None) -> Scenario:
        """Scale the people of the region, or of a unit, by a factor or to a total."""
        return self.edit("scale_people", factor=factor, total=total, unit=unit)

    def __repr__(self) -> str:
        return f"<lifering.Scenario {self.name} of {self._base.name}: {len(self.edits)} edits>"
