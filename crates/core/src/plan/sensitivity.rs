//! How firm verdicts are: judged again under other speeds, turnout, people and access legs.
//!
//! In: a city, a standard. Out: [`Sensitivity`]: verdicts under each assumption alone and at the corners, which of them are
//! fragile, and the value of each assumption at which a verdict turns, found by bisection over whole steps.

use crate::audit::{AuditError, outcomes};
use crate::city::City;
use lifering_standards::catalogue::Standard;
use lifering_standards::outcome::Verdict;
use std::collections::BTreeMap;

/// What is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// Driving speeds in every period, as a share of what region.toml says. Ferries keep their timetable.
    Speed,
    /// Seconds that every crew leaves later.
    Turnout,
    /// Time of the last leg from the road, as a share of what region.toml says.
    Access,
    /// People everywhere, as a share of those counted.
    People,
}

impl Assumption {
    /// All of them.
    pub const EACH: [Self; 4] = [Self::Speed, Self::Turnout, Self::Access, Self::People];

    /// The steps that are tried alone. A step is a thousandth, of the turnout a second.
    fn tried(self) -> &'static [i32] {
        match self {
            Self::Speed => &[800, 900, 1100, 1200],
            Self::Turnout => &[-60, 60],
            Self::Access => &[500, 1500],
            Self::People => &[950, 1050],
        }
    }

    /// The two steps of the corners, the lower first.
    fn corners(self) -> [i32; 2] {
        match self {
            Self::Speed => [800, 1200],
            Self::Turnout => [-60, 60],
            Self::Access => [500, 1500],
            Self::People => [950, 1050],
        }
    }

    /// The step at which nothing changes.
    fn unchanged(self) -> i32 {
        match self {
            Self::Turnout => 0,
            Self::Speed | Self::Access | Self::People => 1000,
        }
    }

    /// The steps between which a turn is looked for.
    fn range(self) -> [i32; 2] {
        match self {
            Self::Speed | Self::People => [500, 2000],
            Self::Turnout => [-600, 600],
            Self::Access => [100, 3000],
        }
    }

    /// Value of a step: a share, or seconds.
    pub fn value(self, step: i32) -> f64 {
        match self {
            Self::Turnout => f64::from(step),
            Self::Speed | Self::Access | Self::People => f64::from(step) / 1000.0,
        }
    }
}

/// Steps of all assumptions, in the order of [`Assumption::EACH`].
type Steps = [i32; 4];

/// The verdicts of a standard's rules under some assumptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// By assumption, in the order of [`Assumption::EACH`]: a share, of the turnout seconds.
    pub values: [f64; 4],
    /// Indexed by rule.
    pub verdicts: Vec<Verdict>,
}

/// Where a verdict turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// The assumption that is varied, all others as they are.
    pub assumption: Assumption,
    /// The last value at which the verdict is what it was: a share, of the turnout seconds.
    pub holds_at: f64,
    /// The value one step beyond: a thousandth, of the turnout a second.
    pub turns_at: f64,
    /// The verdict there.
    pub to: Verdict,
}

/// How firm the verdict on a rule is.
#[derive(Clone, Debug, PartialEq)]
pub struct Firmness {
    /// The verdict as it stands.
    pub verdict: Verdict,
    /// The share compared or the count, as the outcome has it.
    pub value: Option<f64>,
    /// Whether any case turns it.
    pub fragile: bool,
    /// Where it turns, in the order of the assumptions: downwards first.
    pub turns: Vec<Turn>,
}

/// How firm the verdicts of a standard are.
#[derive(Debug)]
pub struct Sensitivity {
    /// Indexed by rule.
    pub rules: Vec<Firmness>,
    /// Each assumption by itself.
    pub alone: Vec<Case>,
    /// All of them at once, at either end.
    pub corners: Vec<Case>,
}

/// Judges cities under assumptions, each once.
struct Judge<'a> {
    city: &'a City,
    standard: &'a Standard,
    known: BTreeMap<Steps, Vec<Verdict>>,
    /// By speed and access leg: the city with its times, as they are needed for every turnout.
    timed: BTreeMap<[i32; 2], City>,
}

fn unchanged() -> Steps {
    Assumption::EACH.map(Assumption::unchanged)
}

fn with(assumption: Assumption, step: i32) -> Steps {
    let mut steps = unchanged();
    if let Some(slot) = Assumption::EACH.iter().position(|each| *each == assumption) {
        steps[slot] = step;
    }
    steps
}

