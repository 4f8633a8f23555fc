//! A small town with round streets, as tables that a user could keep.
//!
//! In: a seed. Out: a [`Town`]: roads, boundary, units, people, stations, facilities and defibrillators, each a [`Table`] in
//! the [`Form`] of a file. Everything about it is plausible, so that what is not was made so.

use oorandom::Rand32;
use serde_json::Value;

/// Streets in each direction; the four units are the quarters between the outer and the middle ones.
const STREETS: usize = 9;
/// South-west corner of the streets, and the distance between them, degrees; about a kilometre.
pub const ORIGIN: (f64, f64) = (118.413_73, 24.621_19);
pub const STEP: (f64, f64) = (0.010_31, 0.009_29);
/// Ground around the outer streets, degrees.
pub const RIM: f64 = 0.004;

/// Where a row lies.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Nowhere,
    Point((f64, f64)),
    Line(Vec<(f64, f64)>),
    Area(Vec<(f64, f64)>),
}

impl Place {
    pub fn each(&mut self, change: &mut dyn FnMut(&mut (f64, f64))) {
        match self {
            Self::Nowhere => {}
            Self::Point(at) => change(at),
            Self::Line(all) | Self::Area(all) => all.iter_mut().for_each(change),
        }
    }
}

/// One feature or row.
#[derive(Clone, Debug)]
pub struct Row {
    pub cells: Vec<Value>,
    pub place: Place,
}

/// How a table is written.
#[derive(Clone, Debug)]
pub enum Form {
    GeoJson { crs: Option<String> },
    Csv(Csv),
    Xlsx(Xlsx),
    Raster(Raster),
}

/// A text file of rows.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Csv {
    pub separator: char,
    pub line_end: &'static str,
    pub encoding: &'static str,
    pub byte_order_mark: bool,
    pub blank_rows: bool,
    pub title: bool,
    pub decimal_comma: bool,
    pub headings: (&'static str, &'static str),
}

/// A workbook.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Xlsx {
    /// A hidden sheet in front, with the same rows and other numbers.
    pub hidden_sheet_first: bool,
    /// A visible sheet of notes behind.
    pub notes_behind: bool,
    /// Rows at the end that are hidden; they do not belong to the town.
    pub hidden_rows: usize,
    /// Rows at the end that a filter hides.
    pub filtered_rows: usize,
    /// A hidden column with other numbers beside that of this position.
    pub hidden_twin: Option<usize>,
    /// A title above the headings.
    pub title: bool,
    /// Numbers are results of formulas.
    pub formulas: bool,
    /// Columns whose years are cells of dates.
    pub dates: Vec<usize>,
}

/// People in cells.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    pub pixel_is_point: bool,
    pub south_up: bool,
    /// The value of cells without data, and whether the file says so.
    pub no_data: Option<(f64, bool)>,
    /// What people were divided by, and whether the file says so.
    pub scale: Option<(f64, bool)>,
    /// Values are people on a square kilometre; with the unit if the file says so.
    pub density: Option<bool>,
    pub turned: bool,
}

/// A layer of the town.
#[derive(Clone, Debug)]
pub struct Table {
    pub key: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    pub form: Form,
    /// `crs` of region.toml.
    pub stated_crs: Option<String>,
    /// `datum` of region.toml.
    pub datum: Option<String>,
}

