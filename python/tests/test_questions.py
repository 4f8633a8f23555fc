"""A region that is loaded once answers as audits of edited regions do."""

import threading

import pytest

import lifering

RULE = "JJ-EMS-02"


def test_the_answers_are_those_worked_out_by_hand(audit):
    # 25 of 81 crossings lie within three blocks of the station: fixtures/grid_town/expected.toml.
    rule = audit[RULE]
    assert rule.value == pytest.approx(25 / 81, abs=1e-6)
    assert rule.population_uncovered == 5600
    assert rule.verdict in ("gap", "depends")
    low, best, high = rule.uncovered_km2
    assert low <= best <= high
    assert "2,500 of 8,100" in rule.why
    assert audit.exit_status == 1
    with pytest.raises(KeyError, match=RULE):
        audit["JJ-EMS-99"]


def test_a_site_tried_gains_what_its_audit_gains(town, audit):
    place = (118.4901194, 24.6819440)
    tried = town.what_if(RULE).sites([place, (118.5, 24.7)])
    assert list(tried["people_new"])[1] == 0
    after = town.scenario("one more").add_station(*place, ambulances=1).audit()
    gained = audit[RULE].population_uncovered - after[RULE].population_uncovered
    assert tried["people_new"].iloc[0] == gained > 0
    assert RULE in after.compare(audit).better
    assert RULE in audit.compare(after).worse
    # The region itself stays as it is.
    assert town.audit()[RULE].population_uncovered == audit[RULE].population_uncovered


def test_a_scenario_is_built_edit_by_edit(town):
    base = town.scenario("closed")
    closed = base.close_station("S1")
    assert (len(base.edits), len(closed.edits)) == (0, 1)
    with pytest.raises(lifering.Error) as refused:
        base.close_station("S9").audit()
    assert "S9" in str(refused.value)


def test_a_plan_is_proved_and_verified(town):
    plan = town.propose(goal="cover", rule=RULE, sites=1)
    assert plan.optimal and plan.objective == plan.bound
    # Two stations reach 25 crossings each at most.
    assert 2500 < plan.objective <= 5000
    assert len(plan.sites) == 1 and plan.sites.crs == "EPSG:4326"
    assert plan.verify()
    under = town.scenario("two").add_station(118.4901194, 24.6819440, ambulances=1).propose(goal="cover", rule=RULE, sites=1)
    assert under.objective > plan.objective - 1 and under.verify()


def test_a_plan_that_cannot_be_made_says_why(town):
    with pytest.raises(lifering.Error):
        town.propose(goal="cover", rule=RULE, sites=0)
    with pytest.raises(lifering.Error) as refused:
        town.propose(goal="mean", rule=RULE, sites=1, busy=0.3)
    assert refused.value.field


def test_failures_take_the_station_away(town):
    failures = town.failures(RULE)
    assert list(failures.stations["people_lost"]) == [2500]
    assert failures.report["schema"] == "lifering-failures/1"


def test_a_plan_is_written_as_the_command_writes_it(town, tmp_path):
    town.propose(goal="cover", rule=RULE, sites=1).save(tmp_path / "plan")
    assert {"proposal.json", "sites.geojson", "coverage.gpkg"} <= {path.name for path in (tmp_path / "plan").iterdir()}


def test_the_lock_of_the_interpreter_is_free_meanwhile(town):
    # Another thread runs while the audit does: were the lock held, it would count to nothing.
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            done.wait(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    town.audit(zone_error=0.0005)
    after = counted[0]
    done.set()
    thread.join()
    assert after - before > 10


def test_one_region_answers_several_threads(town, audit):
    found = []
    threads = [threading.Thread(target=lambda: found.append(town.audit()[RULE].value)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [audit[RULE].value] * 4
