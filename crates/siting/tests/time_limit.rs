//! A time limit is kept wherever the time goes.

use lifering_siting::{Demand, Goal, Instance, Options, Question, Site, Status, TravelTime, solve};
use std::time::{Duration, Instant};

/// A limit, and what is allowed beyond it: a second of grace, and a build without optimisation on a busy machine.
const LIMIT: Duration = Duration::from_secs(1);
const BEYOND: Duration = Duration::from_secs(5);

/// A town of places and sites in a square of 10 km, each reached from each, a metre in a tenth of a second.
fn town(places: usize, sites: usize) -> Instance {
    let mut random = oorandom::Rand64::new(18);
    let mut any = || (random.rand_float() * 10_000.0, random.rand_float() * 10_000.0);
    let at: Vec<(f64, f64)> = (0..places).map(|_| any()).collect();
    let stand: Vec<(f64, f64)> = (0..sites).map(|_| any()).collect();
    let demand = (0..places).map(|n| Demand { id: format!("d{n}"), people: 1.0 + (n % 7) as f64 }).collect();
    let all = (0..sites).map(|n| Site::candidate(format!("s{n}"))).collect();
    let seconds = |a: (f64, f64), b: (f64, f64)| libm::hypot(a.0 - b.0, a.1 - b.1) / 10.0;
    let pairs = (0..places * sites).map(|pair| {
        let (demand, site) = (pair / sites, pair % sites);
        TravelTime { demand, site, seconds: seconds(at[demand], stand[site]) }
    });
    Instance::new(demand, all, pairs).expect("an instance")
}

#[test]
fn a_large_p_median_keeps_to_it() {
    let town = town(3000, 1000);
    let options = Options { time_limit: Some(LIMIT), ..Options::default() };
    let began = Instant::now();
    let answer = solve(&town, &Question::new(Goal::Mean, 40), &options).unwrap();
    let took = began.elapsed();
    assert!(took < LIMIT + BEYOND, "{took:?}");
    // What there is is an answer: as many sites as asked for, and a bound that is one.
    assert_eq!((answer.status, answer.sites.len(), answer.order.len()), (Status::Feasible, 40, 40));
    assert!(answer.bound > 0.0 && answer.bound <= answer.objective, "{} {}", answer.bound, answer.objective);
}

#[test]
fn other_goals_keep_to_it() {
    let town = town(2000, 500);
    let options = Options { time_limit: Some(LIMIT), ..Options::default() };
    for goal in [Goal::Worst, Goal::Cover { limit_s: 60.0 }, Goal::Backup { limit_s: 60.0 }] {
        let began = Instant::now();
        let answer = solve(&town, &Question::new(goal, 30), &options);
        let took = began.elapsed();
        assert!(took < LIMIT + BEYOND, "{goal:?}: {took:?}");
        assert!(answer.is_ok(), "{goal:?}: {:?}", answer.err());
    }
}
