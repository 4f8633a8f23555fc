//! The one shape every output is written from, and what audit.json is.
//!
//! In: an [`Audit`]. Out: [`Report`], whose serialised form is audit.json (JSON Schema in `data/schema/`). Names here are
//! a contract with other programs: more may be added, none renamed.

use super::sentences::{Lang, aid_sentence};
use super::why::{sentence, why};
use crate::issues::{IssueReport, issues};
use lifering_base::parameters::{Access, Drive, Population, Response, Roads, Walk};
use lifering_base::records::{Layer, Neighbour, RoadsTaken};
use lifering_core::audit::{Audit, RuleZones};
use lifering_core::measure::boundary::BoundaryOrigin;
use lifering_core::quality::fit::Fit;
use lifering_core::quality::grade::{self, Grade, LayerGrade};
use lifering_core::quality::survey::Survey;
use lifering_core::zones::Reason;
use lifering_readers::InputRecord;
use lifering_standards::baselines::Counted;
use lifering_standards::catalogue::{Assumed, Force, RuleKind, Standard, Text};
use lifering_standards::outcome::{AreaOutcome, Outcome, RuleOutcome, ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Message in every file of illustrative data.
pub const ILLUSTRATIVE: &str = "示意数据 / illustrative data, not for planning";

/// Version of the shape.
pub const SCHEMA: &str = "lifering-audit/1";

/// audit.json.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// What was audited.
    pub region: RegionReport,
    /// Against what.
    pub standard: StandardReport,
    /// The worst binding verdict, and the exit status it means.
    pub summary: Summary,
    /// Every parameter in force.
    pub parameters: Parameters,
    /// The people.
    pub population: PopulationReport,
    /// The drivable network.
    pub network: NetworkReport,
    /// What `lifering check` finds between the layers: roads, sites and people as they lie to each other.
    pub quality: Survey,
    /// Every file read.
    pub inputs: Vec<InputReport>,
    /// Every rule.
    pub rules: Vec<RuleReport>,
    /// Where the roads are a part of a file of more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_roads: Option<SharedRoadsReport>,
    /// Stations of neighbours, where mutual aid was asked for. No verdict counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutual_aid: Option<Vec<NeighbourReport>>,
    /// What the standard itself counted, beside the data.
    pub baselines: Vec<BaselineReport>,
    /// Every unit.
    pub units: Vec<UnitReport>,
}

/// Roads taken from a file of more.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SharedRoadsReport {
    /// The file.
    pub file: String,
    /// How far beyond the boundary they reach.
    pub margin_m: f64,
    /// Roads taken, each as a whole.
    pub roads: usize,
    /// Roads in the file.
    pub of: usize,
    /// The fastest speed of any road of the file.
    pub fastest_kmh: f64,
    /// Seconds of driving within which the region's own stations reach everybody as they would over all roads of the file.
    /// Later arrivals may be given later than they are, never sooner.
    pub exact_within_s: Option<f64>,
}

/// A station of a neighbour.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NeighbourReport {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The region or the file that it is from.
    pub from: String,
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
}

/// A rule with the stations of neighbours counted as well, under the default reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MutualAidReport {
    /// What the verdict would be. It is not the verdict.
    pub verdict: Verdict,
    /// The figure.
    pub value: Option<f64>,
    /// People covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered: Option<f64>,
    /// People not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// One sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
}

/// Something the standard's own document counted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BaselineReport {
    /// Its id.
    pub id: String,
    /// What was counted, in both languages.
    pub title: Text,
    /// The year of the figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The document's figure.
    pub stated: f64,
    /// The same count in the data; `null` where the data does not say.
    pub counted: Option<f64>,
    /// True where the two differ.
    pub differs: bool,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// What is needed for so many people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NeedReport {
    /// The year of the standard's own population; `null` for the people of the region.
    pub year: Option<u16>,
    /// The people.
    pub population: f64,
    /// What they need.
    pub need: u64,
}

