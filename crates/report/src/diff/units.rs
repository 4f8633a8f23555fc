//! Which unit of one audit is which of the other, and which were merged, split or renamed.
//!
//! In: the units of two audits and their outlines. Out: [`UnitPairs`]. Units are matched by id, those that are left by name,
//! those that are left then by place. An id that stands for another place and another name is no match: the layer was
//! numbered anew. What is left is told as merged or split where the outlines say so.

use super::Pair;
use super::results::{AuditResults, UnitOutline};
use crate::report::UnitReport;
use geo::{Area, BooleanOps, BoundingRect, Coord, Intersects, MapCoords, MultiPolygon, Rect};
use lifering_base::frame::{Frame, FrameError};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Two outlines are one place, or one lies in the other, if they share this much: surveys differ by less.
const SAME_PLACE: f64 = 0.9;

/// An id stands for another place if the two outlines share less than this of the smaller.
const OTHER_PLACE: f64 = 0.5;

/// The units of both audits.
#[derive(Debug)]
pub struct UnitPairs<'a> {
    /// Each unit of the new audit in its order with what it was, then those that only the old one has.
    pub pairs: Vec<Pair<Option<&'a UnitReport>>>,
    /// Units that were merged, split or renamed.
    pub reorganised: Vec<Reorganised>,
}

/// What became of some units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Several are one.
    Merged,
    /// One is several.
    Split,
    /// One has another name.
    Renamed,
}

/// A unit by its id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedUnit {
    /// Id in the units layer.
    pub id: String,
    /// Name in the units layer.
    pub name: String,
}

/// Units that were merged, split or renamed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Reorganised {
    /// What became of them.
    pub became: Became,
    /// Level of the units.
    pub level: String,
    /// The units as they were, in the order of the old audit.
    pub old: Vec<NamedUnit>,
    /// The units as they are, in the order of the new audit.
    pub new: Vec<NamedUnit>,
    /// People in all of them.
    pub population: Pair<f64>,
}

/// Matches the units of two audits.
pub fn pair_units(sides: Pair<&AuditResults>) -> Result<UnitPairs<'_>, FrameError> {
    let units = sides.map(|side| side.report.units.as_slice());
    let mut matching = Matching { units, places: places(sides)?, new_of: vec![None; units.old.len()] };
    matching.by(|unit| unit.id.as_str(), Matching::trusted);
    matching.by(|unit| unit.name.as_str(), |_, _, _| true);
    matching.by_place();
    Ok(UnitPairs { pairs: matching.pairs(), reorganised: matching.reorganised() })
}

/// An outline in the plane.
struct Ground {
    area: MultiPolygon<f64>,
    extent: Rect<f64>,
    m2: f64,
}

impl Ground {
    fn shared_m2(&self, other: &Self) -> f64 {
        if self.extent.intersects(&other.extent) { self.area.intersection(&other.area).unsigned_area() } else { 0.0 }
    }
}

/// The outlines of both, in one equal-area plane; `None` for a unit whose outline is not at hand.
fn places(sides: Pair<&AuditResults>) -> Result<Pair<Vec<Option<Ground>>>, FrameError> {
    let outlines = sides.map(|side| side.outlines.as_deref().unwrap_or_default());
    let extents = outlines.old.iter().chain(outlines.new).filter_map(|outline| outline.area.bounding_rect());
    let both = |a: Rect<f64>, b: Rect<f64>| {
        let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        Rect::new(low, Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) })
    };
    let frame = extents.reduce(both).map(|extent| Frame::new(extent.center().into())).transpose()?;
    let ground = |outline: &UnitOutline| {
        let area = outline.area.map_coords(|c| frame.as_ref().map_or(c, |frame| frame.to_local(c.into())));
        Some(Ground { extent: area.bounding_rect()?, m2: area.unsigned_area(), area }).filter(|ground| ground.m2 > 0.0)
    };
    Ok(Pair { old: (&sides.old.report.units, outlines.old), new: (&sides.new.report.units, outlines.new) }.map(
        |(units, outlines)| {
            let by_id: BTreeMap<(&str, &str), &UnitOutline> =
                outlines.iter().map(|outline| ((outline.level.as_str(), outline.id.as_str()), outline)).collect();
            let of = |unit: &UnitReport| by_id.get(&(unit.level.as_str(), unit.id.as_str())).and_then(|o| ground(o));
            units.iter().map(of).collect()
        },
    ))
}

/// Units that find each other.
struct Matching<'a> {
    units: Pair<&'a [UnitReport]>,
    places: Pair<Vec<Option<Ground>>>,
    /// Of each unit of the old audit its position in the new one.
    new_of: Vec<Option<usize>>,
}

impl<'a> Matching<'a> {
    fn old_of(&self, new: usize) -> Option<usize> {
        self.new_of.iter().position(|found| *found == Some(new))
    }

    /// Positions without a match.
    fn left(&self) -> Pair<Vec<usize>> {
        let taken: BTreeSet<usize> = self.new_of.iter().copied().flatten().collect();
        Pair {
            old: (0..self.units.old.len()).filter(|old| self.new_of[*old].is_none()).collect(),
            new: (0..self.units.new.len()).filter(|new| !taken.contains(new)).collect(),
        }
    }

