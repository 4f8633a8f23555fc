//! The easy half of every relaxation: given a profit for each column, the best set within number and money.
//!
//! In: profits, open copies, room left. Out: the picked columns, an upper bound on what they bring, and what each
//! column would have to lose or gain to change sides (reduced-cost fixing).

/// The best columns at given profits.
#[derive(Debug, Clone)]
pub(crate) struct Picked {
    /// Columns, with repetition, ascending.
    pub columns: Vec<u32>,
    /// Upper bound on the profit of any allowed set.
    pub bound: i128,
    /// Price of money at which the bound holds.
    pub price: i64,
    /// Reduced profit a column must beat to get in: that of the weakest picked when the number is used up, else 0.
    pub entry: i64,
    /// Reduced profit that would take a place set free: that of the best left over, at least 0.
    pub next: i64,
}

/// Money in the selection: cost a column and what is left to spend.
pub(crate) struct Money<'a> {
    pub cost: &'a [i64],
    pub left: i64,
    /// Price of the last call, a good first guess.
    pub guess: i64,
}

/// Profit of a column less the price of the money it takes.
pub(crate) fn reduced(profit: i64, price: i64, cost: i64) -> i64 {
    let r = i128::from(profit) - i128::from(price) * i128::from(cost);
    r.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

/// Picks at most `most` copies. `None`: no set fits the money, not even an empty one.
pub(crate) fn select(profit: &[i64], open: &[u16], most: usize, money: Option<Money<'_>>) -> Option<Picked> {
    let Some(money) = money else {
        return Some(at_price(profit, open, most, None, 0).0);
    };
    let Money { cost, left, guess } = money;
    let cheapest = cheapest(cost, open, most);
    if cheapest > left {
        return None;
    }
    let (free, spent) = at_price(profit, open, most, Some((cost, left)), 0);
    if spent <= left {
        return Some(free);
    }
    // The spending falls as the price rises: bracket, then halve.
    let (mut low, mut high) = (0i64, guess.max(1));
    let mut best = free;
    let mut affordable = None;
    for _ in 0..62 {
        let (p, spent) = at_price(profit, open, most, Some((cost, left)), high);
        let fits = spent <= left;
        if p.bound < best.bound {
            best = p.clone();
        }
        if fits {
            affordable = Some(p);
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
            affordable = Some(p);
        } else {
            low = mid;
        }
    }
    // The set handed on is one that can be paid; bound, price and thresholds are those of the best price.
    if let Some(a) = affordable {
        best.columns = a.columns;
    }
    Some(best)
}

/// Least that must be spent: the sum of the most negative costs.
fn cheapest(cost: &[i64], open: &[u16], most: usize) -> i64 {
    let mut saving: Vec<i64> = (0..cost.len())
        .filter(|&j| cost[j] < 0)
        .flat_map(|j| std::iter::repeat_n(cost[j], usize::from(open[j])))
        .collect();
    saving.sort_unstable();
    saving.iter().take(most).sum()
}

fn at_price(profit: &[i64], open: &[u16], most: usize, money: Option<(&[i64], i64)>, price: i64) -> (Picked, i64) {
    let mut order: Vec<(i64, u32)> = Vec::new();
    for j in 0..profit.len() {
        if open[j] == 0 {
            continue;
        }
        let r = money.map_or(profit[j], |(cost, _)| reduced(profit[j], price, cost[j]));
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
    (Picked { columns, bound, price, entry, next }, spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_largest_and_knows_the_thresholds() {
        let p = select(&[5, 9, 7, -1], &[1, 1, 1, 1], 2, None).expect("no money");
        assert_eq!((p.columns, p.bound, p.entry, p.next), (vec![1, 2], 16, 7, 5));
    }

    #[test]
    fn money_bounds_a_knapsack_from_above() {
        // Costs 3, 2, 2 and money 4: the best whole set is {1, 2} = 16; the bound may not be below.
        let money = Money { cost: &[3, 2, 2], left: 4, guess: 1 };
        let p = select(&[10, 8, 8], &[1, 1, 1], 3, Some(money)).expect("empty set fits");
        assert!(p.bound >= 16 && p.bound <= 18, "{}", p.bound);
    }

    #[test]
    fn money_below_the_cheapest_set_is_none() {
        assert!(select(&[1], &[1], 1, Some(Money { cost: &[-2], left: -3, guess: 1 })).is_none());
    }
}
