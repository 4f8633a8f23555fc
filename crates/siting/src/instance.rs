//! What the solvers work on: people, sites, and the times between them, checked once and then frozen.
//!
//! In: demand and site records and (demand, site, seconds) triples from a region or a matrix file.
//! Out: an [`Instance`] with both directions of the sparse time matrix in whole milliseconds.

use std::collections::HashMap;

use super::error::ProposeError;

/// A place with people.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Unique name.
    pub id: String,
    /// People, at least 0.
    pub people: f64,
}

/// Whether a site is there already.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Standing {
    /// A place where a station could be built.
    #[default]
    Candidate,
    /// A station that stays.
    Fixed,
    /// A station that may be given up (moved).
    Movable {
        /// What giving it up takes from the budget, at least 0, in the unit of `Site::cost`.
        give_up_cost: f64,
    },
}

/// A place where a station stands or could stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Unique name.
    pub id: String,
    /// What building here takes from the budget, at least 0, in any one unit of money. Not used for existing sites.
    pub cost: f64,
    /// Most people it can serve; `None` is no limit.
    pub capacity: Option<f64>,
    /// Seconds added to every time from here (a slower turnout, say), at least 0.
    pub extra_s: f64,
    /// New, fixed or movable.
    pub standing: Standing,
}

impl Site {
    /// A candidate that costs 1, without capacity limit.
    pub fn candidate(id: impl Into<String>) -> Self {
        Self { id: id.into(), cost: 1.0, capacity: None, extra_s: 0.0, standing: Standing::Candidate }
    }

    /// An existing site that stays.
    pub fn fixed(id: impl Into<String>) -> Self {
        Self { standing: Standing::Fixed, ..Self::candidate(id) }
    }
}

/// Time from a site to a demand, both by their position in the lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position in the demand list.
    pub demand: usize,
    /// Position in the site list.
    pub site: usize,
    /// Seconds, at least 0; rounded to whole milliseconds.
    pub seconds: f64,
}

/// Time between a demand and a site, in milliseconds; the other end is known from where this is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    pub other: u32,
    pub ms: u32,
}

/// A checked problem: demand, sites and their times. A pair that is missing cannot be reached.
#[derive(Debug, Clone)]
pub struct Instance {
    demand: Vec<Demand>,
    sites: Vec<Site>,
    by_demand: Sparse,
    by_site: Sparse,
}

#[derive(Debug, Clone)]
struct Sparse {
    start: Vec<usize>,
    legs: Vec<Leg>,
}

impl Sparse {
    fn row(&self, i: usize) -> &[Leg] {
        &self.legs[self.start[i]..self.start[i + 1]]
    }

    /// Counting sort by the first index; the order within a row is that of the input.
    fn build(rows: usize, items: &[(u32, Leg)]) -> Self {
        let mut start = vec![0usize; rows + 1];
        for (r, _) in items {
            start[*r as usize + 1] += 1;
        }
        for i in 0..rows {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut legs = vec![Leg { other: 0, ms: 0 }; items.len()];
        for (r, leg) in items {
            legs[next[*r as usize]] = *leg;
            next[*r as usize] += 1;
        }
        Self { start, legs }
    }
}

impl Instance {
    /// Checks and freezes a problem.
    ///
    /// # Errors
    /// Any id given twice, any number out of range, any pair out of range or given twice, no demand, no sites.
    pub fn new(
        demand: Vec<Demand>,
        sites: Vec<Site>,
        pairs: impl IntoIterator<Item = Pair>,
    ) -> Result<Self, ProposeError> {
        check_records(&demand, &sites)?;
        let mut items = Vec::new();
        for p in pairs {
            let unknown = |kind, at: usize| ProposeError::UnknownId { kind, id: format!("number {at}") };
            let d = demand.get(p.demand).ok_or_else(|| unknown("demand", p.demand))?;
            let s = sites.get(p.site).ok_or_else(|| unknown("site", p.site))?;
            let ms = ((p.seconds + s.extra_s) * 1000.0).round();
            if !(p.seconds >= 0.0 && ms < f64::from(u32::MAX)) {
                return Err(ProposeError::BadNumber {
                    what: "a travel time to it",
                    kind: "demand",
                    id: d.id.clone(),
                    found: p.seconds,
                    wanted: "between 0 and 4,000,000 seconds",
                });
            }
            items.push((p.demand as u32, Leg { other: p.site as u32, ms: ms as u32 }));
        }
        let mut by_demand = Sparse::build(demand.len(), &items);
        let mut seen = vec![u32::MAX; sites.len()];
        for (i, place) in demand.iter().enumerate() {
            let range = by_demand.start[i]..by_demand.start[i + 1];
            let row = &mut by_demand.legs[range];
            for leg in row.iter() {
                if seen[leg.other as usize] == i as u32 {
                    return Err(ProposeError::DuplicatePair {
                        demand: place.id.clone(),
                        site: sites[leg.other as usize].id.clone(),
                    });
                }
                seen[leg.other as usize] = i as u32;
            }
            row.sort_unstable_by_key(|leg| (leg.ms, leg.other));
        }
        let mut flipped = Vec::with_capacity(items.len());
        for i in 0..demand.len() {
            flipped.extend(by_demand.row(i).iter().map(|leg| (leg.other, Leg { other: i as u32, ms: leg.ms })));
        }
        let by_site = Sparse::build(sites.len(), &flipped);
        Ok(Self { demand, sites, by_demand, by_site })
    }

