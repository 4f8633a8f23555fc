//! `lifering propose REGION`: new sites for one rule, with a proof or a proven bound.
//!
//! In: a region and a rule, or a matrix of travel times. Out: a folder with proposal.json and, for a region, maps; a
//! short table on stdout. Exit status `exit::MET`.

use super::args::{Session, amount};
use super::deadline::{Deadline, TimeArgs};
use super::dry_run;
use super::exit;
use super::print::{print, screen, show as open_file};
use super::progress::SearchProgress;
use super::run_inputs::{purpose, standard_file};
use super::scenario::{ScenarioArg, applied};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use lifering_base::t;
use lifering_core::audit::standard_for;
use lifering_core::city::{City, OpenOptions};
use lifering_core::plan::matrix::MatrixFiles;
use lifering_core::plan::region::candidates::Policy;
use lifering_core::plan::region::options::{Provenance, RegionOptions};
use lifering_core::plan::region::problem::Movable;
use lifering_core::plan::region::propose;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::{propose_matrix, verify};
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::proposal::{json, render};
use lifering_export::terminal::proposal as terminal;
use lifering_readers::areas::read_areas;
use lifering_readers::source::Source;
use lifering_report::proposal::ProposalReport;
use lifering_report::text::{Lang, tr};
use lifering_siting::Options;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files that a proposal for a region has.
const REGION_FILES: [&str; 8] = [
    "after.geojson",
    "after.qml",
    "coverage.gpkg",
    "proposal.html",
    "proposal.json",
    "region.qgz",
    "sites.geojson",
    "sites.qml",
];

/// Arguments of `lifering propose`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ProposeArgs {
    /// A folder with region.toml, or the file itself
    #[arg(required_unless_present_any = ["verify", "matrix", "demo"], conflicts_with_all = ["matrix", "demo", "verify"])]
    region: Option<PathBuf>,
    /// The embedded, illustrative region
    #[arg(long, conflicts_with_all = ["matrix", "verify"])]
    demo: bool,
    /// An embedded standard's id or a path to a .toml; otherwise region.toml's
    #[arg(long, value_name = "ID", conflicts_with = "matrix")]
    standard: Option<String>,
    /// The rule to better: its sites, clock, limit and people
    #[arg(long, value_name = "ID", conflicts_with_all = ["matrix", "minutes", "seconds"])]
    rule: Option<String>,
    /// Without a candidates layer: metres between the road junctions that are tried
    #[arg(long, value_name = "M", default_value = "500", value_parser = amount, conflicts_with = "matrix")]
    spacing: f64,
    /// Only sites near one of these stations or facilities (ids or names)
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', conflicts_with = "matrix")]
    near: Vec<String>,
    /// How near, metres
    #[arg(long, value_name = "M", default_value = "1000", value_parser = amount, conflicts_with = "matrix")]
    near_m: f64,
    /// No sites in these units (ids or names)
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', conflicts_with = "matrix")]
    not_in: Vec<String>,
    /// No sites in the areas of this file
    #[arg(long, value_name = "FILE", conflicts_with = "matrix")]
    exclude: Option<PathBuf>,
    /// What giving an ambulance to a station that has none takes from the budget, where the candidates do not say
    #[arg(long, value_name = "MONEY", default_value = "1", value_parser = amount, conflicts_with_all = ["matrix", "no_reopen"])]
    reopen_cost: f64,
    /// Stations without an ambulance are not to be given one
    #[arg(long, conflicts_with = "matrix")]
    no_reopen: bool,
    /// What giving up a movable site takes from the budget
    #[arg(long, value_name = "MONEY", default_value = "0", value_parser = amount)]
    move_cost: f64,
    /// Kind of the new sites, where the rule or the candidates do not say
    #[arg(long, value_name = "KIND", conflicts_with = "matrix")]
    kind: Option<String>,
    /// Ambulances of a new station, where the candidates do not say, and of a reopened one
    #[arg(long, value_name = "N", default_value = "1", value_parser = amount, conflicts_with = "matrix")]
    ambulances: f64,
    /// Travel times, CSV with the header demand,candidate,seconds; a missing pair cannot be reached
    #[arg(long, value_name = "FILE")]
    matrix: Option<PathBuf>,
    /// People, CSV with the header demand,weight; without it every place weighs 1
    #[arg(long, value_name = "FILE", requires = "matrix")]
    demand: Option<PathBuf>,
    /// Costs and capacities, CSV with the header candidate,cost,capacity
    #[arg(long, value_name = "FILE", requires = "matrix")]
    candidates: Option<PathBuf>,
    /// Candidates of the matrix that stand already
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', requires = "matrix")]
    existing: Vec<String>,
    /// Existing sites that may be given up for a new one
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    movable: Vec<String>,
    /// What the sites are for
    #[arg(long, value_enum, required_unless_present = "verify")]
    goal: Option<GoalArg>,
    /// New sites, at most (busy: ambulances)
    #[arg(long, value_name = "N")]
    sites: Option<usize>,
    /// Limit in seconds
    #[arg(long, value_name = "S", value_parser = amount, conflicts_with = "minutes")]
    seconds: Option<f64>,
    /// Limit in minutes
    #[arg(long, value_name = "M", value_parser = amount)]
    minutes: Option<f64>,
    /// Share of time an ambulance is busy (goal busy)
    #[arg(long, value_name = "Q")]
    busy: Option<f64>,
    /// Most ambulances at one site (goal busy)
    #[arg(long, value_name = "K")]
    per_site: Option<u32>,
    /// Most people one site can serve, where the candidates do not say
    #[arg(long, value_name = "PEOPLE", value_parser = amount)]
    capacity: Option<f64>,
    /// Money, at most, in the unit of the candidates' cost
    #[arg(long, value_name = "MONEY", value_parser = amount)]
    budget: Option<f64>,
    /// Seconds to measure times and to search before the best found is given with a proven bound; audits come on top
    #[arg(long, value_name = "S", value_parser = amount)]
    time_limit: Option<f64>,
    /// Show the proposal once it is written
    #[arg(long)]
    open: bool,
    /// Say what would be read and written, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    scenario: ScenarioArg,
    #[command(flatten)]
    time: TimeArgs,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "out/proposal")]
    out: PathBuf,
    /// Print proposal.json instead of the table
    #[arg(long)]
    json: bool,
    /// Work out the objective of a proposal again, without the search
    #[arg(long, value_name = "PROPOSAL", conflicts_with_all = ["matrix", "goal"])]
    verify: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GoalArg {
    /// Fewest sites that reach everybody who can be reached
    ReachAll,
    /// Most people within the limit
    Cover,
    /// Least mean time
    Mean,
    /// Least worst time
    Worst,
    /// Most people within the limit of two sites
    Backup,
    /// Expected people within the limit of a free ambulance
    Busy,
}

