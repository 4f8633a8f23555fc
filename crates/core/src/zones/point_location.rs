//! Point location: the polygon of each of many places, by scan lines.
//!
//! In: polygons that do not overlap, places. Out: the polygon of each place. Cells of one size stand in rows, so a
//! row's line is intersected with the polygons once for all of them; then a place takes one binary search.

use geo::{Contains, Coord, Point, Polygon};
use rayon::prelude::*;

/// Places nearer to a side than this are tested exactly, metres.
const EXACT_TEST_M: f64 = 1e-6;

/// A polygon side that crosses the line of a row, or a vertex on it.
#[derive(Clone, Copy)]
struct RowCrossing {
    row: u32,
    /// `None` for a vertex: the polygon does not change there.
    polygon: Option<u32>,
    x: f64,
}

/// For each place the index of the polygon that contains it; `None` outside all polygons and on a side, where outlines
/// through the centre of a cell run.
pub fn locate_points(polygons: &[&Polygon<f64>], places: &[Coord<f64>]) -> Vec<Option<usize>> {
    let mut rows: Vec<f64> = places.iter().map(|place| place.y).collect();
    rows.par_sort_unstable_by(f64::total_cmp);
    rows.dedup();
    let found: Vec<Vec<RowCrossing>> = polygons
        .par_iter()
        .enumerate()
        .map(|(index, polygon)| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
            let sides = rings.flat_map(|ring| ring.0.windows(2)).flat_map({
                let rows = &rows;
                move |side| crossings_of(side[0], side[1], index as u32, rows)
            });
            sides.collect()
        })
        .collect();
    // Counting sort by row.
    let mut starts = vec![0_usize; rows.len() + 1];
    for crossing in found.iter().flatten() {
        starts[crossing.row as usize + 1] += 1;
    }
    for row in 0..rows.len() {
        starts[row + 1] += starts[row];
    }
    let mut crossings = vec![RowCrossing { row: 0, polygon: None, x: 0.0 }; starts[rows.len()]];
    let mut next = starts.clone();
    for crossing in found.iter().flatten() {
        let slot = &mut next[crossing.row as usize];
        crossings[*slot] = *crossing;
        *slot += 1;
    }
    drop(found);
    let mut of_rows: Vec<&mut [RowCrossing]> = Vec::with_capacity(rows.len());
    let mut rest = crossings.as_mut_slice();
    for row in 0..rows.len() {
        let (mine, others) = rest.split_at_mut(starts[row + 1] - starts[row]);
        of_rows.push(mine);
        rest = others;
    }
    of_rows.into_par_iter().with_min_len(16).for_each(|of_row| {
        of_row.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.polygon.cmp(&b.polygon)));
    });
    // The polygon that follows each crossing on its line.
    let inside: Vec<Vec<Option<u32>>> = (0..rows.len())
        .into_par_iter()
        .with_min_len(16)
        .map(|row| {
            let mut open: Vec<u32> = Vec::new();
            let behind = crossings[starts[row]..starts[row + 1]].iter().map(|crossing| {
                if let Some(crossed) = crossing.polygon {
                    match open.iter().position(|polygon| *polygon == crossed) {
                        Some(at) => {
                            open.swap_remove(at);
                        }
                        None => open.push(crossed),
                    }
                }
                open.iter().min().copied()
            });
            behind.collect()
        })
        .collect();
    places
        .par_iter()
        .with_min_len(256)
        .map(|place| {
            let row = rows.partition_point(|y| *y < place.y);
            let line = crossings.get(*starts.get(row)?..*starts.get(row + 1)?)?;
            let from = line.partition_point(|crossing| crossing.x < place.x - EXACT_TEST_M);
            let to = from + line[from..].partition_point(|crossing| crossing.x <= place.x + EXACT_TEST_M);
            let behind = |crossing: usize| inside[row][crossing.checked_sub(1)?];
            if from == to {
                return behind(from).map(|polygon| polygon as usize);
            }
            // On a vertex: in no polygon, as they do not overlap.
            if line[from..to]
                .iter()
                .any(|crossing| crossing.polygon.is_none() && crossing.x.total_cmp(&place.x).is_eq())
            {
                return None;
            }
            // So close to a side that rounding decides: each nearby polygon is tested exactly.
            let about = line[from..to].iter().filter_map(|crossing| crossing.polygon);
            let about = about.chain(behind(from)).chain(behind(to)).map(|polygon| polygon as usize);
            about.filter(|polygon| polygons[*polygon].contains(&Point::from(*place))).min()
        })
        .collect()
}

/// The rows that a side crosses, and the row that its first vertex lies on. A side crosses the rows above its lower
/// end and not above its upper one: a row through a vertex is crossed once by the two sides that meet there, or by
/// both or none if they turn back.
fn crossings_of(a: Coord<f64>, b: Coord<f64>, polygon: u32, rows: &[f64]) -> impl Iterator<Item = RowCrossing> {
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    let first = rows.partition_point(|y| *y <= low.y);
    let after = first + rows[first..].partition_point(|y| *y <= high.y);
    let touched = rows.binary_search_by(|y| y.total_cmp(&a.y)).ok();
    let touched = touched.map(|row| RowCrossing { row: row as u32, polygon: None, x: a.x });
    let crossed = (first..after).map(move |row| {
        let share = (rows[row] - low.y) / (high.y - low.y);
        RowCrossing { row: row as u32, polygon: Some(polygon), x: low.x + (high.x - low.x) * share }
    });
    crossed.chain(touched)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_each_polygon_asked(
            places in proptest::collection::vec((-12.0..12.0f64, -12.0..12.0f64), 1..80),
            on_rows in proptest::collection::vec((-12.0..12.0f64, -12_i32..12), 1..40),
        ) {
            // One with a hole, one in that hole, one apart.
            let polygons = [
                polygon!(
                    exterior: [(x: -10.0, y: -9.0), (x: 8.0, y: -10.0), (x: 9.5, y: 7.0), (x: -2.0, y: 3.0), (x: -9.0, y: 10.0)],
                    interiors: [[(x: -5.0, y: -5.0), (x: 4.0, y: -6.0), (x: 5.0, y: 2.0), (x: -6.0, y: 1.5)]],
                ),
                polygon![(x: -3.0, y: -4.0), (x: 3.0, y: -3.0), (x: 0.0, y: 1.0)],
                polygon![(x: -1.0, y: 9.0), (x: 7.0, y: 8.0), (x: 2.0, y: 11.0)],
                polygon![(x: 2.0, y: 11.0), (x: 7.0, y: 8.0), (x: 11.0, y: 11.5)],
            ];
            let vertices: Vec<Coord<f64>> = polygons.iter().flat_map(|p| p.exterior().0.clone()).collect();
            let polygons: Vec<&Polygon<f64>> = polygons.iter().collect();
            let places: Vec<Coord<f64>> = places
                .into_iter()
                .chain(on_rows.into_iter().map(|(x, y)| (x, f64::from(y) + 0.123)))
                .map(|(x, y)| Coord { x, y })
                .chain(vertices)
                .collect();
            let found = locate_points(&polygons, &places);
            for (place, found) in places.iter().zip(found) {
                let expected = polygons.iter().position(|polygon| polygon.contains(&Point::from(*place)));
                prop_assert_eq!(found, expected, "{:?}", place);
            }
        }
    }
}
