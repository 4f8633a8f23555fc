//! The bound of one node: multipliers moved by subgradient steps (Held, Wolfe and Crowder 1974), and what the best
//! of them proves about single columns.

use super::clock::Clock;
use super::relaxation::{Limits, Relaxation};
use super::selection::{Money, Picked, reduced, select};

/// How long to try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Most steps.
    pub rounds: usize,
    /// Steps without a better bound before the step length is halved.
    pub patience: usize,
    /// First step length, as a share of Polyak's.
    pub first: f64,
    /// What a halving leaves of the step length.
    pub decay: f64,
    /// The root: also work on the sets met, and stop early once most columns fell away.
    pub thorough: bool,
}

/// Share of the last direction that the next one keeps (Camerini, Fratta and Maffioli 1975). Tuned on Edmonton:
/// 0.9 comes within 0.05 % of the linear program's bound where 0.3 stays 0.4 % above it.
const MEMORY: f64 = 0.9;

/// What a node's bound says.
#[derive(Debug, Clone)]
pub(crate) struct Bounded {
    /// No set below this node is worth more (unshifted).
    pub bound: i64,
    /// Multipliers that prove it.
    pub lambda: Vec<i64>,
    /// Columns that no better set can add.
    pub out: Vec<u32>,
    /// Columns of which every better set has all copies.
    pub sure: Vec<u32>,
    /// Step length reached, to go on from in a smaller problem.
    pub step: f64,
    /// Whether the search stopped because most columns fell away.
    pub shrunk: bool,
    /// Column to branch on.
    pub branch: Option<usize>,
}

/// Called with the picked columns, the present bound and whether to work on the set; returns the value that must be beaten.
type OnPick<'c, R> = &'c mut dyn FnMut(&mut R, &[u32], i64, bool) -> i64;

