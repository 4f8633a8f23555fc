//! Straight distances to the nearest site.
//!
//! In: sites and places. Out: [`Straight`]: for each place the nearest site; after an edit, the places with another distance.

use crate::city::City;
use geo::Coord;
use lifering_base::frame::LonLat;
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// The local plane is true to 1e-4 within 180 km of its centre: sites farther in the plane than this share and a metre are
/// farther on the ellipsoid too.
const PLANE_SHARE: f64 = 1.0 + 1e-3;

#[derive(Debug)]
pub(super) struct Straight {
    places: Vec<(Coord<f64>, LonLat)>,
    /// R-tree of the sites, by their position among those the rule counts.
    tree: RTree<GeomWithData<[f64; 2], usize>>,
    /// Indexed by site.
    sites: Vec<LonLat>,
    /// Indexed by place: the nearest site, and how far it is, metres; `None` without any site.
    nearest: Vec<Option<(usize, f64)>>,
}

impl Straight {
    pub(super) fn new(city: &City, sites: &[usize], places: Vec<(Coord<f64>, LonLat)>) -> Self {
        let stands = |site: &usize| city.sites()[*site];
        let entries = sites.iter().map(stands).enumerate();
        let tree = RTree::bulk_load(entries.map(|(at, s)| GeomWithData::new([s.xy.x, s.xy.y], at)).collect());
        let sites = sites.iter().map(|site| stands(site).place).collect();
        let mut straight = Self { places, tree, sites, nearest: Vec::new() };
        straight.nearest = straight.places.par_iter().map(|place| straight.nearest_but(*place, &[])).collect();
        straight
    }

    /// Indexed by place, metres.
    pub(super) fn now(&self) -> Vec<Option<f64>> {
        self.nearest.iter().map(|nearest| nearest.map(|(_, metres)| metres)).collect()
    }

    /// Number of places.
    pub(super) fn place_count(&self) -> usize {
        self.places.len()
    }

    /// The sites within a limit of a place, ascending.
    pub(super) fn sites_within(&self, place: usize, holds: impl Fn(f64) -> bool) -> Vec<usize> {
        let (xy, place) = self.places[place];
        let mut found = Vec::new();
        for (entry, distance_2) in self.tree.nearest_neighbor_iter_with_distance_2([xy.x, xy.y]) {
            if !holds(((distance_2.sqrt() - 1.0) / PLANE_SHARE).max(0.0)) {
                break;
            }
            if holds(self.sites[entry.data].geodesic_m(place)) {
                found.push(entry.data);
            }
        }
        found.sort_unstable();
        found
    }

    fn nearest_but(&self, (xy, place): (Coord<f64>, LonLat), withdrawn: &[usize]) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for (entry, distance_2) in self.tree.nearest_neighbor_iter_with_distance_2([xy.x, xy.y]) {
            if best.is_some_and(|(_, metres)| distance_2.sqrt() > metres * PLANE_SHARE + 1.0) {
                break;
            }
            if withdrawn.contains(&entry.data) {
                continue;
            }
            let metres = self.sites[entry.data].geodesic_m(place);
            if best.is_none_or(|(_, least)| metres < least) {
                best = Some((entry.data, metres));
            }
        }
        best
    }

    /// The places with another distance once some sites are withdrawn and others stand, ascending.
    pub(super) fn change(&self, city: &City, withdrawn: &[usize], added: &[LonLat]) -> Vec<(u32, Option<f64>)> {
        let new: Vec<(Coord<f64>, LonLat)> = added.iter().map(|at| (city.frame().to_local(*at), *at)).collect();
        let change = |(at, place): (usize, &(Coord<f64>, LonLat))| {
            let now = self.nearest[at];
            let mut after = match now {
                Some((site, _)) if withdrawn.contains(&site) => self.nearest_but(*place, withdrawn).map(|(_, m)| m),
                _ => now.map(|(_, metres)| metres),
            };
            for (xy, stands) in &new {
                let plane_m = libm::hypot(xy.x - place.0.x, xy.y - place.0.y);
                if after.is_none_or(|least| plane_m <= least * PLANE_SHARE + 1.0) {
                    let metres = stands.geodesic_m(place.1);
                    after = Some(after.map_or(metres, |least| least.min(metres)));
                }
            }
            (after != now.map(|(_, metres)| metres)).then_some((at as u32, after))
        };
        self.places.par_iter().enumerate().filter_map(change).collect()
    }
}
