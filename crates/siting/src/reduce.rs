//! Rows and columns that can be left out because another does as well: the reductions of set covering
//! (Toregas and ReVelle 1973).

use super::rows::{Lists, group};

/// Whether all of `a` are in `b`; both ascending.
fn is_subset(a: &[u32], b: &[u32]) -> bool {
    let mut at = 0;
    for x in a {
        while at < b.len() && b[at] < *x {
            at += 1;
        }
        if at == b.len() || b[at] != *x {
            return false;
        }
        at += 1;
    }
    true
}

/// Columns whose rows are all among those of another that costs no more (never one that saves money); only sound where a second site on the same
/// people is worth nothing. Of equal columns the first stays. `reach`: columns of each row; `serve`: rows of each column.
pub(crate) fn dominated(reach: &Lists, serve: &Lists, cost: Option<&[i64]>) -> Vec<u32> {
    let cost = |j: usize| cost.map_or(0, |c| c[j]);
    let mut out = vec![false; serve.len()];
    for j in 0..serve.len() {
        let mine = serve.get(j);
        if cost(j) < 0 {
            // Keeping it saves money, whomever it reaches.
            continue;
        }
        let Some(&rare) = mine.iter().min_by_key(|&&i| reach.get(i as usize).len()) else {
            out[j] = true;
            continue;
        };
        for &k in reach.get(rare as usize) {
            let k = k as usize;
            let theirs = serve.get(k);
            if k == j || out[k] || theirs.len() < mine.len() || cost(k) > cost(j) {
                continue;
            }
            let equal = theirs.len() == mine.len() && cost(k) == cost(j);
            if (!equal || k < j) && is_subset(mine, theirs) {
                out[j] = true;
                break;
            }
        }
    }
    (0..out.len() as u32).filter(|&j| out[j as usize]).collect()
}

/// Rows that imply all others when every row must be covered: of equal rows the first, and none that holds all of
/// another. Ascending.
pub(crate) fn minimal_rows(rows: &Lists, columns: usize) -> Vec<u32> {
    let (_, mut order) = group(rows, |_| 0);
    order.sort_by_key(|&i| (rows.get(i as usize).len(), i));
    // Kept rows by their first column: a row that holds all of them must hold that column.
    let mut by_first: Vec<Vec<u32>> = vec![Vec::new(); columns];
    let mut kept = Vec::new();
    for &i in &order {
        let row = rows.get(i as usize);
        let mut known = row.iter().flat_map(|&c| &by_first[c as usize]);
        if !known.any(|&k| is_subset(rows.get(k as usize), row)) {
            if let Some(&c) = row.first() {
                by_first[c as usize].push(i);
            }
            kept.push(i);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(rows: &[&[u32]]) -> Lists {
        let mut l = Lists::new();
        for r in rows {
            l.push(r.iter().copied());
        }
        l
    }

    #[test]
    fn a_row_that_holds_another_is_implied() {
        assert_eq!(minimal_rows(&lists(&[&[0, 1, 2], &[1, 2], &[3], &[1, 2]]), 4), vec![1, 2]);
    }

    #[test]
    fn a_column_within_another_is_dominated_unless_it_is_cheaper() {
        let reach = lists(&[&[0, 1], &[1]]);
        assert_eq!(dominated(&reach, &reach.flip(2), None), vec![0]);
        assert!(dominated(&reach, &reach.flip(2), Some(&[1, 2])).is_empty());
    }
}
