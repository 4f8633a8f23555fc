//! Stations, facilities and AEDs added, moved, closed, and what stations have.
//!
//! In: an edit. Out: the layer's records as they would be read from its edited file: a new site comes last.

use super::draft::{Draft, Topic, unknown};
use lifering_base::error::InputError;
use lifering_base::message;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Site};
use lifering_readers::Region;
use lifering_readers::scenario::edit::{MovedStation, StationValues};

/// Most ids that a message names.
const NAMED: usize = 5;

/// A layer of sites, with the field by which edits name one of it.
#[derive(Clone, Copy)]
pub(super) struct SiteLayer {
    layer: Layer,
    field: &'static str,
}

pub(super) const STATIONS: SiteLayer = SiteLayer { layer: Layer::Stations, field: "station" };
pub(super) const FACILITIES: SiteLayer = SiteLayer { layer: Layer::Facilities, field: "facility" };
pub(super) const AEDS: SiteLayer = SiteLayer { layer: Layer::Aeds, field: "aed" };

impl SiteLayer {
    /// Whether the region has the layer.
    fn is_given(self, records: &Region) -> bool {
        match self.layer {
            Layer::Stations => records.settings.layers.contains_key(&Layer::Stations),
            Layer::Facilities => records.facilities.is_some(),
            _ => records.aeds.is_some(),
        }
    }

    /// The name of the layer's file.
    fn file(self, records: &Region) -> String {
        let spec = records.settings.layers.get(&self.layer);
        spec.map_or_else(|| self.layer.key().to_owned(), |spec| spec.file.clone())
    }

    /// The layer's records under edit.
    fn sites<'d>(self, draft: &'d mut Draft<'_>, field: &str) -> Result<&'d mut Vec<Site>, InputError> {
        if !self.is_given(&draft.records) {
            let found = message!("scenario.no_layer", layer = self.layer.key());
            return Err(InputError::wrong(draft.field(field), found, message!("scenario.layer_wanted")));
        }
        let records = &mut draft.records;
        Ok(match self.layer {
            Layer::Stations => &mut records.stations,
            Layer::Facilities => records.facilities.get_or_insert_default(),
            _ => records.aeds.get_or_insert_default(),
        })
    }

    /// The position of a site by its id, or by a name that it alone has.
    fn find(self, draft: &mut Draft<'_>, word: &str) -> Result<usize, InputError> {
        let (file, place) = (self.file(&draft.records), draft.field(self.field));
        let closed = draft.closed.get(&(self.layer, word.to_owned())).copied();
        let sites = self.sites(draft, self.field)?;
        let by = |of: &dyn Fn(&Site) -> bool| -> Vec<usize> {
            sites.iter().enumerate().filter(|(_, site)| of(site)).map(|(at, _)| at).collect()
        };
        let mut found = by(&|site| site.id == word);
        if found.is_empty() {
            found = by(&|site| site.name == word);
        }
        match (found.as_slice(), closed) {
            ([one], _) => Ok(*one),
            ([], Some(number)) => {
                let found = message!("scenario.closed_before", name = word, n = number);
                Err(InputError::wrong(place, found, message!("scenario.site_of_layer", file = file)))
            }
            ([], None) => {
                let known = sites.iter().flat_map(|site| [site.id.as_str(), site.name.as_str()]);
                Err(unknown(place, word, message!("scenario.site_of_layer", file = file), known))
            }
            (several, _) => {
                let ids: Vec<&str> = several.iter().take(NAMED).map(|at| sites[*at].id.as_str()).collect();
                let found = message!("scenario.several_of_name", name = word, n = several.len());
                Err(InputError::wrong(place, found, message!("scenario.an_id", ids = ids.join(", "))))
            }
        }
    }
}

/// Adds a site at the end of its layer.
pub(super) fn add(draft: &mut Draft<'_>, of: SiteLayer, mut site: Site) -> Result<(), InputError> {
    draft.on_ground(site.place, "at")?;
    let file = of.file(&draft.records);
    let place = draft.field("id");
    let layer_features = draft.records.input(of.layer.key()).map(|input| input.features);
    let added = draft.added.get(&of.layer).copied().unwrap_or(0);
    let sites = of.sites(draft, "id")?;
    if sites.iter().any(|other| other.id == site.id) {
        let found = message!("scenario.id_taken", id = &site.id, file = file);
        return Err(InputError::wrong(place, found, message!("scenario.id_free")));
    }
    site.feature = layer_features.unwrap_or(sites.len()) + added;
    for (field, of_field) in [("place", "at"), ("ambulances", "ambulances"), ("turnout_s", "turnout_s")] {
        let value = match field {
            "place" => Some(shown_place(&site)),
            _ => site.number(field).map(|number| number.to_string()),
        };
        if let Some(value) = value {
            draft.say(Topic::Site(of.layer, site.id.clone(), field), &value, of_field)?;
        }
    }
    of.sites(draft, "id")?.push(site);
    *draft.added.entry(of.layer).or_default() += 1;
    draft.changed.sites = true;
    Ok(())
}

/// Closes a site: it is taken out of its layer.
pub(super) fn close(draft: &mut Draft<'_>, of: SiteLayer, word: &str) -> Result<(), InputError> {
    let at = of.find(draft, word)?;
    let id = of.sites(draft, of.field)?[at].id.clone();
    draft.nothing_said_of(of.layer, &id, of.field)?;
    let site = of.sites(draft, of.field)?.remove(at);
    let number = draft.number();
    draft.closed.extend([site.id, site.name].map(|name| ((of.layer, name), number)));
    draft.changed.sites = true;
    Ok(())
}

/// Moves a station.
pub(super) fn move_station(draft: &mut Draft<'_>, moved: &MovedStation) -> Result<(), InputError> {
    let at = STATIONS.find(draft, &moved.station)?;
    let to = moved.to.place();
    draft.on_ground(to, "to")?;
    let mut site = STATIONS.sites(draft, "station")?[at].clone();
    site.place = to;
    draft.say(Topic::Site(Layer::Stations, site.id.clone(), "place"), &shown_place(&site), "to")?;
    STATIONS.sites(draft, "station")?[at] = site;
    draft.changed.sites = true;
    Ok(())
}

/// Gives a station other values.
pub(super) fn set_station(draft: &mut Draft<'_>, values: &StationValues) -> Result<(), InputError> {
    let at = STATIONS.find(draft, &values.station)?;
    let given = [
        ("ambulances", values.ambulances),
        ("negative_pressure", values.negative_pressure),
        ("turnout_s", values.turnout_s),
    ];
    for (field, value) in given {
        let Some(value) = value else { continue };
        let id = STATIONS.sites(draft, "station")?[at].id.clone();
        draft.say(Topic::Site(Layer::Stations, id, field), &value.to_string(), field)?;
        let site = &mut STATIONS.sites(draft, "station")?[at];
        site.attributes.insert(field.to_owned(), Scalar::Number(value));
    }
    draft.changed.sites = true;
    Ok(())
}

fn shown_place(site: &Site) -> String {
    format!("{} {}", site.place.lon, site.place.lat)
}
