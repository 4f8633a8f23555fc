"""What the tests share: a town with answers worked out by hand, and its layers as GeoDataFrames."""

from pathlib import Path

import geopandas
import pytest

import lifering

ROOT = Path(__file__).resolve().parents[2]

#: Nine streets each way, 500 m apart; 100 people on each crossing; the station on the middle one (fixtures/grid_town).
TOWN = ROOT / "fixtures" / "grid_town"
LAYERS = ("roads", "stations", "population", "boundary")


@pytest.fixture(scope="session")
def town() -> lifering.Region:
    return lifering.Region.open(TOWN)


@pytest.fixture(scope="session")
def audit(town: lifering.Region) -> lifering.Audit:
    return town.audit()


@pytest.fixture
def frames() -> dict[str, geopandas.GeoDataFrame]:
    return {layer: geopandas.read_file(TOWN / f"{layer}.geojson") for layer in LAYERS}


def figures(audit: lifering.Audit) -> list[tuple[object, ...]]:
    """What an audit says of the rules, areas to a square metre."""
    return [
        (
            rule.id,
            rule.verdict,
            rule.value,
            rule.population_uncovered,
            rule.uncovered_km2 and round(rule.uncovered_km2[1], 6),
        )
        for rule in audit
    ]
