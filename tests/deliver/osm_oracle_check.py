"""osm_roads.py and osm_oracle.py against brute force, and against values worked out by hand.

Random small networks with every kind of restriction, via a node and via ways, and with barrier nodes: brute force keeps the whole last
row of segments as its state and asks every restriction again at each turn, straight from its members.

Usage: osm_oracle_check.py [--count 150]
"""

import argparse
import heapq
import itertools
import math
import random
import tempfile
from collections import Counter
from pathlib import Path

import osm_oracle
import osm_roads
import shapely
from scipy.sparse.csgraph import dijkstra

KINDS = sorted(osm_roads.KINDS)


def opl(nodes, ways, relations):
    """An extract as OPL text, which pyosmium reads like a .pbf."""
    tags = lambda pairs: ",".join(f"{k}={v}" for k, v in pairs.items())
    lines = [f"n{n} v1 x{lon:.7f} y{lat:.7f} T{tags(t)}" for n, (lon, lat, t) in sorted(nodes.items())]
    lines += [f"w{w} v1 T{tags(t)} N{','.join(f'n{n}' for n in refs)}" for w, (refs, t) in sorted(ways.items())]
    lines += [
        f"r{r} v1 T{tags(t)} M{','.join(f'{sort}{ref}@{role}' for role, sort, ref in m)}"
        for r, (t, m) in sorted(relations.items())
    ]
    return "\n".join(lines) + "\n"


def read(folder, nodes, ways, relations, obey="all", **drive):
    path = Path(folder) / "small.opl"
    path.write_text(opl(nodes, ways, relations), encoding="utf-8")
    settings = osm_roads.settings_of(None)
    settings["drive"] |= drive | {"obey": obey}
    return osm_roads.Network(osm_roads.Extract(str(path), settings), settings)


# --- brute force ------------------------------------------------------------------------------------------------------------


def forbids(relation, ways, row, arcs):
    """Whether this restriction forbids the last turn of the row of arcs; an arc is (way, segment of the way, from node, to node)."""
    tags, members = relation
    kind = tags["restriction"]
    by_role = lambda role: [ref for r, _, ref in members if r == role]
    origins, targets, via = by_role("from"), by_role("to"), by_role("via")
    at_node = next(sort for r, sort, _ in members if r == "via") == "n"
    if at_node:
        between, begin = (), row[-2]
        if begin[3] != via[0]:
            return False
    else:
        # The whole of the via ways, in one order or another, in one direction or the other.
        length = sum(len(ways[w][0]) - 1 for w in via)
        if len(row) < length + 2:
            return False
        between, begin = row[-1 - length : -1], row[-2 - length]
        wholes = set()
        for order in itertools.permutations(via):
            for turned in itertools.product((False, True), repeat=len(via)):
                whole = []
                for way, back in zip(order, turned):
                    n = ways[way][0]
                    steps = [(way, k, n[k], n[k + 1]) for k in range(len(n) - 1)]
                    whole += [(w, k, b, a) for w, k, a, b in reversed(steps)] if back else steps
                wholes.add(tuple(whole))
        if tuple(between) not in wholes:
            return False
    if begin[0] not in origins:
        return False
    last = row[-2][3]
    meant = {arc for arc in arcs if arc[2] == last and arc[0] in targets}
    if at_node and origins == targets:
        meant = {(w, k, a, b) for w, k, a, b in meant if (w, k, b, a) == begin}
    if not meant:
        return False
    return (row[-1] not in meant) if kind.startswith("only_") else row[-1] in meant


