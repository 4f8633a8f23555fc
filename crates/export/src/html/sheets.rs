//! How a gap is laid out on printed sheets of A4: on one where it fits, else on two that are both well filled.
//!
//! In: the heights of the parts of a page, estimated from their texts. Out: [`Layout`]: how high the map may be, whether the
//! units stand beside it, before which part a new sheet begins, how many units are printed. A style sheet cannot know any
//! of this, and no script runs. `make test-deliver` measures what comes of it.

/// What fits on a sheet between its margins, less what the estimates may be wrong by.
const SHEET_MM: f64 = 260.0;
/// Width of the text.
pub const WIDTH_MM: f64 = 182.0;
/// Width of a map with the units beside it, and of those.
pub const BESIDE_MM: [f64; 2] = [90.0, 86.0];
/// A map is at least so high: less cannot be read.
const LEAST_MAP_MM: f64 = 68.0;
/// Higher than this it says no more.
const HIGHEST_MAP_MM: f64 = 150.0;
/// A second sheet is at least so full, where the first can spare a part.
const LEAST_FILL_MM: f64 = 75.0;
/// A row of the table of units.
const UNIT_ROW_MM: f64 = 5.25;
/// Title, head and notes of the table of units.
const UNIT_HEAD_MM: f64 = 21.0;
/// So many units are printed at least.
const LEAST_UNITS: usize = 5;
/// So many units stand beside a map at most.
const UNITS_BESIDE: usize = 25;

/// What a page has to hold, in millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// From the running head to the facts.
    pub head: f64,
    /// Width of the map by its height.
    pub map_aspect: f64,
    /// Legend and note under the map: beside units, and over the whole width.
    pub legend: [f64; 2],
    /// The sentence on the area and the table of zones.
    pub zones: f64,
    /// The curve.
    pub curve: f64,
    /// Rows of the table of units.
    pub units: usize,
    /// Readings, assumptions, note.
    pub rest: f64,
}

/// A part before which a new sheet begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// None: one sheet.
    Never,
    /// The zones.
    Zones,
    /// The curve, and what follows.
    Curve,
}

/// How a page is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Height of the map, millimetres.
    pub map_mm: f64,
    /// Whether the units stand beside the map.
    pub beside: bool,
    /// Where the second sheet begins.
    pub before: Break,
    /// Units that are printed.
    pub units: usize,
}

/// Millimetres of a table of units under its title.
fn table(rows: usize) -> f64 {
    if rows == 0 { 0.0 } else { UNIT_HEAD_MM + rows as f64 * UNIT_ROW_MM }
}

impl Parts {
    /// The layout.
    pub fn layout(&self) -> Layout {
        // A map that is not wide leaves room for the units beside it.
        let may_stand_beside = (1..=UNITS_BESIDE).contains(&self.units) && self.map_aspect < 1.2;
        let beside = may_stand_beside.then(|| self.arranged(true));
        beside.filter(|layout| self.fits(layout)).unwrap_or_else(|| self.arranged(false))
    }

    /// The map with what stands beside or under it.
    fn band(&self, layout: &Layout) -> f64 {
        if layout.beside {
            (layout.map_mm + self.legend[0]).max(table(layout.units))
        } else {
            layout.map_mm + self.legend[1]
        }
    }

    /// Millimetres on each sheet.
    fn sheets(&self, layout: &Layout) -> [f64; 2] {
        let band = self.head + self.band(layout);
        let last = self.curve + if layout.beside { 0.0 } else { table(layout.units) } + self.rest;
        match layout.before {
            Break::Never => [band + self.zones + last, 0.0],
            Break::Zones => [band, self.zones + last],
            Break::Curve => [band + self.zones, last],
        }
    }

    fn fits(&self, layout: &Layout) -> bool {
        self.sheets(layout).iter().all(|mm| *mm <= SHEET_MM)
    }

