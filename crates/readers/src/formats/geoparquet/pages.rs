//! The pages of a column of a Parquet file: what each says that it unpacks to, and how many values it has.
//!
//! In: the bytes of a column. Out: sums, before anything is unpacked. The library allocates what a page says, and fills it: a
//! page of a few bytes may say gigabytes, and one of ten bytes may hold one value a billion times. Of gzip alone it unpacks
//! whatever there is, however little the page says: these pages are unpacked here first, into nothing. What is damaged ends
//! the count: the library says what is wrong with it.

use flate2::read::MultiGzDecoder;
use std::io::{Read as _, copy, sink};

/// What pages say of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageSums {
    /// Bytes once unpacked.
    pub(super) unpacked: u64,
    /// Values, those of dictionaries among them.
    pub(super) values: u64,
}

// Fields of a page's header,
const UNPACKED: i64 = 2;
const PACKED: i64 = 3;
/// Structures that say how many values there are: of a page of data, of a dictionary, of a page of data of version 2.
const HEADERS: [i64; 3] = [5, 7, 8];
// and of each of these.
const VALUES: i64 = 1;
/// A page of data of version 2, whose levels stand before what is packed,
const SECOND: i64 = 8;
/// and the lengths of its levels.
const LEVELS: [i64; 2] = [5, 6];

/// How the pages of a column are packed, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// By gzip. No more is unpacked than so many bytes, and one.
    Gzip { most: u64 },
    /// Otherwise, or not at all.
    Other,
}

/// Deepest nesting of structures: those of the format are three deep.
const MAX_DEPTH: usize = 16;

/// The sums over all pages of a column.
pub(super) fn sums(mut column: &[u8], packing: Packing) -> PageSums {
    let mut sums = PageSums::default();
    while !column.is_empty() {
        let mut page = Header { bytes: column, sums: PageSums::default(), packed: 0, levels: 0 };
        if page.structure(&[]).is_none() {
            break;
        }
        let body = usize::try_from(page.packed).ok().and_then(|packed| page.bytes.split_at_checked(packed));
        let found = match packing {
            Packing::Gzip { most } if sums.unpacked <= most => {
                unpacked(body.map_or(page.bytes, |(body, _)| body), page.levels, most)
            }
            _ => 0,
        };
        sums.unpacked = sums.unpacked.saturating_add(page.sums.unpacked.max(found));
        sums.values = sums.values.saturating_add(page.sums.values);
        match body {
            Some((_, rest)) => column = rest,
            None => break,
        }
    }
    sums
}

/// What a page of gzip unpacks to behind its levels, up to `most` bytes and one.
fn unpacked(page: &[u8], levels: u64, most: u64) -> u64 {
    let packed = usize::try_from(levels).ok().and_then(|levels| page.get(levels..)).unwrap_or_default();
    // What cannot be unpacked is refused by the library.
    copy(&mut MultiGzDecoder::new(packed).take(most.saturating_add(1)), &mut sink()).unwrap_or(0)
}

/// A header that is being read, in the compact protocol of Thrift.
struct Header<'a> {
    bytes: &'a [u8],
    sums: PageSums,
    /// Length of the page behind the header, bytes.
    packed: u64,
    /// Bytes of it that stand before what is packed.
    levels: u64,
}

impl Header<'_> {
    /// Reads a structure up to its end. `outer` are the fields that it stands in.
    fn structure(&mut self, outer: &[i64]) -> Option<()> {
        if outer.len() == MAX_DEPTH {
            return None;
        }
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            // The field is told by its distance from the one before, or in full.
            field = match head >> 4 {
                0 => self.signed()?,
                step => field.checked_add(i64::from(step))?,
            };
            match (head & 15, outer) {
                (4..=6, []) if field == UNPACKED => self.sums.unpacked = u64::try_from(self.signed()?).unwrap_or(0),
                (4..=6, []) if field == PACKED => self.packed = u64::try_from(self.signed()?).ok()?,
                (4..=6, [header]) if field == VALUES && HEADERS.contains(header) => {
                    self.sums.values = u64::try_from(self.signed()?).unwrap_or(0);
                }
                (4..=6, [SECOND]) if LEVELS.contains(&field) => {
                    self.levels = self.levels.saturating_add(u64::try_from(self.signed()?).unwrap_or(0));
                }
                (kind, outer) => {
                    let inner: Vec<i64> = outer.iter().copied().chain([field]).collect();
                    // True and false are told by the kind alone.
                    if kind > 2 {
                        self.value(kind, &inner)?;
                    }
                }
            }
        }
    }

    /// Passes over a value.
    fn value(&mut self, kind: u8, outer: &[i64]) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.signed().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                for _ in 0..count {
                    self.value(head & 15, outer)?;
                }
                Some(())
            }
            12 => self.structure(outer),
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(length).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A number whose sign is its last bit.
    fn signed(&mut self) -> Option<i64> {
        let n = self.varint()?;
        Some((n >> 1).cast_signed() ^ -((n & 1).cast_signed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of data of 2 bytes that says it unpacks to 1000 and has 300 values, with statistics that are passed over.
    const PAGE: [u8; 24] = [
        0x15, 0x00, // 1: kind
        0x15, 0xd0, 0x0f, // 2: unpacked, 1000
        0x15, 0x04, // 3: packed, 2
        0x2c, // 5: header of a page of data
        0x15, 0xd8, 0x04, // 1: values, 300
        0x15, 0x00, // 2: encoding
        0x3c, // 5: statistics
        0x18, 0x01, b'x', // 1: a text
        0x21, // 3: true
        0x00, 0x00, 0x00, // the ends
        0xaa, 0xbb, // the page
        0x00,
    ];

    #[test]
    fn pages_say_what_they_unpack_to() {
        let page = &PAGE[..23];
        let sums = |column: &[u8]| sums(column, Packing::Other);
        assert_eq!(sums(page), PageSums { unpacked: 1000, values: 300 });
        assert_eq!(sums(&[page, page].concat()), PageSums { unpacked: 2000, values: 600 });
        // Cut short, the page still says what it would take.
        assert_eq!(sums(&page[..21]), PageSums { unpacked: 1000, values: 300 });
        assert_eq!(sums(&page[..12]), PageSums::default());
        assert_eq!(sums(&[0x1c; 100]), PageSums::default());
        assert_eq!(sums(&[0xff; 100]), PageSums::default());
    }
}
