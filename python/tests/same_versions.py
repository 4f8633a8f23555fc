"""Whether both workspaces pin the packages that they share to the same versions."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def pinned(lock: Path) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"', lock.read_text(encoding="utf-8")):
        versions.setdefault(name, set()).add(version)
    return versions


program, package = pinned(ROOT / "Cargo.lock"), pinned(ROOT / "python" / "Cargo.lock")
others = {name: versions - program[name] for name, versions in package.items() if name in program and versions - program[name]}
for name, versions in sorted(others.items()):
    print(f"python/Cargo.lock: {name} {', '.join(sorted(versions))}; Cargo.lock: {', '.join(sorted(program[name]))}")
if others:
    sys.exit("bring them together: cp Cargo.lock python/ && cargo metadata --manifest-path python/Cargo.toml >/dev/null")
