//! The solvers against every set there is, on instances small enough for that, and against known answers.

#![allow(clippy::float_cmp, reason = "the answers are whole numbers")]

use std::collections::BTreeSet;
use std::time::Duration;

use lifering_siting::{
    Certificate, Demand, Goal, Instance, Options, Question, Site, SiteStatus, SitingError, Status, TravelTime, solve,
    verify,
};
use proptest::prelude::*;

fn options() -> Options<'static> {
    Options { tie_limit: 10_000, ..Options::default() }
}

fn place(id: usize, people: f64) -> Demand {
    Demand { id: format!("d{id}"), people }
}

/// Demands with these people, candidates, and a time of 60 s wherever `rows` says 1.
fn covers(people: &[f64], rows: &[&str]) -> Instance {
    let demand = people.iter().enumerate().map(|(i, p)| place(i, *p)).collect();
    let sites = (0..rows.len()).map(|j| Site::candidate(format!("s{j}"))).collect();
    let ones = rows.iter().enumerate().flat_map(|(j, r)| {
        r.bytes().enumerate().filter(|(_, b)| *b == b'1').map(move |(i, _)| TravelTime {
            demand: i,
            site: j,
            seconds: 60.0,
        })
    });
    Instance::new(demand, sites, ones.collect::<Vec<_>>()).expect("valid")
}

fn answer(instance: &Instance, goal: Goal, sites: usize) -> Certificate {
    solve(instance, &Question::new(goal, sites), &options()).expect("has an answer")
}

const COVER: Goal = Goal::Cover { limit_s: 60.0 };
const BACKUP: Goal = Goal::Backup { limit_s: 60.0 };
const REACH: Goal = Goal::ReachAll { limit_s: 60.0 };

fn busy(busy: f64, per_site: u32) -> Goal {
    Goal::Busy { limit_s: 60.0, busy, per_site }
}

#[test]
fn four_places_three_candidates() {
    // People 2, 2, 1, 1; the first candidate reaches the first two (4 people); with the second or third all but one: no,
    // {0110, 1001} reach all six.
    let town = covers(&[2.0, 2.0, 1.0, 1.0], &["1100", "0110", "1001"]);
    let one = answer(&town, COVER, 1);
    assert_eq!((one.objective, one.sites.as_slice(), one.status), (4.0, &[0][..], Status::Optimal));
    let two = answer(&town, COVER, 2);
    assert_eq!((two.objective, two.sites.as_slice(), two.gap), (6.0, &[1, 2][..], 0.0));
    let ties = two.ties.expect("asked for");
    assert_eq!((ties.found, ties.complete, ties.in_all), (1, true, vec![1, 2]));
    // Greedy takes the first candidate and ends at 5.
    assert_eq!(two.curve[1].greedy, Some(5.0));
    assert_eq!(two.curve[0].objective, Some(4.0));
}

#[test]
fn the_limit_is_inclusive() {
    let town = covers(&[5.0], &["1"]);
    assert_eq!(answer(&town, Goal::Cover { limit_s: 60.0 }, 1).objective, 5.0);
    let error = solve(&town, &Question::new(Goal::Cover { limit_s: 59.999 }, 1), &options()).expect_err("out of reach");
    assert!(matches!(error, SitingError::NobodyReached { .. }), "{error}");
    assert!(error.to_string().contains("within 59.999 s"), "{error}");
}

#[test]
fn a_place_with_a_single_candidate_is_never_backed_up() {
    // The second place has one candidate only: 9 people that no set backs up.
    let town = covers(&[4.0, 9.0], &["11", "10"]);
    let c = answer(&town, BACKUP, 2);
    assert_eq!((c.objective, c.uncoverable.as_slice(), c.uncoverable_people), (4.0, &[1][..], 9.0));
}

#[test]
fn backup_counts_fixed_sites() {
    let demand = vec![place(0, 4.0), place(1, 9.0)];
    let sites = vec![Site::fixed("old"), Site::candidate("a"), Site::candidate("b")];
    let pair = |demand, site| TravelTime { demand, site, seconds: 1.0 };
    let town = Instance::new(demand, sites, [pair(0, 0), pair(0, 1), pair(1, 2), pair(1, 1)]).expect("valid");
    let one = answer(&town, BACKUP, 1);
    assert_eq!((one.objective, one.sites.as_slice(), one.before), (4.0, &[1][..], Some(0.0)));
    assert_eq!(answer(&town, BACKUP, 2).objective, 13.0);
}

