//! Row and column dominance, the reductions of set covering (Toregas and ReVelle 1973).

use super::sparse::{SparseRows, group};

/// Whether `a` is a subset of `b`; both ascending.
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

/// Dominated columns: those whose rows are all covered by another that costs no more. Valid only if covering a row
/// twice is worth nothing. Of equal columns the first stays.
///
/// `reach` has the columns of each row, `serve` the rows of each column, `cost` is indexed by column.
pub(super) fn dominated_columns(reach: &SparseRows, serve: &SparseRows, cost: Option<&[i64]>) -> Vec<u32> {
    let cost = |j: usize| cost.map_or(0, |c| c[j]);
    let mut dominated = vec![false; serve.len()];
    for j in 0..serve.len() {
        let mine = serve.get(j);
        if cost(j) < 0 {
            // A movable site: keeping it saves money, so it is worth something even if it covers nothing new.
            continue;
        }
        let Some(&rarest) = mine.iter().min_by_key(|&&i| reach.get(i as usize).len()) else {
            dominated[j] = true;
            continue;
        };
        for &k in reach.get(rarest as usize) {
            let k = k as usize;
            let theirs = serve.get(k);
            if k == j || dominated[k] || theirs.len() < mine.len() || cost(k) > cost(j) {
                continue;
            }
            let equal = theirs.len() == mine.len() && cost(k) == cost(j);
            if (!equal || k < j) && is_subset(mine, theirs) {
                dominated[j] = true;
                break;
            }
        }
    }
    (0..dominated.len() as u32).filter(|&j| dominated[j as usize]).collect()
}

/// Undominated rows, ascending: whoever covers them covers every row. Of equal rows the first stays; a row that is a
/// superset of another is dropped.
pub(super) fn minimal_rows(rows: &SparseRows, columns: usize) -> Vec<u32> {
    let (_, mut order) = group(rows, |_| 0);
    order.sort_by_key(|&i| (rows.get(i as usize).len(), i));
    // Kept rows by their first column: any superset of a kept row holds that column.
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

    fn sparse(rows: &[&[u32]]) -> SparseRows {
        let mut l = SparseRows::new();
        for r in rows {
            l.push(r.iter().copied());
        }
        l
    }

    #[test]
    fn a_superset_row_is_dropped() {
        assert_eq!(minimal_rows(&sparse(&[&[0, 1, 2], &[1, 2], &[3], &[1, 2]]), 4), vec![1, 2]);
    }

    #[test]
    fn a_column_within_another_is_dominated_unless_it_is_cheaper() {
        let reach = sparse(&[&[0, 1], &[1]]);
        assert_eq!(dominated_columns(&reach, &reach.transpose(2), None), vec![0]);
        assert!(dominated_columns(&reach, &reach.transpose(2), Some(&[1, 2])).is_empty());
    }
}
