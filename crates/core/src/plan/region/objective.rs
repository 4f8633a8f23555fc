//! What a proposal improves: the access that a rule limits, or that the request itself limits.
//!
//! In: a standard, a rule id, a request. Out: an [`Objective`]: existing sites, impedance, demand points in scope.

use crate::measure::{drives, starts_of};
use crate::plan::Study;
use crate::plan::request::{GoalName, SitingRequest};
use crate::plan::{Parameter, ProposalError};
use geo::Coord;
use lifering_base::records::attributes::Scalar;
use lifering_base::units::{COORDINATE_RESOLUTION_M, TIME_RESOLUTION_MS};
use lifering_base::{Message, message};
use lifering_standards::catalogue::{Criterion, LayerName, Rule, Selection, Standard, Truth, embedded_with_rule};
use lifering_standards::{Impedance, access_query};
use std::collections::BTreeMap;

/// Id of the rule made from a limit of the request.
pub const ASKED_RULE: &str = "ASKED";

/// Attribute of stations: number of ambulances.
pub const AMBULANCES: &str = "ambulances";

/// The access that new sites improve.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Position in the rules of the standard.
    pub rule: usize,
    /// Existing sites the rule counts and somebody starts from: positions in the sites of the evidence. Nobody drives
    /// from a station that is known to have no ambulance.
    pub sites: Vec<usize>,
    /// Travel cost the rule limits.
    pub impedance: Impedance,
    /// Demand points in scope: positions in the population samples, ascending.
    pub demand_points: Vec<u32>,
    /// Layers and filter of the sites the rule counts.
    pub selection: Selection,
}

/// A rule of a limit of the request: from call to arrival, from every station, for everybody. It is advisory, so that
/// no verdict depends on it.
///
/// # Errors
/// The limit is no number of whole seconds that a standard accepts.
pub fn asked_rule(limit_s: f64) -> Result<Rule, ProposalError> {
    let minutes = limit_s / 60.0;
    let text = format!(
        r#"id = "asked"
title = {{ zh = "规划要求", en = "What the planner asks" }}
applies_to = {{ zh = "本区域", en = "this region" }}
[sources.ASKED]
title = {{ zh = "命令行", en = "command line" }}
confidence = "high"
[[rules]]
id = "{ASKED_RULE}"
kind = "travel_time"
title = {{ zh = "规划要求：{minutes}分钟到达", en = "Asked: arrival within {minutes} minutes" }}
scope = {{ zh = "全域", en = "everybody" }}
force = "advisory"
threshold = {{ facility = "stations", mode = "drive", clock = "call_to_arrival", max_min = {minutes:?}, stat = "share", min_share = 1.0 }}
cite = {{ source = "ASKED", text = "规划要求" }}
"#
    );
    let standard = Standard::from_toml("asked", &text)?;
    standard.rules.into_iter().next().ok_or_else(|| {
        ProposalError::asked(Parameter::Minutes, minutes.to_string(), message!("message.limit_of_a_second"))
    })
}

/// Ids of the rules that new sites can improve, for messages.
fn plannable(standard: &Standard) -> Message {
    let measured = |rule: &&Rule| matches!(rule.criterion, Criterion::Radius(_) | Criterion::TravelTime(_));
    let ids: Vec<&str> = standard.rules.iter().filter(measured).map(|rule| rule.id.as_str()).collect();
    if ids.is_empty() { message!("message.no_rule_on_time") } else { message!("message.one_of", all = ids.join(", ")) }
}

/// A rule that the standard does not have. One of another standard is told where it belongs.
fn unknown_rule(standard: &Standard, rule_id: &str) -> ProposalError {
    let home = embedded_with_rule(rule_id).filter(|home| *home != standard.id);
    ProposalError::Asked {
        parameter: Parameter::Rule,
        found: format!("\"{rule_id}\"").into(),
        wanted: plannable(standard),
        help: home.map(|home| message!("message.rule_of_standard", rule = rule_id, id = home)),
    }
}

/// The objective of a rule; sets the limit of `request` to that of the rule.
///
/// # Errors
/// The rule is unknown, measures no access, or needs data that the region lacks.
pub fn objective(study: Study<'_>, rule_id: &str, request: &mut SitingRequest) -> Result<Objective, ProposalError> {
    let standard = study.standard;
    let Some(rule) = standard.rules.iter().position(|rule| rule.id.as_str() == rule_id) else {
        return Err(unknown_rule(standard, rule_id));
    };
    let criterion = &standard.rules[rule].criterion;
    let query = match access_query(criterion, study.city.evidence()) {
        None => {
            let found = message!("message.rule_of_kind", id = rule_id, kind = criterion.kind().to_string());
            return Err(ProposalError::asked(Parameter::Rule, found, plannable(standard)));
        }
        Some(query) => query.map_err(|missing| ProposalError::unjudged(study, rule, missing))?,
    };
    let (selection, filter) = match criterion {
        Criterion::Radius(radius) => {
            request.limit_m = Some(radius.max_m);
            (&radius.facility, radius.demand.as_ref())
        }
        Criterion::TravelTime(time) => {
            request.limit_s = Some(f64::from(time.limit_s));
            (&time.facility, time.demand.as_ref())
        }
        _ => return Err(ProposalError::asked(Parameter::Rule, rule_id, plannable(standard))),
    };
    if matches!(request.goal, GoalName::Mean | GoalName::Worst) && request.limit_m.is_none() {
        request.limit_s = None;
    }
    let demand_points =
        study.city.evidence().demand(filter).map_err(|missing| ProposalError::unjudged(study, rule, missing))?;
    let sites = starts_of(study.city, &query);
    Ok(Objective { rule, sites, impedance: query.impedance, demand_points, selection: selection.clone() })
}

