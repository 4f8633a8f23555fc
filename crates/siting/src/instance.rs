//! The data of a location problem: demand, sites and the times between them, checked once.
//!
//! In: demand and site records and (demand, site, seconds) triples. Out: an [`Instance`] with the sparse time matrix by
//! demand and by site, in whole milliseconds.

use std::collections::{HashMap, HashSet};

use super::error::SitingError;

/// A place with people.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Unique among the demands.
    pub id: String,
    /// People (the weight of the place), from 0 up to 1e15.
    pub people: f64,
}

/// Whether a station stands at a site already, and whether it may be closed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum SiteStatus {
    /// A place where a station could be built.
    #[default]
    Candidate,
    /// An existing station that stays open.
    Fixed,
    /// An existing station that may be closed, so that a new site takes its place in `Question::sites` (relocation).
    Movable {
        /// What closing it takes from the budget, from 0 up to 1e15, in the unit of [`Site::cost`].
        closing_cost: f64,
    },
}

/// A place where a station stands or could stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Unique among the sites.
    pub id: String,
    /// Fixed cost of opening a candidate, taken from `Question::budget` in the same unit of money, from 0 up to 1e15.
    /// Ignored for existing sites.
    pub cost: f64,
    /// Most people it can serve, from 0 up to 1e15; `None` is no limit. Goals cover and reach-all only.
    pub capacity: Option<f64>,
    /// Seconds added to every time from here (a slower turnout, say), from 0 up to 1e15.
    pub extra_s: f64,
    /// Candidate, fixed or movable.
    pub status: SiteStatus,
}

impl Site {
    /// A candidate that costs 1, without a capacity limit.
    pub fn candidate(id: impl Into<String>) -> Self {
        Self { id: id.into(), cost: 1.0, capacity: None, extra_s: 0.0, status: SiteStatus::Candidate }
    }

    /// An existing station that stays open.
    pub fn fixed(id: impl Into<String>) -> Self {
        Self { status: SiteStatus::Fixed, ..Self::candidate(id) }
    }
}

/// Time from a site to a demand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TravelTime {
    /// Position in the demand list.
    pub demand: usize,
    /// Position in the site list.
    pub site: usize,
    /// Seconds from 0 to 4,000,000, without `Site::extra_s`; the sum is rounded to whole milliseconds.
    pub seconds: f64,
}

/// An entry of the time matrix within the row of a demand or of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeEntry {
    /// Position of the site in the row of a demand, of the demand in the row of a site.
    pub other: u32,
    /// Milliseconds, `Site::extra_s` included.
    pub ms: u32,
}

/// A checked problem: demand, sites and the times between them. A pair without a time is out of reach.
#[derive(Debug, Clone)]
pub struct Instance {
    demand: Vec<Demand>,
    sites: Vec<Site>,
    by_demand: TimeRows,
    by_site: TimeRows,
}

/// Rows of a sparse time matrix, end to end.
#[derive(Debug, Clone)]
struct TimeRows {
    /// Start of each row in `entries`, and the end of the last.
    start: Vec<usize>,
    entries: Vec<TimeEntry>,
}

impl TimeRows {
    fn row(&self, i: usize) -> &[TimeEntry] {
        &self.entries[self.start[i]..self.start[i + 1]]
    }

    /// Counting sort by the first index; the order within a row is that of the input.
    fn build(rows: usize, items: &[(u32, TimeEntry)]) -> Self {
        let mut start = vec![0usize; rows + 1];
        for (r, _) in items {
            start[*r as usize + 1] += 1;
        }
        for i in 0..rows {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut entries = vec![TimeEntry { other: 0, ms: 0 }; items.len()];
        for (r, entry) in items {
            entries[next[*r as usize]] = *entry;
            next[*r as usize] += 1;
        }
        Self { start, entries }
    }
}

impl Instance {
    /// Checks a problem.
    ///
    /// # Errors
    /// No demand, no sites, an id given twice, a number out of range, a time for a position outside the lists, or two
    /// times for one pair.
    pub fn new(
        demand: Vec<Demand>,
        sites: Vec<Site>,
        times: impl IntoIterator<Item = TravelTime>,
    ) -> Result<Self, SitingError> {
        check_records(&demand, &sites)?;
        let mut items = Vec::new();
        for time in times {
            let unknown = |kind, at: usize| SitingError::UnknownId { kind, id: format!("number {at}") };
            let d = demand.get(time.demand).ok_or_else(|| unknown("demand", time.demand))?;
            let s = sites.get(time.site).ok_or_else(|| unknown("site", time.site))?;
            let ms = ((time.seconds + s.extra_s) * 1000.0).round();
            if !(time.seconds >= 0.0 && ms < f64::from(u32::MAX)) {
                return Err(SitingError::BadNumber {
                    what: "a travel time to it",
                    kind: "demand",
                    id: d.id.clone(),
                    found: time.seconds,
                    wanted: "between 0 and 4,000,000 seconds",
                });
            }
            items.push((time.demand as u32, TimeEntry { other: time.site as u32, ms: ms as u32 }));
        }
        let mut by_demand = TimeRows::build(demand.len(), &items);
        // Last demand that named each site, indexed by site.
        let mut seen = vec![u32::MAX; sites.len()];
        for (i, place) in demand.iter().enumerate() {
            let range = by_demand.start[i]..by_demand.start[i + 1];
            let row = &mut by_demand.entries[range];
            for entry in row.iter() {
                if seen[entry.other as usize] == i as u32 {
                    return Err(SitingError::DuplicatePair {
                        demand: place.id.clone(),
                        site: sites[entry.other as usize].id.clone(),
                    });
                }
                seen[entry.other as usize] = i as u32;
            }
            row.sort_unstable_by_key(|entry| (entry.ms, entry.other));
        }
        let mut transposed = Vec::with_capacity(items.len());
        for i in 0..demand.len() {
            transposed.extend(
                by_demand.row(i).iter().map(|entry| (entry.other, TimeEntry { other: i as u32, ms: entry.ms })),
            );
        }
        let by_site = TimeRows::build(sites.len(), &transposed);
        Ok(Self { demand, sites, by_demand, by_site })
    }

