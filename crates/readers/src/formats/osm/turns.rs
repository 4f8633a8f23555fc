//! Turn restrictions.
//!
//! In: relations and the roads they name. Out: features of the layer turns: a point where the via begins, the ids of the
//! roads before, between and after, and the kind (roads.md section 6). A relation that names something the extract lacks
//! is kept with what it has: the reader of the layer finds it broken, and tells.

use super::Found;
use super::elements::{Extract, MemberKind, Relation};
use super::tags::{PropertyNames, RESTRICTION, RESTRICTION_CONDITIONAL, RESTRICTION_TIMES, Tags, Theme};
use crate::geometry::Geometry;
use crate::properties::Property;
use rustc_hash::FxHashSet;

/// Restrictions that may concern an ambulance, and the number of those that exempt it by their own key.
pub fn turns(extract: &Extract) -> (Vec<Found>, usize) {
    let mut names = PropertyNames::default();
    let (mut found, mut exempt) = (Vec::new(), 0);
    for relation in extract.relations.iter().filter(|relation| relation.theme == Theme::Turn) {
        let kind = kind(&relation.tags);
        if kind.as_deref().is_some_and(|kind| matches!(kind, "none" | "no")) {
            exempt += 1;
            continue;
        }
        let members = Members::of(relation, extract);
        let ids = |all: &[i64]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
        let text = |key: &'static str, value: String| (!value.is_empty()).then(|| (key, Property::Text(value.into())));
        let properties = [
            text("id", relation.id.to_string()),
            text("kind", kind.unwrap_or_default()),
            text("from", ids(&members.from)),
            text("via", ids(&members.via)),
            text("to", ids(&members.to)),
            text("except", relation.tags.get("except").unwrap_or_default().to_owned()),
            text("conditional", conditional(&relation.tags)),
        ];
        let properties = names.properties(properties.into_iter().flatten().collect(), std::iter::empty());
        let geometry = members.at.and_then(|node| extract.nodes.place(node)).map(Geometry::Point);
        found.push(Found { id: relation.id, geometry, properties });
    }
    (found, exempt)
}

/// The kind of a restriction: of its own key, else of what it is at some times.
fn kind(tags: &Tags) -> Option<String> {
    let whole = tags.first(RESTRICTION);
    // "no_left_turn @ (Mo-Fr 07:00-09:00)"
    let at_times = || tags.first(RESTRICTION_CONDITIONAL).and_then(|text| text.split('@').next());
    whole.or_else(at_times).map(|kind| kind.trim().to_owned())
}

/// What makes a restriction one of certain times or vehicles, as it stands there; empty if nothing does.
fn conditional(tags: &Tags) -> String {
    let conditions = RESTRICTION_CONDITIONAL.iter().filter_map(|key| tags.get(key)).map(str::to_owned);
    let times = RESTRICTION_TIMES.iter().filter_map(|key| Some(format!("{key}={}", tags.get(key)?)));
    conditions.chain(times).collect::<Vec<_>>().join("; ")
}

/// The roads of a restriction, by role.
struct Members {
    from: Vec<i64>,
    to: Vec<i64>,
    /// Ways between the two, in the order in which they are passed; empty if a node is.
    via: Vec<i64>,
    /// The node where `from` ends; `None` if the members do not say.
    at: Option<i64>,
}

impl Members {
    fn of(relation: &Relation, extract: &Extract) -> Self {
        // A ban on turning back names one way in two roles; one role twice is once.
        let with = |role: &str| {
            let mut seen = FxHashSet::default();
            let ways = relation.members.iter().filter(|m| m.kind == MemberKind::Way && &*m.role == role);
            ways.map(|way| way.id).filter(|id| seen.insert(*id)).collect::<Vec<i64>>()
        };
        let (from, to, via) = (with("from"), with("to"), with("via"));
        let of_kind = |kind| relation.members.iter().filter(move |m| &*m.role == "via" && m.kind == kind).map(|m| m.id);
        let nodes: Vec<i64> = of_kind(MemberKind::Node).collect();
        let strange = of_kind(MemberKind::Relation).next().is_some();
        let (via, at) = match (&*nodes, strange) {
            ([node], false) if via.is_empty() => (via, Some(*node)),
            ([], false) => match passage(&from, &via, &to, extract) {
                Some((order, entry)) => (order, Some(entry)),
                None => (via, None),
            },
            _ => (via, None),
        };
        Self { from, to, via, at }
    }
}

