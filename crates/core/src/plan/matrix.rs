//! Travel times of other programs: CSV files to an instance.
//!
//! In: `demand,candidate,seconds` (a missing pair is out of reach), optionally `demand,weight` and
//! `candidate,cost,capacity`. Out: [`Instance`] and the record of the files. Errors name file, line and field.

use super::file_record::FileRecord;
use super::record::MatrixRecord;
use super::request::SitingRequest;
use super::{Parameter, ProposalError};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::{Message, message};
use lifering_readers::csv_rows::each_row;
use lifering_readers::source::read_file;
use lifering_siting::{Demand, Instance, Site, SiteStatus, TravelTime};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Paths of the files, and the existing sites among the candidates.
#[derive(Clone, Debug, Default)]
pub struct MatrixFiles {
    /// `demand,candidate,seconds`.
    pub costs: PathBuf,
    /// `demand,weight` (people); `None`: every demand point weighs 1.
    pub demand: Option<PathBuf>,
    /// `candidate,cost,capacity`, each of the last two optional; `None`: cost 1, capacity of the request.
    pub candidates: Option<PathBuf>,
    /// Ids of existing sites that stay open.
    pub existing: Vec<String>,
    /// Ids of existing sites that may be closed.
    pub movable: Vec<String>,
    /// Cost of closing one of them, in the unit of the candidates' cost.
    pub move_cost: f64,
}

/// Name in messages and bytes of each file.
struct FileContents {
    costs: (String, Vec<u8>),
    demand: Option<(String, Vec<u8>)>,
    candidates: Option<(String, Vec<u8>)>,
}

/// Reads the files; `folder` is the folder of proposal.json, to which their paths are recorded.
pub fn read(
    files: &MatrixFiles,
    request: &SitingRequest,
    folder: &Path,
) -> Result<(Instance, MatrixRecord), ProposalError> {
    let open = |path: &Path, help: &Message| Ok::<_, InputError>((path.display().to_string(), read_file(path, help)?));
    let optional = |path: &Option<PathBuf>, help| path.as_deref().map(|p| open(p, help)).transpose();
    let bytes = FileContents {
        costs: open(&files.costs, &message!("message.csv_with_header", words = "demand,candidate,seconds"))?,
        demand: optional(&files.demand, &message!("message.csv_with_header", words = "demand,weight"))?,
        candidates: optional(
            &files.candidates,
            &message!("message.csv_with_header", words = "candidate,cost,capacity"),
        )?,
    };
    let record = |path: &Path, bytes: &[u8]| FileRecord::of(path, bytes, folder);
    let optional_record = |path: &Option<PathBuf>, bytes: &Option<(String, Vec<u8>)>| {
        path.as_deref().zip(bytes.as_ref()).map(|(path, (_, bytes))| record(path, bytes))
    };
    let origin = MatrixRecord {
        costs: record(&files.costs, &bytes.costs.1),
        demand: optional_record(&files.demand, &bytes.demand),
        candidates: optional_record(&files.candidates, &bytes.candidates),
        existing: files.existing.clone(),
        movable: files.movable.clone(),
        move_cost: files.move_cost,
    };
    Ok((instance(&bytes, &origin, request)?, origin))
}

/// Reads the files of a proposal again; refuses any that has changed.
pub fn reread(origin: &MatrixRecord, request: &SitingRequest, folder: &Path) -> Result<Instance, ProposalError> {
    let open = |file: &FileRecord| file.read(folder).map(|(path, bytes)| (path.display().to_string(), bytes));
    let bytes = FileContents {
        costs: open(&origin.costs)?,
        demand: origin.demand.as_ref().map(open).transpose()?,
        candidates: origin.candidates.as_ref().map(open).transpose()?,
    };
    instance(&bytes, origin, request)
}

/// Distinct ids in the order of their first use.
#[derive(Default)]
struct IdTable {
    list: Vec<String>,
    /// Position in `list` by id.
    at: HashMap<String, usize>,
}

impl IdTable {
    fn add(&mut self, name: &str) -> usize {
        if let Some(at) = self.at.get(name) {
            return *at;
        }
        self.list.push(name.to_owned());
        self.at.insert(name.to_owned(), self.list.len() - 1);
        self.list.len() - 1
    }

