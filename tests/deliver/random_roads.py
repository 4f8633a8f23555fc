"""Random small regions, judged by lifering and by another program of the same definitions.

Each region is a jittered lattice of roads with bridges and tunnels, closed roads and roads opened for emergencies, one-ways, footways
and motorways, with stations at junctions, at one distance from two roads, beside a stub that leads nowhere, and without ambulances. The
other program is named by --oracle: it takes `REGION [--minutes M] [--walk] --times FILE [--zones FILE]`, prints a JSON object with
uncovered_km2, and writes the seconds of each population point. People must be equal to the digit, the area must lie within lifering's
bounds. People who live within TIE_S of a limit are left out of the region, as milliseconds and fractions of them may decide there.

Usage: random_roads.py LIFERING --oracle ORACLE.py [--count 200] [--seed 1] [--with bridges,closed,...] [--jobs 2] [--keep FOLDER]

Exit status: 0 the same, 1 different, 2 could not run.
"""

import argparse
import contextlib
import csv
import io
import json
import multiprocessing
import os
import random
import runpy
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy
import shapely
from pyproj import Transformer

COLUMNS, ROWS = 12, 10
STEP_LON, STEP_LAT = 0.0042, 0.0038  # about 420 m each way
ORIGIN = (118.5, 24.7)
PEOPLE = 400
TIE_S = 0.02
# The oracle draws circles as polygons of 960 corners: the share of the area that is lost between them.
POLYGON_SHARE = 3e-5
# As far as the access leg goes, a facility may be walked to straight.
STRAIGHT_M = 300
LIMITS = {"DRIVE-14": (14, False), "DRIVE-LOW": (7.5, False), "WALK-15": (15, True)}
INGREDIENTS = ("bridges", "closed", "emergency", "oneways", "tied", "empty", "stub", "walk")

STANDARD = """
id = "random-roads"
title = { zh = "随机路网", en = "Random roads" }
applies_to = { zh = "测试", en = "tests" }
core = false
[sources.OWN]
title = { zh = "自定", en = "made up for a test" }
confidence = "high"
"""
DRIVE_RULE = """
[[rules]]
id = "%s"
kind = "travel_time"
title = { zh = "%s", en = "%s" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "%s", %s, max_min = %s, stat = "share", min_share = 0.9 }
cite = { source = "OWN", text = "%s min" }
"""
REGION = """
name = "random"
standard = "standard.toml"
[layers]
boundary = "boundary.geojson"
roads = "roads.geojson"
stations = "stations.geojson"
population = "population.geojson"
facilities = "facilities.geojson"
"""
CLASSES = (
    ["residential"] * 6
    + ["service", "unclassified", "living_street", "track"]
    + ["tertiary", "secondary", "primary"] * 2
    + ["trunk"]
)
RARE = [
    "motorway",
    "motorway_link",
    "trunk_link",
    "footway",
    "path",
    "pedestrian",
    "cycleway",
    "steps",
    "busway",
    "construction",
    "corridor",
]
# Classes that only `emergency` opens; they carry a measured speed, so that their default speed is no question here.
OPENED = ["footway", "pedestrian", "busway", "path", "cycleway"]
RAISED = [{"bridge": "yes"}, {"bridge": "viaduct"}, {"tunnel": "yes"}, {"motorroad": "yes"}, {"bridge": "yes", "layer": "1"}]
NOT_RAISED = [{"bridge": "no"}, {"tunnel": "building_passage"}, {"tunnel": "culvert"}, {"tunnel": "no"}, {"motorroad": "no"}]
CLOSED = [
    {"access": "no"},
    {"motor_vehicle": "no"},
    {"vehicle": "no"},
    {"motorcar": "no"},
    {"access": "yes", "motor_vehicle": "no"},
    {"access": "no", "foot": "yes"},
    {"access": "no", "foot": "no"},
    {"foot": "no"},
    {"motorcar": "no", "access": "yes"},
    {"emergency": "no"},
]
NOT_CLOSED = [
    {"access": "private"},
    {"access": "no", "motor_vehicle": "yes"},
    {"motor_vehicle": "destination"},
    {"access": "no", "motorcar": "permit"},
    {"vehicle": "forestry"},
    {"motor_vehicle": "no", "motorcar": "private"},
    {"access": "customers"},
]


