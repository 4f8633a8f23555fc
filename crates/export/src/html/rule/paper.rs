//! Layout of a rule's page on A4: one sheet if everything fits, else two that are both well filled.
//!
//! In: [`Heights`] of the parts. Out: [`Layout`]: height of the map, units beside it or not, the part before which a
//! new sheet begins, number of units printed. A style sheet cannot decide this, and no script runs. `make test-deliver`
//! measures the result in a browser.

/// Height between the margins of a sheet, less the error of the estimates, millimetres.
const SHEET_MM: f64 = 260.0;
/// Width of the text, millimetres.
pub const WIDTH_MM: f64 = 182.0;
/// Widths of a map and of the table of units beside it, millimetres.
pub const BESIDE_MM: [f64; 2] = [90.0, 86.0];
/// Least height of a legible map, millimetres.
const LEAST_MAP_MM: f64 = 68.0;
/// Largest height of a map, millimetres.
const HIGHEST_MAP_MM: f64 = 150.0;
/// A second sheet is at least so full if a part can move there from the first, millimetres.
const LEAST_FILL_MM: f64 = 75.0;
/// Height of a row of the table of units, millimetres.
const UNIT_ROW_MM: f64 = 5.25;
/// Height of title, head and notes of the table of units, millimetres.
const UNIT_HEAD_MM: f64 = 21.0;
/// Least number of units printed.
const LEAST_UNITS: usize = 5;
/// Most units beside a map.
const UNITS_BESIDE: usize = 25;

/// Heights of the parts of a page, millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heights {
    /// From the running head to the facts.
    pub head: f64,
    /// Width of the map over its height.
    pub map_aspect: f64,
    /// Legend and note below the map: with units beside it, and over the whole width.
    pub legend: [f64; 2],
    /// The sentence on the area and the table of zones.
    pub zones: f64,
    /// The curve.
    pub curve: f64,
    /// Rows of the table of units, a number.
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

/// Layout of a page in print.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Height of the map, millimetres.
    pub map_mm: f64,
    /// Whether the table of units is beside the map.
    pub beside: bool,
    /// The part before which the second sheet begins.
    pub before: Break,
    /// Number of units printed.
    pub units: usize,
}

/// Height of a table of units with its title, millimetres.
fn table(rows: usize) -> f64 {
    if rows == 0 { 0.0 } else { UNIT_HEAD_MM + rows as f64 * UNIT_ROW_MM }
}

impl Heights {
    /// The layout: with the units beside the map if that fits.
    pub fn layout(&self) -> Layout {
        // A map that is not wide leaves room for the units beside it.
        let may_stand_beside = (1..=UNITS_BESIDE).contains(&self.units) && self.map_aspect < 1.2;
        let beside = may_stand_beside.then(|| self.arranged(true));
        beside.filter(|layout| self.fits(layout)).unwrap_or_else(|| self.arranged(false))
    }

    /// Height of the map with its legend, or of the table beside it if that is higher.
    fn band(&self, layout: &Layout) -> f64 {
        if layout.beside {
            (layout.map_mm + self.legend[0]).max(table(layout.units))
        } else {
            layout.map_mm + self.legend[1]
        }
    }

    /// Height used on each sheet.
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

    /// The best layout with the units beside the map, or below it.
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
        // The zones stay with the map, unless the second sheet would be nearly empty or the first too full.
        let with_zones = layout(Break::Curve, self.head + self.zones);
        let sparse = last < LEAST_FILL_MM && last + self.zones <= SHEET_MM;
        let full = self.sheets(&with_zones)[0] > SHEET_MM;
        let two = if sparse || full { layout(Break::Zones, self.head) } else { with_zones };
        // Units beyond the second sheet are left to the workbook.
        let over = ((self.sheets(&two)[1] - SHEET_MM) / UNIT_ROW_MM).ceil().max(0.0) as usize;
        let printed =
            if beside { self.units } else { self.units.saturating_sub(over).max(self.units.min(LEAST_UNITS)) };
        Layout { units: printed, ..two }
    }
}

/// Estimated lines of a text: a Chinese character is as wide as high, others about half.
pub fn lines(text: &str, size_mm: f64, width_mm: f64) -> f64 {
    let ems: f64 = text.chars().map(|c| if c.is_ascii() { 0.54 } else { 1.0 }).sum();
    (ems * size_mm * 1.04 / width_mm).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTED: Heights =
        Heights { head: 55.0, map_aspect: 0.75, legend: [14.0, 9.0], zones: 0.0, curve: 0.0, units: 19, rest: 45.0 };
    const TIMED: Heights = Heights { zones: 70.0, curve: 55.0, rest: 80.0, ..COUNTED };

    #[test]
    fn a_count_fits_on_one_sheet_with_its_units_beside_the_map() {
        let layout = COUNTED.layout();
        assert_eq!((layout.before, layout.beside, layout.units), (Break::Never, true, 19));
        // As high as its width allows: 90 / 0.75.
        assert!((layout.map_mm - 120.0).abs() < 1e-9, "{layout:?}");
        // 40 units are below it, on a second sheet.
        let many = Heights { units: 40, ..COUNTED };
        assert_eq!((many.layout().beside, many.layout().before), (false, Break::Curve));
    }

    #[test]
    fn a_time_takes_two_sheets_and_neither_is_nearly_empty() {
        let layout = TIMED.layout();
        assert_eq!(layout.before, Break::Curve);
        // 260 - 55 - 70 - 14 = 121 mm are left for the map, one more than its width allows.
        assert!((layout.map_mm - 120.0).abs() < 1e-9, "{layout:?}");
        // Short parts follow the zones, which move to the second sheet.
        let brief = Heights { curve: 0.0, rest: 60.0, zones: 90.0, ..TIMED };
        assert_eq!(brief.layout().before, Break::Zones);
    }

    #[test]
    fn no_sheet_runs_over_and_no_second_one_is_nearly_empty() {
        for units in [0, 1, 10, 19, 25, 26, 40, 70] {
            for map_aspect in [0.6, 1.0, 1.6, 2.2] {
                for [zones, curve, rest] in
                    [[0.0, 0.0, 0.0], [30.0, 55.0, 20.0], [75.0, 55.0, 90.0], [90.0, 55.0, 140.0], [80.0, 0.0, 10.0]]
                {
                    let parts = Heights { map_aspect, zones, curve, units, rest, ..COUNTED };
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