#[test]
fn an_idle_fleet_is_plain_cover() {
    let town = covers(&[2.0, 2.0, 1.0, 1.0], &["1100", "0110", "1001"]);
    for n in 1..=2 {
        assert_eq!(answer(&town, busy(0.0, 2), n).objective, answer(&town, COVER, n).objective);
    }
    // Two ambulances, half the time busy: both at the first: 4 * 0.75 = 3; second and third: 6 * 0.5 = 3;
    // first and second: 2 * 0.5 + 2 * 0.75 + 0.5 = 3. All tie at 3.
    assert_eq!(answer(&town, busy(0.5, 2), 2).objective, 3.0);
}

#[test]
fn mean_and_worst_on_a_line() {
    // Places at 0, 10, 20, 30, 100 with one person each, sites at the same spots; time = distance.
    let at = [0.0, 10.0, 20.0, 30.0, 100.0];
    let demand = (0..5).map(|i| place(i, 1.0)).collect();
    let sites = (0..5).map(|j| Site::candidate(format!("s{j}"))).collect();
    let pairs = (0..25).map(|p| TravelTime { demand: p / 5, site: p % 5, seconds: f64::abs(at[p / 5] - at[p % 5]) });
    let line = Instance::new(demand, sites, pairs).expect("valid");
    let mean = answer(&line, Goal::Mean, 2);
    // 10 or 20 with 100: 10 + 0 + 10 + 20 = 40.
    assert_eq!((mean.objective, mean.ties.expect("asked").found), (40.0, 2));
    // One of 10 and 20 and the far one: worst 20.
    let worst = answer(&line, Goal::Worst, 2);
    assert_eq!((worst.objective, worst.status), (20.0, Status::Optimal));
    assert_eq!(answer(&line, Goal::Worst, 1).objective, 70.0);
}

#[test]
fn movable_sites_move_only_where_it_helps_and_money_allows() {
    // Old station reaches 3 people; a reaches 10, b reaches the same 3. One new site by number, none by budget.
    let sites = |fee| {
        let old = Site { status: SiteStatus::Movable { closing_cost: fee }, ..Site::candidate("old") };
        vec![old, Site { cost: 5.0, ..Site::candidate("a") }, Site { cost: 5.0, ..Site::candidate("b") }]
    };
    let pair = |demand, site| TravelTime { demand, site, seconds: 1.0 };
    let town = |fee| {
        Instance::new(vec![place(0, 3.0), place(1, 10.0)], sites(fee), [pair(0, 0), pair(1, 1), pair(0, 2)])
            .expect("valid")
    };
    let move_it = solve(&town(2.0), &Question::new(COVER, 0), &options()).expect("answer");
    assert_eq!((move_it.objective, move_it.sites, move_it.closed), (10.0, vec![1], vec![0]));
    let stay = solve(&town(2.0), &Question::new(COVER, 1), &options()).expect("answer");
    assert_eq!((stay.objective, stay.sites, stay.kept, stay.cost), (13.0, vec![1], vec![0], 5.0));
    let poor = Question { goal: COVER, sites: Some(0), budget: Some(6.0) };
    let c = solve(&town(2.0), &poor, &options()).expect("answer");
    assert_eq!((c.objective, c.kept), (3.0, vec![0]));
    let c = solve(&town(1.0), &poor, &options()).expect("answer");
    assert_eq!((c.objective, c.cost), (10.0, 6.0));
}