def brute_force(network, nodes, ways, relations, start, uturns):
    """Seconds to the start of each arc from `start`, an arc begun at its tail."""
    arcs, time = {}, {}
    count_of = {}
    for (way, a, b), s in zip(network.extract.segments, range(len(network.length_m))):
        k = count_of[way] = count_of.get(way, -1) + 1
        for arc, key in ((2 * s, (way, k, a, b)), (2 * s + 1, (way, k, b, a))):
            if network.exists[arc]:
                arcs[key], time[key] = arc, float(network.time_s[s])
    longest = 2 + max(
        [sum(len(ways[ref][0]) - 1 for role, sort, ref in m if role == "via" and sort == "w") for _, m in relations.values()]
        or [0]
    )
    meeting = {
        n: sum((refs[k] == n) + (refs[k + 1] == n) for refs, _ in ways.values() for k in range(len(refs) - 1)) for n in nodes
    }
    first = next(key for key, arc in arcs.items() if arc == start)
    best, queue, at_s = {}, [(0.0, (first,))], {}
    while queue:
        seconds, row = heapq.heappop(queue)
        if row in best:
            continue
        best[row] = seconds
        at_s.setdefault(arcs[row[-1]], seconds)
        way, k, a, node = row[-1]
        onward = [arc for arc in sorted(arcs) if arc[2] == node]
        blocked = "barrier" in nodes[node][2]
        for arc in onward:
            back = arc == (way, k, node, a)
            if back:
                plain = meeting[node] == 2 and any(other != arc for other in onward)
                if uturns == "junctions" and plain and not blocked:
                    continue
            elif blocked:
                continue
            if any(forbids(r, ways, row + (arc,), arcs) for r in relations.values()):
                continue
            heapq.heappush(queue, (seconds + time[row[-1]], (row + (arc,))[-longest:]))
    return at_s


