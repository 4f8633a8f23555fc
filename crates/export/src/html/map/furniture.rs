//! Scale bar and north arrow.

use crate::html::base::Base;
use crate::html::page::Page;
use crate::scale::round_length;
use lifering_report::text::kilometres;
use maud::{Markup, html};

/// A scale bar is at least so long, metres.
const LEAST_BAR_M: f64 = 1.0;

/// A scale bar of a round length, at most a quarter of the map.
pub fn scale_bar(page: &Page<'_>) -> Markup {
    let canvas = &page.base.canvas;
    let metres = round_length(canvas.width / canvas.scale / 4.0, LEAST_BAR_M);
    let length = (metres * canvas.scale).round();
    let (x, y) = (70.0, canvas.height - 70.0);
    let half = length / 2.0;
    let text = kilometres(metres, page.lang);
    html! {
        g.scale {
            rect.on x=(x) y=(y) width=(half) height="16" {}
            rect.off x=(x + half) y=(y) width=(half) height="16" {}
            text x=(x) y=(y - 18.0) { "0" }
            text x=(x + length) y=(y - 18.0) text-anchor="middle" { (text) }
        }
    }
}

/// The north arrow.
pub fn north(base: &Base) -> Markup {
    html! {
        g.north transform=(format!("translate({} 150)", base.canvas.width - 110.0)) {
            path.on d="M0-90 34 40 0 14z" {}
            path.off d="M0-90-34 40 0 14z" {}
            text y="104" text-anchor="middle" { "N" }
        }
    }
}
