//! Who helps: stations, hospitals and clinics, AEDs, and the sites a new station could take.
//!
//! The counts are the plan's: 1 centre, 4 sub-centres, 11 stations; 60 AED sites; 149 integrated
//! village clinics; 8,144 beds. Hospitals and the first ten sites bear names the plan or the press
//! gives; the plan names neither all stations nor any vehicle, so the remaining sites, every
//! position and every split of a total are invented.

use super::land::Land;
use super::network::Network;
use super::plane::{Ll, Point, Segments};
use super::rng::Rng;
use super::streets::{Core, Village};

/// A station row: id, name, kind, town, place, ambulances, of them negative-pressure,
/// decontamination, own turnout time in seconds, sub-centre it belongs to, year it came into use.
pub struct Station {
    pub id: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    town: &'static str,
    at: Ll,
    pub ambulances: u32,
    pub negative_pressure: u32,
    pub decontamination: bool,
    pub turnout_s: Option<u32>,
    pub sub_center: Option<&'static str>,
    pub opened: Option<u32>,
}

#[rustfmt::skip]
const fn site(id: &'static str, name: &'static str, kind: &'static str, town: &'static str, at: Ll, cars: (u32, u32), sub_center: Option<&'static str>) -> Station {
    Station { id, name, kind, town, at, ambulances: cars.0, negative_pressure: cars.1, decontamination: false, turnout_s: None, sub_center, opened: None }
}

const CITY: Option<&str> = Some("jj-sc1");
const WEST: Option<&str> = Some("jj-sc2");
const SOUTH: Option<&str> = Some("jj-sc3");
const EAST: Option<&str> = Some("jj-sc4");

/// 50 ambulances where the plan needs 69; 21 of them negative-pressure, where 40 % asks for 20.
/// Three of the four sub-centre areas have a decontamination centre, the eastern one has none.
#[rustfmt::skip]
pub const STATIONS: &[Station] = &[
    Station { turnout_s: Some(150), opened: Some(2021), ..site("jj-c0", "晋江市120急救指挥中心（原市医院）", "center", "青阳街道", (118.5790, 24.8130), (8, 4), CITY) },
    Station { decontamination: true, ..site("jj-sc1", "市中医院急救分中心", "sub_center", "西园街道", (118.5530, 24.8310), (5, 2), CITY) },
    Station { decontamination: true, ..site("jj-sc2", "安海医院急救分中心", "sub_center", "安海镇", (118.4650, 24.7260), (5, 3), WEST) },
    Station { decontamination: true, ..site("jj-sc3", "市医院晋南分院急救分中心", "sub_center", "龙湖镇", (118.6150, 24.6560), (5, 2), SOUTH) },
    site("jj-sc4", "晋东院区急救分中心", "sub_center", "陈埭镇", (118.6400, 24.8480), (4, 2), EAST),
    site("jj-s01", "英墩华侨医院急救站", "station", "永和镇", (118.5800, 24.7020), (2, 1), SOUTH),
    site("jj-s02", "磁灶中心卫生院急救站", "station", "磁灶镇", (118.5060, 24.8350), (2, 1), CITY),
    site("jj-s03", "金井中心卫生院急救站", "station", "金井镇", (118.5980, 24.5740), (2, 1), SOUTH),
    site("jj-s04", "陈埭中心卫生院急救站", "station", "陈埭镇", (118.6210, 24.8330), (3, 1), EAST),
    site("jj-s05", "东石中心卫生院急救站", "station", "东石镇", (118.4690, 24.6500), (2, 1), WEST),
    site("jj-s06", "新塘街道社区卫生服务中心急救站", "station", "新塘街道", (118.6160, 24.7660), (2, 1), EAST),
    site("jj-s07", "池店卫生院急救站", "station", "池店镇", (118.5740, 24.8690), (2, 1), CITY),
    Station { turnout_s: Some(210), ..site("jj-s08", "内坑卫生院急救站", "station", "内坑镇", (118.4900, 24.7660), (2, 0), WEST) },
    site("jj-s09", "英林中心卫生院急救站", "station", "英林镇", (118.5700, 24.6240), (2, 0), SOUTH),
    site("jj-s10", "罗山街道社区卫生服务中心急救站", "station", "罗山街道", (118.6180, 24.7950), (2, 1), EAST),
    site("jj-s11", "灵源街道社区卫生服务中心急救站", "station", "灵源街道", (118.5650, 24.7670), (2, 0), CITY),
];

