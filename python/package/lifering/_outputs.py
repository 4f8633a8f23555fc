"""Tables of results as the libraries that are there have them.

In: a table of Arrow from the extension. Out: a GeoDataFrame, a DataFrame, or the table itself.
"""

from __future__ import annotations

import importlib.util
from typing import Any

from lifering._lifering import Table


def frame(table: Table) -> Any:
    """Return a GeoDataFrame (a DataFrame, without geometries) where geopandas and pyarrow are installed, else the table."""
    if importlib.util.find_spec("pyarrow") is None:
        return table
    if "geometry" not in table.column_names:
        if importlib.util.find_spec("pandas") is None:
            return table
        import pyarrow  # noqa: PLC0415

        return pyarrow.table(table).to_pandas()
    if importlib.util.find_spec("geopandas") is None:
        return table
    import geopandas  # noqa: PLC0415

    return geopandas.GeoDataFrame.from_arrow(table)
