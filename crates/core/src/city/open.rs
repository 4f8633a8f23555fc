//! Opening a city, and cities that differ from one in something.

use super::boundary::boundary;
use super::evidence::Places;
use super::roads::RoadStore;
use super::{City, CityError, Ground};
use crate::quality::accepted_datum;
use crate::run::{Progress, Silent, enter};
use crate::travel::Demand;
use lifering_readers::corrections::Corrections;
use lifering_readers::shared::Shared;
use lifering_readers::source::Source;
use lifering_readers::{ReadOptions, Region};
use std::sync::{Arc, OnceLock};

/// How a city is opened, beside what its own settings say.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// A warning about the input is an error.
    pub strict: bool,
    /// Point layers that fit the roads better as GCJ-02 or BD-09 are taken as such.
    pub accept_datum: bool,
    /// Corrections of the records that were asked for.
    pub corrections: Corrections,
    /// Roads and stations shared with other regions of the province.
    pub shared: Option<Shared>,
}

impl City {
    /// Opens a city from its folder, from memory, or the embedded demo.
    ///
    /// # Errors
    /// A file cannot be read or does not hold what it must, the boundary encloses no area, or `progress` says stop.
    pub fn open(source: Source, options: &OpenOptions, progress: &dyn Progress) -> Result<Self, CityError> {
        enter(progress, "read")?;
        let reading = ReadOptions {
            strict: options.strict,
            corrections: options.corrections.clone(),
            shared: options.shared.clone(),
            ..ReadOptions::default()
        };
        let stopped = || progress.stopped();
        let mut records = Region::read_until(source.clone(), &reading, &stopped)?;
        if options.accept_datum {
            let datum = accepted_datum(&records)?;
            records = Region::read_until(source, &ReadOptions { datum, ..reading }, &stopped)?;
        }
        enter(progress, "people")?;
        Self::from_records(records)
    }

    /// The embedded, illustrative city.
    ///
    /// # Errors
    /// Never, unless the program was built from damaged files.
    pub fn demo() -> Result<Self, CityError> {
        Self::open(Source::Demo, &OpenOptions::default(), &Silent)
    }

    /// Lays out records that were read or built before.
    ///
    /// # Errors
    /// The boundary encloses no area, or lies where no plane can be laid.
    pub fn from_records(records: Region) -> Result<Self, CityError> {
        let ground = Ground::new(&records, false)?;
        Ok(Self::on(records, ground))
    }

    /// The same for a look at the data alone, which may have no area.
    pub(crate) fn surveyed(records: Region) -> Result<Self, CityError> {
        let ground = Ground::new(&records, true)?;
        Ok(Self::on(records, ground))
    }

    fn on(records: Region, ground: Ground) -> Self {
        let people = Demand::new(
            records.population.as_deref(),
            records.units.as_deref(),
            &ground,
            records.settings.population.scale_to,
        );
        let places = Places::new(&records, &ground);
        Self {
            records: Arc::new(records),
            ground: Arc::new(ground),
            roads: Arc::new(RoadStore::default()),
            people: Arc::new(people),
            places: Arc::new(places),
            gathered: Arc::new(OnceLock::new()),
            scenario: None,
        }
    }

    /// The same city with its people scaled to a total. Ground, networks and costs are shared.
    #[must_use]
    pub fn with_population(&self, total: f64, year: Option<u16>) -> Self {
        let mut records = Region::clone(&self.records);
        records.settings.population.scale_to = Some(total);
        records.settings.population.year = year;
        let people = Demand::new(records.population.as_deref(), records.units.as_deref(), &self.ground, Some(total));
        let places = Places::new(&records, &self.ground);
        Self {
            records: Arc::new(records),
            people: Arc::new(people),
            places: Arc::new(places),
            gathered: Arc::new(OnceLock::new()),
            ..self.clone()
        }
    }

    /// The same city with other sites: stations, facilities, AEDs, extra layers. Ground, people, networks and costs are
    /// shared; `edit` must leave every other layer and the settings as they are.
    pub fn with_sites<E>(&self, edit: impl FnOnce(&mut Region) -> Result<(), E>) -> Result<Self, E> {
        let mut records = Region::clone(&self.records);
        edit(&mut records)?;
        debug_assert_eq!(boundary(&records).0, boundary(&self.records).0, "sites do not move the boundary");
        let places = Places::new(&records, &self.ground);
        Ok(Self {
            records: Arc::new(records),
            places: Arc::new(places),
            gathered: Arc::new(OnceLock::new()),
            ..self.clone()
        })
    }
}
