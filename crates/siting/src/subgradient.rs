//! The Lagrangian bound of one node by subgradient steps (Held, Wolfe and Crowder 1974), and the columns it fixes.
//!
//! A column is fixed out, or in, if the bound with it chosen, or left out, does not exceed the incumbent (reduced-cost
//! fixing by Lagrangian penalties; Beasley 1987 for set covering).

use super::monitor::Monitor;
use super::relaxation::{Limits, Relaxation};
use super::subproblem::{BudgetLeft, Selection, reduced_profit, select};

/// Schedule of the steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Most steps.
    pub rounds: usize,
    /// Steps without a better bound before the step length shrinks.
    pub patience: usize,
    /// First step length, as a multiple of Polyak's.
    pub first: f64,
    /// Factor by which the step length shrinks.
    pub decay: f64,
    /// At the root: also improve the sets met by local search, and stop early once most columns are fixed out.
    pub thorough: bool,
}

/// Share of the last direction in the next one (deflection; Camerini, Fratta and Maffioli 1975). Tuned on Edmonton:
/// 0.9 comes within 0.05 % of the linear program's bound where 0.3 stays 0.4 % above it.
const MEMORY: f64 = 0.9;

/// Bound of a node and what it proves.
#[derive(Debug, Clone)]
pub(super) struct NodeBound {
    /// No set of this node is worth more (unshifted).
    pub bound: i64,
    /// Multipliers of the bound, indexed by row.
    pub lambda: Vec<i64>,
    /// Columns of which no better set has another copy.
    pub fixed_out: Vec<u32>,
    /// Columns of which every better set has all copies.
    pub fixed_in: Vec<u32>,
    /// Step length reached, to continue from in a smaller problem.
    pub step: f64,
    /// Whether the steps stopped because most columns were fixed out.
    pub shrunk: bool,
    /// Column to branch on; `None` if no column is open.
    pub branch: Option<usize>,
}

/// Called with the selected columns, the present bound and whether to improve the set by local search; returns the
/// value that must be beaten.
type OnSelection<'c, R> = &'c mut dyn FnMut(&mut R, &[u32], i64, bool) -> i64;

