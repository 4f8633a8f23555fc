"""The GeoParquet files as geopandas and DuckDB read them, against the GeoJSON files beside them.

Usage: geoparquet.py FOLDER
"""

import json
import os
import sys

import duckdb
import geopandas
import pyarrow.parquet

folder = os.path.abspath(sys.argv[1])
for name, key in (("uncovered", "zone_id"), ("coverage", "unit_id")):
    file = os.path.join(folder, f"{name}.parquet")
    with open(os.path.join(folder, f"{name}.geojson"), encoding="utf-8") as text:
        features = [f for f in json.load(text)["features"] if f["properties"][key] != "*"]
    wanted = {json.dumps(f["properties"][key]) + f["properties"]["rule_id"] for f in features}

    frame = geopandas.read_parquet(file)
    assert frame.crs == "OGC:CRS84", frame.crs
    assert frame.geometry.is_valid.all(), f"{name}: geometries that are not valid"
    assert len(frame) == len(features) > 0
    assert {json.dumps(k) + r for k, r in zip(frame[key], frame["rule_id"])} == wanted
    metres = frame.to_crs("ESRI:54034").area.sum()
    beside = geopandas.GeoDataFrame.from_features(features, crs="OGC:CRS84").to_crs("ESRI:54034").area.sum()
    assert abs(metres - beside) < 1e-6 * beside, f"{name}: {metres} and {beside} square metres"
    # The bbox column lets a reader skip what lies elsewhere.
    west, south, east, north = frame.total_bounds
    part = geopandas.read_parquet(file, bbox=(west, south, (west + east) / 2, north))
    assert 0 < len(part) <= len(frame)

    about = pyarrow.parquet.ParquetFile(file).metadata
    geo = json.loads(about.metadata[b"geo"])
    assert geo["version"] == "1.1.0" and about.created_by.startswith("lifering"), (geo, about.created_by)

    base = duckdb.connect()
    rows, verdicts = base.execute(f"SELECT count(*), count(DISTINCT rule_id) FROM read_parquet('{file}')").fetchone()
    assert rows == len(features) and verdicts == len({f["properties"]["rule_id"] for f in features})
    box = base.execute(f"SELECT min(bbox.xmin), max(bbox.ymax) FROM read_parquet('{file}')").fetchone()
    assert box == (west, north), (box, frame.total_bounds)
    print(f"geopandas {geopandas.__version__}, DuckDB {duckdb.__version__}: {name}.parquet, {rows} rows")
