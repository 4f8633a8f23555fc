//! What the rules judge from: people, sites, areas and who belongs where. No roads, no geometry.
//!
//! In: records and memberships worked out by the audit. Out: [`Evidence`], which resolves a rule's selection to sites and
//! says what is missing for it.

use super::catalogue::{AttributeName, Criterion, Filter, LayerName, Measure, Selection, Truth, UnitKind};
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_base::units::Milliseconds;
use std::collections::{BTreeMap, BTreeSet};

/// Some people at one place.
#[derive(Clone, Debug)]
pub struct Person {
    /// How many.
    pub people: f64,
    /// What is known of them, `urban` for example.
    pub attributes: BTreeMap<String, Scalar>,
}

/// A station, facility, defibrillator or other thing that counts.
#[derive(Clone, Debug)]
pub struct SiteEvidence {
    /// The layer it is in.
    pub layer: LayerName,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is known where it stands. What is placed comes before what is not.
    pub placed: bool,
    /// Whether it stands inside the boundary; what has no place counts for the whole.
    pub inside: bool,
    /// What is known of it.
    pub attributes: BTreeMap<String, Scalar>,
}

/// An administrative unit or another area that is judged by itself.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub attributes: BTreeMap<String, Scalar>,
    /// Its people, as positions in [`Evidence::people`].
    pub members: Vec<u32>,
    /// Its sites, as positions in [`Evidence::sites`].
    pub sites: BTreeSet<usize>,
}

/// Areas of one level.
#[derive(Clone, Debug)]
pub struct Level {
    /// The areas, in the order of the layer.
    pub areas: Vec<Area>,
    /// Where they were worked out from travel times, not given: the sites they grew from.
    pub derived_from: Option<BTreeSet<usize>>,
    /// Sites of which nobody knows in which area they are, as positions in [`Evidence::sites`].
    pub anywhere: BTreeSet<usize>,
}

/// Everything the rules may look at.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Everybody inside the boundary.
    pub people: Vec<Person>,
    /// True where nothing says how many people live where, which is something else than nobody living there.
    pub people_unknown: bool,
    /// Sites of all layers.
    pub sites: Vec<SiteEvidence>,
    /// Which layers were given, empty ones included.
    pub given: BTreeSet<LayerName>,
    /// Areas by level.
    pub levels: BTreeMap<UnitKind, Level>,
}

/// Why a rule cannot be judged: what would be needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// A layer was not given.
    Layer {
        /// Which one.
        layer: String,
        /// The attributes that the rule would ask of it.
        attributes: Vec<String>,
    },
    /// Features stand nowhere, so nobody's way to them can be measured.
    Place {
        /// Of which layer.
        layer: String,
        /// How many.
        features: usize,
    },
    /// Features do not say in which area they are.
    AreaOf {
        /// Of which layer.
        layer: String,
        /// How many.
        features: usize,
        /// The level of the areas.
        level: String,
    },
    /// An attribute is not there, or not for so many features.
    Attribute {
        /// Of which layer.
        layer: String,
        /// Which attribute.
        attribute: String,
        /// How many features lack it.
        features: usize,
    },
    /// No units of this level.
    Units(String),
    /// No unit fits the rule's filter.
    UnitNamed(String),
    /// Nobody lives where the rule looks.
    People,
    /// Some people can never be reached, so a mean has no value.
    Unreached(f64),
    /// The whole of a share is nothing.
    Whole(String),
    /// The drive period is not in region.toml.
    Period(String),
    /// The standard states no population for the year.
    PopulationOfYear(u16),
    /// The standard counts another city's people.
    OtherPopulation {
        /// The year it counts for.
        year: u16,
        /// Its people.
        stated: u64,
    },
    /// Several of these.
    Several(Vec<Missing>),
}

/// The sites a rule means.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// Those it certainly means, as positions in [`Evidence::sites`], ascending.
    pub sure: Vec<usize>,
    /// Those it may mean: an attribute is missing.
    pub unsure: Vec<usize>,
    /// Which attribute.
    pub lacking: Option<Missing>,
}

