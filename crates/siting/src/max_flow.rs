//! Most people that capacitated sites can serve: maximum flow from groups of people to sites (Dinic 1970).

use super::sparse::SparseRows;

struct Edge {
    to: usize,
    /// Residual capacity.
    residual: i64,
}

/// A residual network. Edge `e ^ 1` is the reverse of edge `e`.
struct Network {
    edges: Vec<Edge>,
    /// Edges out of each node, indexed by node.
    out: Vec<Vec<usize>>,
    /// Distance of each node from the source in edges with residual capacity; `usize::MAX` is unreachable.
    level: Vec<usize>,
    /// Next edge to try in `out`, indexed by node.
    next: Vec<usize>,
}

impl Network {
    fn link(&mut self, a: usize, b: usize, capacity: i64) {
        self.out[a].push(self.edges.len());
        self.edges.push(Edge { to: b, residual: capacity });
        self.out[b].push(self.edges.len());
        self.edges.push(Edge { to: a, residual: 0 });
    }

    /// Computes the levels; whether the sink is still reachable.
    fn levels(&mut self, from: usize, to: usize) -> bool {
        self.level.fill(usize::MAX);
        self.level[from] = 0;
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(a) = queue.pop_front() {
            for &e in &self.out[a] {
                let b = self.edges[e].to;
                if self.edges[e].residual > 0 && self.level[b] == usize::MAX {
                    self.level[b] = self.level[a] + 1;
                    queue.push_back(b);
                }
            }
        }
        self.level[to] != usize::MAX
    }

    /// Sends flow along one path of the level graph; 0 if there is none left.
    fn augment(&mut self, a: usize, to: usize, most: i64) -> i64 {
        if a == to {
            return most;
        }
        while self.next[a] < self.out[a].len() {
            let e = self.out[a][self.next[a]];
            let (b, residual) = (self.edges[e].to, self.edges[e].residual);
            if residual > 0 && self.level[b] == self.level[a] + 1 {
                let sent = self.augment(b, to, most.min(residual));
                if sent > 0 {
                    self.edges[e].residual -= sent;
                    self.edges[e ^ 1].residual += sent;
                    return sent;
                }
            }
            self.next[a] += 1;
        }
        0
    }
}

/// Most people that can be served, and the people left over of each group. `people`, `reach` (positions in `capacity`)
/// and the result are indexed by group, `capacity` by site.
pub(super) fn allocate(people: &[i64], reach: &SparseRows, capacity: &[i64]) -> (i64, Vec<i64>) {
    let (g, s) = (people.len(), capacity.len());
    let (source, sink) = (g + s, g + s + 1);
    let n = g + s + 2;
    let mut net = Network { edges: Vec::new(), out: vec![Vec::new(); n], level: vec![0; n], next: vec![0; n] };
    for (i, &p) in people.iter().enumerate() {
        net.link(source, i, p);
    }
    for (i, &p) in people.iter().enumerate() {
        for &j in reach.get(i) {
            net.link(i, g + j as usize, p);
        }
    }
    for (j, &r) in capacity.iter().enumerate() {
        net.link(g + j, sink, r);
    }
    let mut total = 0;
    while net.levels(source, sink) {
        net.next.fill(0);
        loop {
            let sent = net.augment(source, sink, i64::MAX);
            if sent == 0 {
                break;
            }
            total += sent;
        }
    }
    // The source edge of a group is the first of its pair: 2 * i.
    let left = (0..g).map(|i| net.edges[2 * i].residual).collect();
    (total, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_split_between_capacitated_sites() {
        // 10 people reach both sites, 4 only the second; capacities 8 and 5: 8 + 5 = 13 of 14 are served.
        let mut reach = SparseRows::new();
        reach.push([0, 1]);
        reach.push([1]);
        let (served, left) = allocate(&[10, 4], &reach, &[8, 5]);
        assert_eq!((served, left.iter().sum::<i64>()), (13, 1));
    }
}