/// The via ways in the order in which they are passed, and the node where the first one is entered; `None` if they are not
/// joined to each other and to a road before. The passage that ends at a road after is preferred.
fn passage(from: &[i64], via: &[i64], to: &[i64], extract: &Extract) -> Option<(Vec<i64>, i64)> {
    let nodes = |id: &i64| extract.way(*id).filter(|way| way.theme == Theme::Road).map(|way| &*way.nodes);
    let has = |roads: &[i64], node: i64| roads.iter().filter_map(nodes).any(|road| road.contains(&node));
    let mut found: Option<(Vec<i64>, i64)> = None;
    for first in via {
        let own = nodes(first)?;
        for entry in [*own.first()?, *own.last()?].into_iter().filter(|node| has(from, *node)) {
            let Some((order, exit)) = chain(via, *first, entry, &nodes) else { continue };
            if has(to, exit) {
                return Some((order, entry));
            }
            found.get_or_insert((order, entry));
        }
    }
    found
}

/// All via ways, one after the other from `first` on, and the node where the last one ends.
fn chain<'a>(
    via: &[i64],
    first: i64,
    entry: i64,
    nodes: &impl Fn(&i64) -> Option<&'a [i64]>,
) -> Option<(Vec<i64>, i64)> {
    let (mut order, mut at, mut next) = (Vec::new(), entry, first);
    loop {
        let own = nodes(&next)?;
        at = if *own.first()? == at { *own.last()? } else { *own.first()? };
        order.push(next);
        if order.len() == via.len() {
            return Some((order, at));
        }
        let ends_here = |id: &&i64| nodes(id).is_some_and(|own| own.first() == Some(&at) || own.last() == Some(&at));
        next = *via.iter().filter(|id| !order.contains(id)).find(ends_here)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::elements::{Member, Way};
    use super::*;

    fn extract(roads: &[(i64, &[i64])]) -> Extract {
        let way = |(id, nodes): &(i64, &[i64])| Way {
            id: *id,
            theme: Theme::Road,
            tags: Tags::default(),
            nodes: nodes.to_vec(),
        };
        Extract { ways: roads.iter().map(way).collect(), ..Extract::default() }
    }

    fn members(extract: &Extract, all: &[(&str, MemberKind, i64)]) -> (Vec<i64>, Option<i64>) {
        let members =
            all.iter().map(|(role, kind, id)| Member { kind: *kind, id: *id, role: (*role).into() }).collect();
        let members = Members::of(&Relation { id: 1, theme: Theme::Turn, tags: Tags::default(), members }, extract);
        (members.via, members.at)
    }

    #[test]
    fn via_ways_are_put_in_the_order_in_which_they_are_passed() {
        use MemberKind::{Node, Relation, Way};
        // 10: 1-2, then 20: 3-2 against its direction, 30: 3-4, then 40: 4-5. Way 50 touches nothing.
        let town = extract(&[(10, &[1, 2]), (20, &[3, 2]), (30, &[3, 4]), (40, &[4, 5]), (50, &[8, 9])]);
        let ends = [("from", Way, 10), ("to", Way, 40)];
        let with = |via: &[(&'static str, MemberKind, i64)]| members(&town, &[&ends, via].concat());
        assert_eq!(with(&[("via", Node, 2)]), (vec![], Some(2)));
        assert_eq!(with(&[("via", Way, 20), ("via", Way, 30)]), (vec![20, 30], Some(2)));
        assert_eq!(with(&[("via", Way, 30), ("via", Way, 20)]), (vec![20, 30], Some(2)));
        // Not joined, two kinds at once, two nodes, a relation, nothing: no place.
        assert_eq!(with(&[("via", Way, 50)]), (vec![50], None));
        assert_eq!(with(&[("via", Way, 60)]), (vec![60], None));
        assert_eq!(with(&[("via", Way, 20), ("via", Node, 2)]), (vec![20], None));
        assert_eq!(with(&[("via", Node, 2), ("via", Node, 3)]), (vec![], None));
        assert_eq!(with(&[("via", Relation, 2)]), (vec![], None));
        assert_eq!(with(&[]), (vec![], None));
    }
}
