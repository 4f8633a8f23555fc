"""The tables in parts of a batch as DuckDB reads them, against league.csv and the zones of each region.

Usage: batch.py FOLDER
"""

import csv
import json
import os
import sys
from collections import defaultdict

import duckdb

folder = os.path.abspath(sys.argv[1])
with open(os.path.join(folder, "batch.json"), encoding="utf-8") as text:
    batch = json.load(text)
audited = [r["name"] for r in batch["regions"] if "audit" in r]
assert len(audited) > 1 and batch["summary"]["audited"] == len(audited), batch["summary"]
with open(os.path.join(folder, "league.csv"), encoding="utf-8", newline="") as text:
    league = [row for row in csv.DictReader(text) if not row["could_not_run"]]
assert sum(len(r["audit"]["rules"]) for r in batch["regions"] if "audit" in r) == len(league)

base = duckdb.connect()


def table(name):
    return f"read_parquet('{folder}/{name}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)"


# `rules`: the same regions, and for each rule the same sums as league.csv.
regions = {name for (name,) in base.execute(f"SELECT DISTINCT region FROM {table('rules')}").fetchall()}
assert regions == set(audited), regions ^ set(audited)
columns = [name for name, *_ in base.execute(f"DESCRIBE SELECT * FROM read_parquet('{folder}/rules/*/*.parquet', hive_partitioning = false)").fetchall()]
assert "region" not in columns, columns
sums = ("gap", "shortfall", "population", "population_uncovered", "uncovered_km2")
wanted = defaultdict(lambda: [0] + [0.0] * len(sums))
for row in league:
    of_rule = wanted[(row["standard"], row["rule_id"], row["verdict"])]
    of_rule[0] += 1
    for at, column in enumerate(sums, 1):
        of_rule[at] += float(row[column] or 0)
asked = ", ".join(f"coalesce(sum({column}), 0)" for column in sums)
found = base.execute(
    f"SELECT standard, rule_id, verdict, count(*), {asked} FROM {table('rules')} GROUP BY ALL"
).fetchall()
assert len(found) == len(wanted)
for standard, rule, verdict, *figures in found:
    for one, other in zip(figures, wanted[(standard, rule, verdict)]):
        assert abs(one - other) <= 1e-9 * max(1.0, abs(other)), (rule, verdict, figures)

# `zones`: the same zones as in the folder of each region, with geometry.
for name, rows, people in base.execute(f"SELECT region, count(*), sum(population) FROM {table('zones')} GROUP BY ALL").fetchall():
    with open(os.path.join(folder, name, "uncovered.geojson"), encoding="utf-8") as text:
        zones = [f["properties"] for f in json.load(text)["features"]]
    assert rows == len(zones) and abs(people - sum(z["population"] for z in zones)) < 1e-6, name
rows, boxes, shapes = base.execute(
    f"SELECT count(*), count(*) FILTER (bbox.xmin < bbox.xmax), count(geometry) FROM {table('zones')}"
).fetchone()
assert rows == boxes == shapes > 0
print(f"DuckDB {duckdb.__version__}: {len(league)} rules and {rows} zones of {len(audited)} regions as one table each")
