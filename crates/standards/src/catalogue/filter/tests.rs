use std::collections::BTreeMap;

use proptest::prelude::*;

use super::parse::{MAX_DEPTH, RESERVED};
use super::*;

fn feature(pairs: &[(&str, Scalar)]) -> BTreeMap<String, Scalar> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn text(value: &str) -> Scalar {
    Scalar::Text(value.to_owned())
}

fn ask(filter: &str, pairs: &[(&str, Scalar)]) -> Truth {
    Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}")).evaluate(&feature(pairs))
}

#[test]
fn every_relation_answers_at_under_and_over_its_limit() {
    let level = |number: f64| [("level", Scalar::Number(number))];
    // filter, answer at 1, at 2, at 3
    let table = [
        ("level = 2", [false, true, false]),
        ("level != 2", [true, false, true]),
        ("level < 2", [true, false, false]),
        ("level <= 2", [true, true, false]),
        ("level > 2", [false, false, true]),
        ("level >= 2", [false, true, true]),
        ("level in (1, 3)", [true, false, true]),
        ("not level in (1, 3)", [false, true, false]),
        ("level > -1.5e0 and level < 2.5", [true, true, false]),
    ];
    for (filter, answers) in table {
        for (number, answer) in [1.0, 2.0, 3.0].into_iter().zip(answers) {
            assert_eq!(ask(filter, &level(number)), Truth::known(answer), "{filter} at {number}");
        }
    }
}

