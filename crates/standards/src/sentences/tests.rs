//! What counts as a quantity, where clauses end, and what does not hold: on a plan of a made-up city.

use super::*;
use crate::catalogue::{Standard, WhyNoRule, embedded};

/// Line 1 background, 2 two rules and one baseline, 3 nothing, 4 a table's heading and rows, 12 a box.
const PLAN: &str = "\u{feff}全市建成3个急救站，投入1,200万元，第一人民医院迁入新址。\n\
                    服务半径不超过5公里，每3万人口配置1辆救护车；建立长效机制。\n\
                    \n\
                    \t指标\n\t单位\n\t2020年\n\t\n\t千人床位数\n\t张\n\t4.1\n\n\
                    \t二级以上医院全部设立发热门诊，持续改进。\n";

const STANDARD: &str = r#"id = "my-city"
title = { zh = "我市", en = "My city" }
applies_to = { zh = "市", en = "city" }

[sources.P]
title = { zh = "规划", en = "Plan" }
confidence = "high"

[[baselines]]
id = "stations"
title = { zh = "急救站", en = "stations" }
of = "stations"
value = 3
cite = { source = "P", quote = "建成3个急救站" }

[[rules]]
id = "MY-01"
kind = "radius"
title = { zh = "半径", en = "Radius" }
scope = { zh = "全市", en = "city" }
force = "target"
threshold = { facility = "stations", max_m = 5000, metric = "euclid", min_share = 1.0 }
cite = { source = "P", quote = "服务半径不超过5公里" }

[[rules]]
id = "MY-02"
kind = "per_population"
title = { zh = "救护车", en = "Ambulances" }
scope = { zh = "全市", en = "city" }
force = "target"
threshold = { facility = "stations", count = "sum(ambulances)", per = 30000, min = 1 }
cite = { source = "P", quote = "每3万人口配置1辆救护车" }

[[rules]]
id = "MY-03"
kind = "share"
title = { zh = "发热门诊", en = "Fever clinics" }
scope = { zh = "全市", en = "city" }
force = "target"
threshold = { of = "facilities", where = "level >= 2", num = "fever_clinic", min = 1.0 }
cite = { source = "P", quote = "二级以上医院全部设立发热门诊" }
"#;

fn standard() -> Standard {
    Standard::from_toml("my-city.toml", STANDARD).expect("a good standard")
}

fn place(line: u32, part: u32) -> Place {
    Place { line, part }
}

#[test]
fn a_quantity_is_a_number_before_a_unit_or_all_of_them() {
    for (clause, quantity) in [
        ("设置1个急救中心", true),
        ("床位数不少于1000张", true),
        ("每3万人口", true),
        ("全市2.06万人", true),
        ("打造“十五分钟健康服务圈”", true),
        ("各将一个普通病区改造", true),
        ("婴儿死亡率1.9‰", true),
        ("死亡率为3.65/10万", true),
        ("1-2处以上公共建筑", true),
        ("三分之一左右的机构", true),
        ("二级以上医院全部设立发热门诊", true),
        ("实现每个行政村一家", true),
        ("第一个五年", false),
        ("投资22.19亿元", false),
        ("1.人均期望寿命", false),
        ("到2025年", false),
        ("提高11个百分点", false),
        ("连续12个月", false),
        ("人们生活", false),
        ("建筑面积约3.6万㎡", false),
        ("5岁以下儿童", false),
        ("“120”急救指挥中心", false),
        ("接诊3710.27万人次", false),
        ("", false),
    ] {
        assert_eq!(states_a_quantity(clause), quantity, "{clause}");
    }
}

#[test]
fn a_row_has_its_number_and_its_unit_in_different_cells() {
    assert!(row_states_a_quantity(&["千人床位数", "张", "3.13", "4.2"]));
    assert!(row_states_a_quantity(&["扩建", "设置床位300张。", "2.5"]));
    assert!(!row_states_a_quantity(&["指标名称", "单位", "2020年"]));
    assert!(!row_states_a_quantity(&["人均期望寿命", "岁", "78.2"]));
    assert!(!row_states_a_quantity(&["千人床位数", "张", "逐年提升"]));
}