    fn arranged(&self, beside: bool) -> Layout {
        let (width, legend) = if beside { (BESIDE_MM[0], self.legend[0]) } else { (WIDTH_MM, self.legend[1]) };
        let highest = (width / self.map_aspect).min(HIGHEST_MAP_MM);
        let least = LEAST_MAP_MM.min(highest);
        // The highest map that leaves room for others on its sheet.
        let map = |others: f64| (SHEET_MM - others - legend).min(highest).max(least);
        let layout = |before, others: f64| Layout { map_mm: map(others), beside, before, units: self.units };
        let below = if beside { 0.0 } else { table(self.units) };
        let last = self.curve + below + self.rest;
        let one = layout(Break::Never, self.head + self.zones + last);
        if self.fits(&one) {
            return one;
        }
        // The zones stand with the map, unless the second sheet were nearly empty, or the first too full.
        let with_zones = layout(Break::Curve, self.head + self.zones);
        let sparse = last < LEAST_FILL_MM && last + self.zones <= SHEET_MM;
        let full = self.sheets(&with_zones)[0] > SHEET_MM;
        let two = if sparse || full { layout(Break::Zones, self.head) } else { with_zones };
        // What a second sheet cannot hold of the units is in the workbook.
        let over = ((self.sheets(&two)[1] - SHEET_MM) / UNIT_ROW_MM).ceil().max(0.0) as usize;
        let printed =
            if beside { self.units } else { self.units.saturating_sub(over).max(self.units.min(LEAST_UNITS)) };
        Layout { units: printed, ..two }
    }
}

/// Lines that a text takes: a Chinese character is as wide as the text is high, others about half.
pub fn lines(text: &str, size_mm: f64, width_mm: f64) -> f64 {
    let ems: f64 = text.chars().map(|c| if c.is_ascii() { 0.54 } else { 1.0 }).sum();
    (ems * size_mm * 1.04 / width_mm).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTED: Parts =
        Parts { head: 55.0, map_aspect: 0.75, legend: [14.0, 9.0], zones: 0.0, curve: 0.0, units: 19, rest: 45.0 };
    const TIMED: Parts = Parts { zones: 70.0, curve: 55.0, rest: 80.0, ..COUNTED };

    #[test]
    fn a_count_fits_on_one_sheet_with_its_units_beside_the_map() {
        let layout = COUNTED.layout();
        assert_eq!((layout.before, layout.beside, layout.units), (Break::Never, true, 19));
        // As high as its width allows: 90 / 0.75.
        assert!((layout.map_mm - 120.0).abs() < 1e-9, "{layout:?}");
        // 40 units stand under it, on a second sheet.
        let many = Parts { units: 40, ..COUNTED };
        assert_eq!((many.layout().beside, many.layout().before), (false, Break::Curve));
    }

    #[test]
    fn a_time_takes_two_sheets_and_neither_is_nearly_empty() {
        let layout = TIMED.layout();
        assert_eq!(layout.before, Break::Curve);
        // 260 - 55 - 70 - 14 = 121 mm are left for the map, one more than its width allows.
        assert!((layout.map_mm - 120.0).abs() < 1e-9, "{layout:?}");
        // Little to say after the zones: they move to the second sheet.
        let brief = Parts { curve: 0.0, rest: 60.0, zones: 90.0, ..TIMED };
        assert_eq!(brief.layout().before, Break::Zones);
    }

    #[test]
    fn no_sheet_runs_over_and_no_second_one_is_nearly_empty() {
        for units in [0, 1, 10, 19, 25, 26, 40, 70] {
            for map_aspect in [0.6, 1.0, 1.6, 2.2] {
                for [zones, curve, rest] in
                    [[0.0, 0.0, 0.0], [30.0, 55.0, 20.0], [75.0, 55.0, 90.0], [90.0, 55.0, 140.0], [80.0, 0.0, 10.0]]
                {
                    let parts = Parts { map_aspect, zones, curve, units, rest, ..COUNTED };
                    let layout = parts.layout();
                    let [first, second] = parts.sheets(&layout);
                    assert!(first <= SHEET_MM && second <= SHEET_MM, "{parts:?} {layout:?} {first} {second}");
                    assert_eq!(layout.before == Break::Never, second == 0.0, "{layout:?}");
                    assert!(second == 0.0 || second > 45.0, "{parts:?} {layout:?} {first} {second}");
                }
            }
        }
    }

    #[test]
    fn a_chinese_line_holds_half_as_many_characters() {
        assert!((lines(&"救".repeat(60), 3.0, 182.0) - 2.0).abs() < f64::EPSILON);
        assert!((lines(&"a".repeat(60), 3.0, 182.0) - 1.0).abs() < f64::EPSILON);
    }
}
