//! A block of finest cells, with its corners as the bits of one integer.
//!
//! In: the position of the block. Out: places, cells and their sides; masks of corners to masks of cells.

use super::marching_squares::cell_corners;
use super::quadtree::{Cell, Corner};
use geo::Coord;

/// Most levels of a block: with 2^3 cells a side its 81 corners fit into the bits of a `u128`.
pub const MAX_BLOCK_LEVELS: u8 = 3;
/// Lattice lines in one direction through the largest block.
pub const LINES: usize = (1 << MAX_BLOCK_LEVELS) + 1;

/// A square block of finest cells.
#[derive(Clone, Copy, Debug)]
pub struct BlockLattice {
    /// South-western corner of the whole lattice, local metres.
    pub origin: Coord<f64>,
    /// Side of a cell, metres.
    pub side_m: f64,
    /// South-western cell of the block.
    pub low: Cell,
    /// Cells a side: 1, 2, 4 or 8.
    pub cells: u32,
}

/// One of the finest cells.
#[derive(Clone, Copy, Debug)]
pub struct LatticeCell {
    /// Its level and position in the quadtree.
    pub cell: Cell,
    /// Its corners, counter-clockwise from the south-west, local metres.
    pub corners: [Coord<f64>; 4],
    /// The bits of its corners.
    pub bits: [u32; 4],
    /// Column and row in the block.
    x: u32,
    y: u32,
}

/// A lattice line that a side of a cell lies on.
#[derive(Clone, Copy, Debug)]
pub struct LatticeLine {
    /// Whether it is parallel to the y axis.
    pub by_y: bool,
    /// Index of the line in the block.
    pub line: u32,
    /// The coordinate that is constant on the line, local metres.
    pub across: f64,
}

impl BlockLattice {
    /// Place of a corner of the lattice, local metres.
    pub fn place(&self, corner: Corner) -> Coord<f64> {
        self.origin + Coord { x: f64::from(corner.0), y: f64::from(corner.1) } * self.side_m
    }

    /// The cell at a column and row of the block.
    pub fn cell(&self, x: u32, y: u32) -> Cell {
        (self.low.0, self.low.1 + x.cast_signed(), self.low.2 + y.cast_signed())
    }

    /// The lattice lines of the block: the x of those parallel to the y axis, the y of those parallel to the x axis.
    pub fn lines(&self) -> [[f64; LINES]; 2] {
        let places: [Coord<f64>; LINES] = std::array::from_fn(|at| {
            let (_, x, y) = self.cell(at as u32, at as u32);
            self.place((x, y))
        });
        [places.map(|place| place.x), places.map(|place| place.y)]
    }

    /// The cell whose south-western corner has the bit.
    pub fn cell_at(&self, bit: u32) -> LatticeCell {
        let row = self.row();
        let (x, y) = (bit % row, bit / row);
        let cell = self.cell(x, y);
        let corners = cell_corners((cell.1, cell.2)).map(|corner| self.place(corner));
        LatticeCell { cell, corners, bits: [bit, bit + 1, bit + row + 1, bit + row], x, y }
    }

    /// Corners a row.
    pub fn row(&self) -> u32 {
        self.cells + 1
    }

    /// Mask of all cells; a cell has the bit of its south-western corner.
    pub fn cells(&self) -> u128 {
        let row = (1_u128 << self.cells) - 1;
        (0..self.cells).fold(0, |all, y| all | (row << (y * self.row())))
    }

    /// The cells whose corners are all in the mask.
    pub fn all_corners(&self, corners: u128) -> u128 {
        let along = corners & (corners >> 1);
        along & (along >> self.row()) & self.cells()
    }

    /// The cells with any corner in the mask.
    pub fn any_corner(&self, corners: u128) -> u128 {
        let along = corners | (corners >> 1);
        (along | (along >> self.row())) & self.cells()
    }

    /// Half the diagonal of a cell, metres.
    pub fn half_diagonal_m(&self) -> f64 {
        self.side_m * std::f64::consts::FRAC_1_SQRT_2
    }

    /// Area of a cell.
    ///
    /// # Units
    /// Square metres.
    pub fn cell_m2(&self) -> f64 {
        self.side_m * self.side_m
    }
}

impl LatticeCell {
    /// Centre, local metres.
    pub fn centre(&self) -> Coord<f64> {
        (self.corners[0] + self.corners[2]) / 2.0
    }

    /// The line of a side; sides are numbered counter-clockwise from the southern one.
    pub fn side(&self, side: usize) -> LatticeLine {
        let (by_y, at) = (side % 2 == 1, self.corners[side]);
        let line = if by_y { self.x } else { self.y } + u32::from(side == 1 || side == 2);
        LatticeLine { by_y, line, across: if by_y { at.x } else { at.y } }
    }
}

impl LatticeLine {
    /// Coordinate of a place along the line.
    pub fn along(self, place: Coord<f64>) -> f64 {
        if self.by_y { place.y } else { place.x }
    }

    /// Place at a coordinate along the line.
    pub fn at(self, along: f64) -> Coord<f64> {
        if self.by_y { Coord { x: self.across, y: along } } else { Coord { x: along, y: self.across } }
    }
}

/// The set bits, the lowest first.
pub fn set_bits(mut bits: u128) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_corners_become_bits_of_squares() {
        for cells in [1, 2, 4, 8] {
            let lattice = BlockLattice { origin: Coord { x: 1.0, y: 2.0 }, side_m: 10.0, low: (9, 16, 24), cells };
            let every = set_bits(lattice.cells()).count() as u32;
            assert_eq!(every, cells * cells);
            for bit in set_bits(lattice.cells()) {
                let cell = lattice.cell_at(bit);
                let corners = cell.bits.iter().fold(0_u128, |all, bit| all | 1 << bit);
                assert_eq!(lattice.all_corners(corners), 1 << bit);
                assert_eq!(lattice.all_corners(corners & !(1 << cell.bits[2])), 0);
                assert!(cell.bits.iter().all(|corner| lattice.any_corner(1 << corner) >> bit & 1 == 1));
                let [xs, ys] = lattice.lines();
                for side in 0..4 {
                    let on = cell.side(side);
                    let across = if on.by_y { xs } else { ys }[on.line as usize];
                    assert!((across - on.across).abs() < 1e-12);
                    assert_eq!(on.at(on.along(cell.corners[side])), cell.corners[side]);
                }
            }
        }
    }
}
