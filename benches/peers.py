"""What other tools take for the steps of the metropolis bench, on the same files: `peers.py FOLDER` prints a JSON list of
{step, tool, ms}, medians of five. A tool that is not installed is left out and named on stderr."""
import json
import statistics
import sys
import time

folder = sys.argv[1]
found = []


def timed(step, tool, run, runs=5):
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1000)
    found.append({"step": step, "tool": tool, "ms": statistics.median(times)})


try:
    import numpy as np
except ImportError:
    sys.exit("numpy is not installed: no other tool is timed")

try:
    import pyogrio

    timed("read", "pyogrio", lambda: pyogrio.raw.read(f"{folder}/roads.geojson"))
except ImportError:
    print("pyogrio is not installed", file=sys.stderr)

# The graph of the same roads: every vertex a node, the class table's speeds, one-way streets one way.
SPEED_KMH = {"trunk": 50, "primary": 40, "secondary": 30, "tertiary": 25, "residential": 20}
with open(f"{folder}/roads.geojson", encoding="utf-8") as file:
    roads = json.load(file)["features"]
with open(f"{folder}/stations.geojson", encoding="utf-8") as file:
    stations = [f["geometry"]["coordinates"] for f in json.load(file)["features"]]
node, edges = {}, []
for road in roads:
    line = [node.setdefault(tuple(p), len(node)) for p in road["geometry"]["coordinates"]]
    place = road["geometry"]["coordinates"]
    m_s = SPEED_KMH[road["properties"]["highway"]] / 3.6
    both = road["properties"].get("oneway") != "yes"
    for i in range(len(line) - 1):
        dx = (place[i + 1][0] - place[i][0]) * 111320 * np.cos(np.radians(place[i][1]))
        dy = (place[i + 1][1] - place[i][1]) * 110574
        s = max(float(np.hypot(dx, dy)) / m_s, 0.001)
        edges.append((line[i], line[i + 1], s))
        if both:
            edges.append((line[i + 1], line[i], s))
places = np.array(list(node))
starts = sorted({int(np.argmin(((places - s) ** 2).sum(axis=1))) for s in stations})

try:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    a, b, s = (np.array(column) for column in zip(*edges))
    graph = coo_matrix((s, (a, b)), shape=(len(node), len(node))).tocsr()
    timed("search", "scipy", lambda: dijkstra(graph, indices=starts, min_only=True, limit=600.0))
except ImportError:
    print("scipy is not installed", file=sys.stderr)

try:
    import networkx

    city = networkx.DiGraph()
    city.add_weighted_edges_from(edges)
    timed("search", "networkx", lambda: networkx.multi_source_dijkstra_path_length(city, starts, cutoff=600.0), runs=3)
except ImportError:
    print("networkx is not installed", file=sys.stderr)

json.dump(found, sys.stdout)