#[test]
fn capacity_splits_people() {
    // 10 people reach both sites, 4 only the second; each holds 7.
    let sites =
        |cap| (0..2).map(|j| Site { capacity: Some(cap), ..Site::candidate(format!("s{j}")) }).collect::<Vec<_>>();
    let pair = |demand, site| TravelTime { demand, site, seconds: 1.0 };
    let town = |cap| {
        Instance::new(vec![place(0, 10.0), place(1, 4.0)], sites(cap), [pair(0, 0), pair(0, 1), pair(1, 1)])
            .expect("valid")
    };
    assert_eq!(answer(&town(7.0), COVER, 1).objective, 7.0);
    assert_eq!(answer(&town(7.0), COVER, 2).objective, 14.0);
    assert_eq!(answer(&town(7.0), REACH, 2).objective, 2.0);
    let error = solve(&town(6.0), &Question::new(REACH, 2), &options()).expect_err("12 of 14");
    assert!(matches!(error, SitingError::CapacityTooSmall { short, .. } if short == 2.0), "{error}");
    let refused = solve(&town(6.0), &Question::new(Goal::Mean, 1), &options()).expect_err("no capacities for mean");
    assert!(refused.to_string().contains("\"mean\""), "{refused}");
}

#[test]
fn bad_input_is_a_sentence() {
    let pair = |demand, site| TravelTime { demand, site, seconds: 1.0 };
    let one = || vec![Site::candidate("s")];
    let says = |r: Result<Instance, SitingError>, what: &str| {
        let e = r.expect_err("bad").to_string();
        assert!(e.contains(what), "{e}");
    };
    says(Instance::new(vec![place(0, -1.0)], one(), []), "weight (people) of demand \"d0\" is -1");
    says(Instance::new(vec![place(0, f64::NAN)], one(), []), "NaN");
    says(Instance::new(vec![], one(), []), "no demand");
    says(Instance::new(vec![place(0, 1.0)], vec![], []), "no candidate");
    says(Instance::new(vec![place(0, 1.0), place(0, 1.0)], one(), []), "given twice");
    says(Instance::new(vec![place(0, 1.0)], one(), [pair(0, 0), pair(0, 0)]), "from site \"s\" to demand \"d0\"");
    says(Instance::new(vec![place(0, 1.0)], one(), [pair(0, 1)]), "not in the list");
    says(Instance::from_named(vec![place(0, 1.0)], one(), [("d0", "x", 1.0)]), "site \"x\"");
    says(Instance::new(vec![place(0, 1.0)], one(), [TravelTime { seconds: -1.0, ..pair(0, 0) }]), "-1");
    let town = covers(&[1.0], &["1"]);
    let asks = |q: Question| solve(&town, &q, &options()).expect_err("refused").to_string();
    assert!(asks(Question::new(COVER, 2)).contains("only 1 of the sites"));
    assert!(asks(Question { goal: COVER, sites: None, budget: None }).contains("neither"));
    assert!(asks(Question { goal: COVER, sites: None, budget: Some(-1.0) }).contains("below zero"));
    assert!(asks(Question::new(busy(1.0, 1), 1)).contains("busy share"));
    assert!(asks(Question::new(Goal::Cover { limit_s: f64::NAN }, 1)).contains("time limit"));
    assert!(matches!(verify(&town, &COVER, &[3]), Err(SitingError::BadSites(_))));
    let apart = covers(&[1.0, 1.0, 1.0], &["100", "010", "001"]);
    for goal in [REACH, Goal::Mean, Goal::Worst] {
        let e = solve(&apart, &Question::new(goal, 2), &options()).expect_err("needs three").to_string();
        assert!(e.contains("2 new sites cannot reach everybody") && e.contains("at least 3"), "{e}");
    }
}

#[test]
fn no_time_still_gives_a_set_and_a_true_bound() {
    let n = 60;
    let demand = (0..n).map(|i| place(i, 1.0 + (i * 7 % 5) as f64)).collect();
    let sites = (0..n).map(|j| Site::candidate(format!("s{j}"))).collect();
    let pairs = (0..n * n).filter(|p| (p / n * 31 + p % n * 17) % 97 < 12);
    let pairs = pairs.map(|p| TravelTime { demand: p / n, site: p % n, seconds: 1.0 });
    let town = Instance::new(demand, sites, pairs).expect("valid");
    let question = Question::new(COVER, 6);
    let full = solve(&town, &question, &options()).expect("answer");
    let hasty = Options { time_limit: Some(Duration::ZERO), ..options() };
    let quick = solve(&town, &question, &hasty).expect("answer");
    assert!(quick.objective <= full.objective && quick.bound >= full.objective);
    assert_eq!((full.status, quick.status), (Status::Optimal, Status::Feasible));
}

