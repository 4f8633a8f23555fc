//! What the rules judge from: people, sites, areas, and the area of each. No roads, no geometry.
//!
//! In: records and memberships, worked out by the audit. Out: [`Evidence`], which resolves a rule's selection to sites, or
//! to what is missing for it; [`Measurements`] are indexed by its demand points.

use super::catalogue::{AttributeName, Criterion, Filter, LayerName, Measure, Selection, Truth, UnitKind};
use super::incomplete::{Ground, LeftOut};
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_base::units::Milliseconds;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People at one place.
#[derive(Clone, Debug)]
pub struct DemandPoint {
    /// Number of people, 0 or more; a fraction if they were scaled or shared out.
    pub people: f64,
    /// Attributes by name, such as `urban`; one that is not known is absent.
    pub attributes: BTreeMap<String, Scalar>,
}

/// A feature of a layer that rules select: a station, facility, defibrillator.
#[derive(Clone, Debug)]
pub struct SiteEvidence {
    /// Its layer; never [`LayerName::Decontamination`], which is virtual.
    pub layer: LayerName,
    /// Id in the layer.
    pub id: String,
    /// Name in the layer.
    pub name: String,
    /// Its place is known. Placed sites come before the others.
    pub placed: bool,
    /// It is inside the boundary; true for a site without a place, which counts for the region as a whole.
    pub inside: bool,
    /// Attributes by name; one that is not known is absent.
    pub attributes: BTreeMap<String, Scalar>,
}

/// An administrative unit or another area that is judged by itself.
#[derive(Clone, Debug)]
pub struct Area {
    /// Id in the units layer; of a derived area, that of its sub-centre.
    pub id: String,
    /// Name in the units layer; of a derived area, that of its sub-centre.
    pub name: String,
    /// Attributes by name; one that is not known is absent.
    pub attributes: BTreeMap<String, Scalar>,
    /// Its ground is known. People and sites of an area without ground may be anywhere.
    pub located: bool,
    /// Its people, as positions in [`Evidence::demand_points`].
    pub members: Vec<u32>,
    /// Its sites, as positions in [`Evidence::sites`].
    pub sites: BTreeSet<usize>,
}

/// Areas of one level.
#[derive(Clone, Debug)]
pub struct Level {
    /// The areas, in the order of the layer.
    pub areas: Vec<Area>,
    /// The sub-centres from whose travel times the areas were derived, as positions in [`Evidence::sites`]; `None` if the
    /// areas are given.
    pub derived_from: Option<BTreeSet<usize>>,
    /// Sites whose area is not known, as positions in [`Evidence::sites`]: they may be in any area of the level.
    pub unlocated: BTreeSet<usize>,
}

/// Everything the rules may look at.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The people inside the boundary.
    pub demand_points: Vec<DemandPoint>,
    /// No input states the population: the people are not known, rather than none.
    pub people_unknown: bool,
    /// Sites of all layers, those with a place first.
    pub sites: Vec<SiteEvidence>,
    /// Layers that were given, empty ones included.
    pub given: BTreeSet<LayerName>,
    /// Areas by level.
    pub levels: BTreeMap<UnitKind, Level>,
    /// Area inside the boundary, m2; `None` if it is not known.
    pub area_m2: Option<f64>,
    /// How much of each layer could not be used; a layer that was used whole may be absent.
    pub left_out: BTreeMap<Ground, LeftOut>,
}

