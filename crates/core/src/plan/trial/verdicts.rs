//! The rules on times and distances after an edit, as an audit would judge them.
//!
//! In: a trial and edits. Out: the city that they make, and its outcomes: every reading, every area.

use super::edit::{Added, resolve};
use super::{SiteEdit, Trial, TrialError};
use crate::audit::{AuditError, outcomes};
use crate::city::City;
use lifering_base::records::Site;
use lifering_base::records::attributes::Scalar;
use lifering_readers::Region;
use lifering_standards::catalogue::{Criterion, LayerName};
use lifering_standards::outcome::RuleOutcome;

impl Trial {
    /// The city with the edits made; grounds, people, networks and costs are shared. A new site gets the attributes that
    /// the rule must count.
    ///
    /// # Errors
    /// A site is not there, is edited twice, or is of a layer that cannot be edited.
    pub fn edited(&self, edits: &[SiteEdit]) -> Result<City, TrialError> {
        let resolved = resolve(&self.city, edits)?;
        self.city.with_sites(|records| {
            let lists = Lists::of(records);
            let mut gone: Vec<(usize, usize)> = Vec::new();
            for site in &resolved.withdrawn {
                let at = lists.position(*site).ok_or(TrialError::Layer { site: *site })?;
                let moved = resolved.added.iter().find(|added| added.was == Some(*site));
                match (moved, list(records, at.0).and_then(|list| list.get_mut(at.1))) {
                    (Some(added), Some(record)) => place(record, added),
                    _ => gone.push(at),
                }
            }
            gone.sort_unstable();
            for (of, at) in gone.into_iter().rev() {
                if let Some(list) = list(records, of) {
                    list.remove(at);
                }
            }
            let new = match self.objective.layer() {
                LayerName::Facilities => 1,
                LayerName::Aeds => 2,
                _ => 0,
            };
            for (number, added) in resolved.added.iter().filter(|added| added.was.is_none()).enumerate() {
                // What no candidate states is what the rule asks for.
                let attributes = self.objective.attributes(&std::collections::BTreeMap::new(), None, 1.0);
                let mut record = Site {
                    feature: usize::MAX - number,
                    id: format!("trial-{}", number + 1),
                    name: format!("trial-{}", number + 1),
                    place: added.place,
                    attributes: attributes.unwrap_or_default(),
                };
                place(&mut record, added);
                if let Some(list) = list(records, new) {
                    list.push(record);
                }
            }
            Ok(())
        })
    }

    /// Every rule on times or distances judged after the edits, in the order of the standard.
    ///
    /// # Errors
    /// As [`Self::edited`]; or the standard does not fit the city.
    pub fn verdicts(&self, edits: &[SiteEdit]) -> Result<Vec<RuleOutcome>, VerdictError> {
        let city = self.edited(edits)?;
        let mut all = outcomes(&city, &self.standard)?;
        all.retain(|outcome| matches!(outcome.rule.criterion, Criterion::TravelTime(_) | Criterion::Radius(_)));
        Ok(all)
    }
}

/// Why there are no verdicts.
#[derive(Debug, thiserror::Error)]
pub enum VerdictError {
    /// The edits cannot be tried.
    #[error(transparent)]
    Edit(#[from] TrialError),
    /// The city could not be judged.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

fn place(record: &mut Site, added: &Added) {
    record.place = added.place;
    match added.turnout_s {
        Some(seconds) => record.attributes.insert("turnout_s".to_owned(), Scalar::Number(seconds)),
        None => record.attributes.remove("turnout_s"),
    };
}

/// Sizes of the layers that the sites of a city come from, in their order.
struct Lists([usize; 3]);

impl Lists {
    fn of(records: &Region) -> Self {
        let len = |list: Option<&Vec<Site>>| list.map_or(0, Vec::len);
        let stations = records.settings.layers.contains_key(&lifering_base::records::Layer::Stations);
        Self([
            if stations { records.stations.len() } else { 0 },
            len(records.facilities.as_ref()),
            len(records.aeds.as_ref()),
        ])
    }

    /// List and position of a site of the city.
    fn position(&self, mut site: usize) -> Option<(usize, usize)> {
        for (of, len) in self.0.into_iter().enumerate() {
            if site < len {
                return Some((of, site));
            }
            site -= len;
        }
        None
    }
}

fn list(records: &mut Region, of: usize) -> Option<&mut Vec<Site>> {
    match of {
        0 => Some(&mut records.stations),
        1 => records.facilities.as_mut(),
        _ => records.aeds.as_mut(),
    }
}
