//! How many people full sites can share out: maximum flow from groups of people to sites (Dinic 1970).

use super::rows::Lists;

struct Edge {
    to: usize,
    room: i64,
}

struct Net {
    edges: Vec<Edge>,
    out: Vec<Vec<usize>>,
    level: Vec<usize>,
    next: Vec<usize>,
}

impl Net {
    fn link(&mut self, a: usize, b: usize, room: i64) {
        self.out[a].push(self.edges.len());
        self.edges.push(Edge { to: b, room });
        self.out[b].push(self.edges.len());
        self.edges.push(Edge { to: a, room: 0 });
    }

    fn levels(&mut self, from: usize, to: usize) -> bool {
        self.level.fill(usize::MAX);
        self.level[from] = 0;
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(a) = queue.pop_front() {
            for &e in &self.out[a] {
                let b = self.edges[e].to;
                if self.edges[e].room > 0 && self.level[b] == usize::MAX {
                    self.level[b] = self.level[a] + 1;
                    queue.push_back(b);
                }
            }
        }
        self.level[to] != usize::MAX
    }

    fn push(&mut self, a: usize, to: usize, most: i64) -> i64 {
        if a == to {
            return most;
        }
        while self.next[a] < self.out[a].len() {
            let e = self.out[a][self.next[a]];
            let (b, room) = (self.edges[e].to, self.edges[e].room);
            if room > 0 && self.level[b] == self.level[a] + 1 {
                let sent = self.push(b, to, most.min(room));
                if sent > 0 {
                    self.edges[e].room -= sent;
                    self.edges[e ^ 1].room += sent;
                    return sent;
                }
            }
            self.next[a] += 1;
        }
        0
    }
}

/// Most that can be served, and what is left over of each group. `reach`: sites of each group, indices into `room`.
pub(crate) fn share_out(people: &[i64], reach: &Lists, room: &[i64]) -> (i64, Vec<i64>) {
    let (g, s) = (people.len(), room.len());
    let (source, sink) = (g + s, g + s + 1);
    let n = g + s + 2;
    let mut net = Net { edges: Vec::new(), out: vec![Vec::new(); n], level: vec![0; n], next: vec![0; n] };
    for (i, &p) in people.iter().enumerate() {
        net.link(source, i, p);
    }
    for (i, &p) in people.iter().enumerate() {
        for &j in reach.get(i) {
            net.link(i, g + j as usize, p);
        }
    }
    for (j, &r) in room.iter().enumerate() {
        net.link(g + j, sink, r);
    }
    let mut total = 0;
    while net.levels(source, sink) {
        net.next.fill(0);
        loop {
            let sent = net.push(source, sink, i64::MAX);
            if sent == 0 {
                break;
            }
            total += sent;
        }
    }
    let left = (0..g).map(|i| net.edges[2 * i].room).collect();
    (total, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_split_between_full_sites() {
        // 10 people reach both sites, 4 only the second; rooms 8 and 5: 8 + 5 = 13 of 14 are served.
        let mut reach = Lists::new();
        reach.push([0, 1]);
        reach.push([1]);
        let (served, left) = share_out(&[10, 4], &reach, &[8, 5]);
        assert_eq!((served, left.iter().sum::<i64>()), (13, 1));
    }
}
