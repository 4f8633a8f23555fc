#!/usr/bin/env python3
"""Shows that two builds of lifering write the same bytes.

In: two binaries. Each runs the same commands on the regions of this repository, in a folder of its own with the same
relative paths. Out: every file, stdout, stderr or exit status that differs. `make same-bytes BASE=...` runs it.

Exit status: 0 the same, 1 different, 2 could not run.
"""

import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ALLOW = Path(__file__).resolve().with_suffix(".allow")
# One thread per process, two processes side by side: two cores are busy. `tests/it` tests other numbers of threads.
ENVIRONMENT = {**os.environ, "RAYON_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "120", "TZ": "UTC"}
TIMEOUT_S = 300
MALFORMED = Path("fixtures/malformed")
# Differing paths of a JSON file that are printed.
SHOWN = 5

MATRIX = {
    "matrix/costs.csv": "demand,candidate,seconds\nd1,a,60\nd2,a,60\nd2,b,60\nd3,b,60\nd1,c,60\nd4,c,60\n",
    "matrix/demand.csv": "demand,weight\nd1,2\nd2,2\nd3,1\nd4,1\n",
}
IMPORT = {
    "import/stations.csv": "id,name,kind,ambulances,lon,lat\nA,Alpha,station,2,118.50,24.70\nB,Beta,station,1,118.52,24.70\n",
    "import/population.csv": "population,lon,lat\n1200,118.501,24.701\n800,118.515,24.699\n400,118.53,24.71\n",
}


class CannotRun(Exception):
    """Something that the comparison needs is missing or broken."""


class Run:
    """One command: its name, its arguments, and whether later runs read its output folder."""

    def __init__(self, name, *arguments, out=True, keep=False):
        self.name = name
        self.arguments = [str(a) for a in arguments]
        self.out = f"out/{name}" if out is True else out
        if out is True:
            self.arguments += ["--out", self.out]
        self.keep = keep


# --- what is run ---------------------------------------------------------------------------------------------------------


def fixture_regions():
    """Every folder of fixtures/ with a region.toml, but for those of `malformed_regions`."""
    folders = (p.parent.relative_to(REPOSITORY) for p in (REPOSITORY / "fixtures").rglob("region.toml"))
    return sorted(f.as_posix() for f in folders if f.parent != MALFORMED)


def malformed_regions():
    """The names of the folders of fixtures/malformed/: each is laid over the sound region `base`."""
    return sorted(p.parent.name for p in (REPOSITORY / MALFORMED).glob("*/expected.toml"))


def runs(city, real):
    """All runs, in order. `city` and `real` name the regions from outside the repository."""
    demo, town = "data/regions/jinjiang-demo", "fixtures/grid_town"
    regions = [(region.removeprefix("fixtures/").replace("/", "-"), region, []) for region in fixture_regions()]
    # These name no standard.
    regions += [(f"malformed-{name}", f"malformed/{name}", ["--standard", "jinjiang-14fyp"]) for name in malformed_regions()]
    for name, region, standard in regions:
        for lang in ["zh", "en"]:
            yield Run(f"audit-{name}-{lang}", "audit", region, "--lang", lang, *standard)
            yield Run(f"check-{name}-{lang}", "check", region, "--lang", lang, out=False)
        yield Run(f"check-json-{name}", "check", region, "--json", out=False)
        yield Run(f"check-fix-{name}", "check", region, "--fix", f"out/check-fix-{name}", out=f"out/check-fix-{name}")
    for name, region in [("demo", demo)] + [(n, n) for n in city + real]:
        for lang in ["zh", "en"]:
            yield Run(f"audit-{name}-{lang}", "audit", region, "--lang", lang, keep=name == "demo")
        yield Run(f"check-{name}-zh", "check", region, "--lang", "zh", out=False)
        yield Run(f"check-json-{name}", "check", region, "--json", out=False)
    for standard in sorted(p.stem for p in (REPOSITORY / "data/standards").glob("*.toml")):
        for lang in ["zh", "en"]:
            yield Run(f"audit-town-{standard}-{lang}", "audit", town, "--standard", standard, "--lang", lang)
        # One language each, for time: the demo's own standard has run in both above.
        lang = "zh" if standard.endswith("14fyp") else "en"
        words = ["audit", "--demo", "--standard", standard, "--lang", lang]
        yield Run(f"audit-embedded-{standard}-{lang}", *words, keep=lang == "zh")
        yield Run(f"standards-show-{standard}", "standards", "show", standard, out=False)
        yield Run(f"standards-lint-{standard}", "standards", "lint", f"data/standards/{standard}.toml", out=False)
    for lang in ["zh", "en"]:
        yield Run(f"standards-list-{lang}", "standards", "list", "--lang", lang, out=False)
        yield Run(f"standards-show-rule-{lang}", "standards", "show", "JJ-EMS-02", "--lang", lang, out=False)
        own = "fixtures/own_standard/five_rules.toml"
        yield Run(f"standards-lint-own-{lang}", "standards", "lint", own, "--lang", lang, out=False)
    yield Run("audit-town-json", "audit", town, "--json")
    yield Run("audit-year", "audit", demo, "--year", "2025", keep=True)
    yield Run("audit-strict", "audit", "fixtures/island", "--strict")
    yield Run("audit-neighbours", "audit", town, "--neighbours", "fixtures/island", "fixtures/two_stations")
    yield Run("audit-roads-from", "audit", town, "--roads-from", f"{town}/roads.geojson")
    both = ["--roads-from", "fixtures/sub_centers/roads.geojson", "--neighbours", "fixtures/sub_centers_all"]
    yield Run("audit-roads-from-neighbours", "audit", "fixtures/sub_centers", *both)
    yield from import_runs()
    yield from proposal_runs(real)
    for lang in ["zh", "en"]:
        yield Run(f"batch-{lang}", "batch", "fixtures", demo, "--lang", lang, keep=True)
    yield Run("batch-standard", "batch", "fixtures", "--standard", "national-2020", keep=True)
    for lang in ["zh", "en"]:
        yield Run(f"diff-years-{lang}", "diff", "out/audit-demo-zh", "out/audit-year", "--lang", lang)
    yield Run("diff-json", "diff", "out/audit-demo-en", "out/audit-year", "--json", out=False)
    yield Run("diff-standards", "diff", "out/audit-demo-zh", "out/audit-embedded-xiamen-14fyp-zh")
    yield Run("diff-batches", "diff", "out/batch-zh", "out/batch-standard", "--lang", "zh")
    yield Run("diff-batches-json", "diff", "out/batch-en", "out/batch-standard", "--json", out=False)
    yield Run("help", "--help", out=False)
    for command in ["audit", "batch", "check", "diff", "import", "propose", "standards"]:
        yield Run(f"help-{command}", command, "--help", out=False)


def import_runs():
    sources = ["stations=import/stations.csv", "population=import/population.csv", "roads=fixtures/grid_town/roads.geojson"]
    for lang in ["zh", "en"]:
        out = f"out/import-{lang}"
        yield Run(f"import-{lang}", "import", *sources, "--to", out, "--lang", lang, out=out, keep=True)
        yield Run(f"audit-imported-{lang}", "audit", out, "--lang", lang)
    yield Run("import-unknown", "import", "import/nothing.csv", "--to", "out/import-unknown", out="out/import-unknown")


def proposal_runs(real):
    def goals(sites):
        return {
            "cover": ["--goal", "cover", "--sites", sites],
            "reach-all": ["--goal", "reach-all"],
            "mean": ["--goal", "mean", "--sites", sites],
            "worst": ["--goal", "worst", "--sites", sites],
            "backup": ["--goal", "backup", "--sites", sites],
            "busy": ["--goal", "busy", "--sites", sites, "--busy", "0.5"],
        }

    def proposal(name, *arguments):
        yield Run(f"propose-{name}", "propose", *arguments, keep=True)
        yield Run(f"verify-{name}", "propose", "--verify", f"out/propose-{name}/proposal.json", out=False)

    demo, town = "data/regions/jinjiang-demo", "fixtures/grid_town"
    for goal, words in goals(2).items():
        limit = [] if goal in ["mean", "worst"] else ["--minutes", "10"]
        yield from proposal(f"town-{goal}", town, "--standard", "jinjiang-14fyp", *words, *limit)
        matrix = ["--matrix", "matrix/costs.csv", "--demand", "matrix/demand.csv"]
        limit = [] if goal in ["mean", "worst"] else ["--seconds", "60"]
        yield from proposal(f"matrix-{goal}", *matrix, *words, *limit)
    for goal, words in goals(2).items():
        limit = [] if goal in ["mean", "worst"] else ["--rule", "JJ-EMS-02"]
        source = "--demo" if goal in ["cover", "mean", "busy"] else demo
        lang = "en" if goal in ["cover", "worst"] else "zh"
        yield from proposal(f"demo-{goal}", source, *words, *limit, "--lang", lang)
    yield from proposal("demo-radius", demo, "--goal", "cover", "--sites", "2", "--rule", "JJ-EMS-01")
    if "edmonton" in real:
        for goal in ["cover", "mean", "busy"]:
            limit = [] if goal == "mean" else ["--minutes", "10"]
            yield from proposal(f"edmonton-{goal}", "edmonton", *goals(2)[goal], *limit, "--spacing", "2000", "--lang", "en")


# --- folders -------------------------------------------------------------------------------------------------------------


def shared_folder():
    return Path(os.environ.get("LIFERING_SHARED") or REPOSITORY.parent / "shared")


def furnish(side, city, real):
    """Copies the input of all runs into the folder of one binary."""
    side.mkdir()
    shutil.copytree(REPOSITORY / "fixtures", side / "fixtures")
    for name in malformed_regions():
        for layer in ["base", name]:
            shutil.copytree(REPOSITORY / MALFORMED / layer, side / "malformed" / name, dirs_exist_ok=True)
    (side / "data").mkdir()
    for part in ["regions", "standards"]:
        shutil.copytree(REPOSITORY / "data" / part, side / "data" / part)
    for name, source in {**city, **real}.items():
        (side / name).symlink_to(source.resolve())
    for name, text in {**MATRIX, **IMPORT}.items():
        file = side / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (side / "out").mkdir()


def execute(binaries, sides, run):
    """Runs a command with both binaries side by side. Returns the files of each by name, as bytes or paths."""
    started = []
    for binary, side in zip(binaries, sides):
        streams = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]
        # By one name, which usage lines print.
        process = subprocess.Popen(["lifering", *run.arguments], executable=binary, cwd=side, env=ENVIRONMENT,
                                   stdin=subprocess.DEVNULL, stdout=streams[0], stderr=streams[1])
        started.append((process, streams))
    found = []
    deadline = time.monotonic() + TIMEOUT_S
    for (process, streams), side in zip(started, sides):
        try:
            status = process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as expired:
            for other, _ in started:
                other.kill()
                other.wait()
            raise CannotRun(f"{run.name}: {' '.join(run.arguments)} takes longer than {TIMEOUT_S} s") from expired
        files = {"status": str(status).encode()}
        for name, stream in zip(["stdout", "stderr"], streams):
            stream.seek(0)
            files[name] = stream.read()
            stream.close()
        folder = side / run.out if run.out else None
        if folder and folder.is_dir():
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    files[file.relative_to(folder).as_posix()] = file
        found.append(files)
    return found