/// Bounds a node. `open` has the copies of each column left, `most` and `left` the number and money left. `None`: no
/// set of this node beats the value that must be beaten.
#[expect(clippy::too_many_arguments, clippy::too_many_lines, reason = "one loop whose steps share all of it")]
pub(super) fn bound_node<R: Relaxation>(
    relaxation: &mut R,
    limits: &Limits,
    open: &[u16],
    most: usize,
    left: Option<i64>,
    mut lambda: Vec<i64>,
    effort: Effort,
    monitor: &Monitor<'_>,
    on_selection: OnSelection<'_, R>,
) -> Option<NodeBound> {
    let (n, m, shift) = (relaxation.columns(), relaxation.rows(), relaxation.shift());
    let mut open = open.to_vec();
    let mut is_open: Vec<bool> = open.iter().map(|&c| c > 0).collect();
    let mut profit = vec![0i64; n];
    let mut gradient = vec![0f64; m];
    let mut direction = vec![0f64; m];
    // Exponential average of how often each column is selected.
    let mut share = vec![0f64; n];
    // Best bound (shifted) with its multipliers, and the selection and profits behind it.
    let mut best: Option<(i128, Vec<i64>)> = None;
    let mut best_selection: Option<(Selection, Vec<i64>)> = None;
    let (mut step, mut stale, mut guess) = (effort.first, 0usize, 1i64);
    let mut fixed_out = Vec::new();
    let mut last: Vec<u32> = Vec::new();
    let mut cut = i64::MIN;
    let mut shrunk = false;
    // Round and bound of the last check for stalling.
    let mut mark = (0usize, i128::MAX);
    for (i, l) in lambda.iter_mut().enumerate() {
        let (low, high) = relaxation.multiplier_range(i);
        *l = (*l).clamp(low, high);
    }
    for round in 0..effort.rounds {
        let constant = relaxation.price(&lambda, &is_open, &mut profit);
        let budget = limits.costs().zip(left).map(|(cost, left)| BudgetLeft { cost, left, guess });
        let selection = select(&profit, &open, most, budget)?;
        guess = selection.price.max(1);
        let value = i128::from(constant) + selection.bound;
        let whole = (value >> shift).clamp(i128::from(i64::MIN / 2), i128::from(i64::MAX / 2)) as i64;
        let lowest = best.as_ref().map_or(whole, |(b, _)| whole.min((*b >> shift) as i64));
        if round == 0 || selection.columns != last {
            cut = on_selection(relaxation, &selection.columns, lowest, effort.thorough && round % 40 == 39);
            last.clone_from(&selection.columns);
        }
        if lowest <= cut {
            return None;
        }
        let better = best.as_ref().is_none_or(|(b, _)| value < *b);
        // Reduced-cost fixing against the smallest value that beats the cut.
        let target = (i128::from(cut) + 1) << shift;
        let spare = value - target;
        for j in 0..n {
            if !is_open[j] {
                continue;
            }
            let r = reduced_profit_of(&profit, limits, &selection, j);
            if i128::from(r) < i128::from(selection.entry) - spare
                && selection.columns.binary_search(&(j as u32)).is_err()
            {
                open[j] = 0;
                is_open[j] = false;
                fixed_out.push(j as u32);
            }
        }
        if better {
            stale = 0;
            best_selection = Some((selection.clone(), profit.clone()));
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
        for &j in &selection.columns {
            share[j as usize] += 0.1;
        }
        // Stop if fifty steps close less than a hundredth of the gap to the target.
        if let Some((b, _)) = &best
            && round >= mark.0 + 50
        {
            if mark.1 != i128::MAX && (mark.1 - b) * 100 < b - target {
                break;
            }
            mark = (round, *b);
        }
        if step < 0.002 || monitor.time_is_up() {
            break;
        }
        if effort.thorough && fixed_out.len() * 5 >= n * 2 && round > 20 {
            shrunk = true;
            break;
        }
        relaxation.subgradient(&lambda, &selection.columns, &mut gradient);
        let mut norm = 0.0;
        for i in 0..m {
            direction[i] = gradient[i] + MEMORY * direction[i];
            let (low, high) = relaxation.multiplier_range(i);
            if (lambda[i] <= low && direction[i] < 0.0) || (lambda[i] >= high && direction[i] > 0.0) {
                direction[i] = 0.0;
            }
            norm += direction[i] * direction[i];
        }
        if norm <= 0.0 {
            break;
        }
        let length = step * ((value - (target - 1)) as f64).max(1.0) / norm;
        for i in 0..m {
            if direction[i] != 0.0 {
                let (low, high) = relaxation.multiplier_range(i);
                let to = lambda[i] as f64 + length * direction[i];
                lambda[i] = (to.round() as i64).clamp(low, high);
            }
        }
    }
    let (value, lambda) = best?;
    let (selection, profit) = best_selection?;
    let bound = (value >> shift) as i64;
    if bound <= cut {
        return None;
    }
    let spare = value - ((i128::from(cut) + 1) << shift);
    let mut fixed_in = Vec::new();
    for (j, &copies) in open.iter().enumerate().filter(|(_, c)| **c > 0) {
        let have = selection.columns.iter().filter(|&&k| k as usize == j).count();
        let r = reduced_profit_of(&profit, limits, &selection, j);
        // With a budget the selection may be that of another price; at this one the column must beat the rest.
        if have == usize::from(copies)
            && r > 0
            && r >= selection.entry
            && i128::from(r) - i128::from(selection.next.max(0)) > spare
        {
            fixed_in.push(j as u32);
        }
    }
    let branch = most_undecided(&open, &share, &profit);
    Some(NodeBound { bound, lambda, fixed_out, fixed_in, step, shrunk, branch })
}

fn reduced_profit_of(profit: &[i64], limits: &Limits, selection: &Selection, j: usize) -> i64 {
    limits.costs().map_or(profit[j], |cost| reduced_profit(profit[j], selection.price, cost[j]))
}

/// The open column selected closest to half of the time; ties go to the more profitable, then to the first.
fn most_undecided(open: &[u16], share: &[f64], profit: &[i64]) -> Option<usize> {
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
