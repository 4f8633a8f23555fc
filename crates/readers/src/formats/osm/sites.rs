//! Stations, facilities and defibrillators.
//!
//! In: an [`Extract`]. Out: features of their layers. A site drawn as an area is a point of it. A hospital that is drawn as an
//! area and has a node as well is one hospital.

use super::Found;
use super::areas;
use super::elements::Extract;
use super::outline::line_string;
use super::tags::{self, PropertyNames, Tags, Theme};
use crate::geometry::Geometry;
use crate::properties::Property;
use geo::{Centroid, Contains, InteriorPoint, MultiPolygon, Point, Polygon};
use lifering_base::error::Place;
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::Layer;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Sites of one kind and one name nearer than this to each other are one, metres (a tool assumption: a hospital's entrance and
/// the middle of its grounds, not two branches).
const SAME_SITE_M: f64 = 100.0;

/// The element that a site is drawn as, the one that is kept of several first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Drawn {
    Relation,
    Way,
    Node,
}

impl Drawn {
    fn word(self) -> &'static str {
        match self {
            Self::Relation => "relation",
            Self::Way => "way",
            Self::Node => "node",
        }
    }
}

/// One element that is a site.
struct Site {
    drawn: Drawn,
    id: i64,
    place: LonLat,
    /// The ground it covers; `None` for a node or a line.
    ground: Option<MultiPolygon<f64>>,
    tags: Tags,
}

impl Site {
    /// As a mapper writes it: "way 123 General Hospital".
    fn label(&self) -> String {
        let name = self.tags.first(&["name", "name:zh"]).map(|name| format!(" {name}"));
        format!("{} {}{}", self.drawn.word(), self.id, name.unwrap_or_default())
    }

    fn name(&self) -> Option<String> {
        self.tags.first(&["name", "name:zh"]).map(|name| name.trim().to_lowercase())
    }

    /// Whether another element of the same kind is the same site.
    fn is_same(&self, other: &Self) -> bool {
        let covers = |ground: &Option<MultiPolygon<f64>>| {
            let there = Point::new(other.place.lon, other.place.lat);
            ground.as_ref().is_some_and(|ground| ground.contains(&there))
        };
        match (self.name(), other.name()) {
            (Some(a), Some(b)) if a != b => false,
            (Some(_), Some(_)) => self.place.geodesic_m(other.place) < SAME_SITE_M || covers(&self.ground),
            _ => covers(&self.ground),
        }
    }
}

