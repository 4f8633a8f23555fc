//! The order of building: every prefix of the order as good as it can be, given the final set.
//!
//! Up to ten sites the order minimises first the largest regret of any prefix, then the sum of regrets, by dynamic
//! programming over subsets (Held and Karp 1962). Beyond that it is greedy: the best next site each time. Sites for which
//! there is no time follow as they stand.

/// Most sites for the dynamic program: it evaluates 2^n subsets.
const SUBSET_SITES: usize = 10;

/// An order of building.
pub(super) struct BuildOrder {
    /// Positions in the list of new columns.
    pub sequence: Vec<usize>,
    /// Best subset of 1, 2, ... new columns; `None` if not computed. Same length as `sequence`.
    pub best: Vec<Option<Vec<u32>>>,
}

/// Orders new columns. `evaluate` values a subset of them (the caller adds the sites kept); larger is better.
pub(super) fn build_order(
    new: &[u32],
    evaluate: &mut dyn FnMut(&[u32]) -> i64,
    out_of_time: &dyn Fn() -> bool,
) -> BuildOrder {
    let n = new.len();
    if n > SUBSET_SITES {
        return greedy(new, evaluate, out_of_time);
    }
    let members = |mask: usize| (0..n).filter(|&b| mask >> b & 1 == 1).map(|b| new[b]).collect::<Vec<u32>>();
    let mut value = Vec::with_capacity(1 << n);
    for mask in 0..1usize << n {
        if out_of_time() {
            return greedy(new, evaluate, out_of_time);
        }
        value.push(evaluate(&members(mask)));
    }
    let mut best = vec![0usize; n + 1];
    for mask in 0..1usize << n {
        let k = mask.count_ones() as usize;
        if best[k].count_ones() as usize != k || value[mask] > value[best[k]] {
            best[k] = mask;
        }
    }
    // (largest regret, sum of regrets, last site built) of the best order of each subset, indexed by bit mask.
    let mut state: Vec<(i128, i128, usize)> = vec![(0, 0, 0); 1 << n];
    for mask in 1..1usize << n {
        let k = mask.count_ones() as usize;
        let regret = i128::from(value[best[k]]) - i128::from(value[mask]);
        let before = |b: usize| state[mask & !(1 << b)];
        // Ties: the later in the list is built last.
        let ways = (0..n).rev().filter(|b| mask >> b & 1 == 1).map(|b| (before(b).0, before(b).1, b));
        if let Some((largest, sum, b)) = ways.min_by_key(|w| (w.0, w.1)) {
            state[mask] = (largest.max(regret), sum + regret, b);
        }
    }
    let mut mask = (1usize << n) - 1;
    let mut sequence = Vec::new();
    while mask != 0 {
        let b = state[mask].2;
        sequence.push(b);
        mask &= !(1 << b);
    }
    sequence.reverse();
    BuildOrder { sequence, best: (1..=n).map(|k| Some(members(best[k]))).collect() }
}

fn greedy(new: &[u32], evaluate: &mut dyn FnMut(&[u32]) -> i64, out_of_time: &dyn Fn() -> bool) -> BuildOrder {
    let mut sequence: Vec<usize> = Vec::new();
    let mut built: Vec<u32> = Vec::new();
    while sequence.len() < new.len() {
        let mut best: Option<(i64, usize)> = None;
        for at in (0..new.len()).filter(|at| !sequence.contains(at)) {
            if out_of_time() {
                sequence.extend((0..new.len()).filter(|at| !sequence.contains(at)).collect::<Vec<_>>());
                return BuildOrder { sequence, best: vec![None; new.len()] };
            }
            built.push(new[at]);
            let v = evaluate(&built);
            built.pop();
            if best.is_none_or(|(b, _)| v > b) {
                best = Some((v, at));
            }
        }
        let Some((_, at)) = best else { break };
        sequence.push(at);
        built.push(new[at]);
    }
    BuildOrder { sequence, best: vec![None; new.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greedy_first_site_can_be_the_wrong_one() {
        // Worth: a 5, b 4, c 4; pairs: b+c 8, a+b 6, a+c 6; all 9. Best prefixes are {a}, {b, c}, all: not nested.
        // a first regrets 0 then 2; b first regrets 1 then 0: the smaller largest regret wins.
        let mut worth = |s: &[u32]| match s {
            [] => 0,
            [0] => 5,
            [_] => 4,
            [1, 2] => 8,
            [_, _] => 6,
            _ => 9,
        };
        let o = build_order(&[0, 1, 2], &mut worth, &|| false);
        assert_eq!(o.sequence, vec![1, 2, 0]);
        let hasty = build_order(&[0, 1, 2], &mut worth, &|| true);
        assert_eq!((hasty.sequence, hasty.best), (vec![0, 1, 2], vec![None; 3]), "as they stand");
    }
}
