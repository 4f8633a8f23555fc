//! Noding: joining lines that do not share a vertex.
//!
//! In: polylines. Out: the same with vertices inserted at crossings (`split_crossings`) and dangling ends moved onto
//! lines or ends within `snap_m`. Off by default: lines that only cross in the plane are usually bridges
//! (definitions.md section 2).

use super::index::{distance_m, project};
use super::polyline::{Polyline, place, rounded};
use super::settings::BuildSettings;
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};
use lifering_base::frame::Frame;
use lifering_base::records::Road;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::{BTreeMap, HashMap};

type Entry = GeomWithData<Rectangle<[f64; 2]>, (usize, usize)>;

/// A vertex to insert: polyline, segment, fraction along the segment, position in 1e-7 degrees.
type Insertion = (usize, usize, f64, [i32; 2]);

/// Applies `snap_m`, then `split_crossings`.
pub(super) fn join(polylines: &mut [Polyline], roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) {
    if settings.settings.roads.snap_m > 0.0 {
        snap(polylines, frame, settings.settings.roads.snap_m);
    }
    if settings.settings.roads.split_crossings {
        split(polylines, roads, frame);
    }
}

fn local(frame: &Frame, position: [i32; 2]) -> Coord<f64> {
    frame.to_local(place(position))
}

fn segment(frame: &Frame, polylines: &[Polyline], at: (usize, usize)) -> Line<f64> {
    let positions = &polylines[at.0].positions;
    Line::new(local(frame, positions[at.1]), local(frame, positions[at.1 + 1]))
}

fn tree(polylines: &[Polyline], frame: &Frame) -> RTree<Entry> {
    let entries = polylines.iter().enumerate().flat_map(|(p, polyline)| {
        (0..polyline.positions.len().saturating_sub(1)).map(move |s| {
            let line = segment(frame, polylines, (p, s));
            let rectangle = Rectangle::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
            GeomWithData::new(rectangle, (p, s))
        })
    });
    RTree::bulk_load(entries.collect())
}

fn split(polylines: &mut [Polyline], roads: &[Road], frame: &Frame) {
    let insertions = crossing_insertions(polylines, roads, frame);
    insert(polylines, insertions);
}

/// The crossings of lines of one level, as vertices to insert into both.
fn crossing_insertions(polylines: &[Polyline], roads: &[Road], frame: &Frame) -> Vec<Insertion> {
    let tree = tree(polylines, frame);
    let level = |p: usize| roads[polylines[p].road as usize].level;
    let mut insertions: Vec<Insertion> = Vec::new();
    for entry in &tree {
        let mine = entry.data;
        let line = segment(frame, polylines, mine);
        let envelope = AABB::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
        for other in tree.locate_in_envelope_intersecting(envelope) {
            if other.data <= mine || level(other.data.0) != level(mine.0) {
                continue;
            }
            let theirs = segment(frame, polylines, other.data);
            if let Some(LineIntersection::SinglePoint { intersection, .. }) = line_intersection(line, theirs) {
                let position = rounded(frame.to_lon_lat(intersection));
                for (at, l) in [(mine, line), (other.data, theirs)] {
                    insertions.push((at.0, at.1, project(intersection, l.start, l.end), position));
                }
            }
        }
    }
    insertions
}

fn snap(polylines: &mut [Polyline], frame: &Frame, snap_m: f64) {
    let mut uses: HashMap<[i32; 2], u32> = HashMap::new();
    for position in polylines.iter().flat_map(|p| &p.positions) {
        *uses.entry(*position).or_default() += 1;
    }
    let mut ends: BTreeMap<(usize, bool), Coord<f64>> = BTreeMap::new();
    for (p, polyline) in polylines.iter().enumerate() {
        let ends_of = [(false, polyline.positions.first()), (true, polyline.positions.last())];
        // An end that a closure has cut joins nothing.
        for (is_last, position) in ends_of.into_iter().filter(|(is_last, _)| !polyline.cut[usize::from(*is_last)]) {
            if let Some(position) = position.filter(|position| uses[*position] == 1) {
                ends.insert((p, is_last), local(frame, *position));
            }
        }
    }
    let end_tree: RTree<GeomWithData<[f64; 2], (usize, bool)>> =
        RTree::bulk_load(ends.iter().map(|(key, xy)| GeomWithData::new([xy.x, xy.y], *key)).collect());
    let tree = tree(polylines, frame);
    let mut moves: BTreeMap<(usize, bool), [i32; 2]> = BTreeMap::new();
    let mut insertions: Vec<Insertion> = Vec::new();
    for (&(p, is_last), &xy) in &ends {
        if moves.contains_key(&(p, is_last)) {
            continue;
        }
        let mut near_ends: Vec<_> = end_tree
            .locate_within_distance([xy.x, xy.y], snap_m * snap_m)
            .map(|e| e.data)
            .filter(|other| *other != (p, is_last) && !moves.contains_key(other))
            .collect();
        near_ends.sort_unstable();
        let target = near_ends.into_iter().min_by(|a, b| distance_m(ends[a], xy).total_cmp(&distance_m(ends[b], xy)));
        if let Some(other) = target {
            let positions = &polylines[other.0].positions;
            let position = if other.1 { positions[positions.len() - 1] } else { positions[0] };
            moves.insert((p, is_last), position);
            moves.insert(other, position);
            continue;
        }
        let reach = AABB::from_corners([xy.x - snap_m, xy.y - snap_m], [xy.x + snap_m, xy.y + snap_m]);
        let mut lines: Vec<(usize, usize)> =
            tree.locate_in_envelope_intersecting(reach).map(|e| e.data).filter(|(other, _)| *other != p).collect();
        lines.sort_unstable();
        let nearest = lines
            .into_iter()
            .map(|at| {
                let line = segment(frame, polylines, at);
                let fraction = project(xy, line.start, line.end);
                let foot = line.start + line.delta() * fraction;
                (at, fraction, foot, distance_m(foot, xy))
            })
            .filter(|(_, _, _, d)| *d <= snap_m)
            .min_by(|a, b| a.3.total_cmp(&b.3));
        if let Some((at, fraction, foot, _)) = nearest {
            let positions = &polylines[at.0].positions;
            let position = match fraction {
                0.0 => positions[at.1],
                1.0 => positions[at.1 + 1],
                _ => rounded(frame.to_lon_lat(foot)),
            };
            insertions.push((at.0, at.1, fraction, position));
            moves.insert((p, is_last), position);
        }
    }
    insert(polylines, insertions);
    for ((p, is_last), position) in moves {
        let positions = &mut polylines[p].positions;
        let slot = if is_last { positions.len() - 1 } else { 0 };
        positions[slot] = position;
    }
}

/// Inserts vertices into segments, in order along each.
fn insert(polylines: &mut [Polyline], mut insertions: Vec<Insertion>) {
    insertions.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3)));
    for (p, s, _, position) in insertions.into_iter().rev() {
        let positions = &mut polylines[p].positions;
        if positions[s] != position && positions[s + 1] != position {
            positions.insert(s + 1, position);
        }
    }
}
