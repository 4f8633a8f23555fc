"""Layers of every origin give the region that files give."""

import json

import duckdb
import geopandas
import polars
import pyarrow
import pytest

import lifering
from conftest import LAYERS, TOWN, figures

NAME = {"name": "棋盘镇", "standard": "jinjiang-14fyp"}


def as_wkb(frame):
    """A column of bytes that says nothing of itself, as polars and DuckDB have it."""
    return frame.to_wkb()


FORMS = {
    "GeoDataFrame": lambda frame: frame,
    "Arrow, WKB": lambda frame: frame.to_arrow(index=False, geometry_encoding="WKB"),
    "Arrow, GeoArrow interleaved": lambda frame: frame.to_arrow(index=False, geometry_encoding="geoarrow", interleaved=True),
    "Arrow, GeoArrow separated": lambda frame: frame.to_arrow(index=False, geometry_encoding="geoarrow", interleaved=False),
    "pyarrow, in pieces": lambda frame: pyarrow.concat_tables(
        [pyarrow.table(part.to_arrow(index=False)) for part in (frame[:1], frame[1:]) if len(part)]
    ),
    "polars": lambda frame: polars.from_pandas(as_wkb(frame)),
    "DuckDB": lambda frame: duckdb.sql("select * from plain", connection=_holding(as_wkb(frame))),
    "GeoJSON": lambda frame: json.loads(frame.to_json()),
    "features": lambda frame: list(frame.iterfeatures()),
    "another system": lambda frame: frame.to_crs("EPSG:32650"),
}


def _holding(plain):
    connection = duckdb.connect()
    connection.register("plain", pyarrow.Table.from_pandas(plain, preserve_index=False))
    return connection


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_audited_as_the_files_are(form, frames, audit):
    region = lifering.Region(**{layer: FORMS[form](frames[layer]) for layer in LAYERS}, **NAME)
    assert region.layers == {"boundary": 1, "population": 81, "roads": 18, "stations": 1}
    found = region.audit()
    if form == "another system":
        # There and back again, places are where they were to a tenth of a millimetre.
        assert [row[:2] for row in figures(found)] == [row[:2] for row in figures(audit)]
        assert found["JJ-EMS-02"].population_uncovered == 5600
    else:
        assert figures(found) == figures(audit)


def test_paths_and_frames_stand_beside_each_other(frames, audit):
    region = lifering.Region(
        roads=str(TOWN / "roads.geojson"),
        stations=frames["stations"],
        population=TOWN / "population.geojson",
        boundary=frames["boundary"].geometry,
        **NAME,
    )
    assert figures(region.audit()) == figures(audit)


def test_points_without_a_geometry_column_are_found_by_longitude_and_latitude(frames, audit):
    stations = frames["stations"].drop(columns="geometry").assign(lon=118.5, lat=24.7)
    given = {layer: frames[layer] for layer in LAYERS}
    for table in (stations, polars.from_pandas(stations), pyarrow.Table.from_pandas(stations)):
        assert figures(lifering.Region(**{**given, "stations": table}, **NAME).audit()) == figures(audit)
    pairs = lifering.Region(**{**given, "stations": [(118.5, 24.7)]}, **NAME)
    assert pairs.layers["stations"] == 1


def test_a_system_is_stated_where_the_data_names_none(frames, audit):
    projected = frames["roads"].to_crs("EPSG:32650").set_crs(None, allow_override=True)
    given = {layer: frames[layer] for layer in LAYERS}
    with pytest.raises(lifering.Error) as refused:
        lifering.Region(**{**given, "roads": projected}, **NAME)
    assert refused.value.file == "roads"
    region = lifering.Region(**{**given, "roads": lifering.Layer(projected, crs="EPSG:32650")}, **NAME)
    assert region.audit()["JJ-EMS-02"].population_uncovered == 5600


