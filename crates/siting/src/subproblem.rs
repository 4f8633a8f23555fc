//! The Lagrangian subproblem of every goal: given a profit for each column, the best set within number and budget.
//!
//! In: profits, open copies, number and money left. Out: the selected columns, an upper bound on their profit, and the
//! thresholds for reduced-cost fixing. A budget is relaxed in turn, with a price of money found by bisection.

/// The solution of the subproblem.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// Columns, with repetition, ascending.
    pub columns: Vec<u32>,
    /// Upper bound on the profit of any allowed set.
    pub bound: i128,
    /// Price of money (profit per unit of cost) at which the bound holds.
    pub price: i64,
    /// Reduced profit a column must beat to enter: that of the weakest selected if the number is used up, else 0.
    pub entry: i64,
    /// Reduced profit that would take a place set free: that of the best column left over, at least 0.
    pub next: i64,
}

/// The budget constraint of a node.
pub(super) struct BudgetLeft<'a> {
    /// Cost of each column in whole units, indexed by column.
    pub cost: &'a [i64],
    /// Money left to spend, in whole units.
    pub left: i64,
    /// First price of money to try, at least 1: that of the last call.
    pub guess: i64,
}

/// Profit of a column less the price of its cost.
pub(super) fn reduced_profit(profit: i64, price: i64, cost: i64) -> i64 {
    let r = i128::from(profit) - i128::from(price) * i128::from(cost);
    r.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

/// Selects at most `most` copies. `profit` and `open` (copies left) are indexed by column. `None`: no set fits the
/// budget, not even the empty one.
pub(super) fn select(profit: &[i64], open: &[u16], most: usize, budget: Option<BudgetLeft<'_>>) -> Option<Selection> {
    let Some(budget) = budget else {
        return Some(at_price(profit, open, most, None, 0).0);
    };
    let BudgetLeft { cost, left, guess } = budget;
    if !affordable(cost, open, most, left) {
        return None;
    }
    let (free, spent) = at_price(profit, open, most, Some((cost, left)), 0);
    if spent <= left {
        return Some(free);
    }
    // Spending falls as the price of money rises: bracket the price, then bisect.
    let (mut low, mut high) = (0i64, guess.max(1));
    let mut best = free;
    let mut last_affordable = None;
    for _ in 0..62 {
        let (p, spent) = at_price(profit, open, most, Some((cost, left)), high);
        let fits = spent <= left;
        if p.bound < best.bound {
            best = p.clone();
        }
        if fits {
            last_affordable = Some(p);
            break;
        }
        low = high;
        if high > i64::MAX / 8 {
            break;
        }
        high *= 4;
    }
    for _ in 0..40 {
        if high - low <= 1.max(high >> 24) {
            break;
        }
        let mid = low + (high - low) / 2;
        let (p, spent) = at_price(profit, open, most, Some((cost, left)), mid);
        if p.bound < best.bound {
            best = p.clone();
        }
        if spent <= left {
            high = mid;
            last_affordable = Some(p);
        } else {
            low = mid;
        }
    }
    // The columns are those of a set within the budget; bound, price and thresholds are those of the best price.
    if let Some(a) = last_affordable {
        best.columns = a.columns;
    }
    Some(best)
}

/// Whether some set fits the money left: at least that of the most negative costs.
pub(super) fn affordable(cost: &[i64], open: &[u16], most: usize, left: i64) -> bool {
    let mut saving: Vec<i64> = (0..cost.len())
        .filter(|&j| cost[j] < 0)
        .flat_map(|j| std::iter::repeat_n(cost[j], usize::from(open[j])))
        .collect();
    saving.sort_unstable();
    saving.iter().take(most).sum::<i64>() <= left
}

/// The best set at a price of money, and its cost. `money`: cost of each column and money left.
fn at_price(profit: &[i64], open: &[u16], most: usize, money: Option<(&[i64], i64)>, price: i64) -> (Selection, i64) {
    let mut order: Vec<(i64, u32)> = Vec::new();
    for j in 0..profit.len() {
        if open[j] == 0 {
            continue;
        }
        let r = money.map_or(profit[j], |(cost, _)| reduced_profit(profit[j], price, cost[j]));
        if r > 0 {
            for _ in 0..usize::from(open[j]).min(most) {
                order.push((r, j as u32));
            }
        }
    }
    let by = |a: &(i64, u32), b: &(i64, u32)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
    let mut next = 0;
    if order.len() > most {
        order.select_nth_unstable_by(most, by);
        next = order[most].0;
        order.truncate(most);
    }
    let full = order.len() == most;
    let mut bound: i128 = order.iter().map(|(r, _)| i128::from(*r)).sum();
    let entry = if full { order.iter().map(|(r, _)| *r).min().unwrap_or(i64::MAX / 4) } else { 0 };
    let mut columns: Vec<u32> = order.iter().map(|(_, j)| *j).collect();
    columns.sort_unstable();
    let mut spent = 0;
    if let Some((cost, left)) = money {
        bound += i128::from(price) * i128::from(left);
        spent = columns.iter().map(|&j| cost[j as usize]).sum();
    }
    (Selection { columns, bound, price, entry, next }, spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_the_largest_and_knows_the_thresholds() {
        let p = select(&[5, 9, 7, -1], &[1, 1, 1, 1], 2, None).expect("no budget");
        assert_eq!((p.columns, p.bound, p.entry, p.next), (vec![1, 2], 16, 7, 5));
    }

    #[test]
    fn the_bound_of_a_budget_is_that_of_a_relaxed_knapsack() {
        // Costs 3, 2, 2 and money 4: the best whole set is {1, 2} = 16; the bound may not be below.
        let budget = BudgetLeft { cost: &[3, 2, 2], left: 4, guess: 1 };
        let p = select(&[10, 8, 8], &[1, 1, 1], 3, Some(budget)).expect("empty set fits");
        assert!(p.bound >= 16 && p.bound <= 18, "{}", p.bound);
    }

    #[test]
    fn a_budget_below_the_cheapest_set_is_none() {
        assert!(select(&[1], &[1], 1, Some(BudgetLeft { cost: &[-2], left: -3, guess: 1 })).is_none());
    }
}