/// A random small town: some fixed and movable sites, costs, capacities, sparse times with many ties.
#[derive(Debug, Clone)]
struct Town {
    people: Vec<u8>,
    kinds: Vec<u8>,
    costs: Vec<u8>,
    rooms: Vec<u8>,
    times: Vec<u8>,
}

fn towns() -> impl Strategy<Value = Town> {
    (1usize..7, 2usize..8).prop_flat_map(|(d, s)| {
        (
            proptest::collection::vec(0u8..5, d),
            proptest::collection::vec(0u8..6, s),
            proptest::collection::vec(0u8..5, s),
            proptest::collection::vec(0u8..12, s),
            proptest::collection::vec(0u8..12, d * s),
        )
            .prop_map(|(people, kinds, costs, rooms, times)| Town { people, kinds, costs, rooms, times })
    })
}

impl Town {
    fn instance(&self, capacities: bool) -> Instance {
        let demand = self.people.iter().enumerate().map(|(i, p)| place(i, f64::from(*p) * 0.5)).collect();
        let sites = (0..self.kinds.len()).map(|j| Site {
            id: format!("s{j}"),
            cost: f64::from(self.costs[j]) * 0.1,
            capacity: (capacities && self.rooms[j] < 10).then(|| f64::from(self.rooms[j]) * 0.5),
            extra_s: 0.0,
            status: match self.kinds[j] {
                0 => SiteStatus::Fixed,
                1 => SiteStatus::Movable { closing_cost: f64::from(self.costs[j]) * 0.1 },
                _ => SiteStatus::Candidate,
            },
        });
        let n = self.kinds.len();
        // Times 8 and up mean: no way.
        let pairs = (0..self.times.len()).filter(|&p| self.times[p] < 8).map(|p| TravelTime {
            demand: p / n,
            site: p % n,
            seconds: f64::from(self.times[p]) * 10.0,
        });
        Instance::new(demand, sites.collect(), pairs).expect("valid")
    }
}

/// Every allowed set of sites besides the fixed ones, with its objective where it has one.
fn every_set(instance: &Instance, question: &Question) -> Vec<(Vec<usize>, f64)> {
    let free: Vec<usize> =
        (0..instance.sites().len()).filter(|&j| instance.sites()[j].status != SiteStatus::Fixed).collect();
    let copies = if let Goal::Busy { per_site, .. } = question.goal { per_site as usize } else { 1 };
    let movable = |j: usize| matches!(instance.sites()[j].status, SiteStatus::Movable { .. });
    let mut sets: Vec<Vec<usize>> = vec![vec![]];
    for &j in &free {
        let most = if movable(j) { 1 } else { copies };
        sets = sets
            .into_iter()
            .flat_map(|s| (0..=most).map(move |c| s.iter().copied().chain(std::iter::repeat_n(j, c)).collect()))
            .collect();
    }
    let given = |s: &[usize]| free.iter().copied().filter(|&j| movable(j) && !s.contains(&j)).collect::<Vec<_>>();
    sets.retain(|s| {
        let gone = given(s);
        let new = s.iter().filter(|&&j| !movable(j)).count();
        let cost: f64 = s
            .iter()
            .filter(|&&j| !movable(j))
            .map(|&j| instance.sites()[j].cost)
            .chain(gone.iter().map(|&j| match instance.sites()[j].status {
                SiteStatus::Movable { closing_cost } => closing_cost,
                _ => 0.0,
            }))
            .sum();
        question.sites.is_none_or(|n| new <= n + gone.len()) && question.budget.is_none_or(|b| cost <= b + 1e-9)
    });
    sets.into_iter().filter_map(|s| verify(instance, &question.goal, &s).expect("valid set").map(|v| (s, v))).collect()
}

