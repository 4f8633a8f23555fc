//! Where a rule and the sentence that it quotes usually come apart.
//!
//! In: a quotation and the criterion made of it. Out: warnings at the quotation. Each knows one way in which a rule counts
//! other institutions than its sentence, and is silent where it cannot tell. The words are those of Chinese plans.

use std::ops::Range;

use crate::catalogue::criterion::{Criterion, Fraction, Measure, PresencePerUnit, Share, UnitKind};
use crate::catalogue::filter::Filter;
use crate::catalogue::lint::Diagnostics;
use crate::catalogue::standard::Assumed;

/// What is wrong, and what to do.
struct Trap {
    message: String,
    help: &'static str,
}

/// Warns of every trap that a rule has walked into.
pub(super) fn warn(
    quote: &str,
    at: &Range<usize>,
    criterion: &Criterion,
    assumed: &[Assumed],
    diagnostics: &mut Diagnostics<'_>,
) {
    let traps = [new_built(quote, criterion), level_and_kind(quote, criterion, assumed), village(quote, criterion)];
    let lists = [list_of_items(quote, criterion), all_of_them(quote, criterion)];
    for trap in traps.into_iter().chain(lists).flatten() {
        diagnostics.warning(at.clone(), trap.message, Some(trap.help.to_owned()));
    }
}

/// Verbs of building anew; the longer ones first, so that the message shows the whole word.
const NEW_BUILT: [&str; 8] = ["择址新建", "新建", "新增", "新设", "改建", "扩建", "迁建", "择址"];

/// Whether an attribute tells what was there before: `opened`, `icu_opened`, `new`.
fn since_when(name: &str) -> bool {
    name == "opened" || name.ends_with("_opened") || name == "new"
}

/// A sentence that says new, and a check that something is there.
fn new_built(quote: &str, criterion: &Criterion) -> Option<Trap> {
    let verb = NEW_BUILT.into_iter().find(|verb| quote.contains(verb))?;
    let Criterion::PresencePerUnit(PresencePerUnit { facility, measure: Measure::Count, .. }) = criterion else {
        return None;
    };
    let names = attributes(facility.filter.as_ref());
    if names.iter().any(|name| since_when(name)) {
        return None;
    }
    let message = format!("the sentence says 「{verb}」, but what stood before counts as well");
    Some(Trap {
        message,
        help: "ask for the year of opening in `where`, such as opened > 2020, or quote the words that say otherwise",
    })
}

/// Words that name a kind of institution beside its level.
const KINDS: [&str; 8] = ["综合", "中医", "专科", "妇幼", "妇产", "儿童", "精神", "传染病"];

/// Kinds that can have the level of a hospital without being one.
const LIKE_HOSPITALS: [&str; 2] = ["town_hospital", "community_health"];

/// A sentence about a level, and a filter on hospitals alone that the rule does not own up to.
fn level_and_kind(quote: &str, criterion: &Criterion, assumed: &[Assumed]) -> Option<Trap> {
    let level = ["一级", "二级", "三级"].into_iter().find(|level| names_a_level(quote, level))?;
    let filter = criterion.selection().filter.as_ref()?;
    let hospitals_alone = attributes(Some(filter)).contains(&"kind")
        && !LIKE_HOSPITALS.iter().any(|kind| filter.to_string().contains(kind));
    let stated = assumed.iter().any(|assumed| assumed.what == "where") || KINDS.iter().any(|kind| quote.contains(kind));
    if !hospitals_alone || stated {
        return None;
    }
    let message = format!("the sentence says 「{level}」, a level, but the rule also asks for a kind");
    Some(Trap {
        message,
        help: "town hospitals and centres can have that level too: ask for the level alone, `level >= 2`, or say in `assumed` who is meant",
    })
}