impl Objective {
    /// Resolution of the measurement, by which a limit may be exceeded: seconds (metres, for distances).
    pub fn slack(&self) -> f64 {
        Self::slack_of(&self.impedance)
    }

    /// [`Self::slack`] of an impedance.
    pub(crate) fn slack_of(impedance: &Impedance) -> f64 {
        match impedance {
            Impedance::Geodesic | Impedance::Network => COORDINATE_RESOLUTION_M,
            Impedance::Drive(..) | Impedance::Walk(_) => TIME_RESOLUTION_MS / 1000.0,
        }
    }

    /// Place of a demand point in scope, local metres; `demand` is its position among them.
    pub fn place(&self, study: Study<'_>, demand: u32) -> Coord<f64> {
        study.city.people().samples[self.demand_points[demand as usize] as usize].xy
    }

    /// The layer that new sites are added to: the first of the selection.
    pub fn layer(&self) -> &LayerName {
        self.selection.layers.first().unwrap_or(&LayerName::Stations)
    }

    /// Attributes of a new site that the rule must count. `given`: those of its candidate; `kind`: overrides the kind,
    /// else the first kind the filter names, else the usual one of the layer; `ambulances`: if the candidate states
    /// none.
    ///
    /// # Errors
    /// The filter of the rule does not accept the result.
    pub fn attributes(
        &self,
        given: &BTreeMap<String, Scalar>,
        kind: Option<&str>,
        ambulances: f64,
    ) -> Result<BTreeMap<String, Scalar>, ProposalError> {
        let mut attributes = given.clone();
        let filter = self.selection.filter.as_ref();
        let filter_kind = || filter.and_then(|f| f.texts_compared_with("kind").first().map(|kind| (*kind).to_owned()));
        let usual_kind = || match self.layer() {
            LayerName::Stations => Some("station".to_owned()),
            LayerName::Facilities => Some("community_health".to_owned()),
            _ => None,
        };
        if let Some(kind) = kind.map(str::to_owned).or_else(filter_kind).or_else(usual_kind) {
            attributes.insert("kind".to_owned(), Scalar::Text(kind));
        }
        match self.layer() {
            LayerName::Stations | LayerName::Neighbours => {
                attributes.entry(AMBULANCES.to_owned()).or_insert(Scalar::Number(ambulances));
                attributes.entry("negative_pressure".to_owned()).or_insert(Scalar::Number(0.0));
                attributes.entry("decontamination".to_owned()).or_insert(Scalar::Bool(false));
            }
            LayerName::Aeds => {
                attributes.entry("count".to_owned()).or_insert(Scalar::Number(1.0));
            }
            LayerName::Decontamination => {
                attributes.insert("decontamination".to_owned(), Scalar::Bool(true));
            }
            LayerName::Facilities | LayerName::Extra(_) => {}
        }
        if filter.is_some_and(|f| f.evaluate(&attributes) != Truth::True) {
            let names: Vec<&str> = filter.iter().flat_map(|f| f.attributes()).collect();
            let wanted = message!("message.candidates_saying", names = names.join(", "));
            return Err(ProposalError::asked(Parameter::Rule, message!("message.rule_not_meaning"), wanted));
        }
        Ok(attributes)
    }

    /// Attributes of an existing station once it has `ambulances` more; `None` if the rule would not count it then.
    pub fn with_ambulances(
        &self,
        station: &BTreeMap<String, Scalar>,
        ambulances: f64,
    ) -> Option<BTreeMap<String, Scalar>> {
        let now = match station.get(AMBULANCES) {
            Some(Scalar::Number(now)) => *now,
            _ => 0.0,
        };
        let mut attributes = station.clone();
        attributes.insert(AMBULANCES.to_owned(), Scalar::Number(now + ambulances));
        let filter = self.selection.filter.as_ref();
        let counts = self.selection.layers.contains(&LayerName::Stations)
            && filter.is_none_or(|f| f.evaluate(&attributes) == Truth::True);
        counts.then_some(attributes)
    }

    /// Whether it takes an ambulance at a site to reach anybody.
    pub fn drives(&self) -> bool {
        drives(&self.impedance)
    }

    /// Whether distances are measured, not times.
    pub fn by_distance(&self) -> bool {
        matches!(self.impedance, Impedance::Geodesic | Impedance::Network)
    }
}
