//! Everything that can be wrong with what the solvers are asked, each as a sentence that names who and why.

use thiserror::Error;

/// Why a proposal could not be made. Every message is a full sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ProposeError {
    /// No demand at all.
    #[error("there is no demand: give at least one place with people")]
    NoDemand,
    /// No candidate and no existing site.
    #[error("there are no candidate sites: give at least one place where a station could stand")]
    NoSites,
    /// Two records carry one id.
    #[error("{kind} id \"{id}\" is given twice; every id must be its own")]
    DuplicateId {
        /// "demand" or "site".
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A time names a place or site that is not in the lists.
    #[error("a travel time names {kind} \"{id}\", which is not in the list of {kind}s")]
    UnknownId {
        /// "demand" or "site".
        kind: &'static str,
        /// The id, or the position as text.
        id: String,
    },
    /// Two times for one pair.
    #[error("the travel time from site \"{site}\" to demand \"{demand}\" is given twice")]
    DuplicatePair {
        /// Demand id.
        demand: String,
        /// Site id.
        site: String,
    },
    /// A number is negative, not finite, or too large.
    #[error("{what} of {kind} \"{id}\" is {found}; it must be {wanted}")]
    BadNumber {
        /// Which quantity.
        what: &'static str,
        /// "demand" or "site".
        kind: &'static str,
        /// The id.
        id: String,
        /// What was found.
        found: f64,
        /// What is allowed.
        wanted: &'static str,
    },
    /// A number of the question itself is out of range.
    #[error("{what} is {found}; it must be {wanted}")]
    BadQuestion {
        /// Which quantity.
        what: &'static str,
        /// What was found.
        found: f64,
        /// What is allowed.
        wanted: &'static str,
    },
    /// More new sites asked for than there are candidates.
    #[error("{asked} new sites are asked for, but only {candidates} of the sites given are candidates for a new one")]
    TooManySites {
        /// New sites asked for.
        asked: usize,
        /// Candidates that are neither fixed nor movable.
        candidates: usize,
    },
    /// Neither a number of sites nor a budget.
    #[error("this goal needs a number of new sites or a budget; neither is given")]
    NoLimitGiven,
    /// The budget cannot even be met by changing nothing.
    #[error("the budget is {budget}, below zero: not even leaving everything as it is fits")]
    BudgetTooSmall {
        /// The budget as given.
        budget: f64,
    },
    /// Nobody can be reached.
    #[error(
        "no candidate and no existing site reaches anybody{}: all {people} people in {places} places are out of reach; the first is \"{first}\"",
        within(*limit_s)
    )]
    NobodyReached {
        /// The limit of the goal, seconds (metres for distances), where it has one.
        limit_s: Option<f64>,
        /// People concerned.
        people: f64,
        /// Places concerned.
        places: usize,
        /// Id of the first of them.
        first: String,
    },
    /// The number of sites or the budget does not reach everybody who could be reached.
    #[error(
        "{} cannot reach everybody who could be reached{} (of {people} people){}",
        allowed(*sites, *budget), within(*limit_s), at_least(*needed)
    )]
    CannotReachAll {
        /// New sites allowed, where that was said.
        sites: Option<usize>,
        /// Money allowed, where that was said.
        budget: Option<f64>,
        /// The limit of the goal, seconds (metres for distances), where it has one.
        limit_s: Option<f64>,
        /// People there are.
        people: f64,
        /// New sites that are needed at least, where that is known.
        needed: Option<usize>,
    },
    /// All capacity together does not hold the people.
    #[error(
        "the sites that reach {people} people (first place \"{first}\") can serve only {served} of them with the capacities given: {short} people are too many"
    )]
    CapacityTooSmall {
        /// People who can be reached.
        people: f64,
        /// Most that can be served with every candidate open.
        served: f64,
        /// The difference.
        short: f64,
        /// Id of the first place with people left over.
        first: String,
    },
    /// A goal that does not know capacities.
    #[error("capacities are honoured for cover and reach-all only; \"{goal}\" cannot split people between full sites")]
    CapacityNotSupported {
        /// The goal as the command line spells it.
        goal: &'static str,
    },
    /// A site id or number handed to `verify` that does not fit.
    #[error("{0}")]
    BadSites(String),
    /// The clock ran out before any valid answer was found.
    #[error("the time limit ran out before any valid set of sites was found; give more time")]
    OutOfTime,
    /// Totals beyond exact whole-number arithmetic.
    #[error("the numbers are too large to be counted exactly: people times seconds exceed 4e18")]
    TooLarge,
}

fn within(limit_s: Option<f64>) -> String {
    limit_s.map_or_else(String::new, |limit| format!(" within {limit} s"))
}

fn allowed(sites: Option<usize>, budget: Option<f64>) -> String {
    let sites = sites.map(|n| format!("{n} new sites"));
    let budget = budget.map(|money| format!("a budget of {money}"));
    let all: Vec<String> = sites.into_iter().chain(budget).collect();
    if all.is_empty() { "the candidates".to_owned() } else { all.join(" and ") }
}

fn at_least(needed: Option<usize>) -> String {
    needed.map_or_else(String::new, |n| format!("; at least {n} are needed"))
}
