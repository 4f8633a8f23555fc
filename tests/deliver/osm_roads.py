"""The roads of an OSM extract as an ambulance may drive them: which ways, how fast, past which points, with which turns forbidden.

In: an .osm.pbf (or any file that pyosmium reads). Out: a Network of directed segments between node ids, and the rows of segments that
turn restrictions forbid. osm_oracle.py searches it; nothing here is shared with lifering.
"""

import re
import tomllib
from collections import Counter, defaultdict

import numpy
import osmium
import shapely
from pyproj import Geod, Transformer

SPEED_KMH = {
    "motorway": 60,
    "trunk": 50,
    "primary": 40,
    "secondary": 30,
    "tertiary": 25,
    "residential": 20,
    "unclassified": 20,
    "service": 15,
    "living_street": 10,
    "track": 10,
    "motorway_link": 40,
    "trunk_link": 30,
    "primary_link": 30,
    "secondary_link": 25,
    "tertiary_link": 20,
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
KINDS = {
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "no_entry",
    "no_exit",
    "only_left_turn",
    "only_right_turn",
    "only_straight_on",
    "only_u_turn",
}


def settings_of(path):
    """[drive] and [access] of a region.toml over the defaults."""
    given = {}
    if path:
        with open(path, "rb") as text:
            given = tomllib.load(text)
    drive = {
        "default_kmh": 20,
        "driveway_kmh": 20,
        "period": "offpeak",
        "periods": {"offpeak": 1.0, "peak": 1.2},
        "speeds_kmh": {},
        "use_maxspeed": False,
        "maxspeed_factor": 0.7,
        "private": True,
        "gate_s": 0,
        "signal_s": 0,
        "ferries": False,
        "ferry_wait_s": 600,
        "obey": "all",
    }
    access = {"speed_kmh": 4, "max_m": 300, "no_roadside": ["motorway", "motorway_link"], "roadside_on_bridges": False}
    return {
        "drive": drive | given.get("drive", {}),
        "access": access | given.get("access", {}),
        "response": given.get("response", {}),
    }


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
                {k: v for k, v in tags.items() if not k.startswith("emergency")}, drivable, never, drive["private"]
            )
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
        self.time_s = numpy.array(
            [
                m / of_way[w] * way.ferry_s if way.ferry_s else m / way.kmh * 3.6 * (1 if way.ferry else factor)
                for m, w, way in zip(self.length_m, self.way, ways)
            ]
        )
        self.ferry = [way.ferry for way in ways]
        self.roadside = numpy.array([way.roadside for way in ways])
        self.exists = [one for way in ways for one in way.ways]
        self.end_node = [node for _, a, b in extract.segments for node in (b, a)]
        self.arc_of = {
            (way, *pair): 2 * s + d for s, (way, a, b) in enumerate(extract.segments) for d, pair in enumerate(((a, b), (b, a)))
        }
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
                if a != b:
                    arcs.append(network.arc_of.get((way, a, b)))
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
                if all(network.exists[arc] for arc in between):
                    rows |= {(arrive, *between, leave) for leave in onto}
    return joined, rows
