//! The time slider: roads and people appear when an ambulance reaches them.
//!
//! QGIS plays dates, and a response time is none. So the call comes at a made-up moment, [`CALL`], midnight of the first of January
//! 2000, and a road appears as many seconds later as it is reached. What is never reached never appears.

use lifering_report::layers::MapLayer;
use maud::{Markup, html};

/// The made-up moment of the call, as an expression of QGIS.
const CALL: &str = "make_datetime(2000, 1, 1, 0, 0, 0)";

/// Minutes that the slider plays where no time is known to be longer.
const LEAST_MIN: f64 = 15.0;

/// The seconds after the call at which a feature of a layer appears, as an expression; `None` for a layer without times.
fn seconds(layer: &MapLayer<'_>) -> Option<&'static str> {
    match layer.name {
        "roads_time" | "roads_after" => Some("min(\"from_s\", \"to_s\")"),
        "population" => Some("\"response_s\""),
        _ => None,
    }
}

/// The temporal properties of a layer: from an expression for the start, without an end.
pub fn of_layer(layer: &MapLayer<'_>) -> Markup {
    let Some(seconds) = seconds(layer) else { return html! {} };
    let start = format!("{CALL} + make_interval(seconds:={seconds})");
    html! {
        temporal enabled="1" mode="4" startField="" endField="" durationField="" durationUnit="min" fixedDuration="0" accumulate="0"
            limitMode="0" startExpression=(start) endExpression="" {
            fixedRange { start {} end {} }
        }
    }
}

/// The span and the step of the slider: from the call to `last_s` seconds later, a minute a step.
pub fn of_project(last_s: f64) -> Markup {
    let minutes = (last_s / 60.0).ceil().max(LEAST_MIN) as u32;
    let (day, hour) = (1 + minutes / 1440, minutes / 60 % 24);
    // A month is longer than any drive.
    let end = format!("2000-01-{:02}T{hour:02}:{:02}:00Z", day.min(31), minutes % 60);
    html! {
        ProjectTimeSettings timeStepUnit="min" timeStep="1" frameRate="2" cumulativeTemporalRange="1" {
            TemporalRange { start { "2000-01-01T00:00:00Z" } end { (end) } }
        }
    }
}
