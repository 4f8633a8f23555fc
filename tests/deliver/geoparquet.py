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
    # A zone is of one rule; a unit stands once, with the figures of every rule beside it.
    also = "rule_id" if name == "uncovered" else "level"
    wanted = {json.dumps(f["properties"][key]) + f["properties"][also] for f in features}

    frame = geopandas.read_parquet(file)
    assert frame.crs == "OGC:CRS84", frame.crs
    # Rounding to a centimetre may make the narrowest of necks touch themselves.
    touching = int((~frame.geometry.is_valid).sum())
    assert touching <= len(frame) // 100, f"{name}: {touching} of {len(frame)} geometries are not valid"
    assert len(frame) == len(features) > 0
    assert {json.dumps(k) + r for k, r in zip(frame[key], frame[also])} == wanted
    assert set(features[0]["properties"]) == set(frame.columns) - {"geometry", "bbox"}
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
    rows, verdicts = base.execute(f"SELECT count(*), count(DISTINCT {also}) FROM read_parquet('{file}')").fetchone()
    assert rows == len(features) and verdicts == len({f["properties"][also] for f in features})
    box = base.execute(f"SELECT min(bbox.xmin), max(bbox.ymax) FROM read_parquet('{file}')").fetchone()
    assert box == (west, north), (box, frame.total_bounds)
    print(f"geopandas {geopandas.__version__}, DuckDB {duckdb.__version__}: {name}.parquet, {rows} rows")
