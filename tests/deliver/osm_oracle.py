"""An independent reading of an OSM extract: what an ambulance needs from its stations to given places, by the rules of docs/region.md.

In: an .osm.pbf, stations (GeoJSON or CSV) and places (CSV with lon, lat). Out: a CSV with response_s for each place, and on stdout
one JSON object of what was read, closed, blocked and void. It shares nothing with lifering: pyosmium reads the tags, a way is taken
apart into segments between two node ids, and the search runs over directed segments (edge-based), so that a turn is a pair of them and
a restriction over via ways a longer row. Slow and plain on purpose.

Usage: osm_oracle.py choose EXTRACT PLACES.csv STATIONS.geojson [--places 600] [--stations 4] [--seed 1]
       osm_oracle.py times EXTRACT STATIONS PLACES.csv OUT.csv [--region region.toml] [--uturns junctions|vertices] [--obey all|directions|nothing]
       osm_oracle.py compare TIMES.csv OTHER.csv|coverage.gpkg [--tolerance 0.3] [--most 0]

`compare` ends with status 1 where more than --most places differ by more than --tolerance seconds.
"""

import argparse
import csv
import json
import math
import random
import sqlite3
import struct
import sys
from collections import Counter, defaultdict

import numpy
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

from osm_roads import Extract, Network, forbidden_rows, settings_of

# A station from which less than this can be driven also enters the main part of the network, where that is near and ten times larger.
TRAPPED_M, MAIN_PART_M, MAIN_PART_TIMES = 1000, 100, 10
TIE_M = 0.01


