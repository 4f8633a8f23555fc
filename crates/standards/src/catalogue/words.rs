//! The closed vocabularies of the catalogue: each is an enum, and its words in a file are its only spelling.
//!
//! In: a word of a standard file. Out: the enum value, or an error that lists the known words and the nearest one.

use std::fmt;

/// A closed vocabulary: every value has one spelling in the files.
pub trait Word: Copy + Eq + fmt::Debug + 'static {
    /// What the vocabulary is called in messages, for instance `force`.
    const WHAT: &'static str;
    /// Every value, in the order a list shows them.
    const ALL: &'static [Self];
    /// The spelling of this value.
    fn word(self) -> &'static str;

    /// The value with that spelling.
    fn from_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == text)
    }
}

/// Defines a vocabulary once: enum, spelling, `Display`, serde in both directions and JSON Schema.
macro_rules! words {
    ($(#[$outer:meta])* $name:ident, $what:literal { $($(#[$inner:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl Word for $name {
            const WHAT: &'static str = $what;
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_word(deserializer)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word,)+] })
            }
        }
    };
}

words! {
    /// The five kinds of rule.
    RuleKind, "kind" {
        /// Share of people within a distance of a facility.
        Radius = "radius",
        /// Time from a facility to people, or from people to a facility on foot.
        TravelTime = "travel_time",
        /// A supply in proportion to the population.
        PerPopulation = "per_population",
        /// A part of a whole.
        Share = "share",
        /// A least count in every unit.
        PresencePerUnit = "presence_per_unit",
    }
}

words! {
    /// The legal weight of a rule.
    Force, "force" {
        /// A written standard.
        Standard = "standard",
        /// A target of a plan.
        Target = "target",
        /// A target that the text only strives for (力争).
        Aspiration = "aspiration",
        /// Shown for comparison, never failed.
        Advisory = "advisory",
        /// From a policy that has ended, never failed.
        Historical = "historical",
    }
}

impl Force {
    /// Whether the rule counts for the exit status. Advisory and historical rules are shown, never failed.
    #[must_use]
    pub fn binds(self) -> bool {
        match self {
            Self::Standard | Self::Target | Self::Aspiration => true,
            Self::Advisory | Self::Historical => false,
        }
    }
}

words! {
    /// How a service radius is measured.
    Metric, "metric" {
        /// Straight: the geodesic on the ellipsoid.
        Euclid = "euclid",
        /// Along the roads.
        Network = "network",
    }
}

words! {
    /// Which part of the response the clock covers.
    Clock, "clock" {
        /// From answering the call to arrival: answer, process, turnout, drive.
        CallToArrival = "call_to_arrival",
        /// From the dispatch order to arrival: turnout, drive.
        DispatchToArrival = "dispatch_to_arrival",
        /// Driving alone, with the access leg.
        DriveOnly = "drive_only",
    }
}

words! {
    /// How fast people walk; the speeds stand in the region file under `[walk]`.
    Pace, "pace" {
        /// The usual walking speed (`speed_m_s`, 1.2 m/s by default).
        Usual = "usual",
        /// The walking speed of elderly people (`elderly_m_s`, 0.8 m/s by default).
        Elderly = "elderly",
    }
}

words! {
    /// How the counts of several units make one verdict.
    Combine, "combine" {
        /// Every unit must have enough by itself.
        Each = "each",
        /// All units together must have enough once.
        Union = "union",
    }
}

words! {
    /// How well a number is attested.
    Confidence, "confidence" {
        /// Read in the document itself or on an official page.
        High = "high",
        /// Read in a secondary source only.
        Medium = "medium",
        /// Not seen in any source that could be opened.
        Low = "low",
    }
}

words! {
    /// Why a clause of a document that states a quantity is no rule.
    WhyNoRule, "reason" {
        /// It tells what has been done or how things stand.
        Background = "background",
        /// A rate of cases, patients or people.
        Rate = "rate",
        /// Recruits, disciplines, teams, training.
        Staff = "staff",
        /// The size of one building project.
        Project = "project",
        /// Investment, prices, insurance.
        Money = "money",
        /// Information systems, administration, supervision.
        System = "system",
        /// Tests or treatments that can be done.
        Volume = "volume",
        /// A number for each year of work.
        Yearly = "yearly",
        /// A title, grade or project that others award.
        Award = "award",
        /// A place that is none of care: a museum, an office, a laboratory.
        OtherPlace = "other_place",
        /// The number belongs to a name.
        Name = "name",
        /// The document's own basis: populations, heads of tables.
        Basis = "basis",
        /// The words of a rule or baseline once more.
        Repeats = "repeats",
    }
}

words! {
    /// Means of travel as written in a file; the typed form is `Journey`.
    Mode, "mode" {
        /// An ambulance on the roads.
        Drive = "drive",
        /// A person on foot.
        Walk = "walk",
    }
}

words! {
    /// Statistic as written in a file; the typed form is `Statistic`.
    StatisticWord, "stat" {
        /// Share of people within the limit.
        Share = "share",
        /// Mean over people.
        Mean = "mean",
        /// 90th percentile over people.
        P90 = "p90",
        /// The longest of all.
        Max = "max",
    }
}

/// Reads a word with serde; the error's second line names the nearest known word.
fn deserialize_word<'de, W: Word, D: serde::Deserializer<'de>>(deserializer: D) -> Result<W, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    W::from_word(&text).ok_or_else(|| {
        let known: Vec<&str> = W::ALL.iter().map(|value| value.word()).collect();
        serde::de::Error::custom(format!("unknown {} `{text}`\n{}", W::WHAT, super::nearest::help(&text, &known)))
    })
}