impl Selected {
    /// Those that are among some sites.
    #[must_use]
    pub fn among(&self, sites: &BTreeSet<usize>) -> Self {
        let of = |all: &[usize]| sites.iter().copied().filter(|i| all.binary_search(i).is_ok()).collect();
        Self { sure: of(&self.sure), unsure: of(&self.unsure), lacking: self.lacking.clone() }
    }
}

/// A count or sum over sites whose attributes may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// What is certainly there.
    pub sure: f64,
    /// How many more features might add to it.
    pub open: usize,
}

impl Evidence {
    /// All people.
    pub fn population(&self) -> f64 {
        self.people.iter().map(|p| p.people).sum()
    }

    /// The sites of a selection, or the layer that is missing.
    pub fn select(&self, selection: &Selection) -> Result<Selected, Missing> {
        self.select_for(selection, &[])
    }

    /// The sites that a criterion looks at, or the layer that is missing with the attributes it would need.
    pub fn select_of(&self, criterion: &Criterion) -> Result<Selected, Missing> {
        self.select_for(criterion.selection(), &criterion.attributes().into_iter().collect::<Vec<_>>())
    }

    fn select_for(&self, selection: &Selection, attributes: &[&str]) -> Result<Selected, Missing> {
        let mut selected = Selected::default();
        for layer in &selection.layers {
            self.require(layer, attributes)?;
            for (index, site) in self.sites.iter().enumerate() {
                let belongs = match layer {
                    LayerName::Decontamination => decontamination(site),
                    layer => Truth::known(site.layer == *layer),
                };
                let filter = selection.filter.as_ref().map_or(Truth::True, |f| f.evaluate(&site.attributes));
                match belongs.and(filter) {
                    Truth::True => selected.sure.push(index),
                    Truth::Unknown => selected.unsure.push(index),
                    Truth::False => {}
                }
            }
        }
        selected.sure.sort_unstable();
        selected.unsure.sort_unstable();
        if !selected.unsure.is_empty() {
            selected.lacking = Some(Missing::Attribute {
                layer: selection.layers.first().map(ToString::to_string).unwrap_or_default(),
                attribute: self.lacking_attribute(selection, &selected.unsure),
                features: selected.unsure.len(),
            });
        }
        Ok(selected)
    }

    fn lacking_attribute(&self, selection: &Selection, unsure: &[usize]) -> String {
        let asked = selection.filter.iter().flat_map(Filter::attributes);
        let lacking =
            asked.into_iter().find(|name| unsure.iter().any(|i| self.sites[*i].attributes.attribute(name).is_none()));
        lacking.unwrap_or("decontamination").to_owned()
    }

    /// True for a station that says it is a base for air rescue.
    pub fn is_air_base(&self, site: usize) -> bool {
        let site = &self.sites[site];
        matches!(site.layer, LayerName::Stations | LayerName::Neighbours)
            && matches!(site.attributes.attribute("kind"), Some(Scalar::Text(kind)) if kind == "air")
    }

