//! Invalid instances and questions, and questions without an answer, each as a full sentence.

use thiserror::Error;

/// Why there is no certificate. Every message is a full sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SitingError {
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
        /// The id given twice.
        id: String,
    },
    /// A time for a demand or site that is not in the lists.
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
        /// Id of the demand.
        demand: String,
        /// Id of the site.
        site: String,
    },
    /// A number is negative, not finite, or too large.
    #[error("{what} of {kind} \"{id}\" is {found}; it must be {wanted}")]
    BadNumber {
        /// The quantity.
        what: &'static str,
        /// "demand" or "site".
        kind: &'static str,
        /// Id of the record.
        id: String,
        /// Value found.
        found: f64,
        /// Range allowed.
        wanted: &'static str,
    },
    /// A number of the question itself is out of range.
    #[error("{what} is {found}; it must be {wanted}")]
    BadQuestion {
        /// The quantity.
        what: &'static str,
        /// Value found.
        found: f64,
        /// Range allowed.
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
    /// A budget below zero.
    #[error("the budget is {budget}, below zero: not even leaving everything as it is fits")]
    BudgetTooSmall {
        /// The budget as given.
        budget: f64,
    },
    /// No site reaches anybody.
    #[error(
        "no candidate and no existing site reaches anybody{}: all {people} people in {places} places are out of reach; the first is \"{first}\"",
        within(*limit_s)
    )]
    NobodyReached {
        /// Coverage standard of the goal in seconds (metres if the times are distances); `None` for mean and worst.
        limit_s: Option<f64>,
        /// People of all demands.
        people: f64,
        /// Demands with people.
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
        /// `Question::sites`.
        sites: Option<usize>,
        /// `Question::budget`.
        budget: Option<f64>,
        /// Coverage standard of the goal in seconds (metres if the times are distances); `None` for mean and worst.
        limit_s: Option<f64>,
        /// People of all demands.
        people: f64,
        /// Proven lower bound on the new sites needed; `None` if not known.
        needed: Option<usize>,
    },
    /// All capacities together do not hold the people who can be reached.
    #[error(
        "the sites that reach {people} people (first place \"{first}\") can serve only {served} of them with the capacities given: {short} people are too many"
    )]
    CapacityTooSmall {
        /// People who can be reached.
        people: f64,
        /// Most people served with every site open.
        served: f64,
        /// `people - served`.
        short: f64,
        /// Id of the first demand that only capacitated sites reach.
        first: String,
    },
    /// Capacities with a goal whose model has none.
    #[error("capacities are honoured for cover and reach-all only; \"{goal}\" cannot split people between full sites")]
    CapacityNotSupported {
        /// Name of the goal, see `Goal::name`.
        goal: &'static str,
    },
    /// An invalid set of sites handed to `verify`.
    #[error("{0}")]
    BadSites(String),
    /// The time limit passed before any allowed set was found.
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