/// The program.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// lifering.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The region.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegionReport {
    /// From region.toml.
    pub name: String,
    /// As it was named.
    pub path: String,
    /// Hash of region.toml.
    pub settings_sha256: String,
    /// Area inside the boundary.
    pub boundary_km2: f64,
    /// Where the boundary comes from.
    pub boundary_from: BoundaryOrigin,
    /// Whether the data is illustrative, not for planning.
    pub illustrative: bool,
}

/// The standard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StandardReport {
    /// Its id.
    pub id: String,
    /// Hash of its text, with that of the profile it extends.
    pub sha256: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// The profile that fills what this one is silent on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Topics this one is silent on, in both languages, and what fills them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent_on: Vec<SilentReport>,
}

/// A topic a standard is silent on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SilentReport {
    /// The topic.
    pub topic: Text,
    /// Rules that stand in.
    pub filled_by: Vec<String>,
}

/// How many rules came out how.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// 0 every binding rule met, 1 a gap, 3 no gap but something not judged.
    pub exit_status: u8,
    /// Binding rules by verdict.
    pub binding: BTreeMap<String, usize>,
    /// Rules that bind nobody, by verdict.
    pub advisory: BTreeMap<String, usize>,
}

/// Parameters in force.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Parameters {
    /// `[response]`.
    pub response: Response,
    /// `[drive]`.
    pub drive: Drive,
    /// `[access]`.
    pub access: Access,
    /// `[walk]`.
    pub walk: Walk,
    /// `[roads]`.
    pub roads: Roads,
    /// `[population]`.
    pub population: Population,
    /// How zones are drawn.
    pub zones: ZoneParameters,
}

/// How zones are drawn.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ZoneParameters {
    /// Aim for the undecided area, as a share of the boundary's area.
    pub error_share: f64,
    /// Side of the smallest square.
    pub floor_m: f64,
    /// Holes and slivers below this are not drawn.
    pub min_zone_m2: f64,
}

/// The people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PopulationReport {
    /// In the layer.
    pub total: f64,
    /// Inside the boundary; all shares are of these.
    pub inside: f64,
    /// Outside the boundary, left out.
    pub outside: f64,
    /// Points they are counted at.
    pub samples: usize,
    /// With no road within `max_m`.
    pub no_road: f64,
    /// With roads within `max_m` that no station can reach.
    pub cut_off: f64,
    /// Factor from `scale_to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
}

/// The drivable network.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NetworkReport {
    /// Junctions.
    pub nodes: usize,
    /// Directed links between them.
    pub edges: usize,
    /// Length of road.
    pub length_km: f64,
    /// Connected parts.
    pub components: usize,
    /// Share of the length in the largest.
    pub largest_share: f64,
}

/// One file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InputReport {
    /// Which layer.
    pub layer: Layer,
    /// Its name under `[layers.extra]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// Its name.
    pub file: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Features in it.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// In which format it was.
    pub format: String,
    /// Its text's encoding, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Features left out.
    pub left_out: usize,
    /// Features of which something is used otherwise than it stands in the file.
    pub changed: usize,
    /// How far the layer can be trusted.
    pub grade: Grade,
    /// Why: its worst warning; none for A.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<grade::Reason>,
    /// Point layers in China: how they fit the roads as given, as GCJ-02 and as BD-09.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// What was noticed.
    pub issues: Vec<IssueReport>,
}

