//! Roads of a map, in the colours of one rule's limit.

use crate::html::base::{Band, Base};
use maud::{Markup, html};

/// Tolerance between two limits that are the same, seconds.
pub const SAME_LIMIT_S: f64 = 1e-6;

/// The band of a road with regard to one limit, seconds; [`Band::Unknown`] without a limit.
pub fn against(base: &Base, band: Band, limit: Option<f64>) -> Band {
    let Some(limit) = limit else { return Band::Unknown };
    match band {
        Band::Within(i) if base.limits_s.get(i).is_some_and(|l| *l > limit + SAME_LIMIT_S) => Band::Later,
        Band::Within(_) => Band::Within(0),
        other => other,
    }
}

/// References to the roads of the shared drawing.
pub fn roads(base: &Base, by_time: Option<f64>) -> Markup {
    html! {
        @for (id, band, wide) in base.road_ids() {
            @let colour = against(base, band, by_time).class();
            use class=(format!("road {colour}{}", if wide { " wide" } else { "" })) href=(format!("#{id}")) {}
        }
    }
}
