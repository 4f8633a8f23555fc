//! Lines to segments between shared vertices, for all usages.
//!
//! In: roads. Out: [`Segments`], the common part of the networks of all usages, with local places and ellipsoidal
//! lengths. Vertices are numbered along a Morton curve, so that neighbours on the ground are neighbours in memory and
//! the numbering does not depend on the order of the file.

use super::noding;
use super::polyline::{Polyline, place, rounded};
use super::settings::{BuildSettings, Usage};
use geo::Coord;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Road;
use rayon::prelude::*;

/// A road segment between two consecutive vertices, as drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) ends: [u32; 2],
    pub(super) road: u32,
}

/// All segments, with the vertices that they share.
pub(super) struct Segments {
    /// Indexed by vertex: longitude and latitude, 1e-7 degrees.
    pub(super) vertices: Vec<[i32; 2]>,
    /// Indexed by vertex: place in the local frame, metres.
    pub(super) xy: Vec<Coord<f64>>,
    /// Segments in the order of the roads.
    pub(super) all: Vec<Segment>,
    /// Indexed by segment: length on the ellipsoid, metres.
    pub(super) length_m: Vec<f32>,
    /// The vertices at which a closure cut a line, ascending.
    pub(super) cut: Vec<u32>,
    /// Indexed by vertex: its first entry in `incident`; one entry more than vertices.
    start: Vec<u32>,
    incident: Vec<u32>,
}

impl Segments {
    /// The segments of all roads that one of `usages` may use.
    pub(super) fn new(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>, usages: &[Usage]) -> Self {
        let mut polylines = polylines(roads, frame, settings, usages);
        if settings.nodes_lines() {
            noding::join(&mut polylines, roads, frame, settings);
        }
        let (vertices, all, cut) = vertices_and_segments(&polylines);
        drop(polylines);
        let ((xy, length_m), (start, incident)) = rayon::join(
            || {
                let xy = vertices.par_iter().map(|v| frame.to_local(place(*v))).collect();
                let length = |segment: &Segment| {
                    let [a, b] = segment.ends.map(|end| place(vertices[end as usize]));
                    a.length_m(b) as f32
                };
                (xy, all.par_iter().map(length).collect())
            },
            || incidence(vertices.len(), &all),
        );
        Self { vertices, xy, all, length_m, cut, start, incident }
    }

    /// The vertex at a position that lines share; `None` if no line has one there.
    pub(super) fn shared_vertex(&self, position: [i32; 2]) -> Option<u32> {
        let key = morton(position);
        let at = self.vertices.partition_point(|vertex| morton(*vertex) < key);
        (self.vertices.get(at) == Some(&position)).then_some(at as u32)
    }

    /// The segments that meet at a vertex, ascending; a segment from the vertex to itself appears twice.
    pub(super) fn incident_to(&self, vertex: u32) -> &[u32] {
        &self.incident[self.start[vertex as usize] as usize..self.start[vertex as usize + 1] as usize]
    }
}

/// Vertex-segment incidence in compressed rows: first entry of each vertex, and the segments of all.
fn incidence(vertex_count: usize, segments: &[Segment]) -> (Vec<u32>, Vec<u32>) {
    let mut start = vec![0_u32; vertex_count + 1];
    for segment in segments {
        for end in segment.ends {
            start[end as usize + 1] += 1;
        }
    }
    for i in 1..start.len() {
        start[i] += start[i - 1];
    }
    let mut next = start.clone();
    let mut list = vec![0_u32; segments.len() * 2];
    for (id, segment) in segments.iter().enumerate() {
        for end in segment.ends {
            list[next[end as usize] as usize] = id as u32;
            next[end as usize] += 1;
        }
    }
    (start, list)
}

/// The open lines of all roads that one of `usages` may use.
pub(super) fn polylines(
    roads: &[Road],
    frame: &Frame,
    settings: &BuildSettings<'_>,
    usages: &[Usage],
) -> Vec<Polyline> {
    let line = |road: u32, piece: &[LonLat], cut: [bool; 2]| Polyline {
        road,
        positions: piece.iter().copied().map(rounded).collect(),
        cut,
    };
    let lines_of = |(index, road): (usize, &Road)| -> Vec<Polyline> {
        let index = index as u32;
        if !usages.iter().any(|usage| usage.may_use(road, &settings.settings.drive)) {
            return Vec::new();
        }
        match settings.closed {
            None => road.parts.iter().map(|part| line(index, part, [false, false])).collect(),
            Some(closed) => {
                let open = road.parts.iter().flat_map(|part| closed.open_parts(part, frame));
                open.map(|open| line(index, &open.line, open.cut)).collect()
            }
        }
    };
    roads.par_iter().enumerate().flat_map_iter(lines_of).collect()
}

/// Position on a Morton curve: the bits of longitude and latitude interleaved. One to one with the coordinates.
fn morton(position: [i32; 2]) -> u64 {
    let spread = |v: i32| {
        let mut x = u64::from((i64::from(v) - i64::from(i32::MIN)) as u32);
        x = (x | (x << 16)) & 0x0000_ffff_0000_ffff;
        x = (x | (x << 8)) & 0x00ff_00ff_00ff_00ff;
        x = (x | (x << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
        x = (x | (x << 2)) & 0x3333_3333_3333_3333;
        (x | (x << 1)) & 0x5555_5555_5555_5555
    };
    spread(position[0]) | (spread(position[1]) << 1)
}

/// What makes two positions one vertex: the position on the curve, and 0 for ends that may join others or a number of its
/// own for one that may not.
type VertexKey = (u64, u32);

/// Places of the vertices, the segments, and the vertices that were cut.
fn vertices_and_segments(polylines: &[Polyline]) -> (Vec<[i32; 2]>, Vec<Segment>, Vec<u32>) {
    let positions: Vec<[i32; 2]> = polylines.par_iter().flat_map_iter(|p| p.positions.iter().copied()).collect();
    let mut keyed: Vec<(VertexKey, u32)> =
        positions.par_iter().enumerate().map(|(slot, position)| ((morton(*position), 0), slot as u32)).collect();
    let mut slot = 0;
    for polyline in polylines {
        let last = slot + polyline.positions.len() - 1;
        for (end, _) in [slot, last].into_iter().zip(polyline.cut).filter(|(_, cut)| *cut) {
            keyed[end].0.1 = end as u32 + 1;
        }
        slot = last + 1;
    }
    keyed.par_sort_unstable();
    let mut vertex_at = vec![0_u32; keyed.len()];
    let mut vertices: Vec<[i32; 2]> = Vec::with_capacity(keyed.len());
    let (mut before, mut cut) = (None, Vec::new());
    for (key, slot) in keyed {
        if before.replace(key) != Some(key) {
            if key.1 != 0 {
                cut.push(vertices.len() as u32);
            }
            vertices.push(positions[slot as usize]);
        }
        vertex_at[slot as usize] = vertices.len() as u32 - 1;
    }
    let mut segments = Vec::with_capacity(vertex_at.len());
    let mut rest = vertex_at.as_slice();
    for polyline in polylines {
        let (ids, others) = rest.split_at(polyline.positions.len());
        let distinct = ids.windows(2).filter(|w| w[0] != w[1]);
        segments.extend(distinct.map(|w| Segment { ends: [w[0], w[1]], road: polyline.road }));
        rest = others;
    }
    (vertices, segments, cut)
}