/// One rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleReport {
    /// Its id.
    pub id: String,
    /// Which of the five kinds.
    pub kind: RuleKind,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// How hard it binds.
    pub force: Force,
    /// Whether its verdict counts for the exit status.
    pub binding: bool,
    /// The year it is to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Over all readings.
    pub verdict: Verdict,
    /// The figure under the default reading.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// What both are expressed in.
    pub unit: ValueUnit,
    /// People covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered: Option<f64>,
    /// People not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// People whom two stations reach within the limit; rules on driving from every station only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered_twice: Option<f64>,
    /// People beyond the warning distance though within the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_warned: Option<f64>,
    /// Area not covered, slivers included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2: Option<f64>,
    /// Proved lower bound of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2_low: Option<f64>,
    /// Proved upper bound of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2_high: Option<f64>,
    /// How the zones were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zones: Option<ZoneSummary>,
    /// What is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// What is counted of the whole, for shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<f64>,
    /// The whole of a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<f64>,
    /// What is needed for the people of the region, and for those the standard counts by year.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeedReport>,
    /// The other ways to read the text.
    pub readings: Vec<ReadingReport>,
    /// With the stations of neighbours counted as well; the verdict is without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_mutual_aid: Option<MutualAidReport>,
    /// What the text leaves open and the default reading assumes.
    pub assumed: Vec<Assumed>,
    /// Where the number comes from.
    pub cite: Cite,
    /// The profile that fills this rule in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled_from: Option<String>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Areas were worked out from travel times, not given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub derived_areas: bool,
    /// One sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
    /// A sentence that can stand alone, in English: the document, its clause, its words, and `why`.
    pub sentence: String,
    /// The same in Chinese.
    pub sentence_zh: String,
}

/// How the zones of a rule were drawn.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ZoneSummary {
    /// How many.
    pub count: usize,
    /// Side of the finest squares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_m: Option<f64>,
    /// Area of slivers that are counted but not drawn.
    pub dropped_km2: f64,
    /// Area of covered holes that are drawn as uncovered.
    pub filled_km2: f64,
    /// Length of road reached within the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road_covered_km: Option<f64>,
    /// Length of all road of the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road_km: Option<f64>,
    /// Area by reason.
    pub km2_by_reason: BTreeMap<Reason, f64>,
    /// People by reason.
    pub people_by_reason: BTreeMap<Reason, f64>,
}

/// Another way to read a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingReport {
    /// Its id.
    pub id: String,
    /// What is read differently, in both languages.
    pub title: Text,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its figure.
    pub value: Option<f64>,
    /// What that is compared with.
    pub threshold: f64,
    /// What both are expressed in.
    pub unit: ValueUnit,
    /// People not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// What is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// One sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
}

/// Where a number comes from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cite {
    /// The document.
    pub source: String,
    /// Its section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Its words; where `verbatim` is false, a short wording of the number.
    pub quote: String,
    /// Whether `quote` is a quotation.
    pub verbatim: bool,
    /// How well the number is attested.
    pub confidence: String,
}

/// One unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnitReport {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// district, town, village, `sub_center_area` ...
    pub level: String,
    /// Its people.
    pub population: f64,
    /// By rule.
    pub rules: BTreeMap<String, UnitRuleReport>,
}

/// One unit under one rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnitRuleReport {
    /// The figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// People not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// Met, gap or cannot judge.
    pub verdict: Verdict,
}

