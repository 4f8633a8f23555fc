//! Lists and objects that stand where one value is wanted.
//!
//! In: a property. Out: the single values in it, at any depth. Merged edges of osmnx and geopandas carry arrays, which
//! other formats keep as text: as JSON, as Python prints them, as GDAL or `PostGIS` do.

use crate::properties::Property;
use serde_json::Value;

/// The single values of a list or an object, without null; `None` for a value that is no list.
pub fn single_values(property: &Property) -> Option<Vec<Property>> {
    match property {
        Property::Nested(value) => {
            let mut all = Vec::new();
            leaves(value, &mut all);
            Some(all)
        }
        Property::Text(text) => spelled_list(text.trim()),
        Property::Null | Property::Bool(_) | Property::Number(_) => None,
    }
}

fn leaves(value: &Value, all: &mut Vec<Property>) {
    match value {
        Value::Null => {}
        Value::Array(values) => values.iter().for_each(|v| leaves(v, all)),
        Value::Object(members) => members.values().for_each(|v| leaves(v, all)),
        single => all.push(single.clone().into()),
    }
}

/// The values of a list that is kept as text.
fn spelled_list(text: &str) -> Option<Vec<Property>> {
    let inner = match (text.chars().next()?, text.chars().last()?) {
        ('[', ']') | ('{', '}') => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                let mut all = Vec::new();
                leaves(&value, &mut all);
                return Some(all);
            }
            &text[1..text.len() - 1]
        }
        ('(', ')') => {
            // (2:primary,secondary)
            let (count, rest) = text[1..text.len() - 1].split_once(':')?;
            let items: Vec<&str> = rest.split(',').collect();
            (count.parse() == Ok(items.len())).then_some(rest)?
        }
        _ => return None,
    };
    let single = |item: &str| {
        let word = item.trim().trim_matches(['\'', '"']).trim();
        match word {
            "" | "None" | "nan" | "NULL" => None,
            "True" => Some(Property::Bool(true)),
            "False" => Some(Property::Bool(false)),
            word => Some(Property::Text(word.into())),
        }
    };
    Some(inner.split(',').filter_map(single).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(value: Value) -> Option<Vec<String>> {
        let single = |p: Property| p.as_str().map_or_else(|| p.to_string(), str::to_owned);
        Some(single_values(&value.into())?.into_iter().map(single).collect())
    }

    #[test]
    fn lists_in_every_spelling() {
        for (value, wanted) in [
            (json!(["no"]), vec!["no"]),
            (json!([true, false]), vec!["true", "false"]),
            (json!([["50"], [60, null]]), vec!["50", "60"]),
            (json!({"value": 3, "unit": "辆"}), vec!["3", "辆"]),
            (json!([]), vec![]),
            (json!("[\"50\",\"60\"]"), vec!["50", "60"]),
            (json!("['primary', 'secondary']"), vec!["primary", "secondary"]),
            (json!("[True, False, None]"), vec!["true", "false"]),
            (json!("(2:primary,secondary)"), vec!["primary", "secondary"]),
            (json!("{a,b}"), vec!["a", "b"]),
        ] {
            assert_eq!(words(value.clone()), Some(wanted.iter().map(|w| (*w).to_owned()).collect()), "{value}");
        }
        for single in [json!("no"), json!(3), json!(null), json!("(see note: a, b)"), json!("急救站（东）")] {
            assert_eq!(words(single.clone()), None, "{single}");
        }
    }
}
