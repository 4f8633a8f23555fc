"""What is wrong is said with its place, in the language asked for."""

import json

import geopandas
import pyarrow
import pytest
import shapely

import lifering
from conftest import TOWN


def refusal(frames, **changed):
    lang = changed.pop("lang", None)
    with pytest.raises(lifering.Error) as refused:
        lifering.Region(**{**frames, **changed}, standard="jinjiang-14fyp", lang=lang)
    return refused.value


def test_a_geometry_of_the_wrong_kind_is_listed_with_its_feature(frames):
    roads = frames["roads"]
    roads.loc[3, "geometry"] = shapely.Point(118.5, 24.7)
    region = lifering.Region(**{**frames, "roads": roads})
    assert region.layers["roads"] == 17
    layer = next(item for item in region.audit("core").report["inputs"] if item["layer"] == "roads")
    assert any(example["feature"] == 3 for issue in layer["issues"] for example in issue["examples"])


def test_a_value_names_its_field_and_what_to_do(frames):
    population = frames["population"].assign(population=-5)
    error = refusal(frames, population=population)
    assert (error.file, error.field) == ("population", "population")
    assert "-5" in str(error.found)


def test_files_and_frames_are_refused_in_the_same_words(frames, tmp_path):
    population = frames["population"].assign(population=-5)
    by_frame = refusal(frames, population=population)
    path = tmp_path / "population.geojson"
    path.write_text(json.dumps(json.loads(population.to_json())))
    by_file = refusal(frames, population=path)
    assert (by_frame.feature, by_frame.field, by_frame.found, by_frame.wanted) == (
        by_file.feature,
        by_file.field,
        by_file.found,
        by_file.wanted,
    )


def test_the_language_is_that_of_whoever_asks(frames):
    population = frames["population"].assign(population=-5)
    english, chinese = (refusal(frames, population=population, lang=lang) for lang in ("en", "zh"))
    assert str(english).isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(chinese))


def test_a_table_without_geometries_says_so(frames):
    table = pyarrow.table({"geometry": pyarrow.array([{"a": 1}])})
    error = refusal(frames, roads=table)
    assert error.file == "roads" and error.help
    assert "geometry" in str(error.found)


def test_bytes_that_are_no_geometry_are_left_out_and_listed(frames):
    stations = frames["stations"].to_wkb()
    stations["geometry"] = [b"\x01\x02"]
    error = refusal(frames, stations=pyarrow.Table.from_pandas(stations, preserve_index=False))
    assert error.file == "stations"


def test_what_is_no_layer_is_refused(frames):
    error = refusal(frames, stations=42)
    assert (error.file, error.found) == ("stations", "builtins.int")


def test_a_missing_layer_and_a_missing_file(frames):
    with pytest.raises(lifering.Error) as missing:
        lifering.Region(roads=frames["roads"], population=frames["population"])
    assert missing.value.field == "layers.stations"
    with pytest.raises(lifering.Error) as unreadable:
        lifering.Region(**{**frames, "roads": "no_such_file.geojson"})
    assert unreadable.value.file == "no_such_file.geojson"
    with pytest.raises(lifering.Error):
        lifering.Region.open(TOWN.parent / "no_such_region")


def test_an_unknown_standard_or_rule_names_the_nearest(town):
    with pytest.raises(lifering.Error, match="jinjiang-14fyp"):
        town.audit("jinjang-14fyp")
    with pytest.raises(lifering.Error, match="JJ-EMS-02"):
        town.what_if("JJ-EMS-2")


def test_a_site_outside_the_region_is_refused(town):
    with pytest.raises(lifering.Error) as refused:
        town.what_if("JJ-EMS-02").sites([(118.5, 24.7), (0.0, 0.0)])
    assert refused.value.feature == 1


def test_settings_that_do_not_exist_are_named(frames):
    with pytest.raises(lifering.Error) as refused:
        lifering.Region(**frames, settings={"drive": {"defautl_kmh": 20}})
    error = refused.value
    assert error.file == "region.toml" and "default_kmh" in str(error)


def test_an_empty_frame_is_refused_as_an_empty_file_is(frames):
    error = refusal(frames, stations=geopandas.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4326"))
    assert error.file == "stations"