#[test]
fn text_and_booleans_compare_by_equality() {
    let station = [("kind", text("sub_center")), ("urban", Scalar::Bool(false))];
    assert_eq!(ask(r#"kind = "sub_center""#, &station), Truth::True);
    assert_eq!(ask(r#"kind in ("center", "station")"#, &station), Truth::False);
    assert_eq!(ask("urban", &station), Truth::False);
    assert_eq!(ask("not urban", &station), Truth::True);
    assert_eq!(ask("urban = false", &station), Truth::True);
    assert_eq!(ask(r#"名称 = "新塘\"街道""#, &[("名称", text("新塘\"街道"))]), Truth::True);
}

#[test]
fn what_is_absent_or_of_another_type_is_unknown_never_false() {
    for filter in ["urban", "not urban", "level >= 2", "level != 2", r#"kind in ("a")"#, r#"not kind = "a""#] {
        assert_eq!(ask(filter, &[]), Truth::Unknown, "{filter}");
    }
    assert_eq!(ask("level >= 2", &[("level", text("2"))]), Truth::Unknown);
    assert_eq!(ask("level = 2", &[("level", text("2"))]), Truth::Unknown);
    assert_eq!(ask("urban", &[("urban", Scalar::Number(1.0))]), Truth::Unknown);
    assert_eq!(ask("level < 2", &[("level", Scalar::Number(f64::NAN))]), Truth::Unknown);
    assert_eq!(ask("level != 2", &[("level", Scalar::Number(f64::NAN))]), Truth::Unknown);
}

#[test]
fn the_connectives_follow_kleene() {
    use Truth::{False, True, Unknown};
    let value = |truth| match truth {
        True => Some(Scalar::Bool(true)),
        False => Some(Scalar::Bool(false)),
        Unknown => None,
    };
    // a, b, a and b, a or b
    let table = [
        (True, True, True, True),
        (True, False, False, True),
        (True, Unknown, Unknown, True),
        (False, False, False, False),
        (False, Unknown, False, Unknown),
        (Unknown, Unknown, Unknown, Unknown),
    ];
    for (a, b, both, either) in table {
        for (a, b) in [(a, b), (b, a)] {
            let pairs: Vec<(&str, Scalar)> = [("a", value(a)), ("b", value(b))]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
            assert_eq!(ask("a and b", &pairs), both, "{a:?} and {b:?}");
            assert_eq!(ask("a or b", &pairs), either, "{a:?} or {b:?}");
        }
    }
}

#[test]
fn not_binds_tighter_than_and_which_binds_tighter_than_or() {
    let yes = Scalar::Bool(true);
    let no = Scalar::Bool(false);
    let pairs = [("t", yes), ("f", no)];
    assert_eq!(ask("t or t and f", &pairs), Truth::True);
    assert_eq!(ask("(t or t) and f", &pairs), Truth::False);
    assert_eq!(ask("not f or t", &pairs), Truth::True);
    assert_eq!(ask("not (f or t)", &pairs), Truth::False);
    assert_eq!(ask("not t and f", &pairs), Truth::False);
}

#[test]
fn attributes_are_listed_once_in_the_order_of_the_text() {
    let filter = Filter::parse(r#"level >= 2 and (kind = "hospital" or not level = 3) and urban"#).expect("a filter");
    assert_eq!(filter.attributes().collect::<Vec<_>>(), ["level", "kind", "urban"]);
}

#[test]
fn a_bad_filter_says_where_and_what_was_wanted() {
    let table = [
        ("", 0, "found the end, wanted an attribute name"),
        ("kind = ", 7, "found the end, wanted a text in double quotes"),
        ("kind = hospital", 7, "found `hospital`, wanted a text in double quotes"),
        ("kind == \"a\"", 5, "found `==`; `=` compares"),
        ("urban && kind", 6, "found `&&`; write `and`"),
        ("kind = 'a'", 7, "texts stand in double quotes"),
        ("kind = \"a", 7, "no closing double quote"),
        (r#"kind = "a\n""#, 9, "a backslash in a text"),
        ("level > \"2\"", 8, "found `\"2\"`, wanted a number"),
        ("level > 2x", 8, "`2x` is not a number"),
        ("level > 1e999", 8, "`1e999` is not a number"),
        ("level > -inf", 8, "`-inf` is not a number"),
        ("(urban", 6, "found the end, wanted `and`, `or` or `)`"),
        ("urban)", 5, "found `)`, wanted `and`, `or` or the end"),
        ("urban kind", 6, "found `kind`, wanted `and`, `or` or the end"),
        ("level in (1, \"a\")", 13, "must be of one type"),
        ("level in ()", 10, "wanted a text in double quotes"),
        ("and = 1", 0, "found `and`, wanted an attribute name"),
        ("urban # rural", 6, "`#` means nothing in a filter"),
        ("城市 = ？", 9, "`？` means nothing in a filter"),
    ];
    for (filter, offset, message) in table {
        let error = Filter::parse(filter).expect_err(filter);
        assert_eq!(error.offset, offset, "{filter}: {error}");
        assert!(error.message.contains(message), "{filter}: {error}");
    }
}

#[test]
fn nesting_is_bounded_so_that_no_text_can_exhaust_the_stack() {
    let deep = |levels: usize| format!("{}urban{}", "(".repeat(levels), ")".repeat(levels));
    assert!(Filter::parse(&deep(MAX_DEPTH - 1)).is_ok());
    let error = Filter::parse(&deep(100_000)).expect_err("too deep");
    assert!(error.message.contains("levels"), "{error}");
    assert!(Filter::parse(&"not ".repeat(100_000)).is_err());
    let wide = vec!["urban"; 20_000].join(" and ");
    assert_eq!(ask(&wide, &[("urban", Scalar::Bool(true))]), Truth::True);
}

fn names() -> impl Strategy<Value = AttributeName> {
    "[a-z_人口][a-z0-9_:.人]{0,6}"
        .prop_filter("reserved", |name| !RESERVED.contains(&name.as_str()))
        .prop_map(AttributeName)
}

fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![-1e6..1e6, (-1000_i32..1000).prop_map(f64::from), Just(1e300), Just(-1e-300)]
}

fn relations() -> impl Strategy<Value = Relation> {
    let texts = any::<String>().prop_map(Scalar::Text);
    let scalars = prop_oneof![texts.clone(), numbers().prop_map(Scalar::Number), any::<bool>().prop_map(Scalar::Bool)];
    prop_oneof![
        Just(Relation::Holds),
        scalars.clone().prop_map(Relation::Equal),
        scalars.prop_map(Relation::Differs),
        numbers().prop_map(Relation::Less),
        numbers().prop_map(Relation::AtMost),
        numbers().prop_map(Relation::Greater),
        numbers().prop_map(Relation::AtLeast),
        prop::collection::vec(texts, 1..4).prop_map(Relation::In),
        prop::collection::vec(numbers().prop_map(Scalar::Number), 1..4).prop_map(Relation::In),
    ]
}

fn expressions() -> impl Strategy<Value = Expression> {
    let tests = (names(), relations()).prop_map(|(attribute, relation)| Expression::Test(Test { attribute, relation }));
    tests.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Any),
            inner.prop_map(|part| Expression::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_back_to_the_same_filter(expression in expressions()) {
        let filter = Filter(expression);
        prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), shaped in "[a-c\"()<>=!, 0-9.eandortx-]{0,40}") {
        for text in [text, shaped] {
            if let Err(error) = Filter::parse(&text) {
                prop_assert!(error.offset <= text.len());
                prop_assert!(text.is_char_boundary(error.offset));
            }
        }
    }
}