    /// The same from (demand id, site id, seconds), as a matrix file has them.
    ///
    /// # Errors
    /// As [`Instance::new`], and an id that is not in its list.
    pub fn from_named<'a>(
        demand: Vec<Demand>,
        sites: Vec<Site>,
        times: impl IntoIterator<Item = (&'a str, &'a str, f64)>,
    ) -> Result<Self, SitingError> {
        let demands: HashMap<&str, usize> = demand.iter().enumerate().map(|(i, d)| (d.id.as_str(), i)).collect();
        let site_ids: HashMap<&str, usize> = sites.iter().enumerate().map(|(j, s)| (s.id.as_str(), j)).collect();
        let find = |map: &HashMap<&str, usize>, kind, id: &str| {
            map.get(id).copied().ok_or_else(|| SitingError::UnknownId { kind, id: id.to_owned() })
        };
        let pairs = times
            .into_iter()
            .map(|(d, s, seconds)| {
                Ok(TravelTime { demand: find(&demands, "demand", d)?, site: find(&site_ids, "site", s)?, seconds })
            })
            .collect::<Result<Vec<_>, SitingError>>()?;
        drop((demands, site_ids));
        Self::new(demand, sites, pairs)
    }

    /// Places with people, in the order given.
    pub fn demand(&self) -> &[Demand] {
        &self.demand
    }

    /// Sites, existing and candidates, in the order given.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Number of pairs with a time.
    pub fn pairs(&self) -> usize {
        self.by_demand.entries.len()
    }

    /// Sum of all people.
    pub fn people(&self) -> f64 {
        self.demand.iter().map(|d| d.people).sum()
    }

    /// Sites that reach the demand at a position, nearest first; ties by position.
    pub fn sites_reaching(&self, demand: usize) -> &[TimeEntry] {
        self.by_demand.row(demand)
    }

    /// Demands that the site at a position reaches, by position.
    pub fn demands_reached(&self, site: usize) -> &[TimeEntry] {
        self.by_site.row(site)
    }

    /// Seconds from a site to a demand (positions), `Site::extra_s` included; `None` if it does not reach it.
    pub fn seconds(&self, demand: usize, site: usize) -> Option<f64> {
        let row = self.by_demand.row(demand);
        row.iter().find(|entry| entry.other as usize == site).map(|entry| f64::from(entry.ms) / 1000.0)
    }

    /// Positions of the sites whose status `wanted` accepts, ascending.
    pub(super) fn sites_with(&self, wanted: impl Fn(SiteStatus) -> bool) -> Vec<usize> {
        (0..self.sites.len()).filter(|&j| wanted(self.sites[j].status)).collect()
    }

    /// Whether any site has a capacity.
    pub(super) fn is_capacitated(&self) -> bool {
        self.sites.iter().any(|site| site.capacity.is_some())
    }

    /// Positions of the demands with people that some site reaches, whatever the time.
    pub(super) fn reachable_demand(&self) -> Vec<usize> {
        self.demand_with_people(true)
    }

    /// Positions of the demands with people that no site reaches.
    pub(super) fn unreachable_demand(&self) -> Vec<usize> {
        self.demand_with_people(false)
    }

    fn demand_with_people(&self, reachable: bool) -> Vec<usize> {
        let wanted = |i: &usize| self.demand[*i].people > 0.0 && self.sites_reaching(*i).is_empty() != reachable;
        (0..self.demand.len()).filter(wanted).collect()
    }
}

fn check_records(demand: &[Demand], sites: &[Site]) -> Result<(), SitingError> {
    if demand.is_empty() {
        return Err(SitingError::NoDemand);
    }
    if sites.is_empty() {
        return Err(SitingError::NoSites);
    }
    let mut seen = HashSet::new();
    for d in demand {
        if !seen.insert(d.id.as_str()) {
            return Err(SitingError::DuplicateId { kind: "demand", id: d.id.clone() });
        }
        check_number("weight (people)", "demand", &d.id, d.people)?;
    }
    seen.clear();
    for s in sites {
        if !seen.insert(s.id.as_str()) {
            return Err(SitingError::DuplicateId { kind: "site", id: s.id.clone() });
        }
        check_number("cost", "site", &s.id, s.cost)?;
        check_number("extra time", "site", &s.id, s.extra_s)?;
        if let Some(c) = s.capacity {
            check_number("capacity", "site", &s.id, c)?;
        }
        if let SiteStatus::Movable { closing_cost } = s.status {
            check_number("cost of giving up", "site", &s.id, closing_cost)?;
        }
    }
    Ok(())
}

fn check_number(what: &'static str, kind: &'static str, id: &str, found: f64) -> Result<(), SitingError> {
    if (0.0..1e15).contains(&found) {
        Ok(())
    } else {
        Err(SitingError::BadNumber { what, kind, id: id.to_owned(), found, wanted: "a number from 0 up to 1e15" })
    }
}
