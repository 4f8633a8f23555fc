//! The opened region, and what is told of it once: names, stations, units, roads and their pieces.
//!
//! In: an [`OpenedRegion`]. Out: [`Workbench`], which every question is asked of. Its base is the region as it was opened; pieces of
//! road keep their numbers under every edit.

use super::answers::{Period, Place, Region, Road, RuleOffered, ScenarioFile, Station, Tier, Unit, Words};
use super::latest::Latest;
use super::refusal::Refusal;
use super::tries::Tries;
use geo::{BoundingRect, MultiPolygon};
use lifering_base::hash::sha256_hex;
use lifering_base::records::attributes::{Attributes, Scalar};
use lifering_base::records::{Layer, Site};
use lifering_base::{message, t};
use lifering_core::audit::{BaseAudit, OpenedRegion};
use lifering_core::city::City;
use lifering_core::run::Progress;
use lifering_readers::scenario::{Edit, Scenario};
use lifering_report::report::illustrative;
use lifering_report::text::{Lang, known};
use lifering_standards::Impedance;
use lifering_standards::access_query;
use lifering_standards::catalogue::{Criterion, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Most edits of a question.
pub const MOST_EDITS: usize = 1_000;

/// A region that is asked.
#[derive(Debug)]
pub struct Workbench {
    pub(crate) opened: OpenedRegion,
    pub(crate) tries: Tries,
    /// The audit of the base, once it is done.
    base_audit: OnceLock<Arc<BaseAudit>>,
    scenario: Option<ScenarioFile>,
    lang: Lang,
    key: String,
    pub(crate) trying: Latest,
    pub(crate) judging: Latest,
    pub(crate) drawing: Latest,
    pub(crate) planning: Latest,
    pub(crate) writing: Latest,
}

impl Workbench {
    /// A workbench on a region. `scenario` is shown first.
    pub fn new(opened: OpenedRegion, scenario: Option<&Scenario>, lang: Lang) -> Self {
        let city = opened.base().city().clone();
        let state = city.records().state();
        let text = state.iter().flat_map(|(file, sha256)| [file, " ", sha256, "\n"]).collect::<String>();
        let scenario = scenario.map(|scenario| ScenarioFile {
            name: scenario.name.clone(),
            note: scenario.note.clone().unwrap_or_default(),
            edits: scenario.edits.clone(),
        });
        let rule = tried_rule(&opened).map(|(rule, _)| rule.id.to_string());
        Self {
            tries: Tries::new(city, opened.base().standard().clone(), rule),
            opened,
            base_audit: OnceLock::new(),
            scenario,
            lang,
            key: sha256_hex(text.as_bytes()),
            trying: Latest::default(),
            judging: Latest::default(),
            drawing: Latest::default(),
            planning: Latest::default(),
            writing: Latest::default(),
        }
    }

    /// The region as it was opened.
    pub fn city(&self) -> &City {
        self.opened.base().city()
    }

    /// Language of what is written.
    pub(crate) fn language(&self) -> Lang {
        self.lang
    }

    /// Under which a browser keeps its scenarios.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The audit of the base, kept for those of edited cities.
    pub(crate) fn base_audit(&self, progress: &dyn Progress) -> Result<Arc<BaseAudit>, Refusal> {
        if let Some(base) = self.base_audit.get() {
            return Ok(Arc::clone(base));
        }
        let base = Arc::new(self.opened.base().base_audit(progress)?);
        Ok(Arc::clone(self.base_audit.get_or_init(|| base)))
    }

    /// A scenario of some edits on the state of the data that was opened.
    ///
    /// # Errors
    /// There are too many, or a value is not what it must be.
    pub(crate) fn scenario(&self, name: &str, note: &str, edits: &[Edit]) -> Result<Scenario, Refusal> {
        few_enough(edits)?;
        let name = if name.trim().is_empty() {
            t!("serve.unnamed", locale = self.lang.locale()).into_owned()
        } else {
            name.to_owned()
        };
        let mut scenario = Scenario::new(&name, edits.to_vec())?;
        scenario.note = Some(note.to_owned()).filter(|note| !note.is_empty());
        scenario.made_on = self.city().records().state();
        Ok(scenario)
    }

    /// The driving rule of a limit; `None`: the rule that is tried.
    ///
    /// # Errors
    /// No rule has the limit.
    pub(crate) fn rule_of_limit(&self, limit_s: Option<f64>) -> Result<Rule, Refusal> {
        let rules = driving_rules(&self.opened);
        let found = match limit_s {
            None => rules.first(),
            Some(limit) => rules.iter().find(|(_, of)| of.total_cmp(&limit).is_eq()),
        };
        found.map(|(rule, _)| rule.clone()).ok_or_else(|| {
            let minutes: Vec<String> = rules.iter().map(|(_, limit)| (limit / 60.0).to_string()).collect();
            Refusal::unfit(&message!("serve.no_rule_of_limit", minutes = minutes.join(", ")))
        })
    }

    /// The limit that is looked at first, seconds.
    pub(crate) fn limit_s(&self) -> f64 {
        tried_rule(&self.opened).map_or(DEFAULT_LIMIT_S, |(_, limit)| limit)
    }

    /// What is told of the region once.
    pub fn region(&self) -> Region {
        let city = self.city();
        let records = city.records();
        let settings = &records.settings;
        let rules = driving_rules(&self.opened);
        let mut limits_s: Vec<f64> = rules.iter().map(|(_, limit)| *limit).collect();
        let limit_s = limits_s.first().copied().unwrap_or(DEFAULT_LIMIT_S);
        limits_s.sort_by(f64::total_cmp);
        limits_s.dedup();
        let units = records.units.as_deref().unwrap_or_default();
        let with_ground = || units.iter().filter_map(|unit| Some((unit, unit.area.as_ref()?)));
        let shapes: Vec<Value> = with_ground()
            .map(|(unit, area)| json!({"type": "Feature", "geometry": geometry(area), "properties": {"id": unit.id, "name": unit.name}}))
            .collect();
        let boundary = lifering_core::city::boundary::boundary(records).0;
        let bbox = boundary.bounding_rect().map_or([0.0; 4], |r| [r.min().x, r.min().y, r.max().x, r.max().y]);
        let standard = self.opened.base().standard();
        let tried = tried_rule(&self.opened).map(|(rule, _)| rule.id);
        Region {
            key: self.key.clone(),
            name: Words::name(&settings.name),
            standard: Words::title(&standard.title),
            illustrative: illustrative(&settings.name),
            source: records.source.name(),
            limits_s,
            limit_s,
            period: settings.drive.period.clone(),
            periods: settings.drive.periods.iter().map(|(name, factor)| period(name, *factor)).collect(),
            stations: stations(city),
            facilities: places(records.facilities.as_deref()),
            aeds: places(records.aeds.as_deref()),
            units: with_ground().map(|(unit, _)| Unit { id: unit.id.clone(), name: unit.name.clone() }).collect(),
            unit_shapes: json!({"type": "FeatureCollection", "features": shapes}),
            boundary: geometry(&boundary),
            bbox,
            people: knows_people(city).then_some(city.people().inside),
            made_on: records.state(),
            rules: standard.rules.iter().map(|rule| offered(rule, tried.as_ref() == Some(&rule.id))).collect(),
            scenario: self.scenario.clone(),
            lang: self.lang.locale().to_owned(),
        }
    }

    /// The roads, in the order of their layer.
    pub fn roads(&self) -> Vec<Road> {
        let road = |road: &lifering_base::records::Road| Road {
            name: road.name.clone().unwrap_or_default(),
            kind: road.class.word().to_owned(),
            kmh: road.speed_kmh,
            choice: json!({"feature": road.feature}),
        };
        self.city().records().roads.iter().map(road).collect()
    }

    /// The pieces of road as bytes (docs/workbench.md).
    pub fn pieces(&self) -> Vec<u8> {
        self.tries.pieces_as_bytes()
    }
}

/// Limit that is looked at if the standard has no driving rule, seconds: the 14 minutes of the Jinjiang plan.
const DEFAULT_LIMIT_S: f64 = 840.0;

/// Refuses more edits than anybody makes by hand.
pub(crate) fn few_enough(edits: &[Edit]) -> Result<(), Refusal> {
    if edits.len() > MOST_EDITS {
        return Err(Refusal::unfit(&message!("serve.too_many_edits", n = edits.len(), most = MOST_EDITS)));
    }
    Ok(())
}

/// The rules on driving times from stations that share impedance with the first of them, with their limits in seconds.
fn driving_rules(opened: &OpenedRegion) -> Vec<(Rule, f64)> {
    let (city, standard) = (opened.base().city(), opened.base().standard());
    let mut first: Option<Impedance> = None;
    let mut rules = Vec::new();
    for rule in &standard.rules {
        let Criterion::TravelTime(time) = &rule.criterion else { continue };
        let Some(Ok(query)) = access_query(&rule.criterion, city.evidence()) else { continue };
        if matches!(query.impedance, Impedance::Drive(..))
            && *first.get_or_insert_with(|| query.impedance.clone()) == query.impedance
        {
            rules.push((rule.clone(), f64::from(time.limit_s)));
        }
    }
    rules
}

fn tried_rule(opened: &OpenedRegion) -> Option<(Rule, f64)> {
    driving_rules(opened).into_iter().next()
}

/// Whether the region says where people live.
pub(crate) fn knows_people(city: &City) -> bool {
    !city.people().samples.is_empty()
}

fn offered(rule: &Rule, tried: bool) -> RuleOffered {
    let limit_s = match &rule.criterion {
        Criterion::TravelTime(time) => Some(f64::from(time.limit_s)),
        _ => None,
    };
    let tier = if tried { Tier::Try } else { Tier::Drop };
    RuleOffered { id: rule.id.to_string(), title: Words::title(&rule.title), limit_s, tier }
}

fn period(name: &str, factor: f64) -> Period {
    Period { name: name.to_owned(), label: Words::each(|lang| known("serve.period", name, lang)), factor }
}

/// The stations of a city, in the order of the layer.
pub(crate) fn stations(city: &City) -> Vec<Station> {
    let records = city.records();
    if !records.settings.layers.contains_key(&Layer::Stations) {
        return Vec::new();
    }
    let network = city.drive_network();
    let max_m = records.settings.drive.max_driveway_m;
    let off_road = |site: &Site| {
        let nearest = network.index.nearest(&network, city.frame().to_local(site.place));
        nearest.map(|road| road.distance_m).filter(|metres| *metres > max_m)
    };
    records
        .stations
        .iter()
        .map(|site| Station {
            id: site.id.clone(),
            name: site.name.clone(),
            kind: word(site, "kind"),
            at: [site.place.lon, site.place.lat],
            ambulances: number(site, "ambulances"),
            turnout_s: number(site, "turnout_s"),
            off_road_m: off_road(site),
        })
        .collect()
}

fn places(sites: Option<&[Site]>) -> Vec<Place> {
    let place = |site: &Site| Place {
        id: site.id.clone(),
        name: site.name.clone(),
        kind: word(site, "kind"),
        at: [site.place.lon, site.place.lat],
    };
    sites.unwrap_or_default().iter().map(place).collect()
}

fn word(site: &Site, attribute: &str) -> Option<String> {
    match site.attribute(attribute) {
        Some(Scalar::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

fn number(site: &Site, attribute: &str) -> Option<f64> {
    match site.attribute(attribute) {
        Some(Scalar::Number(number)) => Some(*number),
        _ => None,
    }
}

/// An area as a GeoJSON geometry, degrees.
fn geometry(area: &MultiPolygon<f64>) -> Value {
    serde_json::to_value(geojson::Geometry::from(area)).unwrap_or(Value::Null)
}

/// Positions by id.
pub(crate) type ById = BTreeMap<String, usize>;
