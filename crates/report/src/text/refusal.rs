//! Why no proposal could be made, as a sentence in one language.
//!
//! In: a [`SitingError`]. Out: text. English is the error's own; Chinese comes from the catalogue.

use super::language::Lang;
use super::numbers::{amount, grouped, people};
use super::punctuation::list;
use lifering_base::t;
use lifering_siting::SitingError;

/// The sentence.
pub fn refusal(error: &SitingError, lang: Lang) -> String {
    if lang == Lang::En {
        return error.to_string();
    }
    let locale = lang.locale();
    let within = |limit_s: &Option<f64>| {
        limit_s.map_or_else(String::new, |limit| t!("refusal.within", locale = locale, limit = limit).into_owned())
    };
    match error {
        SitingError::NoDemand => t!("refusal.no_demand", locale = locale),
        SitingError::NoSites => t!("refusal.no_sites", locale = locale),
        SitingError::TooManySites { asked, candidates } => {
            t!("refusal.too_many_sites", locale = locale, asked = asked, candidates = candidates)
        }
        SitingError::NoLimitGiven => t!("refusal.no_limit", locale = locale),
        SitingError::NobodyReached { limit_s, people: all, places, first } => t!(
            "refusal.nobody",
            locale = locale,
            within = within(limit_s),
            people = people(*all, lang),
            places = grouped(*places as f64),
            first = first
        ),
        SitingError::CannotReachAll { sites, budget, limit_s, people: all, needed } => {
            let mut allowed = Vec::new();
            allowed.extend(sites.map(|n| t!("refusal.sites", locale = locale, n = n).into_owned()));
            allowed.extend(budget.map(|n| t!("refusal.budget", locale = locale, n = amount(n)).into_owned()));
            let need = needed.map(|n| t!("refusal.needed", locale = locale, n = n).into_owned()).unwrap_or_default();
            t!(
                "refusal.not_all",
                locale = locale,
                allowed = list(&allowed, lang),
                within = within(limit_s),
                people = people(*all, lang),
                need = need
            )
        }
        SitingError::CapacityTooSmall { people: all, served, short, first } => t!(
            "refusal.capacity",
            locale = locale,
            people = people(*all, lang),
            served = people(*served, lang),
            short = people(*short, lang),
            first = first
        ),
        SitingError::CapacityNotSupported { goal } => t!("refusal.no_capacity", locale = locale, goal = goal),
        SitingError::OutOfTime => t!("refusal.out_of_time", locale = locale),
        // Faults of a file or a parameter, which carry its own words.
        other => t!("refusal.other", locale = locale, words = other.to_string()),
    }
    .into_owned()
}
