"""Layers, whatever they come as.

In: paths, Arrow, GeoDataFrames, GeoJSON by `__geo_interface__`, OSMnx graphs, pairs of longitude and latitude. Out: what the
extension takes: settings of a layer, and its bytes or its table of Arrow. Nothing is checked here: the readers do that, by the
same rules as for files.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lifering._error import Error

#: A layer: see `Region`.
Source = Any


@dataclass(frozen=True)
class Layer:
    """A layer with what has to be said about it.

    Attributes:
        data: a path, or anything else that a layer may be.
        crs: reference system of the coordinates, for example "EPSG:4548"; otherwise the one that the data names, else WGS 84.
        fields: lifering's name of a field -> its name in the data, where it is not understood by itself.
        geometry: name of the geometry column, where there are several or it has an unusual name.
        datum: "wgs84", "gcj02" or "bd09".
        lon: column of the longitude, in a table without geometries.
        lat: column of the latitude.
        sheet: sheet of a workbook, or table of a GeoPackage.
    """

    data: Source
    crs: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    geometry: str | None = None
    datum: str | None = None
    lon: str | None = None
    lat: str | None = None
    sheet: str | None = None


@dataclass
class Handed:
    """Layers on their way to the extension."""

    files: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, tuple[Any, str | None]] = field(default_factory=dict)

    def add(self, key: str, source: Source) -> dict[str, Any]:
        """Take a layer over, and return what region.toml says of it."""
        layer = source if isinstance(source, Layer) else Layer(source)
        spec: dict[str, Any] = {}
        for name in ("crs", "datum", "lon", "lat", "sheet"):
            value = getattr(layer, name)
            if value is not None:
                spec[name] = value
        if layer.fields:
            spec["fields"] = dict(layer.fields)
        spec["file"] = self._file(key, layer, spec)
        return spec

    def _file(self, key: str, layer: Layer, spec: dict[str, Any]) -> str:
        data = layer.data
        if isinstance(data, str | os.PathLike):
            return os.fspath(data)
        if _is_graph(data):
            data = _edges(data)
        if _is_geopandas(data):
            return self._frame(key, data, layer.geometry, spec)
        if hasattr(data, "__arrow_c_stream__"):
            return self._arrow(key, data, layer)
        if isinstance(data, Mapping) or hasattr(data, "__geo_interface__"):
            return self._geojson(key, data)
        if _is_pandas(data):
            return self._csv(key, list(data.columns), data.itertuples(index=False, name=None))
        if isinstance(data, Iterable):
            return self._geojson(key, _points_or_features(key, data))
        raise _no_layer(key, data)

    def _arrow(self, key: str, data: Any, layer: Layer) -> str:
        names, batches = _without_geometry(data, layer.geometry)
        if names is not None:
            return self._csv(key, names, batches)
        self.tables[key] = (data, layer.geometry)
        return key

    def _frame(self, key: str, data: Any, geometry: str | None, spec: dict[str, Any]) -> str:
        frame = data.to_frame("geometry") if _class_of(data) == "GeoSeries" else data
        frame = frame.reset_index(drop=True)
        if geometry is not None and geometry != frame.geometry.name:
            frame = frame.set_geometry(geometry)
        shapes = [name for name in frame.columns if str(frame.dtypes[name]) == "geometry"]
        frame = frame.drop(columns=[name for name in shapes if name != frame.geometry.name])
        if "pyarrow" in sys.modules or _can_import("pyarrow"):
            self.tables[key] = (_with_even_columns(frame).to_arrow(index=False), frame.geometry.name)
            return key
        # Without pyarrow, geopandas can hand over neither Arrow nor GeoParquet.
        code = frame.crs.to_authority() if frame.crs is not None else None
        if frame.crs is not None and "crs" not in spec:
            spec["crs"] = ":".join(code) if code is not None else frame.crs.to_proj4()
        return self._geojson(key, json.loads(frame.set_crs(None, allow_override=True).to_json()))

    def _geojson(self, key: str, data: Any) -> str:
        content = data if isinstance(data, Mapping) else data.__geo_interface__
        self.files[f"{key}.geojson"] = json.dumps(content, ensure_ascii=False, default=str).encode()
        return f"{key}.geojson"

    def _csv(self, key: str, names: list[str], rows: Iterable[Iterable[Any]]) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows(["" if _is_missing(value) else value for value in row] for row in rows)
        self.files[f"{key}.csv"] = text.getvalue().encode()
        return f"{key}.csv"


def _no_layer(key: str, data: Any) -> Error:
    found = f"{type(data).__module__}.{type(data).__qualname__}"
    wanted = "a path, a GeoDataFrame, anything with __arrow_c_stream__ or __geo_interface__, an OSMnx graph, or points"
    return Error(f"{key}: found {found}, wanted {wanted}", file=key, found=found, wanted=wanted)


def _class_of(data: Any) -> str:
    return type(data).__name__


def _is_geopandas(data: Any) -> bool:
    # Whoever hands one over has imported the library: it is never imported for this.
    geopandas = sys.modules.get("geopandas")
    return geopandas is not None and isinstance(data, geopandas.GeoDataFrame | geopandas.GeoSeries)


def _is_pandas(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _is_graph(data: Any) -> bool:
    networkx = sys.modules.get("networkx")
    return networkx is not None and isinstance(data, networkx.MultiDiGraph | networkx.MultiGraph)


def _can_import(name: str) -> bool:
    import importlib.util  # noqa: PLC0415

    return importlib.util.find_spec(name) is not None


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT", "nan")


def _points_or_features(key: str, data: Iterable[Any]) -> dict[str, Any]:
    """Pairs of longitude and latitude, or things with `__geo_interface__`, as a feature collection."""
    features = []
    for item in data:
        shape = item if isinstance(item, Mapping) else getattr(item, "__geo_interface__", None)
        if shape is None:
            try:
                lon, lat = (float(value) for value in item)
            except (TypeError, ValueError):
                raise _no_layer(key, item) from None
            shape = {"type": "Point", "coordinates": [lon, lat]}
        if shape.get("type") != "Feature":
            shape = {"type": "Feature", "properties": {}, "geometry": shape}
        features.append(shape)
    return {"type": "FeatureCollection", "features": features}


_GEOMETRY_NAMES = {"geometry", "geom", "wkb_geometry", "wkb", "the_geom", "shape", "wkt"}


def _without_geometry(data: Any, geometry: str | None) -> tuple[list[str] | None, Iterable[Iterable[Any]]]:
    """Names and rows of a table of plain columns, which is read as a table of text is; `None` for one with geometries."""
    columns = getattr(data, "columns", None) if not hasattr(data, "column_names") else data.column_names
    names = [str(name) for name in columns] if columns is not None and not callable(columns) else None
    schema: Any = getattr(data, "schema", None)
    extensions = [schema.field(name).metadata or {} for name in names or []] if hasattr(schema, "field") else []
    stated = any(b"ARROW:extension:name" in metadata for metadata in extensions)
    usual = any(name.lower() in _GEOMETRY_NAMES for name in names or [])
    if names is None or geometry is not None or stated or usual:
        return None, ()
    if hasattr(data, "iter_rows"):
        return names, data.iter_rows()
    if hasattr(data, "fetchall"):
        return names, data.fetchall()
    if hasattr(data, "to_pydict"):
        return names, zip(*data.to_pydict().values(), strict=True)
    if _is_pandas(data):
        return names, data.itertuples(index=False, name=None)
    return None, ()


def _with_even_columns(frame: Any) -> Any:
    """Put lists in every row of a column that has some: Arrow has columns of one type."""
    uneven = {}
    for name in frame.columns:
        if name == frame.geometry.name or str(frame.dtypes[name]) != "object":
            continue
        kinds = {type(value) for value in frame[name] if not _is_plainly_missing(value)}
        if len(kinds) > 1 or kinds & {list, tuple, set}:
            uneven[name] = [_even(value) for value in frame[name]]
    return frame.assign(**uneven) if uneven else frame


def _is_plainly_missing(value: Any) -> bool:
    return not isinstance(value, list | tuple | set) and _is_missing(value)


def _even(value: Any) -> list[str] | None:
    if isinstance(value, list | tuple | set):
        return [str(item) for item in value if not _is_missing(item)]
    return None if _is_missing(value) else [str(value)]


def _edges(graph: Any) -> Any:
    """Take the streets of an OSMnx graph: a street in both directions is one line, not two."""
    import osmnx  # noqa: PLC0415

    convert = getattr(osmnx, "convert", osmnx)
    edges = convert.graph_to_gdfs(graph, nodes=False).reset_index()
    if "oneway" not in edges.columns:
        return edges.drop(columns=["u", "v", "key"])
    seen: set[tuple[Any, ...]] = set()
    kept = []
    lengths = edges["length"] if "length" in edges.columns else edges.geometry.length
    for u, v, oneway, length in zip(edges["u"], edges["v"], edges["oneway"], lengths, strict=True):
        street = (min(u, v), max(u, v), round(length, 3))
        both_ways = oneway is False or str(oneway) == "False"
        kept.append(not (both_ways and street in seen))
        if both_ways:
            seen.add(street)
    return edges[kept].drop(columns=["u", "v", "key"])