    fn require(&self, layer: &LayerName, attributes: &[&str]) -> Result<(), Missing> {
        if *layer == LayerName::Decontamination {
            let said = self.sites.iter().any(|s| s.attributes.attribute("decontamination").is_some());
            return if said {
                Ok(())
            } else {
                Err(Missing::Attribute {
                    layer: "stations / facilities".to_owned(),
                    attribute: "decontamination".to_owned(),
                    features: self.sites.iter().filter(|s| can_decontaminate(s)).count(),
                })
            };
        }
        if self.given.contains(layer) {
            return Ok(());
        }
        Err(Missing::Layer {
            layer: layer.to_string(),
            attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// Counts or sums over those of `sites` for which `counts` holds.
    pub fn tally(&self, selected: &Selected, measure: &Measure, counts: impl Fn(usize) -> bool) -> Tally {
        let mut tally = Tally::default();
        for index in selected.sure.iter().copied().filter(|i| counts(*i)) {
            match self.amount(index, measure) {
                Some(amount) => tally.sure += amount,
                None => tally.open += 1,
            }
        }
        tally.open += selected.unsure.iter().filter(|i| counts(**i)).count();
        tally
    }

    /// Counts or sums over those of `selected` that are in an area; `anywhere` more may be in it.
    pub fn tally_in(&self, area: &Area, selected: &Selected, measure: &Measure, anywhere: usize) -> Tally {
        let mut tally = self.tally(&selected.among(&area.sites), measure, |_| true);
        tally.open += anywhere;
        tally
    }

    /// How many of `selected` may add to any area of a level.
    pub fn anywhere(&self, level: &Level, selected: &Selected, measure: &Measure) -> usize {
        let those = selected.among(&level.anywhere);
        let adds = |i: &&usize| self.amount(**i, measure).is_none_or(|n| n > 0.0);
        those.sure.iter().filter(adds).count() + those.unsure.len()
    }

    /// What one site counts for.
    pub fn amount(&self, site: usize, measure: &Measure) -> Option<f64> {
        match measure {
            Measure::Count => Some(1.0),
            Measure::Sum(attribute) => self.number(site, attribute),
        }
    }

    /// A number of a site.
    pub fn number(&self, site: usize, attribute: &AttributeName) -> Option<f64> {
        match self.sites[site].attributes.attribute(attribute.as_str())? {
            Scalar::Number(n) => Some(*n),
            Scalar::Bool(b) => Some(f64::from(u8::from(*b))),
            Scalar::Text(_) => None,
        }
    }

    /// What would be needed to settle a tally with open features.
    pub fn lacking(&self, selected: &Selected, measure: &Measure, open: usize) -> Missing {
        if let Some(lacking) = &selected.lacking {
            return lacking.clone();
        }
        let layer = selected.sure.first().map(|i| self.sites[*i].layer.to_string()).unwrap_or_default();
        let attribute = match measure {
            Measure::Count => String::new(),
            Measure::Sum(attribute) => attribute.to_string(),
        };
        Missing::Attribute { layer, attribute, features: open }
    }

    /// The people a rule means, by position; an attribute missing for anybody is what cannot be judged.
    pub fn demand(&self, filter: Option<&Filter>) -> Result<Vec<u32>, Missing> {
        let mut members = Vec::new();
        let mut unknown = 0;
        for (index, person) in self.people.iter().enumerate() {
            match filter.map_or(Truth::True, |f| f.evaluate(&person.attributes)) {
                Truth::True => members.push(index as u32),
                Truth::False => {}
                Truth::Unknown => unknown += usize::from(person.people > 0.0),
            }
        }
        if unknown > 0 {
            return Err(Missing::Attribute {
                layer: "population".to_owned(),
                attribute: filter.and_then(|f| f.attributes().next()).unwrap_or_default().to_owned(),
                features: unknown,
            });
        }
        if self.people_unknown {
            return Err(Missing::Layer { layer: "population".to_owned(), attributes: Vec::new() });
        }
        if members.iter().all(|i| self.people[*i as usize].people <= 0.0) {
            return Err(Missing::People);
        }
        Ok(members)
    }
}

/// Only stations and facilities can hold a decontamination centre.
fn can_decontaminate(site: &SiteEvidence) -> bool {
    matches!(site.layer, LayerName::Stations | LayerName::Facilities)
}

fn decontamination(site: &SiteEvidence) -> Truth {
    if !can_decontaminate(site) {
        return Truth::False;
    }
    match site.attributes.attribute("decontamination") {
        Some(Scalar::Bool(b)) => Truth::known(*b),
        // A facility that says nothing is no decontamination centre: only the layer of stations is asked throughout.
        None if site.layer == LayerName::Facilities => Truth::False,
        _ => Truth::Unknown,
    }
}

/// What was measured for everybody, in the order of [`Evidence::people`].
#[derive(Clone, Debug)]
pub enum Measured {
    /// Times; `None` where never.
    Times(Vec<Option<Milliseconds>>),
    /// Distances in metres; `None` where there is no way.
    Distances(Vec<Option<f64>>),
}