#[test]
fn clauses_end_at_commas_and_stops_and_are_counted_by_line() {
    let document = Document::read(PLAN);
    let clauses: Vec<(u32, u32, &str, bool)> = document
        .clauses()
        .map(|clause| (clause.place.line, clause.place.part, clause.text.as_str(), clause.quantified))
        .collect();
    assert_eq!(
        clauses,
        [
            (1, 1, "全市建成3个急救站", true),
            (1, 2, "投入1,200万元", false),
            (1, 3, "第一人民医院迁入新址", false),
            (2, 1, "服务半径不超过5公里", true),
            (2, 2, "每3万人口配置1辆救护车", true),
            (2, 3, "建立长效机制", false),
            (4, 1, "指标 | 单位 | 2020年", false),
            (8, 1, "千人床位数 | 张 | 4.1", true),
            (12, 1, "二级以上医院全部设立发热门诊", true),
            (12, 2, "持续改进", false),
        ]
    );
    // The hash is the beginning of SHA-256 of the words alone (`printf 服务半径不超过5公里 | sha256sum`).
    assert_eq!(document.clauses().nth(3).map(|clause| clause.hash.as_str()), Some("d5f0c80a6ed0"));
    assert_eq!(Document::read("").clauses().count(), 0);
}

#[test]
fn a_quotation_over_a_comma_takes_both_clauses_and_stands_wherever_it_stands() {
    let document = Document::read("甲5个，乙6个。\n丙，甲5个。\n");
    let found = |quote| document.quoted(quote).map(|c| (c.place.line, c.place.part)).collect::<Vec<_>>();
    assert_eq!(found("5个，乙"), [(1, 1), (1, 2)]);
    assert_eq!(found("甲5个"), [(1, 1), (2, 2)]);
    assert!(found("甲 5个").is_empty());
}

#[test]
fn what_nobody_claims_is_said_until_a_reason_is_given() {
    let document = Document::read(PLAN);
    let table = SentenceTable::from_document(&standard(), &document, &[]);
    assert_eq!(table.faults, [Fault::Unclaimed(place(8, 1))]);
    let fates: Vec<(u32, Vec<String>, Vec<String>)> =
        table.rows.iter().map(|row| (row.place.line, row.rules.clone(), row.baselines.clone())).collect();
    let ids = |all: &[&str]| all.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        fates,
        [
            (1, ids(&[]), ids(&["stations"])),
            (2, ids(&["MY-01"]), ids(&[])),
            (2, ids(&["MY-02"]), ids(&[])),
            (8, ids(&[]), ids(&[])),
            (12, ids(&["MY-03"]), ids(&[])),
        ]
    );
    let hash = table.rows[3].hash.clone();
    let exception = |place, hash: &str, of: Option<&str>| Exception {
        place,
        hash: hash.to_owned(),
        why: if of.is_some() { WhyNoRule::Repeats } else { WhyNoRule::Background },
        of: of.map(str::to_owned),
    };
    let faults = |exceptions: &[Exception]| SentenceTable::from_document(&standard(), &document, exceptions).faults;
    assert_eq!(faults(&[exception(place(8, 1), &hash, None)]), []);
    assert_eq!(faults(&[exception(place(8, 1), &hash, Some("MY-02"))]), []);
    assert_eq!(
        faults(&[exception(place(8, 1), &hash, Some("MY-99"))]),
        [Fault::RepeatsNothing { place: place(8, 1), of: "MY-99".to_owned() }]
    );
    // Other words than those that were excused.
    assert_eq!(
        faults(&[exception(place(8, 1), "000000000000", None)]),
        [Fault::Unclaimed(place(8, 1)), Fault::NoSuchClause(place(8, 1))]
    );
    // A clause that a rule quotes, and one without a quantity.
    let radius = table.rows[1].hash.clone();
    assert_eq!(
        faults(&[exception(place(8, 1), &hash, None), exception(place(2, 1), &radius, None)]),
        [Fault::Claimed(place(2, 1))]
    );
    assert_eq!(
        faults(&[exception(place(8, 1), &hash, None), exception(place(2, 3), "any", None)]),
        [Fault::NoSuchClause(place(2, 3))]
    );
}

#[test]
fn a_quotation_that_is_not_there_word_for_word_is_said() {
    let text = STANDARD.replace("服务半径不超过5公里", "服务半径不大于5公里");
    let changed = Standard::from_toml("my-city.toml", &text).expect("a good standard");
    let table = SentenceTable::from_document(&changed, &Document::read(PLAN), &[]);
    let missing = Fault::NotInDocument { id: "MY-01".to_owned(), quote: "服务半径不大于5公里".to_owned() };
    // The sentence that it meant has no rule any more.
    assert_eq!(table.faults, [Fault::Unclaimed(place(2, 1)), Fault::Unclaimed(place(8, 1)), missing]);
}