def content(file):
    return file.read_bytes() if isinstance(file, Path) else file


# --- comparison ----------------------------------------------------------------------------------------------------------


class Allowance:
    """A line of the file of intended differences."""

    def __init__(self, pattern, pointer, reason):
        self.pattern, self.pointer, self.reason = pattern, pointer, reason

    @staticmethod
    def read(path):
        lines = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            parts = line.split("\t")
            pointer = parts.pop(1) if len(parts) == 3 else None
            if len(parts) != 2 or not all(p.strip() for p in parts) or (pointer and not pointer.startswith("json:/")):
                raise CannotRun(f"{path}, line {number}: wanted PATTERN<TAB>REASON or PATTERN<TAB>json:/POINTER<TAB>REASON")
            steps = None
            if pointer:
                steps = [s.replace("~1", "/").replace("~0", "~") for s in pointer.removeprefix("json:/").split("/")]
            lines.append(Allowance(parts[0], steps, parts[1]))
        return lines

    def matches(self, name):
        return fnmatch.fnmatchcase(name, self.pattern)


def parsed(data):
    """The JSON of a file, numbers as they are written; None if it is none."""
    try:
        return json.loads(data, parse_float=lambda text: ("number", text), parse_int=lambda text: ("number", text))
    except (ValueError, RecursionError):
        return None


