//! Edits of the sites of a city.
//!
//! In: edits that name sites by their position. Out: which sites are withdrawn, and what stands then.

use crate::city::City;
use lifering_base::frame::LonLat;
use thiserror::Error;

/// An edit of one site. Sites are positions in [`City::sites`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SiteEdit {
    /// A new site.
    Add {
        /// Where it stands.
        place: LonLat,
        /// Its turnout, seconds; `None`: that of the region.
        turnout_s: Option<f64>,
    },
    /// A site elsewhere.
    Move {
        /// The site.
        site: usize,
        /// Where it stands then.
        to: LonLat,
    },
    /// A site no more.
    Remove {
        /// The site.
        site: usize,
    },
    /// Another turnout.
    Turnout {
        /// The site.
        site: usize,
        /// Seconds; `None`: that of the region.
        turnout_s: Option<f64>,
    },
}

impl SiteEdit {
    /// The site that is edited; `None` for a new one.
    pub fn site(&self) -> Option<usize> {
        match self {
            Self::Add { .. } => None,
            Self::Move { site, .. } | Self::Remove { site } | Self::Turnout { site, .. } => Some(*site),
        }
    }
}

/// Edits that cannot be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TrialError {
    /// There is no such site.
    #[error("edit {edit}: there is no site {site}; wanted a position below {sites}")]
    NoSite {
        /// Position of the edit.
        edit: usize,
        /// The site it names.
        site: usize,
        /// Number of sites.
        sites: usize,
    },
    /// Two edits are about one site.
    #[error("edit {edit}: site {site} is edited already; wanted one edit a site")]
    Twice {
        /// Position of the second edit.
        edit: usize,
        /// The site.
        site: usize,
    },
    /// The layer of a site holds no sites that can be edited.
    #[error("site {site} is of no layer that can be edited")]
    Layer {
        /// The site.
        site: usize,
    },
}

/// A site that stands after the edits and did not before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Added {
    pub(super) place: LonLat,
    pub(super) turnout_s: Option<f64>,
    /// The site that it was; `None` for a new one.
    pub(super) was: Option<usize>,
}

/// Edits as sites that go and sites that come.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    /// Positions in the sites of the city, ascending.
    pub(super) withdrawn: Vec<usize>,
    pub(super) added: Vec<Added>,
}

pub(super) fn resolve(city: &City, edits: &[SiteEdit]) -> Result<Resolved, TrialError> {
    let sites = city.sites();
    let mut resolved = Resolved::default();
    for (at, edit) in edits.iter().enumerate() {
        let stands = match edit.site() {
            None => None,
            Some(site) => {
                let stands = sites.get(site).ok_or(TrialError::NoSite { edit: at, site, sites: sites.len() })?;
                if resolved.withdrawn.contains(&site) {
                    return Err(TrialError::Twice { edit: at, site });
                }
                resolved.withdrawn.push(site);
                Some(stands)
            }
        };
        let added = match (*edit, stands) {
            (SiteEdit::Add { place, turnout_s }, _) => Some(Added { place, turnout_s, was: None }),
            (SiteEdit::Move { site, to }, Some(stands)) => {
                Some(Added { place: to, turnout_s: stands.turnout_s, was: Some(site) })
            }
            (SiteEdit::Turnout { site, turnout_s }, Some(stands)) => {
                Some(Added { place: stands.place, turnout_s, was: Some(site) })
            }
            _ => None,
        };
        resolved.added.extend(added);
    }
    resolved.withdrawn.sort_unstable();
    Ok(resolved)
}