class Region:
    """One region's features."""

    def __init__(self, seed, ingredients):
        self.rng, self.ingredients = random.Random(seed), ingredients
        self.roads, self.stations, self.facilities, self.people = [], [], [], []
        lon, lat = ORIGIN[0] + (seed % 7) * 0.1, ORIGIN[1] + (seed % 5) * 5
        jitter = lambda step: self.rng.uniform(-0.22, 0.22) * step
        self.node = {
            (i, j): self.at(lon + i * STEP_LON + jitter(STEP_LON), lat + j * STEP_LAT + jitter(STEP_LAT))
            for i in range(COLUMNS)
            for j in range(ROWS)
        }
        self.box = (lon - STEP_LON, lat - STEP_LAT, lon + COLUMNS * STEP_LON, lat + ROWS * STEP_LAT)
        self.lattice()
        if "bridges" in ingredients:
            self.flyovers()
        self.place_stations()
        inside = lambda: self.at(self.rng.uniform(self.box[0], self.box[2]), self.rng.uniform(self.box[1], self.box[3]))
        self.people = [(inside(), self.rng.randint(1, 900)) for _ in range(PEOPLE)]
        self.facilities = [(inside(), {"id": f"F{n}", "kind": "clinic"}) for n in range(self.rng.randint(2, 6))]

    def at(self, lon, lat):
        return [round(lon, 7), round(lat, 7)]

    def often(self, share):
        return self.rng.random() < share

    def tags(self):
        """The properties of one road."""
        rng, tags = self.rng, {"highway": self.rng.choice(CLASSES)}
        if self.often(0.12):
            tags["highway"] = rng.choice(RARE)
        if tags["highway"].startswith("motorway"):
            tags["oneway"] = rng.choice(["no", "yes"])
        elif "oneways" in self.ingredients and self.often(0.15):
            tags["oneway"] = rng.choice(["yes", "-1", "true", "1"])
        if "bridges" in self.ingredients and self.often(0.15):
            tags |= rng.choice(RAISED if self.often(0.7) else NOT_RAISED)
        if "closed" in self.ingredients and self.often(0.18):
            tags |= rng.choice(CLOSED if self.often(0.6) else NOT_CLOSED)
        if "emergency" in self.ingredients and self.often(0.1):
            tags["emergency"] = rng.choice(["yes", "designated", "official", "permissive", "no", "destination"])
            if tags["emergency"] != "no" and self.often(0.5):
                tags["highway"] = rng.choice(OPENED)
            elif self.often(0.4):
                tags["access"] = "no"
        if tags["highway"] in RARE and not tags["highway"].startswith(("motorway", "trunk")):
            tags["speed_kmh"] = 10
        elif self.often(0.05):
            tags["speed_kmh"] = rng.randint(8, 70)
        return tags

    def lattice(self):
        """Rows and columns in pieces of one to five blocks, some missing, some with a bend, some twice as one-ways."""
        rows = [[(i, j) for i in range(COLUMNS)] for j in range(ROWS)] + [[(i, j) for j in range(ROWS)] for i in range(COLUMNS)]
        for row in rows:
            at = 0
            while at + 1 < len(row):
                blocks = row[at : at + 1 + self.rng.randint(1, 5)]
                at += len(blocks) - 1
                if self.often(0.08):
                    continue
                line = [self.node[blocks[0]]]
                for a, b in zip(blocks, blocks[1:]):
                    if self.often(0.4):
                        (x, y), (u, v) = self.node[a], self.node[b]
                        share = self.rng.uniform(0.2, 0.8)
                        line.append(
                            self.at(x + share * (u - x) + self.rng.gauss(0, 3e-4), y + share * (v - y) + self.rng.gauss(0, 3e-4))
                        )
                    line.append(self.node[b])
                tags = self.tags()
                if "oneways" in self.ingredients and self.often(0.06):  # two roads on one line
                    self.roads.append((line, tags | {"oneway": "yes"}))
                    self.roads.append((line[::-1], self.tags() | {"oneway": "yes"}))
                else:
                    self.roads.append((line, tags))

    def flyovers(self):
        """Long roads over the lattice, joined to it at their ends only."""
        for _ in range(self.rng.randint(1, 3)):
            a, b = self.rng.sample(sorted(self.node), 2)
            self.roads.append(([self.node[a], self.node[b]], {"highway": "primary", "bridge": self.rng.choice(["yes", "no"])}))

    def place_stations(self):
        rng, names = self.rng, iter(range(99))

        def station(place, **properties):
            more = {"ambulances": rng.choice([1, 2, 5])} if self.often(0.8) else {}
            more |= {"turnout_s": rng.randint(30, 240)} if self.often(0.2) else {}
            self.stations.append((place, {"id": f"S{next(names)}", "kind": "station"} | more | properties))

        def beside(metres):
            lon, lat = self.node[rng.choice(sorted(self.node))]
            return self.at(lon + rng.uniform(-1, 1) * metres / 100_000, lat + rng.uniform(-1, 1) * metres / 110_000)

        station(beside(200))
        if "tied" in self.ingredients:
            if self.often(0.7):
                station(self.node[rng.choice(sorted(self.node))])
            if self.often(0.7):
                self.tied(station)
        if "empty" in self.ingredients and self.often(0.6):
            station(beside(150), ambulances=0)
        if "stub" in self.ingredients and self.often(0.5):
            lon, lat = beside(60)
            end = self.at(lon + 0.0003, lat + 0.0001)
            self.roads.append(([self.at(lon, lat), end], {"highway": "service"}))
            station(self.at(lon + 0.00011, lat + 0.00009))

    def tied(self, station):
        """A station in the middle between two roads that are as near; they leave one junction and meet at the next, or are one line."""
        i, j = self.rng.randrange(COLUMNS - 1), self.rng.randrange(ROWS)
        (x, y), (u, v) = a, b = self.node[i, j], self.node[i + 1, j]
        if self.often(0.3):
            self.roads += [
                ([a, b], {"highway": "residential", "oneway": "yes"}),
                ([b, a], {"highway": "residential", "oneway": "yes"}),
            ]
            station(self.at((x + u) / 2, (y + v) / 2 + 1e-5))
            return
        middle, off = round((y + v) / 2 + 0.001, 7), 0.0002
        ways = self.rng.choice([("yes", "yes"), ("yes", "-1"), ("no", "yes"), ("no", "no")])
        for side, oneway in zip((off, -off), ways):
            inner = [self.at(x + (u - x) * share, middle + side) for share in (0.3, 0.7)]
            self.roads.append(
                ([a, *inner, b], {"highway": self.rng.choice(["residential", "service", "primary"]), "oneway": oneway})
            )
        station(self.at((x + u) / 2, middle))

    def write(self, folder, roads=None):
        folder.mkdir(parents=True, exist_ok=True)
        west, south, east, north = self.box
        # A notch at one corner, so that the boundary is no box.
        corners = [
            [west, south],
            [east, south],
            [east, north],
            [west + STEP_LON * 2, north],
            [west, north - STEP_LAT * 2],
            [west, south],
        ]
        layers = {
            "boundary": [("Polygon", [[self.at(*c) for c in corners]], {"name": "random"})],
            "roads": [
                ("LineString", line, {"id": f"R{n}"} | tags)
                for n, (line, tags) in enumerate(self.roads if roads is None else roads)
            ],
            "stations": [("Point", place, properties) for place, properties in self.stations],
            "facilities": [("Point", place, properties) for place, properties in self.facilities],
            "population": [
                ("Point", place, {"id": f"P{n}", "population": count}) for n, (place, count) in enumerate(self.people)
            ],
        }
        for name, features in layers.items():
            body = [{"type": "Feature", "properties": p, "geometry": {"type": t, "coordinates": c}} for t, c, p in features]
            (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": body}), encoding="utf-8")
        rules = ""
        for name, (minutes, walk) in LIMITS.items():
            what = ("facilities", 'mode = "walk"') if walk else ("stations", 'mode = "drive", clock = "call_to_arrival"')
            if not walk or "walk" in self.ingredients:
                rules += DRIVE_RULE % (name, name, name, *what, minutes, minutes)
        (folder / "standard.toml").write_text(STANDARD + rules, encoding="utf-8")
        (folder / "region.toml").write_text(REGION, encoding="utf-8")

    def walkable(self):
        """The roads that are not closed to people on foot, which the oracle leaves to whoever makes the region."""
        closed = lambda tags: tags.get("foot") == "no" or tags.get("access") == "no" and "foot" not in tags
        return [(line, tags) for line, tags in self.roads if not closed(tags)]


def judged(oracle, folder, minutes, walk, zones):
    """(uncovered km2 or None, seconds of each person's place) by the oracle."""
    times = folder / "times.csv"
    sys.argv = [oracle, str(folder), "--minutes", str(minutes), "--times", str(times)]
    sys.argv += (["--walk"] if walk else []) + (["--zones", str(folder / "zones.geojson")] if zones else [])
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runpy.run_path(oracle, run_name="__main__")
    with open(times, newline="") as text:
        rows = [(float(row["inside"]) > 0, float(row["seconds"])) for row in csv.DictReader(text)]
    area = json.loads(said.getvalue()).get("uncovered_km2")
    return area - beside_facilities_km2(folder) if walk and zones else area, rows


def beside_facilities_km2(folder):
    """What of the oracle's zones lies within the straight walk to a facility: it counts that for people, but does not draw it."""
    features = lambda name: json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {name: [shapely.geometry.shape(f["geometry"]) for f in features(name)] for name in ("zones", "facilities")}
    middle = shapes["zones"][0].centroid
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=laea +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m", always_xy=True
    )
    flat = lambda shape: shapely.transform(shape, lambda q: numpy.c_[plane.transform(q[:, 0], q[:, 1])])
    discs = shapely.union_all([shapely.buffer(flat(point), STRAIGHT_M, quad_segs=240) for point in shapes["facilities"]])
    return sum(shapely.intersection(flat(zone), discs).area for zone in shapes["zones"]) / 1e6