impl Report {
    /// The report of an audit.
    pub fn new(audit: &Audit) -> Self {
        let settings = &audit.region.settings;
        let standard = &audit.standard;
        let neighbours = audit.region.neighbours.as_ref().is_some_and(|all| !all.is_empty());
        Self {
            schema: SCHEMA.to_owned(),
            tool: Tool { name: "lifering".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            region: RegionReport {
                name: settings.name.clone(),
                path: audit.region.source.label(),
                settings_sha256: audit.region.settings_sha256.clone(),
                boundary_km2: km2(geo::Area::unsigned_area(&audit.boundary)),
                boundary_from: audit.boundary_origin,
                illustrative: illustrative(&settings.name),
            },
            standard: StandardReport {
                id: standard.id.clone(),
                sha256: standard.sha256.clone(),
                title: standard.title.zh.clone(),
                title_en: standard.title.en.clone(),
                extends: standard.extends.as_ref().map(|e| e.from.clone()),
                silent_on: standard
                    .extends
                    .iter()
                    .flat_map(|e| &e.silent)
                    .map(|s| SilentReport {
                        topic: s.topic.clone(),
                        filled_by: s.filled_by.iter().map(ToString::to_string).collect(),
                    })
                    .collect(),
            },
            summary: summary(audit),
            parameters: Parameters {
                response: settings.response.clone(),
                drive: settings.drive.clone(),
                access: settings.access.clone(),
                walk: settings.walk.clone(),
                roads: settings.roads.clone(),
                population: settings.population.clone(),
                zones: ZoneParameters {
                    error_share: audit.fineness.error_share,
                    floor_m: audit.fineness.floor_m,
                    min_zone_m2: settings.zones.min_zone_m2,
                },
            },
            population: PopulationReport {
                total: people(audit.demand.total),
                inside: people(audit.demand.inside),
                outside: people(audit.demand.outside),
                samples: audit.demand.samples.len(),
                no_road: people(audit.people_no_road),
                cut_off: people(audit.people_cut_off),
                scale: audit.demand.scale,
            },
            network: NetworkReport {
                nodes: audit.network.nodes,
                edges: audit.network.edges,
                length_km: rounded(audit.network.connectivity.length_km, 3),
                components: audit.network.connectivity.components,
                largest_share: rounded(audit.network.connectivity.largest_share, 6),
            },
            quality: audit.quality.clone(),
            inputs: audit.region.inputs.iter().map(|i| input(i, audit.quality.fits.get(&i.key))).collect(),
            rules: audit
                .outcomes
                .iter()
                .enumerate()
                .map(|(i, o)| rule(o, audit.zones.get(&i), audit.covered_twice.get(&i).copied(), standard, neighbours))
                .collect(),
            shared_roads: audit.region.roads_taken.as_ref().map(shared_roads),
            mutual_aid: audit.region.neighbours.as_ref().map(|all| all.iter().map(neighbour).collect()),
            baselines: audit.baselines.iter().map(baseline).collect(),
            units: units(audit),
        }
    }
}

fn shared_roads(taken: &RoadsTaken) -> SharedRoadsReport {
    let exact = Some(taken.exact_within_s()).filter(|s| s.is_finite());
    SharedRoadsReport {
        file: taken.file.clone(),
        margin_m: taken.margin_m,
        roads: taken.roads,
        of: taken.of,
        fastest_kmh: rounded(taken.fastest_kmh, 3),
        // Rounded down: no more is said than holds.
        exact_within_s: exact.map(f64::floor),
    }
}

fn neighbour(neighbour: &Neighbour) -> NeighbourReport {
    let Neighbour { from, site } = neighbour;
    let place = [site.place.lon, site.place.lat].map(|degrees| rounded(degrees, 7));
    NeighbourReport { id: site.id.clone(), name: site.name.clone(), from: from.clone(), lon: place[0], lat: place[1] }
}

fn mutual_aid(outcome: &RuleOutcome) -> Option<MutualAidReport> {
    let aided = outcome.with_mutual_aid.as_ref()?;
    let [why, why_zh] = [Lang::En, Lang::Zh].map(|lang| aid_sentence(outcome, aided, lang));
    Some(MutualAidReport {
        verdict: aided.verdict,
        value: aided.value.map(|v| figure(v, aided.unit)),
        population_covered: aided.covered.map(people),
        population_uncovered: aided.uncovered.map(people),
        why,
        why_zh,
    })
}

fn input(input: &InputRecord, fit: Option<&Fit>) -> InputReport {
    let LayerGrade { grade, reason, .. } = grade::grade(input);
    InputReport {
        layer: input.layer,
        extra: (input.layer == Layer::Extra).then(|| input.key.clone()),
        file: input.file.clone(),
        sha256: input.sha256.clone(),
        features: input.features,
        used: input.used,
        format: input.format.name().to_owned(),
        encoding: input.encoding.map(str::to_owned),
        left_out: input.features.saturating_sub(input.used),
        changed: input.issues.changed(),
        grade,
        reason,
        fit: fit.cloned(),
        issues: issues(&input.issues),
    }
}

fn summary(audit: &Audit) -> Summary {
    let count = |binding: bool| {
        let mut counts = BTreeMap::new();
        for outcome in audit.outcomes.iter().filter(|o| o.rule.force.binds() == binding) {
            let word = match outcome.verdict {
                Verdict::Met => "met",
                Verdict::Gap => "gap",
                Verdict::Depends => "depends",
                Verdict::CannotJudge => "cannot_judge",
            };
            *counts.entry(word.to_owned()).or_insert(0) += 1;
        }
        counts
    };
    Summary { exit_status: audit.exit_status(), binding: count(true), advisory: count(false) }
}

fn baseline(counted: &Counted) -> BaselineReport {
    let baseline = &counted.baseline;
    BaselineReport {
        id: baseline.id.clone(),
        title: baseline.title.clone(),
        year: baseline.year,
        stated: baseline.value,
        counted: counted.counted,
        differs: counted.differs(),
        note: baseline.note.clone(),
    }
}

/// A rule; `neighbours`: there are stations of neighbours near.
fn rule(
    outcome: &RuleOutcome,
    zones: Option<&RuleZones>,
    covered_twice: Option<f64>,
    standard: &Standard,
    neighbours: bool,
) -> RuleReport {
    let rule = &outcome.rule;
    let default = &outcome.default;
    let say = |lang| why(rule, &rule.criterion, default, Some(outcome), standard, lang);
    let with_mutual_aid = mutual_aid(outcome);
    // Where there is no neighbour, or nothing can be judged, a sentence would say nothing.
    let aid_told = with_mutual_aid.as_ref().filter(|aided| neighbours && aided.verdict != Verdict::CannotJudge);
    let [mut why, mut why_zh] = [Lang::En, Lang::Zh].map(say);
    if let Some(aided) = aid_told {
        why = format!("{why} {}", aided.why);
        why_zh += &aided.why_zh;
    }
    let bound = |i: usize| zones.filter(|_| default.covered.is_some()).map(|z| km2(z.area_m2[i]));
    RuleReport {
        id: rule.id.to_string(),
        kind: rule.kind(),
        title: rule.title.zh.clone(),
        title_en: rule.title.en.clone(),
        force: rule.force,
        binding: rule.force.binds(),
        year: rule.year,
        verdict: outcome.verdict,
        value: default.value.map(|v| figure(v, default.unit)),
        threshold: default.threshold,
        unit: default.unit,
        population_covered: default.covered.map(people),
        population_uncovered: default.uncovered.map(people),
        population_covered_twice: covered_twice.filter(|_| default.covered.is_some()).map(people),
        population_warned: default.warned.map(people),
        uncovered_km2: bound(0),
        uncovered_km2_low: bound(1),
        uncovered_km2_high: bound(2),
        zones: zones.map(zone_summary),
        need: default.need,
        have: default.have,
        part: default.part_and_whole.map(|[part, _]| rounded(part, 3)),
        whole: default.part_and_whole.map(|[_, whole]| rounded(whole, 3)),
        needs: outcome
            .needs
            .iter()
            .map(|n| NeedReport { year: n.year, population: people(n.population), need: n.need })
            .collect(),
        readings: rule.readings.iter().zip(&outcome.readings).map(|(r, o)| reading(rule, r, o, standard)).collect(),
        with_mutual_aid,
        assumed: rule.assumed.clone(),
        cite: Cite {
            source: rule.cite.title.zh.clone(),
            section: rule.cite.section.clone(),
            quote: rule.cite.words.text().to_owned(),
            verbatim: rule.cite.words.quote().is_some(),
            confidence: rule.cite.confidence.to_string(),
        },
        filled_from: rule.filled_from.clone(),
        note: rule.note.clone(),
        derived_areas: default.derived_areas,
        sentence: sentence(rule, &why, Lang::En),
        sentence_zh: sentence(rule, &why_zh, Lang::Zh),
        why,
        why_zh,
    }
}

fn reading(
    rule: &lifering_standards::catalogue::Rule,
    reading: &lifering_standards::catalogue::Reading,
    outcome: &Outcome,
    standard: &Standard,
) -> ReadingReport {
    ReadingReport {
        id: reading.id.clone(),
        title: reading.title.clone(),
        verdict: outcome.verdict,
        value: outcome.value.map(|v| figure(v, outcome.unit)),
        threshold: outcome.threshold,
        unit: outcome.unit,
        population_uncovered: outcome.uncovered.map(people),
        need: outcome.need,
        have: outcome.have,
        why: why(rule, &reading.criterion, outcome, None, standard, Lang::En),
        why_zh: why(rule, &reading.criterion, outcome, None, standard, Lang::Zh),
    }
}

fn zone_summary(zones: &RuleZones) -> ZoneSummary {
    let mut area_by_reason = BTreeMap::new();
    let mut people_by_reason = BTreeMap::new();
    for zone in &zones.zones {
        *area_by_reason.entry(zone.reason).or_insert(0.0) += zone.area_m2;
        *people_by_reason.entry(zone.reason).or_insert(0.0) += zone.people;
    }
    ZoneSummary {
        count: zones.zones.len(),
        resolution_m: zones.resolution_m,
        dropped_km2: km2(zones.not_drawn_m2[0]),
        filled_km2: km2(zones.not_drawn_m2[1]),
        road_covered_km: zones.road_km.map(|r| rounded(r[0], 3)),
        road_km: zones.road_km.map(|r| rounded(r[1], 3)),
        km2_by_reason: area_by_reason.into_iter().map(|(reason, m2)| (reason, km2(m2))).collect(),
        people_by_reason: people_by_reason.into_iter().map(|(reason, p)| (reason, people(p))).collect(),
    }
}

fn units(audit: &Audit) -> Vec<UnitReport> {
    let mut all: Vec<UnitReport> = Vec::new();
    for (kind, level) in &audit.gathered.evidence.levels {
        for area in &level.areas {
            let population: f64 = area.members.iter().map(|i| audit.gathered.evidence.people[*i as usize].people).sum();
            all.push(UnitReport {
                id: area.id.clone(),
                name: area.name.clone(),
                level: kind.to_string(),
                population: people(population),
                rules: BTreeMap::new(),
            });
        }
    }
    let places: BTreeMap<(String, String), usize> =
        all.iter().enumerate().map(|(i, u)| ((u.level.clone(), u.id.clone()), i)).collect();
    for outcome in &audit.outcomes {
        for (level, area) in &outcome.default.areas {
            if let Some(slot) = places.get(&(level.clone(), area.id.clone())) {
                all[*slot].rules.insert(outcome.rule.id.to_string(), unit_rule(area, &outcome.default));
            }
        }
    }
    all
}

fn unit_rule(area: &AreaOutcome, outcome: &Outcome) -> UnitRuleReport {
    UnitRuleReport {
        value: area
            .value
            .map(|v| figure(v, if outcome.unit == ValueUnit::S { ValueUnit::Share } else { outcome.unit })),
        need: area.need,
        have: area.have,
        population_uncovered: area.uncovered.map(people),
        verdict: area.verdict,
    }
}

/// A number to some decimals.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let factor = 10_f64.powi(decimals);
    // Adding nothing turns minus zero into zero.
    (value * factor).round() / factor + 0.0
}

/// Square kilometres to the square metre.
pub fn km2(m2: f64) -> f64 {
    rounded(m2 / 1e6, 6)
}

/// Whether a region says in its name that its data is illustrative.
pub fn illustrative(name: &str) -> bool {
    name.contains("示意数据")
}

/// People to the thousandth.
pub fn people(people: f64) -> f64 {
    rounded(people, 3)
}

fn figure(value: f64, unit: ValueUnit) -> f64 {
    match unit {
        ValueUnit::Share => rounded(value, 6),
        ValueUnit::S | ValueUnit::Count | ValueUnit::Areas => rounded(value, 3),
    }
}