/// Whether a level is said of hospitals or institutions: 二级以上医院, 二级公立医院, not 三级网络.
fn names_a_level(quote: &str, level: &str) -> bool {
    quote.match_indices(level).any(|(at, _)| {
        let behind = &quote[at + level.len()..];
        let behind = ["及以上", "以上", "甲等", "公立"]
            .into_iter()
            .fold(behind, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        ["医院", "医疗", "综合", "中医", "专科"].iter().any(|word| behind.starts_with(word))
    })
}

/// A sentence about villages, and units that are none or hold more than villages.
fn village(quote: &str, criterion: &Criterion) -> Option<Trap> {
    let Criterion::PresencePerUnit(rule) = criterion else { return None };
    let about =
        ["农村", "乡村", "村镇", "村级", "村卫生"].iter().fold(quote.to_owned(), |rest, word| rest.replace(word, ""));
    if !about.contains('村') {
        return None;
    }
    match rule.unit {
        UnitKind::Town | UnitKind::District => Some(Trap {
            message: format!("the sentence is about villages (村), but the rule counts in units of `{}`", rule.unit),
            help: "unit = \"village\" is a village of its own",
        }),
        UnitKind::Village if !about.contains("社区") && rule.unit_filter.is_none() => Some(Trap {
            message: "the sentence is about villages (村), but units of `village` are communities (社区) as well"
                .to_owned(),
            help: "ask for the villages alone, such as where_unit = 'kind = \"行政村\"'",
        }),
        _ => None,
    }
}

/// Verbs behind which a sentence lists what an institution must have.
const HAVE: [&str; 8] = ["设立", "设置", "开设", "配备", "配置", "建立", "达到", "设"];

/// A sentence that lists several things, and a rule that asks for fewer.
fn list_of_items(quote: &str, criterion: &Criterion) -> Option<Trap> {
    let asked = match criterion {
        Criterion::Share(Share { fraction: Fraction::Matching { filter, .. }, .. }) => attributes(Some(filter)),
        Criterion::PresencePerUnit(PresencePerUnit { facility, measure: Measure::Count, .. }) => {
            attributes(facility.filter.as_ref())
        }
        _ => return None,
    };
    let asked: Vec<&str> = asked.into_iter().filter(|name| !DESCRIBES.contains(name)).collect();
    // A rule without such an attribute asks for a thing itself, and the list may be of anything.
    if asked.is_empty() {
        return None;
    }
    let items = listed(quote);
    (items.len() > asked.iter().map(|name| things(name)).sum()).then(|| Trap {
        message: format!(
            "the sentence lists {} things ({}), but the rule asks for {} alone",
            items.len(),
            items.join("、"),
            asked.join(", ")
        ),
        help: "join an attribute for each with `and`, or quote only what the rule asks for",
    })
}

/// How many things an attribute may stand for: three or more if its name has as many words, as in `chest_stroke_trauma`.
fn things(name: &str) -> usize {
    let words = name.split('_').count();
    if words < 3 { 1 } else { words }
}

/// Attributes that describe an institution instead of naming what it has.
const DESCRIBES: [&str; 8] = ["kind", "level", "name", "owner", "opened", "new", "urban", "general"];

/// What the sentence lists behind its last verb of having, or as a whole if it has none.
fn listed(quote: &str) -> Vec<&str> {
    let start = HAVE.iter().filter_map(|verb| quote.rfind(verb).map(|at| at + verb.len())).max().unwrap_or(0);
    let object = &quote[start..];
    if !object.contains('、') && !object.contains('和') {
        return Vec::new();
    }
    object.split(['、', '和']).map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// A sentence that says all, and a share that is less.
fn all_of_them(quote: &str, criterion: &Criterion) -> Option<Trap> {
    let word = ["全覆盖", "全部", "100%", "100％"].into_iter().find(|word| quote.contains(word))?;
    let Criterion::Share(share) = criterion else { return None };
    (share.min < 1.0).then(|| Trap {
        message: format!("the sentence says 「{word}」, but a share of {} is enough for the rule", share.min),
        help: "min = 1.0 is all of them",
    })
}

fn attributes(filter: Option<&Filter>) -> Vec<&str> {
    filter.into_iter().flat_map(Filter::attributes).collect()
}