#[test]
fn a_cited_line_must_hold_the_quotation_and_a_worded_number_takes_its_row() {
    let with = |good: &str, changed: &str| {
        let text = STANDARD.replace(good, changed);
        assert_ne!(text, STANDARD);
        let standard = Standard::from_toml("my-city.toml", &text).expect("a good standard");
        SentenceTable::from_document(&standard, &Document::read(PLAN), &[])
    };
    let radius = "quote = \"服务半径不超过5公里\"";
    assert_eq!(with(radius, &format!("line = 2, {radius}")).faults, [Fault::Unclaimed(place(8, 1))]);
    let other = Fault::OtherLine { id: "MY-01".to_owned(), line: 3 };
    assert_eq!(with(radius, &format!("line = 3, {radius}")).faults, [Fault::Unclaimed(place(8, 1)), other]);
    // Line 10 holds the figure of the row that begins in line 8; line 2 is prose, and a wording takes nothing of it.
    let baseline = "quote = \"建成3个急救站\"";
    assert_eq!(with(baseline, "line = 10, text = \"床位\"").faults, [Fault::Unclaimed(place(1, 1))]);
    let faults = [Fault::Unclaimed(place(1, 1)), Fault::Unclaimed(place(8, 1))];
    assert_eq!(with(baseline, "line = 2, text = \"床位\"").faults, faults);
}

#[test]
fn claims_are_written_and_read_back_and_show_when_they_are_of_another_standard() {
    let table = SentenceTable::from_document(&standard(), &Document::read(PLAN), &[]);
    let text = claims_to_toml(&table.claims());
    let account = Account::from_toml("my-city", "exceptions = []", &text).expect("claims read back");
    assert_eq!(account.claims, table.claims());
    assert_eq!(account.out_of_step(&standard()), [""; 0]);
    let renamed = Standard::from_toml("x.toml", &STANDARD.replace("MY-03", "MY-04")).expect("a good standard");
    assert_eq!(account.out_of_step(&renamed), ["MY-03", "MY-04"]);
}

#[test]
fn faulty_exceptions_are_refused() {
    let read = |text: &str| Account::exceptions_from_toml("e.toml", text).map(|all| all.len());
    let row = |rest: &str| format!("exceptions = [{{ line = 1, part = 1, hash = \"a\", {rest} }}]");
    assert_eq!(read(&row("why = \"background\"")), Ok(1));
    assert_eq!(read(&row("why = \"repeats\", of = \"MY-01\"")), Ok(1));
    for (text, word) in [
        (row("why = \"repeats\""), "`of`"),
        (row("why = \"background\", of = \"MY-01\""), "`of`"),
        (row("why = \"becuase\""), "unknown reason `becuase`"),
        (
            row("why = \"background\"").replace("[{", "[{ line = 1, part = 1, hash = \"b\", why = \"name\" }, {"),
            "twice",
        ),
        ("exception = []".to_owned(), "exception"),
    ] {
        let fault = read(&text).expect_err(&text).to_string();
        assert!(fault.starts_with("e.toml: ") && fault.contains(word), "{text}: {fault}");
    }
}

#[test]
fn what_ships_of_the_documents_is_in_step_with_the_profiles() {
    let mut read = Vec::new();
    for (id, _) in embedded() {
        let Some(account) = Account::embedded(id).unwrap_or_else(|error| panic!("{error}")) else { continue };
        read.push(*id);
        let standard = Standard::embedded(id).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(account.out_of_step(&standard), [""; 0], "{id}: run `make update` where the plans are");
        for exception in &account.exceptions {
            let known = |of: &String| {
                standard.rule(of).is_some() || standard.baselines.iter().any(|baseline| baseline.id == *of)
            };
            assert!(exception.of.iter().all(known), "{id}: {exception:?}");
            assert!(!account.claims.iter().any(|claim| claim.place == exception.place), "{id}: {exception:?}");
        }
        assert!(account.exceptions.len() > 50 && account.claims.len() > 20, "{id}");
    }
    assert_eq!(read, ["jinjiang-14fyp", "xiamen-14fyp"]);
}
