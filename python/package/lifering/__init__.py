"""Who cannot be reached in time, which standard does that break, and where should the next station stand.

A region is loaded once and asked often:

    >>> import lifering
    >>> region = lifering.Region.demo()
    >>> audit = region.audit(standard="jinjiang-14fyp")
    >>> audit["JJ-EMS-02"].verdict
    'gap'

Layers come from paths, from GeoDataFrames, from anything with ``__arrow_c_stream__`` (pyarrow, polars, DuckDB) or
``__geo_interface__``, and from OSMnx graphs. Results are GeoDataFrames where geopandas is installed, else tables of Arrow.
"""

from lifering._audit import Audit, Comparison, Rule
from lifering._command import binary
from lifering._error import Error
from lifering._inputs import Layer
from lifering._lifering import Table, __version__
from lifering._plan import Plan
from lifering._region import Region, Scenario
from lifering._trial import Failures, WhatIf

__all__ = [
    "Audit",
    "Comparison",
    "Error",
    "Failures",
    "Layer",
    "Plan",
    "Region",
    "Rule",
    "Scenario",
    "Table",
    "WhatIf",
    "__version__",
    "binary",
]
