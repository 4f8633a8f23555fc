"""An independent reading of an OSM extract: what an ambulance needs from its stations to given places, by the rules of docs/region.md.

In: an .osm.pbf, stations (GeoJSON or CSV) and places (CSV with lon, lat). Out: a CSV with response_s for each place, and on stdout
one JSON object of what was read, closed, blocked and void. It shares nothing with lifering: pyosmium reads the tags, a way is taken
apart into segments between two node ids, and the search runs over directed segments (edge-based), so that a turn is a pair of them and
a restriction over via ways a longer row. Slow and plain on purpose.

Usage: osm_oracle.py choose EXTRACT PLACES.csv STATIONS.geojson [--places 600] [--stations 4] [--seed 1]
       osm_oracle.py times EXTRACT STATIONS PLACES.csv OUT.csv [--region region.toml] [--uturns junctions|vertices] [--obey all|directions|nothing]
       osm_oracle.py compare TIMES.csv OTHER.csv|results.gpkg [--tolerance 0.3] [--most 0]

`compare` ends with status 1 where more than --most places differ by more than --tolerance seconds.
"""

import argparse
import csv
import json
import math
import random
import re
import sqlite3
import struct
import sys
import tomllib
from collections import Counter, defaultdict

import numpy
import osmium
import shapely
from pyproj import Geod, Transformer
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

SPEED_KMH = {
    "motorway": 60, "trunk": 50, "primary": 40, "secondary": 30, "tertiary": 25, "residential": 20, "unclassified": 20, "service": 15,
    "living_street": 10, "track": 10, "motorway_link": 40, "trunk_link": 30, "primary_link": 30, "secondary_link": 25, "tertiary_link": 20,
}
# Driven only where `emergency` opens them, at EMERGENCY_KMH.
NOT_DRIVABLE = set(
    "footway path pedestrian steps cycleway bridleway corridor platform construction proposed"
    " busway bus_guideway raceway escape rest_area".split()
)
NEVER = set("steps elevator ladder via_ferrata trail razed abandoned disused discontinued planned no".split())
EMERGENCY_KMH = 10
OPENS = {"yes", "designated", "official", "permissive"}
VEHICLES = ("motorcar", "motor_vehicle", "vehicle", "access")
NO = {"", "no", "false", "0"}
GATES = {"gate", "lift_gate", "swing_gate", "sliding_gate", "bump_gate"}
PASSED = GATES | {"toll_booth", "border_control", "entrance", "cattle_grid", "kerb", "no"}
CLEARANCE_M = 2.8
FERRY_KMH = 10
# A station from which less than this can be driven also enters the main part of the network, where that is near and ten times larger.
TRAPPED_M, MAIN_PART_M, MAIN_PART_TIMES = 1000, 100, 10
TIE_M = 0.01
KINDS = {
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
}
DELAYED = 240  # answer 10, process 50, turnout 180


def settings_of(path):
    """[drive] and [access] of a region.toml over the defaults."""
    given = {}
    if path:
        with open(path, "rb") as text:
            given = tomllib.load(text)
    drive = {
        "default_kmh": 20, "driveway_kmh": 20, "period": "offpeak", "periods": {"offpeak": 1.0, "peak": 1.2}, "speeds_kmh": {},
        "use_maxspeed": False, "maxspeed_factor": 0.7, "private": True, "gate_s": 0, "signal_s": 0, "ferries": False,
        "ferry_wait_s": 600, "obey": "all",
    }
    access = {"speed_kmh": 4, "max_m": 300, "no_roadside": ["motorway", "motorway_link"], "roadside_on_bridges": False}
    return {"drive": drive | given.get("drive", {}), "access": access | given.get("access", {}), "response": given.get("response", {})}


# --- what the tags of one way or node say -------------------------------------------------------------------------------


def word(tags, key):
    return (tags.get(key) or "").strip().lower()


def may_drive(tags, drivable, never, private, side=""):
    """Whether an ambulance may drive here; `side` is :forward or :backward."""
    said = lambda key: (side and word(tags, key + side)) or word(tags, key)
    emergency = said("emergency")
    if never or emergency == "no":
        return False
    if emergency in OPENS:
        return True
    first = next((said(key) for key in VEHICLES if said(key)), "")
    return drivable and first != "no" and (private or first != "private")