def test_columns_are_recognised_and_named(frames, audit):
    given = {layer: frames[layer] for layer in LAYERS}
    chinese = frames["stations"].rename(columns={"ambulances": "救护车数量", "kind": "类型"})
    assert figures(lifering.Region(**{**given, "stations": chinese}, **NAME).audit()) == figures(audit)
    odd = frames["stations"].rename(columns={"ambulances": "AMB_X"})
    named = lifering.Layer(odd, fields={"ambulances": "AMB_X"})
    assert figures(lifering.Region(**{**given, "stations": named}, **NAME).audit()) == figures(audit)


def test_the_same_rows_have_the_same_hash_whatever_holds_them(frames):
    def hash_of_roads(roads):
        region = lifering.Region(**{**frames, "roads": roads}, **NAME)
        inputs = region.audit("core").report["inputs"]
        return next(item["sha256"] for item in inputs if item["layer"] == "roads")

    whole = pyarrow.table(frames["roads"].to_arrow(index=False))
    pieces = pyarrow.concat_tables([whole.slice(0, 5), whole.slice(5)])
    native = frames["roads"].to_arrow(index=False, geometry_encoding="geoarrow")
    assert hash_of_roads(whole) == hash_of_roads(pieces) == hash_of_roads(native)
    assert hash_of_roads(whole) != hash_of_roads(frames["roads"].assign(highway="primary"))


def test_settings_are_those_of_region_toml(frames):
    slow = lifering.Region(**frames, **NAME, settings={"drive": {"periods": {"peak": 2.0}, "period": "peak"}})
    # Half the speed: 800 m of driving, the station's crossing and its four neighbours at 500 m.
    assert slow.audit()["JJ-EMS-02"].population_uncovered == 8100 - 500


def test_streets_of_osmnx_are_taken_as_they_are(frames):
    networkx = pytest.importorskip("networkx")
    graph = networkx.MultiDiGraph(crs="EPSG:4326")
    step = 0.005
    for i in range(3):
        for j in range(3):
            graph.add_node(3 * i + j, x=118.495 + step * i, y=24.695 + step * j)
    for a, b in [(n, n + 1) for n in range(9) if n % 3 < 2] + [(n, n + 3) for n in range(6)]:
        street = {"osmid": [a, b], "highway": "residential", "oneway": False, "length": 500.0 + a + b / 100}
        graph.add_edge(a, b, **street, reversed=False)
        graph.add_edge(b, a, **street, reversed=True)
    graph.add_edge(0, 4, osmid=7, highway=["primary", "primary_link"], oneway=True, length=700.0, reversed=False)
    region = lifering.Region(**{**frames, "roads": graph}, **NAME)
    # Twelve streets in both directions and one in one.
    assert region.layers["roads"] == 13
    assert region.audit("core").report["network"]["length_km"] == pytest.approx(6.9, abs=0.4)


def test_geopandas_without_pyarrow_still_hands_frames_over(frames, audit, monkeypatch):
    import lifering._inputs as inputs

    monkeypatch.setattr(inputs, "_can_import", lambda name: False)
    monkeypatch.setitem(inputs.sys.modules, "pyarrow", None)
    monkeypatch.delitem(inputs.sys.modules, "pyarrow")
    region = lifering.Region(**{layer: frames[layer] for layer in LAYERS}, **NAME)
    assert figures(region.audit()) == figures(audit)


def test_results_are_frames_with_a_system(audit):
    assert isinstance(audit.zones, geopandas.GeoDataFrame)
    assert audit.zones.crs == "EPSG:4326"
    of_rule = audit.zones[audit.zones["rule_id"] == "JJ-EMS-02"]
    assert of_rule.to_crs("EPSG:32650").area.sum() / 1e6 == pytest.approx(15.941, abs=0.2)
    assert list(audit.verdicts["rule_id"]) == [rule.id for rule in audit]
    table = audit._found.layer("uncovered")
    assert polars.DataFrame(table).height == len(table) == len(audit.zones)
    assert pyarrow.table(table).num_rows == table.num_rows