impl From<GoalArg> for GoalName {
    fn from(goal: GoalArg) -> Self {
        match goal {
            GoalArg::ReachAll => Self::ReachAll,
            GoalArg::Cover => Self::Cover,
            GoalArg::Mean => Self::Mean,
            GoalArg::Worst => Self::Worst,
            GoalArg::Backup => Self::Backup,
            GoalArg::Busy => Self::Busy,
        }
    }
}

/// Proposes sites, or verifies a proposal, and returns the exit status.
pub fn run(args: &ProposeArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, .. } = session;
    let deadline = Deadline::start(args.time, session);
    if let Some(file) = &args.verify {
        return verify_file(file, lang, quiet);
    }
    if args.matrix.is_some() && args.scenario.scenario.is_some() {
        bail!("--scenario changes a region, and --matrix has none");
    }
    let Some(goal) = args.goal else { bail!("--goal is needed") };
    let source = args.region.as_ref().map_or(Source::Demo, |path| Source::at(path));
    if args.dry_run {
        return dry(args, source, session);
    }
    let out = OutFolder::open(&args.out, &run_purpose(args, &source))?;
    let request = SitingRequest {
        goal: goal.into(),
        limit_s: args.seconds.or(args.minutes.map(|m| m * 60.0)),
        limit_m: None,
        new_sites: args.sites,
        budget: args.budget,
        busy: args.busy,
        per_site: args.per_site,
        capacity: args.capacity,
    };
    let progress = SearchProgress::new(session, deadline);
    let show = |state: lifering_siting::Progress| progress.show(state);
    let options = Options {
        time_limit: args.time_limit.and_then(|s| Duration::try_from_secs_f64(s).ok()),
        progress: Some(&show),
        ..Options::default()
    };
    let proposal = if let Some(matrix) = &args.matrix {
        propose_matrix(&matrix_files(args, matrix), request, &options, &args.out)?
    } else {
        let region_options = region_options(args)?;
        let city = deadline.outcome(City::open(source, &OpenOptions::default(), &progress))?;
        let standard = standard_for(city.records(), args.standard.as_deref())?;
        let (city, standard) = match args.scenario.read()? {
            Some(scenario) => applied(&city, &scenario, args.scenario.rebase, &standard, lang)?,
            None => (city, standard),
        };
        let standard = standard.without_unknown_split(city.evidence());
        deadline.outcome(propose(&city, &standard, &request, &region_options, &options, &progress))?
    };
    let report = ProposalReport::new(&proposal);
    let rendered = render(&proposal, &report, file_lang)?;
    progress.finish();
    out.write(&rendered).with_context(|| format!("writing {}", args.out.display()))?;
    if !quiet || args.json {
        let text = if args.json {
            String::from_utf8(json(&report)?)?
        } else {
            let folder = args.out.display().to_string();
            let written = t!("propose.written", locale = lang.locale(), folder = folder);
            format!("{}\n{written}\n", terminal::table(&report, screen(lang)))
        };
        print(&text)?;
    }
    if args.open {
        let page = args.out.join("proposal.html");
        open_file(if page.is_file() { &page } else { &args.out }, lang)?;
    }
    Ok(exit::MET)
}

