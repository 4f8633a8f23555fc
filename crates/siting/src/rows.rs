//! Sparse rows of columns, both ways round, and the first reduction: rows that name the same columns fall together.

use std::collections::HashMap;

/// Lists of numbers, end to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    start: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(crate) fn new() -> Self {
        Self { start: vec![0], items: Vec::new() }
    }

    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = u32>) {
        self.items.extend(list);
        self.start.push(self.items.len() as u32);
    }

    pub(crate) fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(crate) fn get(&self, i: usize) -> &[u32] {
        &self.items[self.start[i] as usize..self.start[i + 1] as usize]
    }

    pub(crate) fn total(&self) -> usize {
        self.items.len()
    }

    /// The same entries by the other index, ascending.
    pub(crate) fn flip(&self, columns: usize) -> Self {
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

/// Groups equal lists: the group of each list, numbered by first appearance, and the first list of each group.
/// `tag` tells apart lists that must not fall together.
pub(crate) fn group(lists: &Lists, tag: impl Fn(usize) -> u64) -> (Vec<u32>, Vec<u32>) {
    let mut of = Vec::with_capacity(lists.len());
    let mut first: Vec<u32> = Vec::new();
    let mut known: HashMap<u64, u32> = HashMap::with_capacity(lists.len());
    for i in 0..lists.len() {
        let mut h = mix(tag(i) ^ 0x9e37_79b9_7f4a_7c15);
        for &c in lists.get(i) {
            h = mix(h ^ u64::from(c));
        }
        let g = *known.entry(h).or_insert(first.len() as u32);
        let same = (g as usize) < first.len() && {
            let f = first[g as usize] as usize;
            lists.get(f) == lists.get(i) && tag(f) == tag(i)
        };
        if same {
            of.push(g);
        } else {
            // New, or one hash for two lists: then it simply stays on its own.
            of.push(first.len() as u32);
            first.push(i as u32);
        }
    }
    (of, first)
}

fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_fall_together_and_the_flip_is_the_transpose() {
        let mut l = Lists::new();
        l.push([0, 2]);
        l.push([1]);
        l.push([0, 2]);
        let (of, first) = group(&l, |_| 0);
        assert_eq!((of, first), (vec![0, 1, 0], vec![0, 1]));
        let t = l.flip(3);
        assert_eq!((t.get(0), t.get(1), t.get(2)), (&[0, 2][..], &[1][..], &[0, 2][..]));
    }
}
