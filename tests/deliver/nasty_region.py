"""Writes a region whose every name would be code, markup or an expression somewhere: the names of `tests/nasty_names.json`, as
`tests/it/nasty_names.rs` has them.

Usage: nasty_region.py FOLDER
"""

import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.abspath(sys.argv[1])
os.makedirs(folder, exist_ok=True)
with open(os.path.join(here, "..", "nasty_names.json"), encoding="utf-8") as text:
    names = json.load(text)
town = os.path.join(here, "..", "..", "fixtures", "straight_road")


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def layer(name, features):
    kinds = [{"type": "Feature", "properties": p, "geometry": {"type": t, "coordinates": c}} for p, t, c in features]
    write(f"{name}.geojson", json.dumps({"type": "FeatureCollection", "features": kinds}))


def points(properties):
    return [(properties(n, name), "Point", [118.5, 24.69 + n * 0.001]) for n, name in enumerate(names)]


for name in ("boundary", "roads"):
    with open(os.path.join(town, f"{name}.geojson"), encoding="utf-8") as text:
        write(f"{name}.geojson", text.read())
site = {"kind": "station", "ambulances": 1, "level": 3, "cost": 1}
for name in ("facilities", "aeds", "candidates"):
    layer(name, points(lambda _, title: {"id": title, "name": title, **site}))
# Labels are for centres.
layer("stations", points(lambda n, title: {"id": title, "name": title, **site, "kind": "center" if n % 2 else "station"}))
layer("population", points(lambda n, title: {"id": title, "name": title, "population": 100 + n}))
step = 0.15 / len(names)
units = []
for n, name in enumerate(names):
    south, north = 24.625 + n * step, 24.625 + (n + 1) * step
    ring = [[118.49, south], [118.51, south], [118.51, north], [118.49, north], [118.49, south]]
    units.append(({"id": name, "name": name, "level": "district"}, "Polygon", [ring]))
layer("units", units)


def quoted(text):
    """A basic string of TOML: that of JSON, but for a character that TOML wants escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


with open(os.path.join(town, "..", "own_standard", "five_rules.toml"), encoding="utf-8") as text:
    standard = text.read()
title = quoted("".join(names))
for plain in ('"五条自定规则"', '"5公里内有急救站点"', '"A site within 5 km"'):
    assert plain in standard, f"the standard has no {plain} any more"
    standard = standard.replace(plain, title)
write("own.toml", standard.replace("max_m = 5000", "max_m = 500"))
layers = ("boundary", "roads", "stations", "facilities", "aeds", "candidates", "population", "units")
listed = "".join(f'{name} = "{name}.geojson"\n' for name in layers)
write("region.toml", f'name = {title}\nstandard = "own.toml"\n[layers]\n{listed}')
