//! Colours of maps: the palette of Okabe and Ito (2008), distinguishable with any colour vision, and a few darker ones.

/// Red, green, blue, opacity, 0 to 255.
pub type Colour = [u8; 4];

pub const BLUE: Colour = [0, 114, 178, 255];
pub const SKY: Colour = [86, 180, 233, 255];
pub const GREEN: Colour = [0, 158, 115, 255];
pub const ORANGE: Colour = [230, 159, 0, 255];
pub const VERMILLION: Colour = [213, 94, 0, 255];
pub const PURPLE: Colour = [143, 74, 134, 255];
pub const GREY: Colour = [107, 107, 107, 255];
pub const INK: Colour = [18, 50, 74, 255];
pub const ROSE: Colour = [204, 121, 167, 255];

/// Proposed sites: a deep magenta that neither zones nor roads have.
pub const PROPOSED: Colour = [170, 30, 110, 255];

/// Times within the first limit, from short to long.
pub const EARLY: [Colour; 3] = [[16, 67, 107, 255], BLUE, SKY];
/// Times beyond it.
pub const LATE: [Colour; 2] = [ORANGE, [181, 79, 20, 255]];

/// A colour with another opacity.
pub fn faint(colour: Colour, opacity: u8) -> Colour {
    [colour[0], colour[1], colour[2], opacity]
}