impl Judge<'_> {
    fn verdicts(&mut self, steps: Steps) -> Result<Vec<Verdict>, AuditError> {
        if let Some(known) = self.known.get(&steps) {
            return Ok(known.clone());
        }
        let [speed, turnout, access, people] = steps;
        let mut city = self.timed(speed, access);
        if turnout != 0 {
            city = city.with_later_turnout(Assumption::Turnout.value(turnout));
        }
        if people != 1000 {
            let year = city.records().settings.population.year;
            city = city.with_population(city.people().inside * Assumption::People.value(people), year);
        }
        let verdicts: Vec<Verdict> =
            outcomes(&city, self.standard)?.into_iter().map(|outcome| outcome.verdict).collect();
        self.known.insert(steps, verdicts.clone());
        Ok(verdicts)
    }

    fn timed(&mut self, speed: i32, access: i32) -> City {
        if [speed, access] == [1000, 1000] {
            return self.city.clone();
        }
        let make = || {
            self.city.assuming(|settings| {
                for factor in settings.drive.periods.values_mut() {
                    *factor /= Assumption::Speed.value(speed);
                }
                settings.access.speed_kmh /= Assumption::Access.value(access);
                settings.walk.access_m_s /= Assumption::Access.value(access);
            })
        };
        // Bisection asks for each of its cities once.
        if speed % 100 != 0 || access % 500 != 0 {
            return make();
        }
        self.timed.entry([speed, access]).or_insert_with(make).clone()
    }

    /// The turns of a rule's verdict when one assumption moves to an end of its range.
    fn turn(
        &mut self,
        rule: usize,
        verdict: Verdict,
        assumption: Assumption,
        end: i32,
    ) -> Result<Option<Turn>, AuditError> {
        let (mut holds, mut turns) = (assumption.unchanged(), end);
        let mut to = self.verdicts(with(assumption, end))?[rule];
        if to == verdict {
            return Ok(None);
        }
        while (turns - holds).abs() > 1 {
            let middle = i32::midpoint(holds, turns);
            let there = self.verdicts(with(assumption, middle))?[rule];
            if there == verdict {
                holds = middle;
            } else {
                (turns, to) = (middle, there);
            }
        }
        let (holds_at, turns_at) = (assumption.value(holds), assumption.value(turns));
        Ok(Some(Turn { assumption, holds_at, turns_at, to }))
    }
}

/// Judges a city under every assumption.
///
/// # Errors
/// As [`outcomes`].
pub fn sensitivity(city: &City, standard: &Standard) -> Result<Sensitivity, AuditError> {
    let base = outcomes(city, standard)?;
    let verdicts: Vec<Verdict> = base.iter().map(|outcome| outcome.verdict).collect();
    let mut judge = Judge { city, standard, known: BTreeMap::new(), timed: BTreeMap::new() };
    judge.known.insert(unchanged(), verdicts.clone());
    let case = |judge: &mut Judge<'_>, steps: Steps| -> Result<Case, AuditError> {
        let mut values = [0.0; 4];
        for (at, assumption) in Assumption::EACH.into_iter().enumerate() {
            values[at] = assumption.value(steps[at]);
        }
        Ok(Case { values, verdicts: judge.verdicts(steps)? })
    };
    let mut alone = Vec::new();
    for assumption in Assumption::EACH {
        for step in assumption.tried() {
            alone.push(case(&mut judge, with(assumption, *step))?);
        }
    }
    let mut corners = Vec::new();
    for corner in 0..16_usize {
        let mut steps = unchanged();
        for (at, assumption) in Assumption::EACH.into_iter().enumerate() {
            steps[at] = assumption.corners()[(corner >> at) & 1];
        }
        corners.push(case(&mut judge, steps)?);
    }
    let mut rules = Vec::new();
    for (rule, outcome) in base.iter().enumerate() {
        let verdict = outcome.verdict;
        let mut turns = Vec::new();
        for assumption in Assumption::EACH {
            for end in assumption.range() {
                turns.extend(judge.turn(rule, verdict, assumption, end)?);
            }
        }
        let fragile = alone.iter().chain(&corners).any(|case| case.verdicts[rule] != verdict);
        rules.push(Firmness { verdict, value: outcome.default.value, fragile, turns });
    }
    Ok(Sensitivity { rules, alone, corners })
}