class Search:
    """States are arcs, and beginnings of forbidden rows longer than two arcs; leaving out the forbidden turns."""

    def __init__(self, network, forbidden, uturns):
        self.network, self.forbidden, self.uturns = network, forbidden, uturns
        self.begun = {row[:n] for row in forbidden for n in range(2, len(row))}
        self.longest = max((len(row) for row in forbidden), default=2)
        self.rows = [(arc,) for arc, there in enumerate(network.exists) if there] + sorted(self.begun)
        self.state = {row: at for at, row in enumerate(self.rows)}
        self.turns = [self.turns_from(row) for row in self.rows]

    def turns_from(self, row):
        """(state, seconds at the node) for each turn that is allowed after these arcs."""
        network, arc, found = self.network, row[-1], []
        node = network.end_node[arc]
        for onto in network.leaving[node]:
            back = onto == arc ^ 1
            if back and not network.may_turn_back(arc, self.uturns) or not back and node in network.blocked:
                continue
            driven = row + (onto,)
            tails = [driven[-n:] for n in range(min(self.longest, len(driven)), 1, -1)]
            if any(tail in self.forbidden for tail in tails):
                continue
            following = next((tail for tail in tails if tail in self.begun), (onto,))
            wait = 0 if back and node in network.blocked else network.passing_s.get(node, 0)
            if network.ferry[onto // 2] and not network.ferry[arc // 2]:
                wait += network.wait_s
            found.append((self.state[following], wait))
        return found

    def dead_ends(self):
        """Arcs after which nothing is left only because of restrictions."""
        free = Search(self.network, set(), self.uturns)
        return sum(bool(free.turns[free.state[row[-1:]]]) and not turns for row, turns in zip(self.rows, self.turns))

    def matrix(self, starts):
        """The graph of states; `starts`, (arc, share of it behind the start, seconds), are states of their own behind one source."""
        a, b, w = [], [], []
        count = len(self.rows)
        for state, row in enumerate(self.rows):
            for onto, wait in self.turns[state]:
                a.append(state), b.append(onto), w.append(self.network.time_s[row[-1] // 2] + wait)
        for at, (arc, behind, seconds) in enumerate(starts):
            a.append(count + len(starts)), b.append(count + at), w.append(seconds)
            for onto, wait in self.turns[self.state[(arc,)]]:
                a.append(count + at), b.append(onto), w.append(self.network.time_s[arc // 2] * (1 - behind) + wait)
        size = count + len(starts) + 1
        return csr_matrix((numpy.maximum(w, 1e-9), (a, b)), shape=(size, size))

    def entries(self, stations, driveway_kmh):
        """Where the stations enter: (arc, share behind, seconds)."""
        network, counts, starts = self.network, self.network.counts, []
        parts = connected_components(self.matrix([]), directed=True, connection="strong")[1]
        part_of_segment = defaultdict(set)
        for state, row in enumerate(self.rows):
            part_of_segment[row[-1] // 2].add(parts[state])
        size_m = Counter()
        for segment, of in part_of_segment.items():
            for part in of:
                size_m[part] += network.length_m[segment]
        largest = max(sorted(size_m), key=size_m.get)
        for name, point, delay_s in stations:
            gap = shapely.distance(network.lines[network.beside[network.tree.nearest(point)]], point)
            near = network.beside[network.tree.query(point, predicate="dwithin", distance=gap + TIE_M)]
            counts["stations that enter several roads at once"] += len(near) > 1
            own = [start for segment in near for start in self.starts_on(segment, point, delay_s, driveway_kmh)]
            reach_m = self.reach_m(own)
            if reach_m < TRAPPED_M and size_m[largest] >= MAIN_PART_TIMES * reach_m:
                far = network.beside[network.tree.query(point, predicate="dwithin", distance=MAIN_PART_M)]
                far = [s for s in far if largest in part_of_segment[s]]
                away = [shapely.distance(network.lines[s], point) for s in far]
                also = [s for s, d in zip(far, away) if d <= min(away) + TIE_M and s not in near]
                own += [start for segment in also for start in self.starts_on(segment, point, delay_s, driveway_kmh)]
                counts["stations that can go nowhere"] += 1
                print(
                    f"{name}: {reach_m:.0f} m can be driven; enters at {gap:.1f} m, and at {min(away, default=math.nan):.1f} m",
                    file=sys.stderr,
                )
            starts += own
        return starts

    def starts_on(self, segment, point, delay_s, driveway_kmh):
        network, line = self.network, self.network.lines[segment]
        share = shapely.line_locate_point(line, point) / max(line.length, 1e-9)
        seconds = delay_s + shapely.distance(line, point) / driveway_kmh * 3.6
        both = ((2 * segment, share), (2 * segment + 1, 1 - share))
        return [(int(arc), float(behind), float(seconds)) for arc, behind in both if network.exists[arc]]

    def reach_m(self, starts):
        """Metres of road that can be driven from these starts."""
        order = breadth_first_order(self.matrix(starts), len(self.rows) + len(starts), return_predecessors=False)
        whole = {self.rows[state][-1] // 2 for state in order if state < len(self.rows)}
        part = defaultdict(float)
        for arc, behind, _ in starts:
            part[arc // 2] += (1 - behind) * self.network.length_m[arc // 2]
        return sum(self.network.length_m[s] for s in whole) + sum(m for s, m in part.items() if s not in whole)

    def response_s(self, starts, places, access):
        """The least of road time plus access leg for each place; infinite where nothing is in reach."""
        network, count = self.network, len(self.rows)
        at_s = dijkstra(self.matrix(starts), indices=count + len(starts))
        first, last, begin, end = [], [], [], []

        def piece(arc, behind, seconds):
            segment = arc // 2
            if network.roadside[segment]:
                a, b = network.start_xy[segment], network.end_xy[segment]
                a, b = (b, a) if arc % 2 else (a, b)
                first.append(a + behind * (b - a)), last.append(b), begin.append(seconds)
                end.append(seconds + (1 - behind) * network.time_s[segment])

        for state, row in enumerate(self.rows):
            if math.isfinite(at_s[state]):
                piece(row[-1], 0.0, at_s[state])
        for start in starts:
            piece(*start)
        first, last, begin, end = (numpy.array(one) for one in (first, last, begin, end))
        tree = shapely.STRtree(shapely.linestrings(numpy.stack([first, last], axis=1)))
        walk_m_s, reach_m = access["speed_kmh"] / 3.6, access["max_m"]
        found = []
        for place in places:
            near = numpy.sort(tree.query(shapely.Point(place), predicate="dwithin", distance=reach_m))
            found.append(
                least_s(first[near], last[near], begin[near], end[near], place, walk_m_s, reach_m) if len(near) else math.inf
            )
        return found


def least_s(first, last, begin, end, place, walk_m_s, reach_m):
    """Least time over the points of directed pieces: road time grows evenly along a piece, the leg is its straight distance.

    With x the way from the foot of the perpendicular (h long), the time is rate * x + sqrt(h^2 + x^2) / v, which is convex and least
    where x = -h * rate * v / sqrt(1 - (rate * v)^2); cut to the piece and to the longest leg.
    """
    along = last - first
    length = numpy.hypot(*along.T)
    unit = along / numpy.maximum(length, 1e-9)[:, None]
    foot = ((place - first) * unit).sum(axis=1)
    h = numpy.hypot(*(place - first - foot[:, None] * unit).T)
    rate = (end - begin) / numpy.maximum(length, 1e-9)
    slow = rate * walk_m_s
    with numpy.errstate(invalid="ignore", divide="ignore"):
        x = numpy.where(slow < 1, -h * slow / numpy.sqrt(1 - slow**2), -numpy.inf)
    half = numpy.sqrt(numpy.maximum(reach_m**2 - h**2, 0))
    s = numpy.clip(foot + numpy.clip(x, -half, half), 0, length)
    s = numpy.where(length < 1e-6, 0, s)
    return float((begin + s * rate + numpy.hypot(h, s - foot) / walk_m_s).min())


# --- files ------------------------------------------------------------------------------------------------------------------


def read_stations(path):
    """(name, lon, lat, ambulances, turnout_s) of each; numbers that are not given are None."""
    if path.endswith(".csv"):
        with open(path, encoding="utf-8-sig", newline="") as text:
            rows = [(row, float(row["lon"]), float(row["lat"])) for row in csv.DictReader(text)]
    else:
        with open(path, encoding="utf-8-sig") as text:
            rows = [
                (f["properties"] or {}, *f["geometry"]["coordinates"][:2]) for f in json.load(text)["features"] if f["geometry"]
            ]
    number = lambda row, key: None if row.get(key) in (None, "") else float(row[key])
    return [
        (str(row.get("name") or row.get("id") or f"{lon},{lat}"), lon, lat, number(row, "ambulances"), number(row, "turnout_s"))
        for row, lon, lat in rows
    ]


def read_places(path):
    with open(path, encoding="utf-8-sig", newline="") as text:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(text)]


def read_times(path):
    """{(lon, lat) to 7 decimals: seconds or None} of a CSV, or of the layer `population` of a coverage.gpkg."""
    key = lambda lon, lat: (round(float(lon), 7), round(float(lat), 7))
    if not path.endswith(".gpkg"):
        with open(path, encoding="utf-8-sig", newline="") as text:
            return {key(r["lon"], r["lat"]): float(r["response_s"]) if r["response_s"] else None for r in csv.DictReader(text)}
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    column = base.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = 'population'").fetchone()[0]
    found = {}
    for blob, seconds in base.execute(f'SELECT "{column}", response_s FROM population'):
        envelope = (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]
        at = 8 + envelope + 5
        found[key(*struct.unpack("<dd" if blob[8 + envelope] else ">dd", blob[at : at + 16]))] = seconds
    return found


def choose(args):
    """Places and stations at random, the same for the same seed: near a road where a crew can step down."""
    settings = settings_of(args.region)
    network = Network(Extract(args.extract, settings), settings)
    lon, lat = zip(*(network.extract.place[node] for node in network.meeting))
    rng = random.Random(args.seed)

    def near(within_m):
        while True:
            point = round(rng.uniform(min(lon), max(lon)), 7), round(rng.uniform(min(lat), max(lat)), 7)
            there = shapely.Point(network.to_plane(point)[0])
            if len(network.tree.query(there, predicate="dwithin", distance=within_m)):
                return point

    stations = [near(60) for _ in range(args.stations)]
    places = [near(250) for _ in range(args.places)]
    with open(args.placed, "w", encoding="utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(
            [("id", "population", "lon", "lat")] + [(n, 1, *p) for n, p in enumerate(places)]
        )
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"S{n}", "name": f"S{n}", "kind": "station", "ambulances": 1},
            "geometry": {"type": "Point", "coordinates": list(point)},
        }
        for n, point in enumerate(stations)
    ]
    with open(args.stationed, "w", encoding="utf-8") as text:
        json.dump({"type": "FeatureCollection", "features": features}, text, indent=1)


def times(args):
    settings = settings_of(args.region)
    if args.obey:
        settings["drive"]["obey"] = args.obey
    network = Network(Extract(args.extract, settings), settings)
    counts, drive = network.counts, settings["drive"]
    forbidden = forbidden_rows(network) if drive["obey"] == "all" else set()
    search = Search(network, forbidden, args.uturns)
    delay_s = (
        args.delay
        if args.delay is not None
        else sum(
            (settings["response"].get(key, value) for key, value in (("answer_s", 10), ("process_s", 50), ("turnout_s", 180)))
        )
    )
    stations = []
    for name, lon, lat, ambulances, turnout_s in read_stations(args.stations):
        if ambulances == 0:
            counts["stations without an ambulance"] += 1
            continue
        own_s = delay_s if turnout_s is None else delay_s - settings["response"].get("turnout_s", 180) + turnout_s
        stations.append((name, shapely.Point(network.to_plane((lon, lat))[0]), own_s))
    starts = search.entries(stations, drive["driveway_kmh"])
    places = read_places(args.places)
    found = search.response_s(starts, network.to_plane(places), settings["access"])
    with open(args.out, "w", encoding="utf-8", newline="") as text:
        rows = [(lon, lat, f"{s:.3f}" if math.isfinite(s) else "") for (lon, lat), s in zip(places, found)]
        csv.writer(text, lineterminator="\n").writerows([("lon", "lat", "response_s")] + rows)
    counts |= Counter(
        {
            "nodes": len(network.meeting),
            "segments": len(network.length_m),
            "km": round(network.length_m.sum() / 1000),
            "turns forbidden": len(forbidden),
            "states": len(search.rows),
            "stations": len(stations),
            "places": len(places),
            "places reached": sum(map(math.isfinite, found)),
            "arcs after which restrictions leave no way on": search.dead_ends(),
        }
    )
    print(
        json.dumps(
            {"uturns": args.uturns, "obey": drive["obey"], **{k: int(v) for k, v in sorted(counts.items()) if v}}, indent=1
        )
    )


def compare(args):
    ours, theirs = read_times(args.times), read_times(args.other)
    both = [(place, ours[place], theirs[place]) for place in ours if place in theirs]
    differ = [
        (place, one, other)
        for place, one, other in both
        if (one is None) != (other is None) or one is not None and abs(one - other) > args.tolerance
    ]
    early = sum(other is not None and (one is None or other < one) for _, one, other in differ)
    for (lon, lat), one, other in sorted(differ, key=lambda d: -abs((d[1] or 1e9) - (d[2] or 1e9)))[: args.shown]:
        print(f"  {lon:.7f} {lat:.7f}  {one} {other}")
    most = max((abs(one - other) for _, one, other in both if one is not None and other is not None), default=0)
    print(
        f"{len(both)} of {len(ours)} places compared: {len(differ)} differ by more than {args.tolerance} s, "
        f"{early} of them earlier in the second and {len(differ) - early} later; {most:.3f} s at most where both are reached"
    )
    return 1 if len(differ) > args.most or len(both) < len(ours) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("choose")
    one.set_defaults(run=choose)
    for name in ("extract", "placed", "stationed"):
        one.add_argument(name)
    for name, value in (("--places", 600), ("--stations", 4), ("--seed", 1)):
        one.add_argument(name, type=int, default=value)
    one.add_argument("--region")
    one = commands.add_parser("times")
    one.set_defaults(run=times)
    for name in ("extract", "stations", "places", "out"):
        one.add_argument(name)
    one.add_argument("--region")
    one.add_argument("--uturns", choices=("junctions", "vertices"), default="junctions")
    one.add_argument("--obey", choices=("all", "directions", "nothing"))
    one.add_argument("--delay", type=float, help="seconds before the wheels turn; otherwise those of [response], 240 by default")
    one = commands.add_parser("compare")
    one.set_defaults(run=compare)
    one.add_argument("times")
    one.add_argument("other")
    one.add_argument("--tolerance", type=float, default=0.3)
    one.add_argument("--most", type=int, default=0)
    one.add_argument("--shown", type=int, default=5)
    args = parser.parse_args()
    return args.run(args) or 0


if __name__ == "__main__":
    sys.exit(main())