/// The input that is missing to judge a rule. A fault of the region's data or of the standard's fit to it, never of the
/// program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A layer was not given.
    Layer {
        /// [`LayerName::name`], or `population`.
        layer: String,
        /// Attributes that the rule needs of its features.
        attributes: Vec<String>,
    },
    /// Features have no place, so nothing can be measured from or to them.
    Place {
        /// Their layers, joined by ` / `.
        layer: String,
        /// Number of features.
        features: usize,
    },
    /// The area of some features is not known.
    AreaOf {
        /// Their layers, joined by ` / `.
        layer: String,
        /// Number of features.
        features: usize,
        /// The level of the areas, [`UnitKind::name`].
        level: String,
    },
    /// Units are named, but their ground could not be read, so that nobody knows what is in them.
    Ground {
        /// The level of the units, [`UnitKind::name`].
        level: String,
        /// Their names.
        units: Vec<String>,
    },
    /// Features lack an attribute that decides.
    Attribute {
        /// Their layer: [`LayerName::name`], `population`, `units` or `stations / facilities`.
        layer: String,
        /// Name of the attribute.
        attribute: String,
        /// Number of features that lack it; of `population`, of inhabited demand points.
        features: usize,
    },
    /// No unit is of this level, [`UnitKind::name`].
    Units(String),
    /// No unit fits the rule's filter, given as text; empty if there is no filter and no unit.
    UnitNamed(String),
    /// No people live among those the rule counts. Only for a population that is known.
    People,
    /// So many people are never reached, so that the mean time has no value.
    Unreached(f64),
    /// The whole of a share is 0; its layers, joined by ` / `.
    Whole(String),
    /// The drive period of this name is not in region.toml.
    Period(String),
    /// The standard states no population for this year.
    PopulationOfYear(u16),
    /// The population that the standard states is not that of the region, [`Standard::counts_these`].
    ///
    /// [`Standard::counts_these`]: super::catalogue::Standard::counts_these
    OtherPopulation {
        /// The year of the rule.
        year: u16,
        /// People the standard states for it.
        stated: u64,
    },
    /// All of these.
    Several(Vec<Missing>),
}

/// The sites that a criterion selects.
#[derive(Clone, Debug, Default)]
pub struct SelectedSites {
    /// Certainly selected, as positions in [`Evidence::sites`], ascending.
    pub certain: Vec<usize>,
    /// Perhaps selected, for they lack an attribute: positions, ascending.
    pub uncertain: Vec<usize>,
    /// The attribute that the uncertain ones lack; `None` if there are none.
    pub lacking: Option<Missing>,
}

impl Missing {
    /// All of these as one; the thing itself if it is the only one, `None` if there is none.
    #[must_use]
    pub fn all(mut missing: Vec<Self>) -> Option<Self> {
        match missing.len() {
            0 => None,
            1 => missing.pop(),
            _ => Some(Self::Several(missing)),
        }
    }
}

impl SelectedSites {
    /// Those that are among `sites`.
    #[must_use]
    pub fn among(&self, sites: &BTreeSet<usize>) -> Self {
        let of = |all: &[usize]| sites.iter().copied().filter(|i| all.binary_search(i).is_ok()).collect();
        Self { certain: of(&self.certain), uncertain: of(&self.uncertain), lacking: self.lacking.clone() }
    }
}

/// A count or sum over sites that may lack attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// The count or sum certainly there.
    pub known: f64,
    /// Number of features that may add to it.
    pub undetermined: usize,
}

impl Evidence {
    /// Number of people inside the boundary.
    pub fn population(&self) -> f64 {
        self.demand_points.iter().map(|p| p.people).sum()
    }

    /// Number of people at these demand points.
    pub fn people(&self, members: &[u32]) -> f64 {
        members.iter().map(|i| self.demand_points[*i as usize].people).sum()
    }

    /// The sites of a selection, or the layer that is missing.
    pub fn select(&self, selection: &Selection) -> Result<SelectedSites, Missing> {
        self.select_for(selection, &[])
    }

    /// The sites that a criterion selects, or the layer that is missing with the attributes it would need.
    pub fn select_of(&self, criterion: &Criterion) -> Result<SelectedSites, Missing> {
        self.select_for(criterion.selection(), &criterion.attributes().into_iter().collect::<Vec<_>>())
    }

    /// The sites that a criterion counts: those it selects inside the boundary, in the areas it is about; no helicopter base
    /// where it is about times or distances.
    pub fn counted_by(&self, criterion: &Criterion) -> Result<SelectedSites, Missing> {
        let mut selected = self.select_of(criterion)?;
        let travels = matches!(criterion, Criterion::Radius(_) | Criterion::TravelTime(_));
        let in_areas = self.sites_of_units(criterion);
        let counts = |i: &usize| {
            let there = in_areas.as_ref().is_none_or(|sites| sites.contains(i));
            self.sites[*i].inside && there && !(travels && self.is_air_base(*i))
        };
        selected.certain.retain(counts);
        selected.uncertain.retain(counts);
        Ok(selected)
    }

    /// The sites in the units that a rule's filter selects; `None` for rules without such a filter.
    fn sites_of_units(&self, criterion: &Criterion) -> Option<BTreeSet<usize>> {
        let Criterion::PresencePerUnit(rule) = criterion else { return None };
        let (filter, level) = (rule.unit_filter.as_ref()?, self.levels.get(&rule.unit)?);
        let those = level.areas.iter().filter(|area| filter.evaluate(&area.attributes) == Truth::True);
        Some(those.flat_map(|area| area.sites.iter().copied()).collect())
    }