    fn known(&self, name: &str) -> Option<usize> {
        self.at.get(name).copied()
    }

    /// The error for an unknown id in an option, with the nearest known one.
    fn unknown_option(&self, option: Parameter, name: &str) -> ProposalError {
        let near = nearest(name, self.list.iter().map(String::as_str));
        ProposalError::Asked {
            parameter: option,
            found: format!("\"{name}\"").into(),
            wanted: message!("message.candidate_of_matrix"),
            help: near.map(|near| message!("message.did_you_mean", near = near)),
        }
    }

    /// The error for an unknown id in a file, with the nearest known one.
    fn unknown(&self, place: Place, name: &str, wanted: Message) -> ProposalError {
        let error = InputError::wrong(place, format!("\"{name}\""), wanted);
        match nearest(name, self.list.iter().map(String::as_str)) {
            Some(near) => error.with_help(message!("message.did_you_mean", near = near)).into(),
            None => error.into(),
        }
    }
}

fn instance(files: &FileContents, origin: &MatrixRecord, request: &SitingRequest) -> Result<Instance, ProposalError> {
    let (mut places, mut candidates, mut demand) = (IdTable::default(), IdTable::default(), Vec::new());
    if let Some((name, bytes)) = &files.demand {
        each_row::<ProposalError>(name, bytes, &["demand", "weight"], &[], |row| {
            let id = row.word(0)?;
            let people = row.amount(1)?.unwrap_or(0.0);
            if places.add(id) != demand.len() {
                return Err(row
                    .wrong(0, message!("message.again", id = id), message!("message.every_place_once"))
                    .into());
            }
            demand.push(Demand { id: id.to_owned(), people });
            Ok(())
        })?;
    }
    let demand_given = files.demand.is_some();
    let mut pairs = Vec::new();
    let (name, bytes) = &files.costs;
    each_row::<ProposalError>(name, bytes, &["demand", "candidate", "seconds"], &[], |row| {
        let place = row.word(0)?;
        let at = match places.known(place) {
            Some(at) => at,
            None if demand_given => {
                let wanted = message!("message.place_of_demand");
                return Err(places.unknown(row.place(0), place, wanted));
            }
            None => {
                demand.push(Demand { id: place.to_owned(), people: 1.0 });
                places.add(place)
            }
        };
        let site = candidates.add(row.word(1)?);
        let Some(seconds) = row.amount(2)? else {
            return Err(row.wrong(2, message!("message.nothing"), message!("message.leave_line_out")).into());
        };
        pairs.push(TravelTime { demand: at, site, seconds });
        Ok(())
    })?;
    let (mut costs, mut capacities) = (HashMap::new(), HashMap::new());
    if let Some((name, bytes)) = &files.candidates {
        each_row::<ProposalError>(name, bytes, &["candidate"], &["cost", "capacity"], |row| {
            let site = candidates.add(row.word(0)?);
            costs.insert(site, row.amount(1)?.unwrap_or(1.0));
            if let Some(capacity) = row.amount(2)? {
                capacities.insert(site, capacity);
            }
            Ok(())
        })?;
    }
    let existing = existing_sites(origin, &candidates)?;
    let sites = candidates.list.iter().enumerate().map(|(at, id)| Site {
        cost: costs.get(&at).copied().unwrap_or(1.0),
        capacity: capacities.get(&at).copied().or(request.capacity),
        status: existing.get(&at).copied().unwrap_or(SiteStatus::Candidate),
        ..Site::candidate(id.clone())
    });
    Ok(Instance::new(demand, sites.collect(), pairs)?)
}

/// Status of the existing sites, by position in `candidates`; movable overrides existing.
fn existing_sites(origin: &MatrixRecord, candidates: &IdTable) -> Result<HashMap<usize, SiteStatus>, ProposalError> {
    let mut existing = HashMap::new();
    let movable = SiteStatus::Movable { closing_cost: origin.move_cost };
    let options =
        [(Parameter::Existing, &origin.existing, SiteStatus::Fixed), (Parameter::Movable, &origin.movable, movable)];
    for (option, ids, status) in options {
        for id in ids {
            let Some(at) = candidates.known(id) else {
                return Err(candidates.unknown_option(option, id));
            };
            existing.insert(at, status);
        }
    }
    Ok(existing)
}