/// Says what would be read and written.
fn dry(args: &ProposeArgs, source: Source, session: Session) -> Result<u8> {
    OutFolder::allowed(&args.out, &run_purpose(args, &source))?;
    let more = [&args.matrix, &args.demand, &args.candidates, &args.exclude];
    let more = more.into_iter().flatten().map(|path| path.display().to_string());
    let mut reads = if args.matrix.is_some() { Vec::new() } else { dry_run::region_files(source)? };
    reads.extend(more);
    let files: &[&str] = if args.matrix.is_some() { &["proposal.json"] } else { &REGION_FILES };
    let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    dry_run::tell(session, &reads, &args.out, &files)?;
    Ok(exit::MET)
}

/// What the run is about, and what it reads.
fn run_purpose(args: &ProposeArgs, source: &Source) -> Purpose {
    let about = match &args.matrix {
        Some(matrix) => purpose(Command::Proposal, [matrix.clone()]),
        None => Purpose::of_region(Command::Proposal, source),
    };
    let more = [&args.demand, &args.candidates, &args.exclude, &args.scenario.scenario].into_iter().flatten();
    about.reading(more).reading(standard_file(args.standard.as_deref()).as_ref())
}

fn matrix_files(args: &ProposeArgs, costs: &Path) -> MatrixFiles {
    MatrixFiles {
        costs: costs.to_path_buf(),
        demand: args.demand.clone(),
        candidates: args.candidates.clone(),
        existing: args.existing.clone(),
        movable: args.movable.clone(),
        move_cost: args.move_cost,
    }
}

fn region_options(args: &ProposeArgs) -> Result<RegionOptions> {
    let excluded = args.exclude.as_deref().map(read_areas).transpose()?;
    Ok(RegionOptions {
        rule: args.rule.clone(),
        policy: Policy {
            spacing_m: args.spacing,
            near: args.near.clone(),
            near_m: args.near_m,
            not_in: args.not_in.clone(),
            excluded,
            reopen_cost: (!args.no_reopen).then_some(args.reopen_cost),
        },
        movable: Movable { ids: args.movable.clone(), cost: args.move_cost },
        kind: args.kind.clone(),
        ambulances: args.ambulances,
        provenance: Provenance {
            folder: args.out.clone(),
            standard: args.standard.clone(),
            exclude_file: args.exclude.clone(),
        },
    })
}

/// Works out the objective of a written proposal again, without the search.
fn verify_file(file: &Path, lang: Lang, quiet: bool) -> Result<u8> {
    let verified = verify::check(file)?;
    if !verified.agrees() {
        if verified.left_out > 0.0 {
            let left_out = verified.left_out;
            bail!("{}", t!("propose.left_behind", locale = lang.locale(), file = file.display(), people = left_out));
        }
        let now = verified.objective.map_or_else(|| tr("propose.no_objective", lang), |o| o.to_string());
        let (file, wanted) = (file.display(), verified.recorded);
        bail!("{}", t!("propose.disagrees", locale = lang.locale(), file = file, found = now, wanted = wanted));
    }
    if !quiet {
        let text = t!("propose.agrees", locale = lang.locale(), value = verified.recorded);
        print(&format!("{text}\n"))?;
    }
    Ok(exit::MET)
}
