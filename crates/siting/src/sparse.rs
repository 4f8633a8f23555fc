//! A sparse 0-1 matrix by rows, its transpose, and the grouping of equal rows.

use std::collections::HashMap;

/// Column numbers of each row, end to end (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub(super) struct SparseRows {
    /// Start of each row in `items`, and the end of the last.
    start: Vec<u32>,
    items: Vec<u32>,
}

impl SparseRows {
    pub(super) fn new() -> Self {
        Self { start: vec![0], items: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = u32>) {
        self.items.extend(row);
        self.start.push(self.items.len() as u32);
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(super) fn get(&self, i: usize) -> &[u32] {
        &self.items[self.start[i] as usize..self.start[i + 1] as usize]
    }

    /// Number of entries of all rows.
    pub(super) fn entries(&self) -> usize {
        self.items.len()
    }

    /// The rows with some columns only: `position` is the new number of each column, `None` drops it (indexed by
    /// column).
    pub(super) fn select(&self, position: &[Option<u32>]) -> Self {
        let mut selected = Self::new();
        for i in 0..self.len() {
            selected.push(self.get(i).iter().filter_map(|&j| position[j as usize]));
        }
        selected
    }

    /// The transpose; its rows are ascending.
    pub(super) fn transpose(&self, columns: usize) -> Self {
        let mut start = vec![0u32; columns + 1];
        for &c in &self.items {
            start[c as usize + 1] += 1;
        }
        for c in 0..columns {
            start[c + 1] += start[c];
        }
        let mut next = start.clone();
        let mut items = vec![0u32; self.items.len()];
        for i in 0..self.len() {
            for &c in self.get(i) {
                items[next[c as usize] as usize] = i as u32;
                next[c as usize] += 1;
            }
        }
        Self { start, items }
    }
}

/// Groups equal rows: the group of each row, numbered by first appearance (indexed by row), and the first row of each
/// group (indexed by group). Rows with different tags stay apart.
pub(super) fn group(rows: &SparseRows, tag: impl Fn(usize) -> u64) -> (Vec<u32>, Vec<u32>) {
    let mut group_of = Vec::with_capacity(rows.len());
    let mut first: Vec<u32> = Vec::new();
    let mut known: HashMap<u64, u32> = HashMap::with_capacity(rows.len());
    for i in 0..rows.len() {
        let mut h = mix(tag(i) ^ 0x9e37_79b9_7f4a_7c15);
        for &c in rows.get(i) {
            h = mix(h ^ u64::from(c));
        }
        let g = *known.entry(h).or_insert(first.len() as u32);
        let same = (g as usize) < first.len() && {
            let f = first[g as usize] as usize;
            rows.get(f) == rows.get(i) && tag(f) == tag(i)
        };
        if same {
            group_of.push(g);
        } else {
            // New, or a hash collision: then the row stays a group of its own.
            group_of.push(first.len() as u32);
            first.push(i as u32);
        }
    }
    (group_of, first)
}

/// Mixes the bits of a hash.
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_grouped_and_the_transpose_swaps_indices() {
        let mut l = SparseRows::new();
        l.push([0, 2]);
        l.push([1]);
        l.push([0, 2]);
        let (group_of, first) = group(&l, |_| 0);
        assert_eq!((group_of, first), (vec![0, 1, 0], vec![0, 1]));
        let t = l.transpose(3);
        assert_eq!((t.get(0), t.get(1), t.get(2)), (&[0, 2][..], &[1][..], &[0, 2][..]));
    }
}