    fn select_for(&self, selection: &Selection, attributes: &[&str]) -> Result<SelectedSites, Missing> {
        let mut selected = SelectedSites::default();
        for layer in &selection.layers {
            self.require(layer, attributes)?;
            for (index, site) in self.sites.iter().enumerate() {
                let belongs = match layer {
                    LayerName::Decontamination => decontamination(site),
                    layer => Truth::known(site.layer == *layer),
                };
                let filter = selection.filter.as_ref().map_or(Truth::True, |f| f.evaluate(&site.attributes));
                match belongs.and(filter) {
                    Truth::True => selected.certain.push(index),
                    Truth::Unknown => selected.uncertain.push(index),
                    Truth::False => {}
                }
            }
        }
        selected.certain.sort_unstable();
        selected.uncertain.sort_unstable();
        if !selected.uncertain.is_empty() {
            selected.lacking = Some(Missing::Attribute {
                layer: selection.first_layer().to_string(),
                attribute: self.lacking_attribute(selection, &selected.uncertain),
                features: selected.uncertain.len(),
            });
        }
        Ok(selected)
    }

    fn lacking_attribute(&self, selection: &Selection, unsure: &[usize]) -> String {
        let wanted = selection.filter.iter().flat_map(Filter::attributes);
        let lacking =
            wanted.into_iter().find(|name| unsure.iter().any(|i| self.sites[*i].attributes.attribute(name).is_none()));
        lacking.unwrap_or("decontamination").to_owned()
    }

    /// Whether a site is a station of kind `air`, a base for air rescue.
    pub fn is_air_base(&self, site: usize) -> bool {
        let site = &self.sites[site];
        matches!(site.layer, LayerName::Stations | LayerName::Neighbours)
            && matches!(site.attributes.attribute("kind"), Some(Scalar::Text(kind)) if kind == "air")
    }