def random_network(rng):
    """Nodes of a jittered 3 by 3 lattice, ways of one to three segments, restrictions of joined members."""
    nodes = {
        n: (0.01 + 0.002 * (n % 3) + rng.uniform(0, 4e-4), 0.01 + 0.002 * (n // 3) + rng.uniform(0, 4e-4), {}) for n in range(9)
    }
    for n in nodes:
        if rng.random() < 0.05:
            nodes[n][2]["barrier"] = "bollard"
    beside = lambda n: [m for m in range(9) if abs(n % 3 - m % 3) + abs(n // 3 - m // 3) == 1]
    ways, used = {}, set()
    for w in range(1, 14):
        refs = [rng.randrange(9)]
        for _ in range(rng.choice([1, 1, 2, 3])):
            onto = [m for m in beside(refs[-1]) if frozenset((m, refs[-1])) not in used]
            if onto:
                refs.append(rng.choice(onto))
                used.add(frozenset(refs[-2:]))
        if len(refs) > 1:
            ways[w] = (refs, {"highway": "residential"} | ({"oneway": "yes"} if rng.random() < 0.2 else {}))
    relations = {}
    for r in range(1, 9):
        kind = rng.choice(KINDS)
        if rng.random() < 0.5:
            via = rng.randrange(9)
            touching = [w for w, (refs, _) in ways.items() if via in refs]
            if touching:
                members = [("from", "w", rng.choice(touching)), ("via", "n", via), ("to", "w", rng.choice(touching))]
                extra = (
                    ("from", "w", rng.choice(touching))
                    if kind == "no_entry"
                    else ("to", "w", rng.choice(touching)) if kind == "no_exit" else None
                )
                relations[r] = (
                    {"type": "restriction", "restriction": kind},
                    members + ([extra] if extra and extra not in members else []),
                )
        else:
            chain = rng.sample(sorted(ways), min(len(ways), rng.choice([1, 1, 2])))
            if len({n for w in chain for n in (ways[w][0][0], ways[w][0][-1])}) < len(chain) + 1:
                continue
            ends = [n for w in chain for n in (ways[w][0][0], ways[w][0][-1])]
            free = [n for n in ends if ends.count(n) == 1]
            pick = lambda n: [w for w, (refs, _) in ways.items() if n in refs and w not in chain]
            if len(free) == 2 and pick(free[0]) and pick(free[1]):
                members = (
                    [("from", "w", rng.choice(pick(free[0])))]
                    + [("via", "w", w) for w in chain]
                    + [("to", "w", rng.choice(pick(free[1])))]
                )
                relations[r] = ({"type": "restriction", "restriction": kind}, members)
    return nodes, ways, relations


def against_brute_force(count, folder):
    held, via_ways, changed = 0, 0, 0
    for seed in range(count):
        rng = random.Random(seed)
        nodes, ways, relations = random_network(rng)
        network = read(folder, nodes, ways, relations)
        forbidden = osm_roads.forbidden_rows(network)
        broken = {k: v for k, v in network.counts.items() if k.startswith("restrictions broken")}
        assert not broken, (seed, broken)
        held += network.counts["restrictions held at a node"]
        via_ways += network.counts["restrictions held over via ways"]
        there = [arc for arc, exists in enumerate(network.exists) if exists]
        for uturns in ("junctions", "vertices"):
            search = osm_oracle.Search(network, forbidden, uturns)
            start = rng.choice(there)
            matrix = search.matrix([(start, 0.0, 0.0)])
            at_s = dijkstra(matrix, indices=len(search.rows) + 1)
            found = {start: 0.0}
            for state, row in enumerate(search.rows):
                if math.isfinite(at_s[state]):
                    found[row[-1]] = min(found.get(row[-1], math.inf), at_s[state])
            wanted = brute_force(network, nodes, ways, relations, start, uturns)
            assert found.keys() == wanted.keys(), (seed, uturns, found.keys() ^ wanted.keys())
            for arc, seconds in wanted.items():
                assert abs(found[arc] - seconds) < 1e-6, (seed, uturns, arc, found[arc], seconds)
            free = brute_force(network, nodes, ways, {}, start, uturns)
            changed += free.keys() != wanted.keys() or any(abs(free[arc] - s) > 1e-6 for arc, s in wanted.items())
    assert held > count and via_ways > count / 3 and changed > count / 2, (held, via_ways, changed)
    return held, via_ways, changed


# --- by hand ----------------------------------------------------------------------------------------------------------------


def by_hand(folder):
    """Which tags open and close, worked out from docs/region.md."""
    settings = osm_roads.settings_of(None)
    way = lambda **tags: osm_roads.Way(
        {k.replace("_", ":", 1) if k.startswith("oneway_") else k: v for k, v in tags.items()}, settings, Counter()
    )
    open_, shut = [True, True], [False, False]
    for wanted, tags in (
        (open_, {"highway": "service", "access": "no", "emergency": "yes"}),
        (open_, {"highway": "footway", "emergency": "designated"}),
        (shut, {"highway": "steps", "emergency": "yes"}),
        (shut, {"highway": "primary", "emergency": "no"}),
        (shut, {"highway": "primary", "access": "yes", "motor_vehicle": "no"}),
        (open_, {"highway": "primary", "access": "no", "motorcar": "permit"}),
        (open_, {"highway": "service", "access": "private"}),
        (shut, {"highway": "busway"}),
        (open_, {"highway": "nonsense"}),
        ([True, False], {"highway": "motorway"}),
        (open_, {"highway": "motorway", "oneway": "no"}),
        (open_, {"highway": "motorway_link"}),
        ([True, False], {"highway": "service", "junction": "circular"}),
        ([False, True], {"highway": "service", "oneway": "-1"}),
        (shut, {"highway": "primary", "oneway": "reversible"}),
        (open_, {"highway": "primary", "oneway": "yes", "oneway_emergency": "no"}),
        (shut, {"route": "ferry"}),
    ):
        assert way(**tags).ways == wanted, (tags, wanted)
    sided = osm_roads.Way({"highway": "primary", "access:backward": "no", "emergency:forward": "no"}, settings, Counter())
    assert sided.ways == shut
    assert osm_roads.Way({"highway": "primary", "motor_vehicle:backward": "no"}, settings, Counter()).ways == [True, False]
    assert way(highway="footway", emergency="yes").kmh == 10 and way(highway="nonsense").kmh == 20
    for roadside, tags in (
        (False, {"bridge": "viaduct"}),
        (False, {"tunnel": "yes"}),
        (True, {"tunnel": "culvert"}),
        (True, {"tunnel": "building_passage"}),
        (False, {"motorroad": "yes"}),
        (True, {"bridge": "no"}),
        (False, {"highway": "motorway_link"}),
    ):
        assert way(**{"highway": "primary"} | tags).roadside is roadside, tags
    for blocked, tags in (
        (False, {"barrier": "gate"}),
        (True, {"barrier": "bollard"}),
        (True, {"barrier": "gate", "access": "no"}),
        (False, {"barrier": "bollard", "access": "private"}),
        (True, {"barrier": "gate", "locked": "yes"}),
        (False, {"barrier": "gate", "locked": "yes", "emergency": "yes"}),
        (True, {"barrier": "debris"}),
        (True, {"barrier": "height_restrictor", "maxheight": "2.1"}),
        (False, {"barrier": "height_restrictor", "maxheight": "2.8"}),
        (False, {"barrier": "height_restrictor"}),
        (True, {"barrier": "gate", "motor_vehicle": "no", "access": "yes"}),
        (False, {"barrier": "block", "emergency": "yes", "access": "no"}),
    ):
        assert osm_roads.blocks(tags, True) is blocked, tags
    assert osm_roads.kind_of({"restriction": "no_left_turn", "restriction:motorcar": "no_right_turn"}) == ("no_right_turn", False)
    assert osm_roads.kind_of({"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}) == ("no_left_turn", True)

    # A street of 0.01 degrees of the equator, 1,113.1949 m, at 20 km/h: 200.375 s. A place at its far end, a station at its near one.
    nodes = {1: (0.0, 0.0, {}), 2: (0.005, 0.0, {}), 3: (0.01, 0.0, {}), 4: (0.01, 0.0, {}), 5: (0.02, 0.0, {})}
    street = {1: ([1, 2, 3], {"highway": "residential"})}
    seconds = lambda ways, place, more=None, **drive: times(folder, nodes | (more or {}), ways, place, **drive)
    assert abs(seconds(street, (0.01, 0.0)) - (240 + 200.37508)) < 1e-3
    # A bollard in the middle: driven up to it, and 200 m, half the rest of the way on foot, are out of reach; 100 m are not.
    bollard = {2: (0.005, 0.0, {"barrier": "bollard"})}
    assert seconds(street, (0.01, 0.0), bollard) == math.inf
    assert abs(seconds(street, (0.006, 0.0), bollard) - (240 + 100.18754 + 111.31949 * 0.9)) < 1e-2
    gate = {2: (0.005, 0.0, {"barrier": "gate"})}
    assert abs(seconds(street, (0.01, 0.0), gate, gate_s=30) - (240 + 200.37508 + 30)) < 1e-3
    signal = {2: (0.005, 0.0, {"highway": "traffic_signals"})}
    assert abs(seconds(street, (0.01, 0.0), signal, signal_s=15) - (240 + 200.37508 + 15)) < 1e-3
    # Two nodes at one place do not join; one node does.
    assert seconds(street | {2: ([4, 5], {"highway": "residential"})}, (0.02, 0.0)) == math.inf
    assert abs(seconds(street | {2: ([3, 5], {"highway": "residential"})}, (0.02, 0.0)) - (240 + 400.75016)) < 1e-3
    # A ferry goes on from the street: half an hour by its tags, and ten minutes of waiting, then 1,113 m of street.
    more = {6: (0.03, 0.0, {})}
    ferry = street | {2: ([3, 5], {"route": "ferry", "duration": "00:30"}), 3: ([5, 6], {"highway": "residential"})}
    assert seconds(ferry, (0.03, 0.0), more) == math.inf
    assert abs(seconds(ferry, (0.03, 0.0), more, ferries=True) - (240 + 200.37508 + 1800 + 600 + 200.37508)) < 1e-3


def times(folder, nodes, ways, place, **drive):
    network = read(folder, nodes, ways, {}, **drive)
    settings = osm_roads.settings_of(None)
    search = osm_oracle.Search(network, set(), "junctions")
    starts = search.entries([("S", shapely.Point(network.to_plane((0.0, 0.0))[0]), 240)], 20)
    return search.response_s(starts, network.to_plane([place]), settings["access"])[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=150)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        by_hand(folder)
        held, via_ways, changed = against_brute_force(args.count, folder)
    print(
        f"{args.count} networks agree with brute force: {held} restrictions at nodes and {via_ways} over via ways held, {changed} of {2 * args.count} searches changed by them"
    )


if __name__ == "__main__":
    main()
