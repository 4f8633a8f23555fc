//! A block of finest squares, and its corners as the bits of one number.
//!
//! In: where the block lies. Out: places, squares and their sides; from bits a corner to bits a square.

use super::label::{Cell, Corner};
use super::outline::corners_of;
use geo::Coord;

/// Each side of a block has at most 2 to this many squares: its corners fit into the bits of one number.
pub const MOST_LEVELS: u8 = 3;
/// Lines through the corners of the largest block, one way.
pub const LINES: usize = (1 << MOST_LEVELS) + 1;

/// Finest squares that together are a square.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// South-western corner of the lattice, local metres.
    pub origin: Coord<f64>,
    /// Side of the finest squares, metres.
    pub side_m: f64,
    /// South-western one of them.
    pub low: Cell,
    /// How many a side: 1, 2, 4 or 8.
    pub cells: u32,
}

/// One of the finest squares.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    /// What it is called.
    pub cell: Cell,
    /// Its corners, counter-clockwise from the south-west.
    pub corners: [Coord<f64>; 4],
    /// The bits of its corners.
    pub bits: [u32; 4],
    /// Position in the block.
    x: u32,
    y: u32,
}

/// A line that a side of a finest square lies on.
#[derive(Clone, Copy, Debug)]
pub struct OnLine {
    /// Whether it runs along the second axis.
    pub by_y: bool,
    /// The line's position in the block.
    pub line: u32,
    /// Where the line lies on the other axis.
    pub across: f64,
}

impl Grid {
    /// Where a corner of the lattice lies.
    pub fn place(&self, corner: Corner) -> Coord<f64> {
        self.origin + Coord { x: f64::from(corner.0), y: f64::from(corner.1) } * self.side_m
    }

    /// The square or line at a position in the block.
    pub fn cell(&self, x: u32, y: u32) -> Cell {
        (self.low.0, self.low.1 + x.cast_signed(), self.low.2 + y.cast_signed())
    }

    /// Where the lines through the block's corners lie: those across the first axis, those across the second one.
    pub fn lines(&self) -> [[f64; LINES]; 2] {
        let places: [Coord<f64>; LINES] = std::array::from_fn(|at| {
            let (_, x, y) = self.cell(at as u32, at as u32);
            self.place((x, y))
        });
        [places.map(|place| place.x), places.map(|place| place.y)]
    }

    /// The square whose south-western corner has a bit.
    pub fn square(&self, bit: u32) -> Square {
        let row = self.row();
        let (x, y) = (bit % row, bit / row);
        let cell = self.cell(x, y);
        let corners = corners_of((cell.1, cell.2)).map(|corner| self.place(corner));
        Square { cell, corners, bits: [bit, bit + 1, bit + row + 1, bit + row], x, y }
    }

    /// Corners a row.
    pub fn row(&self) -> u32 {
        self.cells + 1
    }

    /// A bit for each square: that of its south-western corner.
    pub fn squares(&self) -> u128 {
        let row = (1_u128 << self.cells) - 1;
        (0..self.cells).fold(0, |all, y| all | (row << (y * self.row())))
    }

    /// From corners to the squares all of whose corners are set.
    pub fn all_corners(&self, corners: u128) -> u128 {
        let along = corners & (corners >> 1);
        along & (along >> self.row()) & self.squares()
    }

    /// From corners to the squares any of whose corners is set.
    pub fn any_corner(&self, corners: u128) -> u128 {
        let along = corners | (corners >> 1);
        (along | (along >> self.row())) & self.squares()
    }

    /// Half the diagonal of a finest square, metres.
    pub fn half_diagonal_m(&self) -> f64 {
        self.side_m * std::f64::consts::FRAC_1_SQRT_2
    }

    /// # Units
    /// Square metres.
    pub fn cell_m2(&self) -> f64 {
        self.side_m * self.side_m
    }
}

impl Square {
    /// Its middle.
    pub fn centre(&self) -> Coord<f64> {
        (self.corners[0] + self.corners[2]) / 2.0
    }

    /// The line that a side lies on; sides are counted counter-clockwise from the southern one.
    pub fn side(&self, side: usize) -> OnLine {
        let (by_y, at) = (side % 2 == 1, self.corners[side]);
        let line = if by_y { self.x } else { self.y } + u32::from(side == 1 || side == 2);
        OnLine { by_y, line, across: if by_y { at.x } else { at.y } }
    }
}

impl OnLine {
    /// Where a place lies along the line.
    pub fn along(self, place: Coord<f64>) -> f64 {
        if self.by_y { place.y } else { place.x }
    }

    /// The place at a mark along the line.
    pub fn at(self, along: f64) -> Coord<f64> {
        if self.by_y { Coord { x: self.across, y: along } } else { Coord { x: along, y: self.across } }
    }
}

/// Bits set, the lowest first.
pub fn ones(mut bits: u128) -> impl Iterator<Item = u32> {
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
            let grid = Grid { origin: Coord { x: 1.0, y: 2.0 }, side_m: 10.0, low: (9, 16, 24), cells };
            let every = ones(grid.squares()).count() as u32;
            assert_eq!(every, cells * cells);
            for bit in ones(grid.squares()) {
                let square = grid.square(bit);
                let corners = square.bits.iter().fold(0_u128, |all, bit| all | 1 << bit);
                assert_eq!(grid.all_corners(corners), 1 << bit);
                assert_eq!(grid.all_corners(corners & !(1 << square.bits[2])), 0);
                assert!(square.bits.iter().all(|corner| grid.any_corner(1 << corner) >> bit & 1 == 1));
                let [xs, ys] = grid.lines();
                for side in 0..4 {
                    let on = square.side(side);
                    let across = if on.by_y { xs } else { ys }[on.line as usize];
                    assert!((across - on.across).abs() < 1e-12);
                    assert_eq!(on.at(on.along(square.corners[side])), square.corners[side]);
                }
            }
        }
    }
}
