//! Roads closed, and roads with another speed.
//!
//! In: an edit. Out: a chosen road says itself that it is closed to everybody (`access=no`), or its speed; a drawing closes
//! as the closures layer does, which it is added to.

use super::draft::{Draft, Topic, unknown};
use crate::network::closed_areas;
use geo::{BoundingRect, Coord, Rect};
use lifering_base::error::InputError;
use lifering_base::message;
use lifering_base::records::{Obstacles, Permission, Road, VehicleAccess};
use lifering_readers::scenario::edit::{RoadChoice, RoadSpeed};
use lifering_readers::scenario::{area, line};

/// What is said of a chosen road that is closed.
const CLOSED: &str = "closed";
/// Roads farther than this from a drawing are not looked at, degrees: several times the reach of a closure line.
const MARGIN_DEGREES: f64 = 1e-4;

/// Closes roads.
pub(super) fn close(draft: &mut Draft<'_>, choice: &RoadChoice) -> Result<(), InputError> {
    draft.changed.networks = true;
    if let Some(drawn) = drawing(draft, choice)? {
        touched(draft, &drawn, choice)?;
        let closures = draft.records.closures.get_or_insert_default();
        closures.lines.extend(drawn.lines);
        closures.areas.extend(drawn.areas);
        return Ok(());
    }
    for at in chosen(draft, choice)? {
        draft.say(Topic::Road(at), CLOSED, word(choice))?;
        let road = &mut draft.records.roads[at];
        road.access = VehicleAccess::both(Permission::Closed);
        road.no_walkers = true;
    }
    Ok(())
}

/// Gives roads another speed.
pub(super) fn set_speed(draft: &mut Draft<'_>, speed: &RoadSpeed) -> Result<(), InputError> {
    draft.changed.driving = true;
    let kmh = speed.kmh.to_string();
    let drawn = drawing(draft, &speed.road)?;
    let roads = match &drawn {
        Some(drawn) => touched(draft, drawn, &speed.road)?,
        None => chosen(draft, &speed.road)?,
    };
    for at in roads {
        let closed = draft.said(&Topic::Road(at)) == Some(CLOSED);
        if drawn.is_some() && closed {
            continue;
        }
        let (said, other) = match drawn {
            Some(_) => (Topic::DrawnRoad(at), Topic::Road(at)),
            None => (Topic::Road(at), Topic::DrawnRoad(at)),
        };
        draft.agree(&other, &kmh, "kmh")?;
        draft.say(said, &kmh, "kmh")?;
        draft.records.roads[at].speed_kmh = Some(speed.kmh);
    }
    let factor = draft.records.settings.drive.period_factor();
    if let Some(taken) = &mut draft.records.roads_taken {
        taken.fastest_kmh = taken.fastest_kmh.max(speed.kmh / factor);
    }
    Ok(())
}

/// The word of a choice.
fn word(choice: &RoadChoice) -> &'static str {
    match choice {
        RoadChoice::Id(_) => "id",
        RoadChoice::Feature(_) => "feature",
        RoadChoice::Name(_) => "name",
        RoadChoice::Area(_) => "area",
        RoadChoice::Line(_) => "line",
    }
}

/// The positions of the roads of an id, a feature or a name.
fn chosen(draft: &Draft<'_>, choice: &RoadChoice) -> Result<Vec<usize>, InputError> {
    let roads = &draft.records.roads;
    let by = |of: &dyn Fn(&Road) -> bool| -> Vec<usize> {
        roads.iter().enumerate().filter(|(_, road)| of(road)).map(|(at, _)| at).collect()
    };
    let found = match choice {
        RoadChoice::Id(id) => by(&|road| road.id.as_ref() == Some(id)),
        RoadChoice::Feature(feature) => by(&|road| road.feature == *feature),
        RoadChoice::Name(name) => by(&|road| road.name.as_ref() == Some(name)),
        RoadChoice::Area(_) | RoadChoice::Line(_) => Vec::new(),
    };
    if !found.is_empty() {
        return Ok(found);
    }
    let (place, wanted) = (draft.field(word(choice)), message!("scenario.road_of"));
    Err(match choice {
        RoadChoice::Id(id) => unknown(place, id, wanted, roads.iter().filter_map(|road| road.id.as_deref())),
        RoadChoice::Name(name) => unknown(place, name, wanted, roads.iter().filter_map(|road| road.name.as_deref())),
        RoadChoice::Feature(feature) => InputError::wrong(place, *feature, wanted),
        RoadChoice::Area(_) | RoadChoice::Line(_) => InputError::wrong(place, message!("message.nothing"), wanted),
    })
}

/// What a choice draws; `None` if it draws nothing.
fn drawing(draft: &Draft<'_>, choice: &RoadChoice) -> Result<Option<Obstacles>, InputError> {
    let place = draft.field(word(choice));
    Ok(match choice {
        RoadChoice::Area(corners) => Some(Obstacles { lines: Vec::new(), areas: area(corners, &place)?.0 }),
        RoadChoice::Line(positions) => Some(Obstacles { lines: vec![line(positions, &place)?], areas: Vec::new() }),
        _ => None,
    })
}

/// The positions of the roads that a drawing touches.
///
/// # Errors
/// There is none.
fn touched(draft: &Draft<'_>, drawn: &Obstacles, choice: &RoadChoice) -> Result<Vec<usize>, InputError> {
    let frame = draft.base.frame();
    let areas = closed_areas(drawn, frame);
    let extents = drawn.lines.iter().filter_map(BoundingRect::bounding_rect);
    let near: Vec<Rect<f64>> =
        extents.chain(drawn.areas.iter().filter_map(BoundingRect::bounding_rect)).map(widened).collect();
    let is_near = |road: &&(usize, &Road)| {
        let extent = extent(road.1);
        extent.is_some_and(|extent| near.iter().any(|near| overlap(near, &extent)))
    };
    let meets = |road: &Road| {
        road.parts.iter().any(|part| {
            let open = areas.open_parts(part, frame);
            open.len() != 1 || open[0].line != *part
        })
    };
    let all: Vec<(usize, &Road)> = draft.records.roads.iter().enumerate().collect();
    let found: Vec<usize> = all.iter().filter(is_near).filter(|(_, road)| meets(road)).map(|(at, _)| *at).collect();
    if found.is_empty() {
        let found = message!("scenario.no_road_there");
        return Err(InputError::wrong(draft.field(word(choice)), found, message!("scenario.drawing_on_road")));
    }
    Ok(found)
}

fn widened(rect: Rect<f64>) -> Rect<f64> {
    let margin = Coord { x: MARGIN_DEGREES, y: MARGIN_DEGREES };
    Rect::new(rect.min() - margin, rect.max() + margin)
}

fn extent(road: &Road) -> Option<Rect<f64>> {
    let all = road.parts.iter().flatten().map(|at| Coord { x: at.lon, y: at.lat });
    all.map(|at| Rect::new(at, at)).reduce(|a, b| {
        let min = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let max = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        Rect::new(min, max)
    })
}

fn overlap(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}