/// Facilities: name, kind, level, beds, town, place. With the village clinics they hold 8,144 beds.
type FacilityRow = (&'static str, &'static str, u32, u32, &'static str, Ll);

#[rustfmt::skip]
const FACILITIES: &[FacilityRow] = &[
    ("晋江市医院（上海六院福建医院）", "hospital", 3, 1500, "罗山街道", (118.6050, 24.7860)),
    ("晋江市中医院", "hospital", 3, 1000, "西园街道", (118.5535, 24.8305)),
    ("上海六院福建医院福建和敏医院（晋东院区）", "hospital", 3, 1000, "陈埭镇", (118.6395, 24.8475)),
    ("安海医院（第二医院）", "hospital", 2, 700, "安海镇", (118.4655, 24.7255)),
    ("晋江市第三医院", "hospital", 2, 320, "罗山街道", (118.6250, 24.8010)),
    ("市医院晋南分院", "hospital", 2, 250, "龙湖镇", (118.6145, 24.6555)),
    ("市医院晋中分院（英墩华侨医院）", "hospital", 2, 195, "永和镇", (118.5795, 24.7025)),
    ("泉州百大妇产医院晋江分院", "hospital", 2, 200, "池店镇", (118.5850, 24.8600)),
    ("泉州龙华康复医院晋江分院", "hospital", 2, 300, "青阳街道", (118.5690, 24.8060)),
    ("厦门眼科中心晋江分院", "hospital", 2, 30, "梅岭街道", (118.5970, 24.8180)),
    ("青阳综合医院", "hospital", 2, 240, "青阳街道", (118.5760, 24.8280)),
    ("陈埭综合医院", "hospital", 2, 240, "陈埭镇", (118.6190, 24.8500)),
    ("池店综合医院", "hospital", 2, 239, "池店镇", (118.5680, 24.8740)),
    ("青阳街道社区卫生服务中心", "community_health", 1, 60, "青阳街道", (118.5730, 24.8140)),
    ("梅岭街道社区卫生服务中心", "community_health", 1, 50, "梅岭街道", (118.6000, 24.8290)),
    ("西园街道社区卫生服务中心", "community_health", 1, 45, "西园街道", (118.5500, 24.8150)),
    ("罗山街道社区卫生服务中心", "community_health", 1, 60, "罗山街道", (118.6175, 24.7955)),
    ("新塘街道社区卫生服务中心", "community_health", 1, 30, "新塘街道", (118.6155, 24.7655)),
    ("灵源街道社区卫生服务中心", "community_health", 1, 40, "灵源街道", (118.5645, 24.7665)),
    ("陈埭中心卫生院", "town_hospital", 2, 280, "陈埭镇", (118.6205, 24.8325)),
    ("磁灶中心卫生院", "town_hospital", 2, 240, "磁灶镇", (118.5065, 24.8345)),
    ("东石中心卫生院", "town_hospital", 2, 200, "东石镇", (118.4685, 24.6505)),
    ("金井中心卫生院", "town_hospital", 1, 160, "金井镇", (118.5985, 24.5735)),
    ("英林中心卫生院", "town_hospital", 1, 95, "英林镇", (118.5705, 24.6235)),
    ("深沪中心卫生院", "town_hospital", 1, 120, "深沪镇", (118.6780, 24.6290)),
    ("内坑卫生院", "town_hospital", 1, 90, "内坑镇", (118.4895, 24.7665)),
    ("龙湖卫生院", "town_hospital", 1, 110, "龙湖镇", (118.6090, 24.6640)),
    ("永和卫生院", "town_hospital", 1, 60, "永和镇", (118.5720, 24.7090)),
    ("池店卫生院", "town_hospital", 1, 150, "池店镇", (118.5745, 24.8685)),
    ("紫帽卫生院", "town_hospital", 1, 40, "紫帽镇", (118.5160, 24.8730)),
    ("西滨卫生院", "town_hospital", 1, 40, "西滨镇", (118.6590, 24.8370)),
    ("安海镇卫生院", "town_hospital", 1, 60, "安海镇", (118.4590, 24.7180)),
];

/// 表1 and the running text count this many beds in 2020.
pub const BEDS: u32 = 8_144;
const CLINICS: usize = 149;

/// AED sites by town core; the rest of the 19 have none yet.
const AEDS: &[(&str, usize)] = &[
    ("青阳", 9),
    ("梅岭", 8),
    ("罗山", 6),
    ("新塘", 4),
    ("西园", 4),
    ("灵源", 2),
    ("陈埭", 6),
    ("池店", 6),
    ("安海", 5),
    ("磁灶", 3),
    ("东石", 2),
    ("永和", 1),
    ("英林", 1),
    ("龙湖", 1),
    ("金井", 1),
    ("深沪", 1),
];

/// Where AEDs hang: what, hours, indoors.
const AED_PLACES: &[(&str, &str, bool)] = &[
    ("政务服务中心", "08:00-17:30", true),
    ("汽车站", "06:00-21:00", true),
    ("商业广场", "10:00-22:00", true),
    ("中学", "07:00-22:00", true),
    ("体育馆", "08:00-21:30", true),
    ("文化公园", "24h", false),
    ("派出所", "24h", true),
    ("街心广场", "24h", false),
];

/// Roads closed for works in this picture: what, where.
const CLOSURES: &[(&str, Ll)] =
    &[("老街修缮，临时封闭", (118.5735, 24.8215)), ("管网施工，临时封闭", (118.4570, 24.7270))];

/// A hospital, health centre or clinic.
pub struct Facility {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
    pub level: u32,
    pub beds: Option<u32>,
    pub at: Point,
}

impl Facility {
    /// Departments it has or lacks: hospitals have what the plan asks of their level, the three central town hospitals of level
    /// 2 do not; every town hospital and community centre has its two rooms.
    pub fn departments(&self) -> Vec<(&'static str, bool)> {
        const OF_LEVEL_2: [&str; 8] = [
            "fever_clinic",
            "respiratory_clinic",
            "enteric_clinic",
            "independent_ct",
            "chest_pain_center",
            "stroke_center",
            "trauma_center",
            "respiratory_department",
        ];
        let mut all = Vec::new();
        if self.level >= 2 {
            all.extend(OF_LEVEL_2.map(|name| (name, self.kind == "hospital")));
            all.push(("observation_room", true));
        }
        if matches!(self.kind, "community_health" | "town_hospital") {
            all.push(("fever_room", true));
            if self.level < 2 {
                all.push(("observation_room", true));
            }
        }
        all
    }
}

/// One AED site.
pub struct Aed {
    pub id: String,
    pub name: String,
    pub hours: &'static str,
    pub indoor: bool,
    pub at: Point,
}

/// A site a new station could take, and its cost in 10,000 yuan.
pub struct Candidate {
    pub id: String,
    pub name: String,
    pub cost: u32,
    pub at: Point,
}

/// Everything that is placed beside the roads of the mainland.
pub struct Services<'a> {
    land: &'a Land,
    roads: Segments,
    cores: &'a [Core],
    villages: &'a [Village],
}