/// Sites by layer.
pub fn sites(extract: &Extract, file: &str, issues: &mut Issues) -> BTreeMap<Layer, Vec<Found>> {
    let mut by_kind: BTreeMap<(Layer, Option<&'static str>), Vec<Site>> = BTreeMap::new();
    for site in all(extract, file, issues) {
        for kind in tags::site_layers(&site.tags) {
            let site = Site { tags: site.tags.clone(), ground: site.ground.clone(), ..site };
            by_kind.entry(kind).or_default().push(site);
        }
    }
    let mut names = PropertyNames::default();
    let mut layers: BTreeMap<Layer, Vec<Found>> = BTreeMap::new();
    for ((layer, kind), sites) in by_kind {
        // Two defibrillators of one name in one building are two.
        let sites = if layer == Layer::Aeds { sites } else { each_once(sites, file, issues) };
        let features = sites.into_iter().map(|site| {
            let hours = site.tags.get("opening_hours").map(|hours| ("hours", hours));
            let more = kind.map(|kind| ("kind", kind)).into_iter().chain(hours);
            let more = more.map(|(key, value)| (key, Property::Text(value.into()))).collect();
            let tags = site.tags.iter().filter(|(key, _)| *key != "opening_hours");
            let properties = names.properties(more, tags);
            Found { id: site.id, geometry: Some(Geometry::Point(site.place)), properties }
        });
        layers.entry(layer).or_default().extend(features);
    }
    layers
}

/// Every element that is a site: relations, ways, nodes, each in the order of ids.
fn all(extract: &Extract, file: &str, issues: &mut Issues) -> Vec<Site> {
    let mut found = Vec::new();
    let mut drawn = FxHashSet::default();
    for relation in extract.relations.iter().filter(|relation| relation.theme == Theme::Site) {
        let (outline, _) = areas::outline(extract, relation);
        let at = areas::place(file, relation);
        areas::note_closed(&outline, &at, issues);
        let ground = outline.area();
        let Some(place) = point_inside(&ground).or_else(|| middle(&outline.open.concat())) else {
            issues.note(
                IssueCode::PartNotUsed,
                &at,
                message!("message.no_outline"),
                message!("message.outline_wanted"),
            );
            continue;
        };
        drawn.extend(relation.ways().into_iter().map(|(id, _)| id));
        let ground = Some(ground).filter(|ground| !ground.0.is_empty());
        found.push(Site { drawn: Drawn::Relation, id: relation.id, place, ground, tags: relation.tags.clone() });
    }
    for way in extract.ways.iter().filter(|way| way.theme == Theme::Site && !drawn.contains(&way.id)) {
        let places: Vec<LonLat> = way.nodes.iter().filter_map(|node| extract.nodes.place(*node)).collect();
        let closed = places.len() == way.nodes.len() && places.len() > 3 && places.first() == places.last();
        let ground = closed.then(|| MultiPolygon::from(Polygon::new(line_string(&places), Vec::new())));
        let place = ground.as_ref().and_then(point_inside).or_else(|| middle(&places));
        let Some(place) = place else { continue };
        found.push(Site { drawn: Drawn::Way, id: way.id, place, ground, tags: way.tags.clone() });
    }
    for node in &extract.site_nodes {
        let Some(place) = extract.nodes.place(node.id) else { continue };
        found.push(Site { drawn: Drawn::Node, id: node.id, place, ground: None, tags: node.tags.clone() });
    }
    found
}

/// The centroid, or a point inside where the centroid is not.
fn point_inside(ground: &MultiPolygon<f64>) -> Option<LonLat> {
    let centroid = ground.centroid().filter(|centroid| ground.contains(centroid));
    centroid.or_else(|| ground.interior_point()).map(|point| LonLat::from(point.0))
}

/// The middle of the positions of a line.
fn middle(places: &[LonLat]) -> Option<LonLat> {
    let n = places.len() as f64;
    let sum = places.iter().fold((0.0, 0.0), |sum, place| (sum.0 + place.lon, sum.1 + place.lat));
    (n > 0.0).then(|| LonLat::new(sum.0 / n, sum.1 / n))
}

/// Sites of one kind without those that are drawn a second time; what only they say is added to the one that is kept.
fn each_once(mut sites: Vec<Site>, file: &str, issues: &mut Issues) -> Vec<Site> {
    sites.sort_by_key(|site| (site.drawn, site.id));
    let mut kept: Vec<Site> = Vec::with_capacity(sites.len());
    let mut by_name: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    // Areas may hold a node of no name, or have none themselves.
    let mut areas: Vec<usize> = Vec::new();
    for site in sites {
        let name = site.name();
        let named = name.as_ref().and_then(|name| by_name.get(name)).map(Vec::as_slice).unwrap_or_default();
        let same = named.iter().chain(&areas).copied().find(|at| kept[*at].is_same(&site));
        if let Some(at) = same {
            let place = Place { id: Some(site.label()), ..Place::file(file).field("site") };
            let found = message!("message.drawn_twice", other = kept[at].label());
            issues.note(IssueCode::CountedOnce, &place, found, message!("message.counted_once"));
            kept[at].tags.fill_from(&site.tags);
            continue;
        }
        if let Some(name) = name {
            by_name.entry(name).or_default().push(kept.len());
        }
        if site.ground.is_some() {
            areas.push(kept.len());
        }
        kept.push(site);
    }
    kept
}
