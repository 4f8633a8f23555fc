//! Where features and records lie: extents, and the refusal of what cannot be WGS 84 degrees.
//!
//! In: features of a file or typed records, both through [`Located`]. Out: an [`Extent`], or an error with the likely cause.

use crate::crs::{self, Extent};
use geo::{CoordsIter, LineString, MultiPolygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::{Neighbour, People, Record, Residence, Road, RoadBarrier, Site, Turn, Unit};
use rayon::prelude::*;

/// A feature or a record with positions.
pub trait Located {
    /// Calls `visit` with every position, in order.
    fn each_position(&self, visit: &mut dyn FnMut(LonLat));
}

impl Located for MultiPolygon<f64> {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        self.coords_iter().for_each(|c| visit(c.into()));
    }
}

impl Located for LineString<f64> {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        self.coords_iter().for_each(|c| visit(c.into()));
    }
}

impl Located for Unit {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        if let Some(area) = &self.area {
            area.each_position(visit);
        }
    }
}

impl Located for People {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        match &self.residence {
            Residence::Point(place) => visit(*place),
            Residence::Area(area) => area.each_position(visit),
        }
    }
}

impl Located for Road {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        self.parts.iter().flatten().for_each(|place| visit(*place));
    }
}

impl Located for Site {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        visit(self.place);
    }
}

impl Located for RoadBarrier {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        visit(self.place);
    }
}

impl Located for Turn {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        self.place.into_iter().for_each(visit);
    }
}

impl Located for Neighbour {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        visit(self.site.place);
    }
}

impl Located for Record {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        self.place.into_iter().for_each(visit);
    }
}

/// The extent of one feature or record; `None` without positions.
pub fn extent(one: &impl Located) -> Option<Extent> {
    let mut all: Option<Extent> = None;
    one.each_position(&mut |p| all = Some(all.map_or(Extent::of(p), |e| e.with(Extent::of(p)))));
    all
}

/// Whether a position can be degrees.
pub fn is_degrees(p: LonLat) -> bool {
    p.lon.abs() <= 180.0 && p.lat.abs() <= 90.0
}

/// Whether all positions can be degrees.
pub fn in_degrees(one: &impl Located) -> bool {
    let mut all = true;
    one.each_position(&mut |p| all &= is_degrees(p));
    all
}

/// Refuses positions that cannot be WGS 84 degrees, with the likely cause. `place` names an item by its index in `all`;
/// `near` is a position in the region if one is known.
pub fn check_degrees<T: Located + Sync>(
    all: &[T],
    place: impl Fn(usize) -> Place,
    near: Option<LonLat>,
) -> Result<(), InputError> {
    let wrong = |one: &T| !in_degrees(one);
    let Some(first) = all.par_iter().position_first(wrong) else { return Ok(()) };
    let count = all.par_iter().filter(|one| wrong(one)).count();
    let mut found = None;
    let mut extent: Option<Extent> = None;
    for one in all.iter().filter(|one| wrong(one)) {
        one.each_position(&mut |p| {
            if !is_degrees(p) {
                found.get_or_insert(p);
                extent = Some(extent.map_or(Extent::of(p), |e| e.with(Extent::of(p))));
            }
        });
    }
    let (Some(found), Some(extent)) = (found, extent) else { return Ok(()) };
    Err(InputError::wrong(
        place(first).field("coordinates"),
        message!("message.positions_of", lon = found.lon, lat = found.lat, count = count, all = all.len()),
        message!("message.wgs84_degrees"),
    )
    .with_help(crs::advice(extent, near)))
}
