"""The command that the wheel carries, and that the library writes what it writes."""

import filecmp
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lifering
from conftest import TOWN


def run(*arguments, **options):
    return subprocess.run([lifering.binary(), *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def test_the_command_is_there():
    said = run("--version")
    assert (said.returncode, said.stdout.strip()) == (0, f"lifering {lifering.__version__}")
    assert Path(lifering.binary()).parent == Path(sys.executable).parent
    wrong = run("audit", "no_such_region", "--lang", "en")
    assert wrong.returncode == 2 and "no_such_region" in wrong.stderr


@pytest.mark.parametrize("lang", [None, "en"])
def test_the_same_bytes_as_the_command(tmp_path, lang):
    of_language = [] if lang is None else ["--lang", lang]
    said = run("audit", TOWN, "--out", tmp_path / "command", *of_language)
    assert said.returncode == 1, said.stderr
    audit = lifering.Region.open(TOWN).audit()
    audit.save(tmp_path / "library", lang=lang)
    names = sorted(path.name for path in (tmp_path / "command").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "library").iterdir())
    assert len(names) >= 15
    _, differing, unreadable = filecmp.cmpfiles(tmp_path / "command", tmp_path / "library", names, shallow=False)
    assert (differing, unreadable) == ([], [])
    assert audit.exit_status == said.returncode


def test_a_folder_of_somebody_else_is_left_alone(tmp_path, audit):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(lifering.Error):
        audit.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_batch_starts_its_own_process(tmp_path):
    said = run("batch", TOWN, TOWN.parent / "exact_limit", "--out", tmp_path / "out", "--lang", "en")
    assert said.returncode in (0, 1, 3), said.stderr
    assert (tmp_path / "out" / "batch.json").is_file()


LONG = """
import lifering, sys
region = lifering.Region.demo()
print("ready", flush=True)
try:
    while True:
        region.audit(zone_error=0.0001)
except KeyboardInterrupt:
    sys.exit(42)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_an_audit():
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        begun = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 42
        assert time.monotonic() - begun < 30


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_command(tmp_path):
    command = [lifering.binary(), "audit", "--demo", "--out", str(tmp_path / "out"), "--zone-error", "0.0001"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(1.5)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == -signal.SIGINT
    assert not (tmp_path / "out").exists()