impl<'a> Services<'a> {
    pub fn new(land: &'a Land, network: &Network, cores: &'a [Core], villages: &'a [Village]) -> Self {
        Self { land, roads: network.roadside_on_mainland(land), cores, villages }
    }

    /// A dry spot about `off` metres from the road nearest to `wanted`.
    fn beside_road(&self, wanted: Point, off: f64) -> Point {
        let Some((far, q)) = self.roads.nearest(wanted, 900.0) else {
            return wanted.rounded();
        };
        let way = if far > 1.0 { (wanted - q).unit() } else { Point { x: 0.6, y: 0.8 } };
        let spots = [q + way * off, q - way * off, q];
        let spot = spots.into_iter().find(|p| self.land.is_dry(*p, 10.0)).unwrap_or(q);
        spot.rounded()
    }

    fn town(&self, p: Point) -> &'static str {
        self.land.town_at(p).map_or("", |town| self.land.towns[town].name)
    }

    /// A spot in the town it must be in.
    fn in_town(&self, town: &str, at: Ll, off: f64) -> Point {
        let p = self.beside_road(Point::at(at), off);
        assert_eq!(self.town(p), town, "a site left its town: {at:?}");
        p
    }

    /// The stations with their spots.
    pub fn stations(&self) -> Vec<(&'static Station, Point)> {
        STATIONS.iter().map(|station| (station, self.in_town(station.town, station.at, 32.0))).collect()
    }

    /// The named facilities, then clinics in the larger villages and on some edges of towns.
    pub fn facilities(&self) -> Vec<Facility> {
        let mut all: Vec<Facility> = FACILITIES
            .iter()
            .enumerate()
            .map(|(i, (name, kind, level, beds, town, at))| Facility {
                id: format!("jj-f{:03}", i + 1),
                name: (*name).to_owned(),
                kind,
                level: *level,
                beds: Some(*beds),
                at: self.in_town(town, *at, 24.0),
            })
            .collect();
        assert_eq!(all.iter().filter_map(|facility| facility.beds).sum::<u32>(), BEDS);
        let mut rng = Rng::named("clinics");
        let mut order: Vec<(f64, Point)> =
            self.villages.iter().skip(1).map(|v| (v.size * rng.between(0.5, 1.5), v.middle)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut numbers = vec![0; self.land.towns.len()];
        for (_, middle) in order.into_iter().take(CLINICS) {
            let drift = Point { x: rng.signed(), y: rng.signed() } * 90.0;
            let at = self.beside_road(middle + drift, 15.0);
            let town = self.land.town_at(at).unwrap_or_default();
            numbers[town] += 1;
            all.push(Facility {
                id: format!("jj-f{:03}", all.len() + 1),
                name: format!("{}第{}村卫生所", self.land.towns[town].name, numbers[town]),
                kind: "clinic",
                level: 0,
                beds: None,
                at,
            });
        }
        all
    }

    /// Sixty AEDs in the towns, the more the nearer to the middle.
    pub fn aeds(&self) -> Vec<Aed> {
        let mut rng = Rng::named("aeds");
        let mut all = Vec::new();
        for (core, count) in AEDS {
            let Some(core) = self.cores.iter().find(|c| c.name == *core) else {
                continue;
            };
            for number in 0..*count {
                let (what, hours, indoor) = AED_PLACES[(number + core.name.len()) % AED_PLACES.len()];
                let drift = Point { x: rng.signed(), y: rng.signed() } * (1500.0 * rng.unit());
                let at = self.beside_road(core.middle + drift, 20.0);
                let again = if number < AED_PLACES.len() { "" } else { "（二）" };
                all.push(Aed {
                    id: format!("jj-a{:02}", all.len() + 1),
                    name: format!("{}{what}{again}", core.name),
                    hours,
                    indoor,
                    at,
                });
            }
        }
        all
    }

    /// Town hospitals and health centres without a station, and villages here and there, dearer in
    /// the city.
    pub fn candidates(&self, facilities: &[Facility]) -> Vec<Candidate> {
        let mut rng = Rng::named("candidates");
        let stations = self.stations();
        let mut sites: Vec<(String, Point)> = facilities
            .iter()
            .filter(|facility| facility.level > 0)
            .filter(|facility| stations.iter().all(|(_, at)| at.to(facility.at) > 400.0))
            .map(|facility| (facility.name.clone(), facility.at))
            .collect();
        let mut chosen: Vec<Point> = Vec::new();
        for village in self.villages.iter().skip(1) {
            let apart = chosen.iter().all(|p| p.to(village.middle) > 3400.0);
            if apart && stations.iter().all(|(_, at)| at.to(village.middle) > 2600.0) {
                chosen.push(village.middle);
            }
        }
        for (i, middle) in chosen.into_iter().enumerate() {
            let at = self.beside_road(middle, 25.0);
            sites.push((format!("{}备选点{}", self.town(at), i + 1), at));
        }
        sites
            .into_iter()
            .enumerate()
            .map(|(i, (name, at))| {
                let urban = self.cores.iter().map(|core| 1.0 - core.depth(at)).fold(0.0, f64::max);
                let cost = 260.0 + 240.0 * urban + 90.0 * rng.unit();
                Candidate { id: format!("jj-k{:02}", i + 1), name, cost: (cost / 10.0) as u32 * 10, at }
            })
            .collect()
    }

    /// Small squares over a stretch of street that is dug up.
    pub fn closures(&self) -> Vec<(&'static str, Vec<Point>)> {
        CLOSURES
            .iter()
            .map(|(what, at)| {
                let middle = self.beside_road(Point::at(*at), 0.0);
                let corners = [(-70.0, -70.0), (70.0, -70.0), (70.0, 70.0), (-70.0, 70.0)];
                (*what, corners.into_iter().map(|(x, y)| (middle + Point { x, y }).rounded()).collect())
            })
            .collect()
    }
}
