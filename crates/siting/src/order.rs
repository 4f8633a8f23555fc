//! In which order to build: every prefix as good as it can be, given the final set.
//!
//! Up to ten sites the best order is found by dynamic programming over all subsets (Held and Karp 1962): first the
//! largest regret of any prefix is made small, then their sum. Beyond that the best next site is taken each time.

/// Sites up to which all subsets are looked at.
const SUBSETS: usize = 10;

/// Order as positions in `new`, and for each number of sites the best subset where that is known.
pub(crate) struct Order {
    pub sequence: Vec<usize>,
    pub best: Vec<Option<Vec<u32>>>,
}

/// `worth` judges a set of new columns (those kept are added by the caller); larger is better.
pub(crate) fn order(new: &[u32], worth: &mut dyn FnMut(&[u32]) -> i64) -> Order {
    let n = new.len();
    if n > SUBSETS {
        return one_by_one(new, worth);
    }
    let members = |mask: usize| (0..n).filter(|&b| mask >> b & 1 == 1).map(|b| new[b]).collect::<Vec<u32>>();
    let value: Vec<i64> = (0..1usize << n).map(|mask| worth(&members(mask))).collect();
    let mut best = vec![0usize; n + 1];
    for mask in 0..1usize << n {
        let k = mask.count_ones() as usize;
        if best[k].count_ones() as usize != k || value[mask] > value[best[k]] {
            best[k] = mask;
        }
    }
    // (largest regret, sum of regrets, last site built) to have built exactly these.
    let mut way: Vec<(i128, i128, usize)> = vec![(0, 0, 0); 1 << n];
    for mask in 1..1usize << n {
        let k = mask.count_ones() as usize;
        let regret = i128::from(value[best[k]]) - i128::from(value[mask]);
        let before = |b: usize| way[mask & !(1 << b)];
        // Between equals the later in the list is built last.
        let ways = (0..n).rev().filter(|b| mask >> b & 1 == 1).map(|b| (before(b).0, before(b).1, b));
        if let Some((largest, sum, b)) = ways.min_by_key(|w| (w.0, w.1)) {
            way[mask] = (largest.max(regret), sum + regret, b);
        }
    }
    let mut mask = (1usize << n) - 1;
    let mut sequence = Vec::new();
    while mask != 0 {
        let b = way[mask].2;
        sequence.push(b);
        mask &= !(1 << b);
    }
    sequence.reverse();
    Order { sequence, best: (1..=n).map(|k| Some(members(best[k]))).collect() }
}

fn one_by_one(new: &[u32], worth: &mut dyn FnMut(&[u32]) -> i64) -> Order {
    let mut sequence: Vec<usize> = Vec::new();
    let mut built: Vec<u32> = Vec::new();
    while sequence.len() < new.len() {
        let mut best: Option<(i64, usize)> = None;
        for at in (0..new.len()).filter(|at| !sequence.contains(at)) {
            built.push(new[at]);
            let v = worth(&built);
            built.pop();
            if best.is_none_or(|(b, _)| v > b) {
                best = Some((v, at));
            }
        }
        let Some((_, at)) = best else { break };
        sequence.push(at);
        built.push(new[at]);
    }
    Order { sequence, best: vec![None; new.len()] }
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
        let o = order(&[0, 1, 2], &mut worth);
        assert_eq!(o.sequence, vec![1, 2, 0]);
    }
}