    /// Matches those of one key and level, if no other is left of that key.
    fn by(&mut self, key: fn(&UnitReport) -> &str, trusted: fn(&Self, usize, usize) -> bool) {
        let index = |units: &'a [UnitReport], left: Vec<usize>| {
            let mut by_key: BTreeMap<(&'a str, &'a str), Vec<usize>> = BTreeMap::new();
            for at in left {
                by_key.entry((units[at].level.as_str(), key(&units[at]))).or_default().push(at);
            }
            by_key
        };
        let left = self.left();
        let (old, new) = (index(self.units.old, left.old), index(self.units.new, left.new));
        for (key, at) in &new {
            if let ([new], Some([old])) = (at.as_slice(), old.get(key).map(Vec::as_slice))
                && trusted(self, *old, *new)
            {
                self.new_of[*old] = Some(*new);
            }
        }
    }

    /// Whether units of one id may be one unit.
    fn trusted(&self, old: usize, new: usize) -> bool {
        let (Some(was), Some(is)) = (&self.places.old[old], &self.places.new[new]) else { return true };
        self.units.old[old].name == self.units.new[new].name || was.shared_m2(is) >= OTHER_PLACE * was.m2.min(is.m2)
    }

    /// The ground that two units of one level share; `None` if one has none.
    fn shared(&self, old: usize, new: usize) -> Option<(f64, &Ground, &Ground)> {
        let (was, is) = (self.places.old[old].as_ref()?, self.places.new[new].as_ref()?);
        (self.units.old[old].level == self.units.new[new].level).then(|| (was.shared_m2(is), was, is))
    }

    fn lies_in_new(&self, old: usize, new: usize) -> bool {
        self.shared(old, new).is_some_and(|(m2, was, _)| m2 >= SAME_PLACE * was.m2)
    }

    fn lies_in_old(&self, new: usize, old: usize) -> bool {
        self.shared(old, new).is_some_and(|(m2, _, is)| m2 >= SAME_PLACE * is.m2)
    }

    fn by_place(&mut self) {
        let Pair { old, mut new } = self.left();
        for old in old {
            let same = |at: &usize| self.lies_in_new(old, new[*at]) && self.lies_in_old(new[*at], old);
            if let Some(at) = (0..new.len()).find(same) {
                self.new_of[old] = Some(new.remove(at));
            }
        }
    }

    fn pairs(&self) -> Vec<Pair<Option<&'a UnitReport>>> {
        let (old, new) = (self.units.old, self.units.new);
        let here = (0..new.len()).map(|at| Pair { old: self.old_of(at).map(|at| &old[at]), new: Some(&new[at]) });
        let gone = self.left().old.into_iter().map(|at| Pair { old: Some(&old[at]), new: None });
        here.chain(gone).collect()
    }

    fn reorganised(&self) -> Vec<Reorganised> {
        let left = self.left();
        // A unit that took in others may have kept its id: it is one of them.
        let mut merged: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for old in left.old {
            let into = (0..self.units.new.len()).find(|new| self.lies_in_new(old, *new));
            if let Some(new) = into {
                merged.entry(new).or_default().push(old);
            }
        }
        let mut split: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for new in left.new {
            let of = (0..self.units.old.len()).find(|old| self.lies_in_old(new, *old));
            if let Some(old) = of {
                split.entry(old).or_default().push(new);
            }
        }
        let merged = merged.into_iter().map(|(new, mut old)| {
            old.extend(self.old_of(new).filter(|old| self.lies_in_new(*old, new)));
            (Became::Merged, old, vec![new])
        });
        let split = split.into_iter().map(|(old, mut new)| {
            new.extend(self.new_of[old].filter(|new| self.lies_in_old(*new, old)));
            (Became::Split, vec![old], new)
        });
        let renamed = (0..self.units.new.len()).filter_map(|new| {
            let old = self.old_of(new)?;
            let (was, is) = (&self.units.old[old], &self.units.new[new]);
            renamed_from(was, is).map(|_| (Became::Renamed, vec![old], vec![new]))
        });
        let several = |(_, old, new): &(Became, Vec<usize>, Vec<usize>)| old.len() + new.len() > 2;
        let mut all: Vec<_> = merged.chain(split).filter(several).collect();
        // A unit that took in another one has not only another name.
        let told: BTreeSet<usize> = all.iter().flat_map(|(_, _, new)| new.iter().copied()).collect();
        all.extend(renamed.filter(|(_, _, new)| new.iter().all(|new| !told.contains(new))));
        all.into_iter().map(|(became, old, new)| self.told(became, old, new)).collect()
    }

    fn told(&self, became: Became, mut old: Vec<usize>, mut new: Vec<usize>) -> Reorganised {
        old.sort_unstable();
        new.sort_unstable();
        let named = |units: &[UnitReport], at: &[usize]| {
            let name = |at: &usize| NamedUnit { id: units[*at].id.clone(), name: units[*at].name.clone() };
            at.iter().map(name).collect::<Vec<_>>()
        };
        let people = |units: &[UnitReport], at: &[usize]| at.iter().map(|at| units[*at].population).sum::<f64>();
        Reorganised {
            became,
            level: new.first().map(|at| self.units.new[*at].level.clone()).unwrap_or_default(),
            population: Pair { old: people(self.units.old, &old), new: people(self.units.new, &new) }
                .map(crate::rounding::people),
            old: named(self.units.old, &old),
            new: named(self.units.new, &new),
        }
    }
}

/// The earlier name of a unit, if it is another one. A unit that has no name is called after its id or its place.
pub fn renamed_from(old: &UnitReport, new: &UnitReport) -> Option<String> {
    let nameless = |unit: &UnitReport| unit.name == unit.id;
    (old.name != new.name && !(nameless(old) && nameless(new))).then(|| old.name.clone())
}