def remove(value, steps):
    """Removes the values at a pointer."""
    first, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        keys = list(value) if first == "*" else [first] if first in value else []
    elif isinstance(value, list):
        # From the end, so that removal leaves the other indices as they are.
        keys = [i for i in reversed(range(len(value))) if first in ["*", str(i)]]
    else:
        return
    for key in keys:
        if rest:
            remove(value[key], rest)
        else:
            del value[key]


def short(value):
    text = value[1] if isinstance(value, tuple) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def differing(old, new, path=""):
    """The paths at which two JSON values differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(k for k in new if k not in old)]:
            place = f"{path}/{key}"
            if key not in new:
                yield f"{place}: only in the old"
            elif key not in old:
                yield f"{place}: only in the new"
            else:
                yield from differing(old[key], new[key], place)
        if set(old) == set(new) and list(old) != list(new):
            yield f"{path or '/'}: keys in another order"
    elif isinstance(old, list) and isinstance(new, list):
        for index, (a, b) in enumerate(zip(old, new)):
            yield from differing(a, b, f"{path}/{index}")
        if len(old) != len(new):
            yield f"{path or '/'}: {len(old)} elements in the old, {len(new)} in the new"
    elif old != new or type(old) is not type(new):
        yield f"{path or '/'}: {short(old)} in the old, {short(new)} in the new"


def first_difference(old, new):
    """A line or two on where two files differ."""
    values = parsed(old), parsed(new)
    if all(isinstance(v, (dict, list)) for v in values):
        places = []
        for place in differing(*values):
            places.append(place)
            if len(places) > SHOWN:
                return places[:SHOWN] + ["..."]
        return places or ["the same JSON, written differently"]
    # A null byte means a binary format.
    if b"\0" not in old and b"\0" not in new:
        pairs = zip(old.splitlines() + [b"(end)"], new.splitlines() + [b"(end)"])
        for number, (a, b) in enumerate(pairs, 1):
            if a != b:
                at = max(0, len(os.path.commonprefix([a, b])) - 20)
                cut = [line[at:at + 100].decode("utf-8", "replace") for line in (a, b)]
                return [f"line {number}: old {cut[0]!r}", f"line {number}: new {cut[1]!r}"]
    length = len(os.path.commonprefix([old, new]))
    return [f"first at byte {length}; {len(old)} bytes in the old, {len(new)} in the new"]


class Comparison:
    """Counts of the files compared so far; prints each difference."""

    def __init__(self, allowances):
        self.allowances = allowances
        self.files = self.identical = self.allowed = self.different = self.runs = 0
        self.statuses = Counter()
        self.reasons = Counter()

    def file(self, name, old, new):
        self.files += 1
        if old is not None and new is not None:
            old, new = content(old), content(new)
            if old == new:
                self.identical += 1
                return
        matching = [a for a in self.allowances if a.matches(name)]
        whole = next((a for a in matching if a.pointer is None), None)
        if whole:
            return self.allow(name, [whole])
        if old is None or new is None:
            return self.differ(name, ["only in the new" if old is None else "only in the old"])
        values = parsed(old), parsed(new)
        if matching and all(isinstance(v, (dict, list)) for v in values):
            for allowance in matching:
                for value in values:
                    remove(value, allowance.pointer)
            # As text, so that the order of keys counts.
            old, new = (json.dumps(v, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") for v in values)
            if old == new:
                return self.allow(name, matching)
            return self.differ(name, list(differing(*values))[:SHOWN])
        self.differ(name, first_difference(old, new))

    def allow(self, name, allowances):
        self.allowed += 1
        reasons = "; ".join(dict.fromkeys(a.reason for a in allowances))
        self.reasons[reasons] += 1
        if self.reasons[reasons] <= SHOWN:
            print(f"allowed    {name}: {reasons}")

    def differ(self, name, places):
        self.different += 1
        print(f"different  {name}")
        for place in places:
            print(f"           {place}")

    def run(self, run, old, new):
        self.runs += 1
        self.statuses[content(old["status"]).decode()] += 1
        for name in [*old, *(n for n in new if n not in old)]:
            self.file(f"{run.name}/{name}", old.get(name), new.get(name))


def compare(options):
    city = {"city": Path(options.city)} if options.city else {}
    if city and not (city["city"] / "region.toml").is_file():
        raise CannotRun(f"{options.city}: no region.toml in this folder")
    folders = {name: shared_folder() / "data/real" / name for name in ["edmonton", "auckland"]}
    real = {name: folder for name, folder in folders.items() if (folder / "region.toml").is_file()}
    if len(real) < len(folders) and not options.list:
        print(f"not found, left out: {', '.join(str(folders[n]) for n in folders if n not in real)}")
    chosen = [r for r in runs(list(city), list(real)) if any(fnmatch.fnmatchcase(r.name, p) for p in options.only)]
    names = Counter(r.name for r in chosen)
    repeated = [name for name, times in names.items() if times > 1]
    if repeated or not chosen:
        raise CannotRun(f"two runs are called {repeated[0]}" if repeated else f"no run is called {' or '.join(options.only)}")
    if options.list:
        for run in chosen:
            print(f"{run.name}\t{' '.join(run.arguments)}")
        return 0
    binaries = []
    for binary in [options.base, options.new]:
        path = Path(binary).resolve()
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise CannotRun(f"{binary}: not an executable file")
        binaries.append(path)
    comparison = Comparison(Allowance.read(Path(options.allow)))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as scratch:
        work = Path(options.keep or scratch)
        sides = [work / "old", work / "new"]
        if any(side.exists() for side in sides):
            raise CannotRun(f"{work}: has the folders of an earlier comparison")
        work.mkdir(parents=True, exist_ok=True)
        for side in sides:
            furnish(side, city, real)
        for run in chosen:
            since = time.monotonic()
            old, new = execute(binaries, sides, run)
            comparison.run(run, old, new)
            if options.verbose:
                print(f"{time.monotonic() - since:7.2f} s  status {content(old['status']).decode()}  {run.name}", flush=True)
            if run.out and not run.keep and not options.keep:
                for side in sides:
                    shutil.rmtree(side / run.out, ignore_errors=True)
    for allowance in comparison.reasons:
        if comparison.reasons[allowance] > SHOWN:
            print(f"allowed    {comparison.reasons[allowance] - SHOWN} more files: {allowance}")
    statuses = ", ".join(f"{count} with {status}" for status, count in sorted(comparison.statuses.items()))
    print(f"{comparison.runs} runs in {time.monotonic() - began:.0f} s (exit status: {statuses}); "
          f"{comparison.files} files compared: {comparison.identical} identical, {comparison.allowed} allowed, "
          f"{comparison.different} different")
    return 1 if comparison.different else 0


# --- test of this file ---------------------------------------------------------------------------------------------------

STAND_IN = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
out = pathlib.Path(words[words.index("--out") + 1])
out.mkdir(parents=True)
value = {{"rules": [{{"id": "a", "limit": 1.50}}, {{"id": "b", "limit": 2}}], "tool": "x"}}
table = bytes(range(256))
{change}
(out / "audit.json").write_text(json.dumps(value))
(out / "coverage.gpkg").write_bytes(table)
"""


