//! Buffers of one thread, reused from edit to edit.
//!
//! In: the number of nodes. Out: [`StandingBuffers`]: the times of nodes that an edit has touched, over the standing ones.

use super::StandingAccess;
use crate::network::NodeId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What one thread needs to find what an edit changes.
#[derive(Debug)]
pub struct StandingBuffers {
    /// Number of the edit.
    turn: u32,
    /// Indexed by node: the edit that touched it last.
    touched_in: Vec<u32>,
    /// Indexed by node: its time after that edit, milliseconds.
    at: Vec<Option<u32>>,
    /// The nodes that the edit has touched, each once.
    pub(super) touched: Vec<NodeId>,
    /// Times and nodes to look at, the earliest first.
    pub(super) queue: BinaryHeap<Reverse<(u32, NodeId)>>,
}

impl StandingBuffers {
    /// Buffers for the network of some standing starts.
    pub fn new(standing: &StandingAccess) -> Self {
        let nodes = standing.nodes.len();
        Self {
            turn: 0,
            touched_in: vec![0; nodes],
            at: vec![None; nodes],
            touched: Vec::new(),
            queue: BinaryHeap::new(),
        }
    }

    pub(super) fn begin(&mut self) {
        if self.turn == u32::MAX {
            self.touched_in.fill(0);
            self.turn = 0;
        }
        self.turn += 1;
        self.touched.clear();
        self.queue.clear();
    }

    #[inline]
    pub(super) fn is_touched(&self, node: NodeId) -> bool {
        self.touched_in[node as usize] == self.turn
    }

    /// The time of a node that the edit has touched.
    #[inline]
    pub(super) fn touched_at(&self, node: NodeId) -> Option<u32> {
        self.at[node as usize]
    }

    #[inline]
    pub(super) fn touch(&mut self, node: NodeId, at: Option<u32>) {
        if self.touched_in[node as usize] != self.turn {
            self.touched_in[node as usize] = self.turn;
            self.touched.push(node);
        }
        self.at[node as usize] = at;
    }
}