impl Table {
    fn new(key: &'static str, columns: &[&str], rows: Vec<Row>) -> Self {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Self { key, columns, rows, form: Form::GeoJson { crs: None }, stated_crs: None, datum: None }
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// A town.
#[derive(Clone, Debug)]
pub struct Town {
    pub tables: Vec<Table>,
    /// What region.toml says beside its layers.
    pub settings: String,
}

impl Town {
    pub fn table(&mut self, key: &str) -> &mut Table {
        self.tables.iter_mut().find(|table| table.key == key).expect("a layer of the town")
    }

    /// A town of its own for each seed. Every other one has people in the units as well.
    pub fn new(seed: u64) -> Self {
        let mut random = Rand32::new(seed * 7919 + 1);
        let random = &mut random;
        let people = people(random);
        let tables = vec![
            roads(),
            Table::new(
                "boundary",
                &["name"],
                vec![Row { cells: vec!["镇".into()], place: Place::Area(square(0, 8, 0, 8)) }],
            ),
            units(&people, seed.is_multiple_of(2)),
            people,
            stations(random),
            facilities(random),
            aeds(random),
        ];
        Self { tables, settings: String::new() }
    }

    /// The same with its point layers as tables of other formats.
    pub fn in_forms(mut self, random: &mut Rand32) -> Self {
        for key in ["population", "stations", "facilities", "aeds"] {
            let table = self.table(key);
            match random.rand_range(0..3) {
                0 => {}
                1 => table.form = Form::Csv(Csv::plain()),
                _ => table.form = Form::Xlsx(Xlsx::default()),
            }
            if random.rand_range(0..2) == 0 {
                chinese_headings(table);
            }
        }
        self
    }
}

impl Csv {
    pub fn plain() -> Self {
        Self {
            separator: ',',
            line_end: "\n",
            encoding: "utf-8",
            byte_order_mark: false,
            blank_rows: false,
            title: false,
            decimal_comma: false,
            headings: ("lon", "lat"),
        }
    }
}

/// The names of columns as Chinese tables have them.
pub const CHINESE: &[(&str, &str)] = &[
    ("id", "编号"),
    ("name", "名称"),
    ("kind", "类型"),
    ("population", "常住人口"),
    ("ambulances", "救护车数"),
    ("negative_pressure", "负压救护车"),
    ("turnout_s", "出车时间"),
    ("beds", "床位数"),
    ("level", "级别"),
    ("opened", "启用年份"),
    ("count", "数量"),
];

fn chinese_headings(table: &mut Table) {
    for column in &mut table.columns {
        if let Some((_, chinese)) = CHINESE.iter().find(|(english, _)| english == column) {
            *column = (*chinese).to_owned();
        }
    }
    if let Form::Csv(csv) = &mut table.form {
        csv.headings = ("经度", "纬度");
    }
}

/// Streets are not evenly spaced: moved by one, they would lie on each other.
fn bent(street: f64) -> f64 {
    street + 0.12 * libm::sin(2.3 * street)
}

fn at(i: f64, j: f64) -> (f64, f64) {
    (ORIGIN.0 + STEP.0 * bent(i), ORIGIN.1 + STEP.1 * bent(j))
}

/// The ring around streets `west` to `east` and `south` to `north`, with the rim where these are the outer ones.
fn square(west: usize, east: usize, south: usize, north: usize) -> Vec<(f64, f64)> {
    let rim = |street: usize| match street {
        0 => -RIM,
        8 => RIM,
        _ => 0.0,
    };
    let x = |street: usize| at(street as f64, 0.0).0 + rim(street);
    let y = |street: usize| at(0.0, street as f64).1 + rim(street);
    vec![(x(west), y(south)), (x(east), y(south)), (x(east), y(north)), (x(west), y(north)), (x(west), y(south))]
}

fn roads() -> Table {
    let class = |street: usize| match street % 4 {
        0 => ("primary", 45),
        2 => ("secondary", 35),
        _ => ("residential", 25),
    };
    let mut rows = Vec::new();
    for street in 0..STREETS {
        let (class, speed) = class(street);
        for along in [true, false] {
            let point = |k: usize| if along { at(k as f64, street as f64) } else { at(street as f64, k as f64) };
            let cells = vec![class.into(), "no".into(), Value::from(speed), format!("{street}{along}").into()];
            rows.push(Row { cells, place: Place::Line((0..STREETS).map(point).collect()) });
        }
    }
    Table::new("roads", &["highway", "oneway", "speed_kmh", "name"], rows)
}

/// A place 5 to 30 m beside a street.
fn beside_street(random: &mut Rand32) -> (f64, f64) {
    let street = f64::from(random.rand_range(0..STREETS as u32));
    let along = f64::from(random.rand_float()) * (STREETS - 1) as f64;
    let beside = 0.005 + 0.02 * f64::from(random.rand_float());
    if random.rand_range(0..2) == 0 { at(along, street + beside) } else { at(street + beside, along) }
}

fn people(random: &mut Rand32) -> Table {
    let rows = (0..200).map(|_| {
        let people = 400 + random.rand_range(0..1200);
        Row { cells: vec![people.into()], place: Place::Point(beside_street(random)) }
    });
    Table::new("population", &["population"], rows.collect())
}

fn units(people: &Table, state_people: bool) -> Table {
    let quarters = [(0, 4, 0, 4, "甲镇"), (4, 8, 0, 4, "乙镇"), (0, 4, 4, 8, "丙镇"), (4, 8, 4, 8, "丁镇")];
    let rows = quarters.iter().zip(1..).map(|((west, east, south, north, name), n)| {
        let ring = square(*west, *east, *south, *north);
        let inside = |place: &Place| match place {
            Place::Point((x, y)) => *x >= ring[0].0 && *x < ring[1].0 && *y >= ring[0].1 && *y < ring[2].1,
            _ => false,
        };
        let sum: f64 = people.rows.iter().filter(|r| inside(&r.place)).filter_map(|r| r.cells[0].as_f64()).sum();
        let mut cells: Vec<Value> = vec![format!("35058210{n}").into(), (*name).into(), "town".into()];
        if state_people {
            cells.push((sum as i64).into());
        }
        Row { cells, place: Place::Area(ring) }
    });
    let columns = ["id", "name", "level", "population"];
    Table::new("units", &columns[..if state_people { 4 } else { 3 }], rows.collect())
}

fn stations(random: &mut Rand32) -> Table {
    let rows = (0..8).map(|n| {
        let ambulances = 1 + random.rand_range(0..3) + u32::from(n == 0);
        let negative = random.rand_range(0..ambulances);
        // Two in each quarter, so that a town without any is the fault of a distortion.
        let (i, j) = (n % 2 * 4, n / 2 % 2 * 4);
        let along = 0.3 + 3.4 * f64::from(random.rand_float());
        let beside = 0.005 + 0.02 * f64::from(random.rand_float());
        let place = at(f64::from(i) + along, f64::from(j) + 2.0 + beside);
        let kind = if n == 0 { "急救中心" } else { "急救站" };
        let cells: Vec<Value> = vec![
            format!("S{n}").into(),
            format!("{}号站", n + 1).into(),
            kind.into(),
            ambulances.into(),
            negative.into(),
            (120 + 30 * random.rand_range(0..4)).into(),
        ];
        Row { cells, place: Place::Point(place) }
    });
    let columns = ["id", "name", "kind", "ambulances", "negative_pressure", "turnout_s"];
    Table::new("stations", &columns, rows.collect())
}

fn facilities(random: &mut Rand32) -> Table {
    let rows = (0..10).map(|n| {
        let (kind, beds, level) = match n {
            0 => ("医院", 300 + random.rand_range(0..200), 3),
            1..=3 => ("医院", 120 + random.rand_range(0..60), 2),
            _ => ("卫生院", 20 + random.rand_range(0..30), 1),
        };
        let cells: Vec<Value> = vec![
            format!("F{n}").into(),
            format!("{}号院", n + 1).into(),
            kind.into(),
            beds.into(),
            level.into(),
            (1990 + random.rand_range(0..30)).into(),
        ];
        Row { cells, place: Place::Point(beside_street(random)) }
    });
    Table::new("facilities", &["id", "name", "kind", "beds", "level", "opened"], rows.collect())
}

fn aeds(random: &mut Rand32) -> Table {
    let rows = (0..30).map(|n| {
        let cells: Vec<Value> = vec![format!("A{n}").into(), (1 + random.rand_range(0..3)).into()];
        Row { cells, place: Place::Point(beside_street(random)) }
    });
    Table::new("aeds", &["id", "count"], rows.collect())
}