def self_test():
    """Compares a stand-in for lifering with copies of it that have one change each."""
    limits = "*/audit.json\tjson:/rules/*/limit\twanted\n"
    cases = [
        ("nothing", "", "", 0, "0 allowed, 0 different"),
        ("a byte of a binary file", "table = table[:-1] + b'x'", "", 1, "first at byte 255; 256 bytes"),
        ("a number", "value['rules'][1]['limit'] = 3", "", 1, "/rules/1/limit: 2 in the old, 3 in the new"),
        ("how a number is written", "value['rules'][1]['limit'] = 2.0", "", 1, "/rules/1/limit"),
        ("the order of keys", "value = dict(reversed(value.items()))", "", 1, "keys in another order"),
        ("a file more", "(out / 'more').touch()", "", 1, "only in the new"),
        ("stderr", "print('careful', file=sys.stderr)", "", 1, "/stderr"),
        ("the exit status", "import atexit, os; atexit.register(os._exit, 3)", "", 1, "/status"),
        ("an allowed file", "table = b''", "*/coverage.gpkg\twanted\n", 0, "1 allowed, 0 different"),
        ("an allowed path", "value['rules'][1]['limit'] = 3", limits, 0, "1 allowed, 0 different"),
        ("more than the allowed path", "value['tool'] = 'y'", limits, 1, "/tool"),
        ("an allowance without a reason", "", "*/audit.json\n", 2, "line 1"),
    ]
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as scratch:
        folder = Path(scratch)

        def stand_in(name, change):
            file = folder / name
            file.write_text(STAND_IN.format(python=sys.executable, change=change))
            file.chmod(0o755)
            return str(file)

        base = stand_in("base", "")
        for number, (what, change, allowed, status, text) in enumerate(cases):
            allow = folder / "allow"
            allow.write_text(allowed)
            words = [sys.executable, __file__, base, stand_in(f"new-{number}", change), "--only", "audit-island-zh"]
            ran = subprocess.run([*words, "--allow", str(allow)], capture_output=True, text=True)
            if ran.returncode != status or text not in ran.stdout + ran.stderr:
                print(f"{what}: wanted exit status {status} and {text!r}, not {ran.returncode}\n{ran.stdout}{ran.stderr}")
                return 1
    print(f"{len(cases)} cases as they should be")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", nargs="?", help="the old binary")
    parser.add_argument("new", nargs="?", help="the new binary")
    parser.add_argument("--allow", default=ALLOW, metavar="FILE", help="intended differences (default: tests/same_bytes.allow)")
    parser.add_argument("--city", metavar="FOLDER", help="one more region, such as examples/synthetic_city.rs writes")
    parser.add_argument("--only", action="append", metavar="PATTERN", help="only runs whose name matches; may be repeated")
    parser.add_argument("--keep", metavar="FOLDER", help="leave all outputs in FOLDER/old and FOLDER/new")
    parser.add_argument("--list", action="store_true", help="print the runs and end")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every run with its time")
    parser.add_argument("--self-test", action="store_true", help="test this program, without lifering")
    options = parser.parse_args()
    options.only = options.only or ["*"]
    if options.self_test:
        return self_test()
    if not (options.list or options.base and options.new):
        parser.error("wanted two binaries")
    try:
        return compare(options)
    except (CannotRun, OSError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