    fn require(&self, layer: &LayerName, attributes: &[&str]) -> Result<(), Missing> {
        if *layer == LayerName::Decontamination {
            let stated = self.sites.iter().any(|s| s.attributes.attribute("decontamination").is_some());
            return if stated {
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
    pub fn tally(&self, selected: &SelectedSites, measure: &Measure, counts: impl Fn(usize) -> bool) -> Tally {
        let mut tally = Tally::default();
        for index in selected.certain.iter().copied().filter(|i| counts(*i)) {
            match self.amount(index, measure) {
                Some(amount) => tally.known += amount,
                None => tally.undetermined += 1,
            }
        }
        tally.undetermined += selected.uncertain.iter().filter(|i| counts(**i)).count();
        tally
    }

    /// Counts or sums over those of `selected` that are in an area; `unlocated` more may be in it, and one more at least if
    /// the area has no ground.
    pub fn tally_in(&self, area: &Area, selected: &SelectedSites, measure: &Measure, unlocated: usize) -> Tally {
        let mut tally = self.tally(&selected.among(&area.sites), measure, |_| true);
        tally.undetermined += unlocated + usize::from(!area.located);
        tally
    }

    /// Number of features of `selected` that may add to any area of a level, because their own is not known.
    pub fn unlocated(&self, level: &Level, selected: &SelectedSites, measure: &Measure) -> usize {
        let those = selected.among(&level.unlocated);
        let adds = |i: &&usize| self.amount(**i, measure).is_none_or(|n| n > 0.0);
        those.certain.iter().filter(adds).count() + those.uncertain.len()
    }

    /// What a site adds to a count or sum; `None` if it lacks the attribute.
    pub fn amount(&self, site: usize, measure: &Measure) -> Option<f64> {
        match measure {
            Measure::Count => Some(1.0),
            Measure::Sum(attribute) => self.number(site, attribute),
        }
    }

    /// A numeric attribute of a site, yes or no as 1 or 0; `None` if it is absent or a text. A clinic that states no beds has
    /// none.
    pub fn number(&self, site: usize, attribute: &AttributeName) -> Option<f64> {
        let site = &self.sites[site];
        match site.attributes.attribute(attribute.as_str()) {
            Some(Scalar::Number(n)) => Some(*n),
            Some(Scalar::Bool(b)) => Some(f64::from(u8::from(*b))),
            Some(Scalar::Text(_)) => None,
            None => {
                let of_beds = attribute.as_str().ends_with("beds") && site.attributes.attribute("beds").is_none();
                (of_beds && is_clinic(site)).then_some(0.0)
            }
        }
    }

    /// The radius that each of the sites inside the boundary would have if they shared its area out evenly, metres:
    /// the root of area / (number * pi). `None` without an area or without sites.
    pub fn mean_radius_m(&self, sites: &[usize]) -> Option<f64> {
        let inside = sites.iter().filter(|i| self.sites[**i].inside).count();
        let area = self.area_m2.filter(|_| inside > 0)?;
        Some((area / (inside as f64 * std::f64::consts::PI)).sqrt())
    }

    /// The attributes of a filter that sites lack, in the order of its text, each with the number of sites; empty only
    /// without sites.
    pub fn lacking_of(&self, filter: &Filter, sites: &[usize], layer: &LayerName) -> Vec<Missing> {
        let lacks = |name: &str| sites.iter().filter(|i| self.sites[**i].attributes.attribute(name).is_none()).count();
        let missing = |name: &str, features| Missing::Attribute {
            layer: layer.to_string(),
            attribute: name.to_owned(),
            features,
        };
        let lacked = filter.attributes().map(|name| (name, lacks(name))).filter(|(_, features)| *features > 0);
        let mut all: Vec<Missing> = lacked.map(|(name, features)| missing(name, features)).collect();
        if all.is_empty() && !sites.is_empty() {
            // None is absent: one is of another type than the filter compares with.
            all.push(missing(filter.first_attribute(), sites.len()));
        }
        all
    }

    /// What would settle a tally with undetermined features.
    pub fn lacking(&self, selected: &SelectedSites, measure: &Measure, undetermined: usize) -> Missing {
        if let Some(lacking) = &selected.lacking {
            return lacking.clone();
        }
        // Every site adds 1 to a count. So without uncertain sites only a sum is undetermined: by a site of `certain`.
        let layer = selected.certain.first().map(|i| self.sites[*i].layer.to_string()).unwrap_or_default();
        let attribute = match measure {
            Measure::Count => String::new(),
            Measure::Sum(attribute) => attribute.to_string(),
        };
        Missing::Attribute { layer, attribute, features: undetermined }
    }

    /// The demand points that a filter selects, as positions. At least one is inhabited.
    ///
    /// # Errors
    /// An inhabited point lacks an attribute, the population is not known, or nobody lives at the points selected.
    pub fn demand(&self, filter: Option<&Filter>) -> Result<Vec<u32>, Missing> {
        let mut members = Vec::new();
        let mut unknown = 0;
        for (index, person) in self.demand_points.iter().enumerate() {
            match filter.map_or(Truth::True, |f| f.evaluate(&person.attributes)) {
                Truth::True => members.push(index as u32),
                Truth::False => {}
                Truth::Unknown => unknown += usize::from(person.people > 0.0),
            }
        }
        if let Some(filter) = filter.filter(|_| unknown > 0) {
            return Err(Missing::Attribute {
                layer: "population".to_owned(),
                attribute: filter.first_attribute().to_owned(),
                features: unknown,
            });
        }
        if self.people_unknown {
            return Err(Missing::Layer { layer: "population".to_owned(), attributes: Vec::new() });
        }
        if members.iter().all(|i| self.demand_points[*i as usize].people <= 0.0) {
            return Err(Missing::People);
        }
        Ok(members)
    }
}

/// A village clinic may have no inpatient beds. Source: 村卫生室管理办法（试行）, 国卫基层发〔2014〕33号.
fn is_clinic(site: &SiteEvidence) -> bool {
    site.layer == LayerName::Facilities
        && matches!(site.attributes.attribute("kind"), Some(Scalar::Text(kind)) if kind == "clinic")
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
        // A facility without the attribute has none: only the layer of stations is expected to state it throughout.
        None if site.layer == LayerName::Facilities => Truth::False,
        _ => Truth::Unknown,
    }
}

/// The measurements for a query, indexed by [`Evidence::demand_points`].
#[derive(Clone, Debug)]
pub enum Measurements {
    /// Times; `None` if never reached. Lengths along the network are times at 1 m/s.
    Times(Vec<Option<Milliseconds>>),
    /// Distances in metres; `None` if there is no site.
    Distances(Vec<Option<f64>>),
}

impl Measurements {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Times(times) => times.len(),
            Self::Distances(distances) => distances.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
