//! New sites of a scenario as records.
//!
//! In: the fields of an edit. Out: a [`Site`], checked as one of a layer is; what a layer would note is refused.

use super::edit::{AttributeValue, NewAed, NewFacility, NewStation, Position};
use crate::checks::SiteIds;
use crate::sites;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::Issues;
use lifering_base::message;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Site};
use std::collections::BTreeMap;

/// What the new sites of all layers have in common.
struct NewSite<'a> {
    layer: Layer,
    id: &'a str,
    name: Option<&'a String>,
    at: Position,
    attributes: &'a BTreeMap<String, AttributeValue>,
}

impl NewSite<'_> {
    /// The site, with those of its `fields` that are given.
    fn site(&self, fields: &[(&str, Option<Scalar>)], place: &Place) -> Result<Site, InputError> {
        let name = self.name.map_or(self.id, String::as_str);
        let text = |text: &str| Scalar::Text(text.to_owned());
        let mut attributes: BTreeMap<String, Scalar> =
            self.attributes.iter().map(|(field, value)| (field.clone(), Scalar::from(value))).collect();
        let of_edit = ["id", "name"].into_iter().chain(fields.iter().map(|(field, _)| *field));
        if let Some(twice) = of_edit.into_iter().find(|field| attributes.contains_key(*field)) {
            let place = place.clone().field(&format!("attributes.{twice}"));
            return Err(InputError::wrong(place, format!("`{twice}`"), message!("scenario.own_field", field = twice)));
        }
        // A layer keeps what its columns say, those of id and name as well.
        attributes.insert("id".to_owned(), text(self.id));
        attributes.extend(self.name.map(|name| ("name".to_owned(), text(name))));
        attributes.extend(fields.iter().filter_map(|(field, value)| Some(((*field).to_owned(), value.clone()?))));
        let site =
            Site { feature: 0, id: self.id.to_owned(), name: name.to_owned(), place: self.at.place(), attributes };
        let mut issues = Issues::default();
        let site = sites::check(self.layer, site, &mut SiteIds::default(), place, &mut issues)?;
        match issues.list().first() {
            None => Ok(site),
            Some(issue) => {
                let mut place = place.clone();
                place.field.clone_from(&issue.field);
                let example = issue.examples.first();
                let (found, wanted) = example.map(|e| (e.found.clone(), e.wanted.clone())).unzip();
                let nothing = || message!("message.nothing");
                Err(InputError::wrong(place, found.unwrap_or_else(nothing), wanted.unwrap_or_else(nothing)))
            }
        }
    }
}

impl NewStation {
    /// The station as a record; its position in the file is not known here.
    ///
    /// # Errors
    /// A field is not what the layer asks for.
    pub fn site(&self, place: &Place) -> Result<Site, InputError> {
        let new = NewSite {
            layer: Layer::Stations,
            id: &self.id,
            name: self.name.as_ref(),
            at: self.at,
            attributes: &self.attributes,
        };
        let fields = [
            ("kind", self.kind.clone().map(Scalar::Text)),
            ("ambulances", self.ambulances.map(Scalar::Number)),
            ("negative_pressure", self.negative_pressure.map(Scalar::Number)),
            ("turnout_s", self.turnout_s.map(Scalar::Number)),
        ];
        new.site(&fields, place)
    }
}

impl NewFacility {
    /// The facility as a record; its position in the file is not known here.
    ///
    /// # Errors
    /// A field is not what the layer asks for.
    pub fn site(&self, place: &Place) -> Result<Site, InputError> {
        let new = NewSite {
            layer: Layer::Facilities,
            id: &self.id,
            name: self.name.as_ref(),
            at: self.at,
            attributes: &self.attributes,
        };
        new.site(&[("kind", self.kind.clone().map(Scalar::Text))], place)
    }
}

impl NewAed {
    /// The AED as a record; its position in the file is not known here.
    ///
    /// # Errors
    /// A field is not what the layer asks for.
    pub fn site(&self, place: &Place) -> Result<Site, InputError> {
        let new = NewSite {
            layer: Layer::Aeds,
            id: &self.id,
            name: self.name.as_ref(),
            at: self.at,
            attributes: &self.attributes,
        };
        new.site(&[("count", self.count.map(Scalar::Number))], place)
    }
}