fn check(town: &Town, capacities: bool, question: &Question) -> Result<(), TestCaseError> {
    let instance = town.instance(capacities);
    let candidates = instance.sites().iter().filter(|s| s.status == SiteStatus::Candidate).count();
    let question = Question { sites: question.sites.map(|n| n.min(candidates)), ..*question };
    let sets = every_set(&instance, &question);
    let better = |a: f64, b: f64| {
        if question.goal.more_is_better() { a > b + 1e-9 } else { a < b - 1e-9 }
    };
    let mut best: Option<f64> = None;
    for (_, v) in &sets {
        if best.is_none_or(|b| better(*v, b)) {
            best = Some(*v);
        }
    }
    match solve(&instance, &question, &options()) {
        Ok(c) => {
            let best = best.expect("the solver found a set, so there is one");
            prop_assert!((c.objective - best).abs() < 1e-9, "{} for {best}: {c:?}", c.objective);
            prop_assert_eq!(c.status, Status::Optimal);
            prop_assert_eq!(c.gap, 0.0);
            let standing = c.open_sites();
            prop_assert!(sets.iter().any(|(s, _)| *s == standing), "{standing:?} is not allowed");
            // Ties: exactly the sets of as many sites with the same objective.
            let tied: BTreeSet<&Vec<usize>> = sets
                .iter()
                .filter(|(s, v)| s.len() == standing.len() && (*v - best).abs() < 1e-9)
                .map(|(s, _)| s)
                .collect();
            let ties = c.ties.clone().expect("asked for");
            prop_assert!(ties.complete);
            prop_assert_eq!(ties.found, tied.len(), "{:?} {:?}", c, tied);
            for j in 0..instance.sites().len() {
                let n = tied.iter().filter(|s| s.contains(&j)).count();
                prop_assert_eq!(ties.in_all.contains(&j), n == tied.len());
                prop_assert_eq!(ties.in_some.contains(&j), n > 0 && n < tied.len());
            }
            // The curve is optimal at every number of sites, never below greedy; the order ends at the answer.
            for point in c.curve.iter().filter(|_| !matches!(question.goal, Goal::ReachAll { .. })) {
                let part = Question { sites: Some(point.sites), ..question };
                let all = every_set(&instance, &part);
                let mut top: Option<f64> = None;
                for (_, v) in &all {
                    if top.is_none_or(|b| better(*v, b)) {
                        top = Some(*v);
                    }
                }
                prop_assert_eq!(point.objective.is_some(), top.is_some());
                if let (Some(p), Some(t)) = (point.objective, top) {
                    prop_assert!((p - t).abs() < 1e-9, "{p} for {t} at {}", point.sites);
                }
            }
            prop_assert_eq!(c.order.len(), c.sites.len());
            for step in &c.order {
                prop_assert!(step.regret.is_none_or(|r| r >= 0.0));
            }
            if let Some(last) = c.order.last()
                && !matches!(question.goal, Goal::ReachAll { .. })
            {
                prop_assert_eq!(last.objective, Some(c.objective));
            }
            prop_assert_eq!(solve(&instance, &question, &options()).expect("again"), c);
        }
        Err(SitingError::NobodyReached { .. }) => {
            // Where nobody can be reached, every set is as good as none.
            let counts_people = question.goal.more_is_better();
            prop_assert!(!counts_people || best.is_none_or(|b| b < 1e-9), "{best:?}");
        }
        Err(SitingError::CannotReachAll { .. } | SitingError::CapacityTooSmall { .. }) => {
            prop_assert!(best.is_none());
        }
        Err(other) => prop_assert!(false, "{other}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_goal_agrees_with_every_set(
        town in towns(), goal in 0usize..6, n in 0usize..4, money in proptest::option::of(0u8..12), q in 0u8..4,
    ) {
        let limit_s = 40.0;
        let goal = [
            Goal::ReachAll { limit_s },
            Goal::Cover { limit_s },
            Goal::Mean,
            Goal::Worst,
            Goal::Backup { limit_s },
            Goal::Busy { limit_s, busy: f64::from(q) * 0.25, per_site: 1 + u32::from(q) / 2 },
        ][goal];
        check(&town, false, &Question { goal, sites: Some(n), budget: money.map(|m| f64::from(m) * 0.1) })?;
    }

    #[test]
    fn full_sites_agree_with_every_set(
        town in towns(), all in any::<bool>(), n in 0usize..5, money in proptest::option::of(0u8..12),
    ) {
        let goal = if all { Goal::ReachAll { limit_s: 40.0 } } else { Goal::Cover { limit_s: 40.0 } };
        check(&town, true, &Question { goal, sites: Some(n), budget: money.map(|m| f64::from(m) * 0.1) })?;
    }
}
