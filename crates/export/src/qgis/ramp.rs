//! Classes of time, cut at the limits of the rules: blues within the first limit, orange to brown beyond it.
//!
//! In: [`StyleFacts`]. Out: [`Class`]es of roads and of people.

use super::class::{Class, Rows};
use super::facts::StyleFacts;
use super::palette::{Colour, EARLY, INK, LATE, faint};
use super::symbols::{line, marker};
use lifering_base::t;
use lifering_report::text::minutes;
use lifering_report::text::tr;

/// A class of time: more than `over`, at most `within` seconds; `None`: no bound.
struct Step {
    over: Option<f64>,
    within: Option<f64>,
    label: String,
    colour: Colour,
}

/// The classes of time between the cuts of the roads, and one beyond the last.
fn steps(facts: &StyleFacts) -> Vec<Step> {
    let lang = facts.lang;
    let locale = lang.locale();
    let limit = facts.limit_s.unwrap_or(f64::INFINITY);
    let early = facts.classes_s.iter().filter(|s| **s <= limit).count();
    let late = facts.classes_s.len() + 1 - early;
    let bounds = facts.classes_s.iter().copied().map(Some).chain([None]);
    let mut over = None;
    let mut steps = Vec::new();
    for (n, within) in bounds.enumerate() {
        let label = match (over, within) {
            (None, None) => tr("style.reached", lang),
            (None, Some(to)) => t!("style.up_to", locale = locale, to = minutes(to, lang)).into_owned(),
            (Some(from), Some(to)) => {
                t!("style.from_to", locale = locale, from = minutes(from, lang), to = minutes(to, lang)).into_owned()
            }
            (Some(from), None) => t!("style.over", locale = locale, from = minutes(from, lang)).into_owned(),
        };
        let colour = if n < early { interpolated(&EARLY, n, early) } else { interpolated(&LATE, n - early, late) };
        steps.push(Step { over, within, label, colour });
        over = within;
    }
    steps
}

/// The colour of step `n` of `of` steps over a ramp.
fn interpolated(ramp: &[Colour], n: usize, of: usize) -> Colour {
    let last = (ramp.len() - 1) as f64;
    let place = if of > 1 { n as f64 / (of - 1) as f64 * last } else { last };
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(ramp.len() - 1);
    std::array::from_fn(|i| (f64::from(ramp[low][i]) * (1.0 - part) + f64::from(ramp[high][i]) * part).round() as u8)
}

/// Roads by time; those that are never reached last.
pub fn roads(facts: &StyleFacts) -> Vec<Class> {
    let mut classes: Vec<Class> = steps(facts)
        .into_iter()
        .map(|step| Class {
            rows: step.within.map_or_else(
                || Rows::Empty("within_s").and(Rows::Flag("reached", true)),
                |s| Rows::Number("within_s", s),
            ),
            label: step.label,
            symbol: line(step.colour, "0.3", false),
        })
        .collect();
    classes.push(Class {
        rows: Rows::Flag("reached", false),
        label: tr("style.never", facts.lang),
        symbol: line(INK, "0.3", true),
    });
    classes
}

/// People by time; those who are never reached last.
pub fn people(facts: &StyleFacts) -> Vec<Class> {
    let mut classes: Vec<Class> = steps(facts)
        .into_iter()
        .map(|step| Class {
            rows: Rows::Between("response_s", step.over, step.within),
            label: step.label,
            symbol: marker("circle", faint(step.colour, 170), "1.1"),
        })
        .collect();
    classes.push(Class {
        rows: Rows::Empty("response_s"),
        label: tr("style.never", facts.lang),
        symbol: marker("circle", INK, "1.1"),
    });
    classes
}
