//! The distribution curve: share of people within a time or distance, with the limit and the required share marked.
//!
//! In: a [`Curve`]. Out: inline SVG; hovering over the curve shows the share at that time.

use super::canvas::PathData;
use super::page::Page;
use lifering_base::t;
use lifering_core::measure::curve::{Curve, CurveUnit};
use lifering_report::text::{kilometres, minutes, people, percent};
use maud::{Markup, html};

/// Size of the figure and edges of the plot, drawing units.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 940.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 226.0;

/// The curve ends at the limit times this, or earlier if everybody is reached.
const LONGEST: f64 = 3.0;

/// The figure; `required` is the share that must be within the limit, if the rule is about a share.
pub fn curve(page: &Page<'_>, curve: &Curve, required: Option<f64>) -> Markup {
    let all = curve.people();
    if all <= 0.0 {
        return html! {};
    }
    let lang = page.lang;
    let locale = lang.locale();
    let shown = curve.bins.len().min((LONGEST * curve.limit / curve.step) as usize);
    let cumulated: Vec<f64> = curve.cumulated().into_iter().take(shown).map(|sum| sum / all).collect();
    let end = shown as f64 * curve.step;
    let x = |value: f64| LEFT + (RIGHT - LEFT) * value / end;
    let y = |share: f64| BOTTOM - (BOTTOM - TOP) * share;
    let text = |value: f64| match curve.unit {
        CurveUnit::Seconds => minutes(value, lang),
        CurveUnit::Metres => kilometres(value, lang),
    };
    // The curve is drawn in tenths, as whole numbers.
    let tenths = |value: f64| (value * 10.0).round() as i64;
    let mut path = PathData::default();
    let mut places = vec![(tenths(x(0.0)), tenths(y(0.0)))];
    places.extend(cumulated.iter().enumerate().map(|(i, s)| (tenths(x((i + 1) as f64 * curve.step)), tenths(y(*s)))));
    path.line(&places);
    let at_limit = ((curve.limit / curve.step).round() as usize).checked_sub(1).and_then(|i| cumulated.get(i)).copied();
    let ticks = ticks(end, if curve.unit == CurveUnit::Seconds { 60.0 } else { 1000.0 });
    let hover_text = |i: usize, share: f64| {
        let (to, people) = (text((i + 1) as f64 * curve.step), people(share * all, lang));
        t!("html.curve_at", locale = locale, to = to, share = percent(share), people = people).into_owned()
    };
    let column = x(curve.step) - x(0.0);
    html! {
        figure.chart {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(page.tr("html.curve")) {
                @for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
                    path.grid d=(format!("M{LEFT} {:.1}H{RIGHT}", y(share))) {}
                    text.axis x=(LEFT - 8.0) y=(format!("{:.1}", y(share) + 4.0)) text-anchor="end" { (percent(share)) }
                }
                @for tick in &ticks {
                    path.grid d=(format!("M{:.1} {BOTTOM}v5", x(*tick))) {}
                    text.axis x=(format!("{:.1}", x(*tick))) y=(BOTTOM + 20.0) text-anchor="middle" { (text(*tick)) }
                }
                @if let Some(required) = required {
                    path.required d=(format!("M{LEFT} {:.1}H{RIGHT}", y(required))) {}
                    text.required x=(RIGHT) y=(format!("{:.1}", y(required) - 6.0)) text-anchor="end" {
                        (t!("html.curve_required", locale = locale, share = percent(required)))
                    }
                }
                g transform="scale(.1)" {
                    path.under d=(format!("{}V{}H{}z", path.text, tenths(BOTTOM), tenths(LEFT))) {}
                    path.curve d=(path.text) {}
                }
                path.limit d=(format!("M{:.1} {TOP}V{BOTTOM}", x(curve.limit))) {}
                text.limit x=(format!("{:.1}", x(curve.limit))) y=(TOP - 10.0) text-anchor="middle" {
                    (t!("html.curve_limit", locale = locale, limit = text(curve.limit)))
                }
                @if let Some(share) = at_limit {
                    circle.limit cx=(format!("{:.1}", x(curve.limit))) cy=(format!("{:.1}", y(share))) r="4.5" {}
                    text.value x=(format!("{:.1}", x(curve.limit) + 10.0)) y=(format!("{:.1}", y(share) + 18.0)) { (percent(share)) }
                }
                @for (i, share) in cumulated.iter().enumerate() {
                    rect.hover x=(format!("{:.1}", x(i as f64 * curve.step))) y=(TOP) width=(format!("{column:.1}")) height=(BOTTOM - TOP) {
                        title { (hover_text(i, *share)) }
                    }
                }
            }
            figcaption.small {
                (page.tr("html.curve_note"))
                @if curve.never > 0.0 { " " (t!("html.curve_never", locale = locale, people = people(curve.never, lang))) }
            }
        }
    }
}

/// At most twelve round numbers up to `end`, multiples of `unit` if it is long enough.
fn ticks(end: f64, unit: f64) -> Vec<f64> {
    let step = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        .into_iter()
        .map(|n| n * unit)
        .find(|step| end / step <= 12.0)
        .unwrap_or(end);
    (0..=(end / step + 1e-9) as usize).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(1680.0, 60.0), (0..=5).map(|i| f64::from(i) * 300.0).collect::<Vec<_>>());
        assert_eq!(ticks(300.0, 60.0).len(), 11);
    }
}