def maxspeed_kmh(text):
    found = [re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", part.strip()) for part in text.split(";")]
    if not text or not all(found):
        return None
    speed = min(float(m[1]) * (1.609344 if m[2] == "mph" else 1) for m in found)
    return speed if 0 < speed <= 200 else None


def duration_s(text):
    m = re.fullmatch(r"(?:(\d+):)?(\d+)(?::(\d+))?", text)
    if not m:
        return None
    if m[1] is None and m[3] is None:
        return int(m[2]) * 60 or None
    return (int(m[1] or 0) * 3600 + int(m[2]) * 60 + int(m[3] or 0)) or None


class Way:
    """One way that can be driven: which ways along it, how fast, and whether a crew can step down."""

    def __init__(self, tags, settings, counts):
        drive, access = settings["drive"], settings["access"]
        self.klass, self.ferry = word(tags, "highway"), word(tags, "route") == "ferry" and "highway" not in tags
        drivable = drive["ferries"] if self.ferry else self.klass not in NOT_DRIVABLE
        never = self.ferry and not drive["ferries"] or self.klass in NEVER
        self.ways = [may_drive(tags, drivable, never, drive["private"], side) for side in (":forward", ":backward")]
        if not self.ferry:
            counts["ways closed that the class would open"] += drivable and not never and not any(self.ways)
            counts["ways opened for emergencies"] += any(self.ways) and not may_drive(
                {k: v for k, v in tags.items() if not k.startswith("emergency")}, drivable, never, drive["private"])
            if any(self.ways) and self.klass not in SPEED_KMH and self.klass not in NOT_DRIVABLE:
                counts[f"ways of another class: {self.klass}"] += 1
        oneway = word(tags, "oneway")
        implied = self.klass == "motorway" or word(tags, "junction") in ("roundabout", "circular")
        if drive["obey"] != "nothing" and "no" not in (word(tags, "oneway:emergency"), word(tags, "oneway:motor_vehicle")):
            if oneway in ("reversible", "alternating"):
                counts["ways reversible, not driven"] += any(self.ways)
                self.ways = [False, False]
            elif oneway in ("-1", "reverse"):
                self.ways[0] = False
            elif oneway in ("yes", "true", "1") or not oneway and implied:
                self.ways[1] = False
        raised = word(tags, "bridge") not in NO or word(tags, "tunnel") not in NO | {"building_passage", "culvert"}
        raised = (raised or word(tags, "motorroad") == "yes") and not access["roadside_on_bridges"]
        self.roadside = not (self.ferry or raised or self.klass in access["no_roadside"])
        counts["ways raised, without roadside access"] += raised and any(self.ways) and self.klass not in access["no_roadside"]
        self.kmh = self.speed_kmh(tags, drive)
        self.ferry_s = duration_s(word(tags, "duration")) if self.ferry else None

    def speed_kmh(self, tags, drive):
        if self.ferry:
            return FERRY_KMH
        limit = maxspeed_kmh(word(tags, "maxspeed")) if drive["use_maxspeed"] else None
        if limit:
            return limit * drive["maxspeed_factor"]
        otherwise = EMERGENCY_KMH if self.klass in NOT_DRIVABLE else drive["default_kmh"]
        return (SPEED_KMH | drive["speeds_kmh"]).get(self.klass, otherwise)


def blocks(tags, private):
    """Whether a barrier node cuts the road."""
    kind = word(tags, "barrier")
    emergency = word(tags, "emergency")
    if emergency in OPENS or emergency == "no":
        return emergency == "no"
    if kind in GATES and word(tags, "locked") == "yes":
        return True
    first = next((word(tags, key) for key in VEHICLES if word(tags, key)), "")
    if first:
        return first == "no" or first == "private" and not private
    if kind == "height_restrictor":
        height = re.match(r"(\d+(?:\.\d+)?)", word(tags, "maxheight"))
        return height is not None and float(height[1]) < CLEARANCE_M
    return kind not in PASSED


# --- reading --------------------------------------------------------------------------------------------------------------


class Extract:
    """Segments between node ids, and what stands on the nodes."""

    def __init__(self, path, settings):
        self.counts, self.place, self.node_tags, self.relations = Counter(), {}, {}, []
        self.nodes_of_way, self.ways = {}, {}
        tagged = []
        for item in osmium.FileProcessor(path):
            if item.is_node():
                self.place[item.id] = (item.location.lon, item.location.lat)
                if "barrier" in item.tags or item.tags.get("highway") == "traffic_signals":
                    self.node_tags[item.id] = dict(item.tags)
            elif item.is_way():
                self.nodes_of_way[item.id] = [node.ref for node in item.nodes]
                if "highway" in item.tags or item.tags.get("route") == "ferry":
                    tagged.append((item.id, dict(item.tags)))
            elif item.is_relation() and item.tags.get("type") == "restriction":
                self.relations.append((item.id, dict(item.tags), [(m.role, m.type, m.ref) for m in item.members]))
        for way, tags in tagged:
            read = Way(tags, settings, self.counts)
            self.counts["roads and ferries"] += 1
            if any(read.ways):
                self.ways[way] = read
                self.counts["ways driven"] += 1
        # Segment by segment: way, start node, end node. A gap in a cut way stays a gap.
        self.segments = []
        for way in sorted(self.ways):
            nodes = self.nodes_of_way[way]
            for a, b in zip(nodes, nodes[1:]):
                if a not in self.place or b not in self.place:
                    self.counts["segments whose node is not in the extract"] += 1
                elif a != b:
                    self.segments.append((way, a, b))


class Network:
    """Arcs: arc 2s runs along segment s as drawn, arc 2s + 1 against it."""

    def __init__(self, extract, settings):
        drive = settings["drive"]
        self.extract, self.counts, self.uturns = extract, extract.counts, None
        ways = [extract.ways[way] for way, _, _ in extract.segments]
        self.way = [way for way, _, _ in extract.segments]
        ends = numpy.array([[extract.place[a], extract.place[b]] for _, a, b in extract.segments])
        self.length_m = numpy.array(Geod(ellps="WGS84").inv(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])[2])
        # Ferries: the length of the whole way at its duration.
        of_way = defaultdict(float)
        for way, metres in zip(self.way, self.length_m):
            of_way[way] += metres
        factor = drive["periods"][drive["period"]]
        self.time_s = numpy.array([
            m / of_way[w] * way.ferry_s if way.ferry_s else m / way.kmh * 3.6 * (1 if way.ferry else factor)
            for m, w, way in zip(self.length_m, self.way, ways)
        ])
        self.ferry = [way.ferry for way in ways]
        self.roadside = numpy.array([way.roadside for way in ways])
        self.exists = [one for way in ways for one in way.ways]
        self.end_node = [node for _, a, b in extract.segments for node in (b, a)]
        self.leaving, self.arriving, self.meeting = defaultdict(list), defaultdict(list), Counter()
        for arc, there in enumerate(self.exists):
            if there:
                self.leaving[self.end_node[arc ^ 1]].append(arc)
                self.arriving[self.end_node[arc]].append(arc)
        for _, a, b in extract.segments:
            self.meeting[a] += 1
            self.meeting[b] += 1
        self.blocked, self.passing_s = set(), {}
        for node, tags in extract.node_tags.items():
            if not self.meeting[node]:
                continue
            if "barrier" in tags:
                shut = blocks(tags, drive["private"])
                self.counts[f"barrier nodes on driven ways, {'blocking' if shut else 'passed'}: {word(tags, 'barrier')}"] += 1
                if shut:
                    self.blocked.add(node)
                elif word(tags, "barrier") in GATES:
                    self.passing_s[node] = drive["gate_s"]
            if word(tags, "highway") == "traffic_signals":
                self.counts["signals on driven ways"] += 1
                if drive["obey"] != "nothing":
                    self.passing_s[node] = self.passing_s.get(node, 0) + drive["signal_s"]
        self.wait_s = drive["ferry_wait_s"]
        lon, lat = (ends[:, :, at].min() / 2 + ends[:, :, at].max() / 2 for at in (0, 1))
        plane = Transformer.from_crs("EPSG:4326", f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m", always_xy=True)
        self.to_plane = lambda points: numpy.c_[plane.transform(*numpy.asarray(points, float).reshape(-1, 2).T)]
        self.start_xy, self.end_xy = self.to_plane(ends[:, 0]), self.to_plane(ends[:, 1])
        self.lines = shapely.linestrings(numpy.stack([self.start_xy, self.end_xy], axis=1))
        self.beside = numpy.flatnonzero(self.roadside)
        self.tree = shapely.STRtree(self.lines[self.beside])

    def may_turn_back(self, arc, policy):
        """Whether a U-turn at the end of this arc is free."""
        node = self.end_node[arc]
        if policy == "vertices" or node in self.blocked or self.meeting[node] != 2:
            return True
        # Two segments, and the other leads only hither: a dead end as well.
        return all(other == arc ^ 1 for other in self.leaving[node])


# --- turn restrictions ------------------------------------------------------------------------------------------------------


def kind_of(tags):
    """The kind by the most specific key, and whether it holds at certain times only."""
    timed = any(key in tags for key in ("day_on", "day_off", "hour_on", "hour_off"))
    for key in ("restriction:emergency", "restriction:motorcar", "restriction:motor_vehicle", "restriction"):
        if word(tags, key):
            return word(tags, key), timed
        if word(tags, key + ":conditional"):
            return word(tags, key + ":conditional").split("@")[0].strip(), True
    return "", timed


def chains(network, first, via_ways):
    """Every way to drive all the via ways one after the other, from node `first`: rows of arcs, with the last node."""
    if not via_ways:
        yield [], first
        return
    for way in via_ways:
        nodes = network.extract.nodes_of_way[way]
        for row in (nodes, nodes[::-1]):
            if row[0] != first:
                continue
            arcs = []
            for a, b in zip(row, row[1:]):
                step = [c for c in network.leaving[a] if network.end_node[c] == b and network.way[c // 2] == way]
                if a != b:
                    arcs += step[:1] or [None]
            if None in arcs:
                continue
            for rest, last in chains(network, row[-1], [w for w in via_ways if w != way]):
                yield arcs + rest, last


def forbidden_rows(network):
    """Rows of arcs that may not be driven one after the other."""
    counts, extract, rows = network.counts, network.extract, set()
    for _, tags, members in extract.relations:
        counts["restrictions read"] += 1
        kind, timed = kind_of(tags)
        role = lambda name: [(sort, ref) for r, sort, ref in members if r == name]
        origins, targets, via = role("from"), role("to"), role("via")
        several = len(origins) > 1 and kind != "no_entry" or len(targets) > 1 and kind != "no_exit"
        via_nodes = [ref for sort, ref in via if sort == "n"]
        via_ways = [ref for sort, ref in via if sort == "w"]
        roads = [ref for sort, ref in origins + targets if sort == "w"] + via_ways
        if kind not in KINDS:
            counts["restrictions void: for others, or no known kind"] += 1
        elif "emergency" in [w.strip() for w in word(tags, "except").split(";")]:
            counts["restrictions void: except emergency"] += 1
        elif not origins or not targets or not via:
            counts["restrictions broken: without from, to or via"] += 1
        elif several or len(via_nodes) > 1 or via_nodes and via_ways or len(roads) != len(origins + targets) + len(via_ways):
            counts["restrictions broken: too many members, or of the wrong sort"] += 1
        elif any(way not in extract.nodes_of_way for way in roads) or any(node not in extract.place for node in via_nodes):
            counts["restrictions broken: a member is not in the extract"] += 1
        elif any(way not in extract.ways for way in roads):
            counts["restrictions void: a member is not driven"] += 1
        else:
            origins, targets = {ref for _, ref in origins}, {ref for _, ref in targets}
            joined, held = rows_of(network, kind, origins, targets, via_nodes, via_ways)
            if not joined:
                counts["restrictions broken: not joined"] += 1
            elif not held:
                counts["restrictions void: nothing that could be driven"] += 1
            else:
                counts["restrictions held" + (" over via ways" if via_ways else " at a node")] += 1
                counts["restrictions held at all times though timed"] += timed
                rows |= held
    return rows


def rows_of(network, kind, origins, targets, via_nodes, via_ways):
    """Whether the members meet, and the rows that one restriction forbids."""
    extract, joined, rows = network.extract, False, set()
    firsts = via_nodes or sorted({node for way in origins for node in extract.nodes_of_way[way]})
    for first in firsts:
        if not any(first in extract.nodes_of_way[way] for way in origins):
            continue
        for between, last in chains(network, first, via_ways):
            if not any(last in extract.nodes_of_way[way] for way in targets):
                continue
            joined = True
            for arrive in network.arriving[first]:
                if network.way[arrive // 2] not in origins:
                    continue
                onto = {leave for leave in network.leaving[last] if network.way[leave // 2] in targets}
                if via_nodes and origins == targets:  # the same way: the way back
                    onto &= {arrive ^ 1}
                if kind.startswith("only_") and onto:
                    onto = set(network.leaving[last]) - onto
                rows |= {(arrive, *between, leave) for leave in onto}
    return joined, rows


# --- the search -------------------------------------------------------------------------------------------------------------


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
                print(f"{name}: {reach_m:.0f} m can be driven; enters at {gap:.1f} m, and at {min(away, default=math.nan):.1f} m", file=sys.stderr)
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
            found.append(least_s(first[near], last[near], begin[near], end[near], place, walk_m_s, reach_m) if len(near) else math.inf)
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
            rows = [(f["properties"] or {}, *f["geometry"]["coordinates"][:2]) for f in json.load(text)["features"] if f["geometry"]]
    number = lambda row, key: None if row.get(key) in (None, "") else float(row[key])
    return [
        (str(row.get("name") or row.get("id") or f"{lon},{lat}"), lon, lat, number(row, "ambulances"), number(row, "turnout_s"))
        for row, lon, lat in rows
    ]


def read_places(path):
    with open(path, encoding="utf-8-sig", newline="") as text:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(text)]


def read_times(path):
    """{(lon, lat) to 7 decimals: seconds or None} of a CSV, or of the layer `population` of a results.gpkg."""
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
        found[key(*struct.unpack("<dd" if blob[8 + envelope] else ">dd", blob[at:at + 16]))] = seconds
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
        csv.writer(text, lineterminator="\n").writerows([("id", "population", "lon", "lat")] + [(n, 1, *p) for n, p in enumerate(places)])
    features = [
        {"type": "Feature", "properties": {"id": f"S{n}", "name": f"S{n}", "kind": "station", "ambulances": 1},
         "geometry": {"type": "Point", "coordinates": list(point)}}
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
    delay_s = args.delay if args.delay is not None else sum((
        settings["response"].get(key, value) for key, value in (("answer_s", 10), ("process_s", 50), ("turnout_s", 180))))
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
    counts |= Counter({
        "nodes": len(network.meeting), "segments": len(network.length_m), "km": round(network.length_m.sum() / 1000),
        "turns forbidden": len(forbidden), "states": len(search.rows), "stations": len(stations), "places": len(places),
        "places reached": sum(map(math.isfinite, found)),
        "arcs a restriction leaves no way on from": sum(not turns and bool(network.leaving[network.end_node[row[-1]]]) and network.may_turn_back(row[-1], args.uturns)
                                                        for row, turns in zip(search.rows, search.turns)),
    })
    print(json.dumps({"uturns": args.uturns, "obey": drive["obey"], **{k: int(v) for k, v in sorted(counts.items()) if v}}, indent=1))


def compare(args):
    ours, theirs = read_times(args.times), read_times(args.other)
    both = [(place, ours[place], theirs[place]) for place in ours if place in theirs]
    differ = [
        (place, one, other) for place, one, other in both
        if (one is None) != (other is None) or one is not None and abs(one - other) > args.tolerance
    ]
    early = sum(other is not None and (one is None or other < one) for _, one, other in differ)
    for (lon, lat), one, other in sorted(differ, key=lambda d: -abs((d[1] or 1e9) - (d[2] or 1e9)))[: args.shown]:
        print(f"  {lon:.7f} {lat:.7f}  {one} {other}")
    most = max((abs(one - other) for _, one, other in both if one is not None and other is not None), default=0)
    print(f"{len(both)} of {len(ours)} places compared: {len(differ)} differ by more than {args.tolerance} s, "
          f"{early} of them earlier in the second and {len(differ) - early} later; {most:.3f} s at most where both are reached")
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
    one.add_argument("--delay", type=float, help=f"seconds before the wheels turn; otherwise [response], {DELAYED} by default")
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