    /// The same from ids, as a matrix file gives them.
    ///
    /// # Errors
    /// As [`Instance::new`]; an id that is in neither list is named.
    pub fn from_named<'a>(
        demand: Vec<Demand>,
        sites: Vec<Site>,
        times: impl IntoIterator<Item = (&'a str, &'a str, f64)>,
    ) -> Result<Self, ProposeError> {
        let places: HashMap<&str, usize> = demand.iter().enumerate().map(|(i, d)| (d.id.as_str(), i)).collect();
        let stands: HashMap<&str, usize> = sites.iter().enumerate().map(|(j, s)| (s.id.as_str(), j)).collect();
        let find = |map: &HashMap<&str, usize>, kind, id: &str| {
            map.get(id).copied().ok_or_else(|| ProposeError::UnknownId { kind, id: id.to_owned() })
        };
        let pairs = times
            .into_iter()
            .map(|(d, s, seconds)| {
                Ok(Pair { demand: find(&places, "demand", d)?, site: find(&stands, "site", s)?, seconds })
            })
            .collect::<Result<Vec<_>, ProposeError>>()?;
        drop((places, stands));
        Self::new(demand, sites, pairs)
    }

    /// The places with people.
    pub fn demand(&self) -> &[Demand] {
        &self.demand
    }

    /// The sites, existing and possible.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Number of times known.
    pub fn pairs(&self) -> usize {
        self.by_demand.legs.len()
    }

    /// All people.
    pub fn people(&self) -> f64 {
        self.demand.iter().map(|d| d.people).sum()
    }

    /// Sites that reach a demand, nearest first.
    pub fn reach(&self, demand: usize) -> &[Leg] {
        self.by_demand.row(demand)
    }

    /// Demands that a site reaches, by position.
    pub fn serves(&self, site: usize) -> &[Leg] {
        self.by_site.row(site)
    }

    /// Seconds between the two, `None` where there is no way.
    pub fn seconds(&self, demand: usize, site: usize) -> Option<f64> {
        let row = self.by_demand.row(demand);
        row.iter().find(|leg| leg.other as usize == site).map(|leg| f64::from(leg.ms) / 1000.0)
    }

    /// Positions of the sites with a standing that `wanted` accepts.
    pub(crate) fn standing(&self, wanted: impl Fn(Standing) -> bool) -> Vec<usize> {
        (0..self.sites.len()).filter(|&j| wanted(self.sites[j].standing)).collect()
    }
}

fn check_records(demand: &[Demand], sites: &[Site]) -> Result<(), ProposeError> {
    if demand.is_empty() {
        return Err(ProposeError::NoDemand);
    }
    if sites.is_empty() {
        return Err(ProposeError::NoSites);
    }
    let mut seen = std::collections::HashSet::new();
    for d in demand {
        if !seen.insert(d.id.as_str()) {
            return Err(ProposeError::DuplicateId { kind: "demand", id: d.id.clone() });
        }
        number("weight (people)", "demand", &d.id, d.people)?;
    }
    seen.clear();
    for s in sites {
        if !seen.insert(s.id.as_str()) {
            return Err(ProposeError::DuplicateId { kind: "site", id: s.id.clone() });
        }
        number("cost", "site", &s.id, s.cost)?;
        number("extra time", "site", &s.id, s.extra_s)?;
        if let Some(c) = s.capacity {
            number("capacity", "site", &s.id, c)?;
        }
        if let Standing::Movable { give_up_cost } = s.standing {
            number("cost of giving up", "site", &s.id, give_up_cost)?;
        }
    }
    Ok(())
}

fn number(what: &'static str, kind: &'static str, id: &str, found: f64) -> Result<(), ProposeError> {
    if (0.0..1e15).contains(&found) {
        Ok(())
    } else {
        Err(ProposeError::BadNumber { what, kind, id: id.to_owned(), found, wanted: "a number from 0 up to 1e15" })
    }
}