def compare(task):
    """The differences of one region: rows of (seed, rule, what, lifering, oracle)."""
    seed, ingredients, lifering, oracle, folder = task
    region, found = Region(seed, ingredients), []
    limits = {name: limit for name, limit in LIMITS.items() if "walk" in ingredients or not limit[1]}
    driven, walked = folder / str(seed), folder / f"{seed}-walk"
    region.write(driven)
    region.write(walked, region.walkable())
    seconds = {
        walk: judged(oracle, walked if walk else driven, 15, walk, False)[1] for walk in {walk for _, walk in limits.values()}
    }
    clear = [
        all(abs(seconds[walk][n][1] - minutes * 60) > TIE_S for minutes, walk in limits.values())
        for n in range(len(region.people))
    ]
    region.people = [person for person, keep in zip(region.people, clear) if keep]
    seconds = {walk: [row for row, keep in zip(rows, clear) if keep] for walk, rows in seconds.items()}
    region.write(driven)
    region.write(walked, region.walkable())
    run = subprocess.run(
        [lifering, "audit", str(driven), "--json", "--lang", "en", "--out", str(driven / "out")], capture_output=True, text=True
    )
    if run.returncode not in (0, 1, 3):
        return [(seed, "-", "could not run", run.stderr.strip().replace("\n", " ")[:200], "")], {}
    audit = json.loads(run.stdout)
    rules = {rule["id"]: rule for rule in audit["rules"]}
    figures = {}
    for name, (minutes, walk) in limits.items():
        people = sum(count for (_, count), (inside, s) in zip(region.people, seconds[walk]) if inside and s <= minutes * 60)
        area = judged(oracle, walked if walk else driven, minutes, walk, True)[0]
        rule = rules[name]
        if rule.get("population_covered") is None:
            found.append((seed, name, "not judged", rule["verdict"], ""))
            continue
        if abs(rule["population_covered"] - people) > 1e-3:
            found.append((seed, name, "people covered", f"{rule['population_covered']:.3f}", f"{people:.3f}"))
        low, high, slack = rule["uncovered_km2_low"], rule["uncovered_km2_high"], area * POLYGON_SHARE + 2e-6
        if not low - slack <= area <= high + slack:
            found.append((seed, name, "uncovered km2", f"{low:.6f} to {high:.6f}", f"{area:.6f}"))
        figures[name] = (people, sum(count for _, count in region.people), area, high - low)
    return found, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lifering")
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--with",
        dest="ingredients",
        default=",".join(INGREDIENTS),
        help="what the regions have beside plain roads: " + ", ".join(INGREDIENTS),
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--keep", help="a folder to leave the regions in")
    args = parser.parse_args()
    ingredients = tuple(one for one in args.ingredients.split(",") if one)
    if set(ingredients) - set(INGREDIENTS):
        parser.error(f"not among {', '.join(INGREDIENTS)}: {', '.join(sorted(set(ingredients) - set(INGREDIENTS)))}")
    if not Path(args.oracle).is_file() or not Path(args.lifering).is_file():
        parser.error(f"{args.oracle} or {args.lifering} is not there")
    with contextlib.ExitStack() as stack:
        folder = Path(args.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        tasks = [
            (seed, ingredients, os.path.abspath(args.lifering), args.oracle, folder)
            for seed in range(args.seed, args.seed + args.count)
        ]
        with multiprocessing.Pool(args.jobs) as pool:
            results = list(pool.imap(compare, tasks))
    differences = [row for found, _ in results for row in found]
    if differences:
        print(f"{'seed':>6}  {'rule':<10} {'what':<16} {'lifering':>24} {'oracle':>24}")
    for row in differences:
        print("{:>6}  {:<10} {:<16} {:>24} {:>24}".format(*row))
    for name in LIMITS:
        rows = [figures[name] for _, figures in results if name in figures]
        if rows:
            mixed = sum(0 < people < everyone for people, everyone, _, _ in rows)
            wide = max(width / max(area, 1e-9) for _, _, area, width in rows)
            print(
                f"{name}: {len(rows)} regions, {mixed} of them with people on both sides of the limit; bounds of area at most {wide:.2%} apart"
            )
    regions = len({row[0] for row in differences})
    print(f"{args.count} regions from seed {args.seed}: {len(differences)} differences in {regions} regions")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