/// Bounds a node. `None`: nothing below it beats the cut.
#[expect(clippy::too_many_arguments, clippy::too_many_lines, reason = "one loop whose steps share all of it")]
pub(crate) fn bound_node<R: Relaxation>(
    relax: &mut R,
    limits: &Limits,
    open: &[u16],
    most: usize,
    left: Option<i64>,
    mut lambda: Vec<i64>,
    effort: Effort,
    clock: &Clock<'_>,
    on_pick: OnPick<'_, R>,
) -> Option<Bounded> {
    let (n, m, shift) = (relax.columns(), relax.rows(), relax.shift());
    let mut open = open.to_vec();
    let mut is_open: Vec<bool> = open.iter().map(|&c| c > 0).collect();
    let mut profit = vec![0i64; n];
    let mut slope = vec![0f64; m];
    let mut smooth = vec![0f64; m];
    let mut share = vec![0f64; n];
    let mut best: Option<(i128, Vec<i64>)> = None;
    let (mut step, mut stale, mut guess) = (effort.first, 0usize, 1i64);
    let mut out = Vec::new();
    let mut last: Vec<u32> = Vec::new();
    let mut cut = i64::MIN;
    let mut shrunk = false;
    let mut mark = (0usize, i128::MAX);
    let mut kept: Option<(Picked, Vec<i64>)> = None;
    for (i, l) in lambda.iter_mut().enumerate() {
        let (low, high) = relax.range(i);
        *l = (*l).clamp(low, high);
    }
    for round in 0..effort.rounds {
        let constant = relax.price(&lambda, &is_open, &mut profit);
        let money = limits.budget.as_ref().zip(left).map(|((cost, _), left)| Money { cost, left, guess });
        let picked = select(&profit, &open, most, money)?;
        guess = picked.price.max(1);
        let value = i128::from(constant) + picked.bound;
        let whole = (value >> shift).clamp(i128::from(i64::MIN / 2), i128::from(i64::MAX / 2)) as i64;
        let lowest = best.as_ref().map_or(whole, |(b, _)| whole.min((*b >> shift) as i64));
        if round == 0 || picked.columns != last {
            cut = on_pick(relax, &picked.columns, lowest, effort.thorough && round % 40 == 39);
            last.clone_from(&picked.columns);
        }
        if lowest <= cut {
            return None;
        }
        let better = best.as_ref().is_none_or(|(b, _)| value < *b);
        // What this pricing proves about single columns, given that more than the cut is wanted.
        let target = (i128::from(cut) + 1) << shift;
        let spare = value - target;
        for j in 0..n {
            if !is_open[j] {
                continue;
            }
            let r = price_of(&profit, limits, &picked, j);
            if i128::from(r) < i128::from(picked.entry) - spare && picked.columns.binary_search(&(j as u32)).is_err() {
                open[j] = 0;
                is_open[j] = false;
                out.push(j as u32);
            }
        }
        if better {
            stale = 0;
            kept = Some((picked.clone(), profit.clone()));
            best = Some((value, lambda.clone()));
        } else {
            stale += 1;
            if stale >= effort.patience {
                stale = 0;
                step *= effort.decay;
            }
        }
        for s in &mut share {
            *s *= 0.9;
        }
        for &j in &picked.columns {
            share[j as usize] += 0.1;
        }
        // Give up on steps when fifty of them close less than a hundredth of what is missing.
        if let Some((b, _)) = &best
            && round >= mark.0 + 50
        {
            if mark.1 != i128::MAX && (mark.1 - b) * 100 < b - target {
                break;
            }
            mark = (round, *b);
        }
        if step < 0.002 || clock.is_out() {
            break;
        }
        if effort.thorough && out.len() * 5 >= n * 2 && round > 20 {
            shrunk = true;
            break;
        }
        relax.slope(&lambda, &picked.columns, &mut slope);
        let mut norm = 0.0;
        for i in 0..m {
            smooth[i] = slope[i] + MEMORY * smooth[i];
            let (low, high) = relax.range(i);
            if (lambda[i] <= low && smooth[i] < 0.0) || (lambda[i] >= high && smooth[i] > 0.0) {
                smooth[i] = 0.0;
            }
            norm += smooth[i] * smooth[i];
        }
        if norm <= 0.0 {
            break;
        }
        let length = step * ((value - (target - 1)) as f64).max(1.0) / norm;
        for i in 0..m {
            if smooth[i] != 0.0 {
                let (low, high) = relax.range(i);
                let to = lambda[i] as f64 + length * smooth[i];
                lambda[i] = (to.round() as i64).clamp(low, high);
            }
        }
    }
    let (value, lambda) = best?;
    let (picked, profit) = kept?;
    let bound = (value >> shift) as i64;
    if bound <= cut {
        return None;
    }
    let spare = value - ((i128::from(cut) + 1) << shift);
    let mut sure = Vec::new();
    for (j, &copies) in open.iter().enumerate().filter(|(_, c)| **c > 0) {
        let have = picked.columns.iter().filter(|&&k| k as usize == j).count();
        let r = price_of(&profit, limits, &picked, j);
        // The best money price picks by reduced profit; a column counts as picked only when it beats the rest.
        if have == usize::from(copies)
            && r > 0
            && r >= picked.entry
            && i128::from(r) - i128::from(picked.next.max(0)) > spare
        {
            sure.push(j as u32);
        }
    }
    let branch = choose(&open, &share, &profit);
    Some(Bounded { bound, lambda, out, sure, step, shrunk, branch })
}

fn price_of(profit: &[i64], limits: &Limits, picked: &Picked, j: usize) -> i64 {
    limits.budget.as_ref().map_or(profit[j], |(cost, _)| reduced(profit[j], picked.price, cost[j]))
}

/// The column the relaxation is least sure of; between equals the more profitable, then the first.
fn choose(open: &[u16], share: &[f64], profit: &[i64]) -> Option<usize> {
    let mut best: Option<(f64, i64, usize)> = None;
    for j in (0..open.len()).filter(|&j| open[j] > 0) {
        let doubt = share[j].min((1.0 - share[j]).max(0.0));
        let doubt = (doubt * 20.0).round();
        if best.is_none_or(|(d, p, _)| doubt > d || (doubt.total_cmp(&d).is_eq() && profit[j] > p)) {
            best = Some((doubt, profit[j], j));
        }
    }
    best.map(|(_, _, j)| j)
}
