//! `FlatBuffers`, as far as `FlatGeobuf` needs them: tables whose fields are found through a table of offsets.
//!
//! In: bytes. Out: numbers, texts, tables and vectors. Every offset and length is checked against what is there.

/// An offset or a length that leads out of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// The `N` bytes at an offset.
pub(super) fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Damaged> {
    let rest = bytes.get(at..).ok_or(Damaged)?;
    rest.first_chunk::<N>().copied().ok_or(Damaged)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Damaged> {
    bytes_at(bytes, at).map(u16::from_le_bytes)
}

/// An unsigned number of 32 bits: most lengths and offsets are.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Damaged> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

/// Where an offset that stands at `at` leads.
fn follow(bytes: &[u8], at: usize) -> Result<usize, Damaged> {
    at.checked_add(u32_at(bytes, at)? as usize).filter(|to| *to < bytes.len()).ok_or(Damaged)
}

/// A table of fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the offsets of its fields stand, and their length in bytes.
    offsets: (usize, usize),
}

impl<'a> Table<'a> {
    /// The table that a buffer begins with.
    pub(super) fn root(bytes: &'a [u8]) -> Result<Self, Damaged> {
        Self::at(bytes, follow(bytes, 0)?)
    }

    fn at(bytes: &'a [u8], at: usize) -> Result<Self, Damaged> {
        let back = i32::from_le_bytes(bytes_at(bytes, at)?);
        let offsets = isize::try_from(back).ok().and_then(|back| at.checked_add_signed(back.checked_neg()?));
        let offsets = offsets.ok_or(Damaged)?;
        let length = usize::from(u16_at(bytes, offsets)?);
        if length < 4 || offsets.checked_add(length).is_none_or(|end| end > bytes.len()) {
            return Err(Damaged);
        }
        Ok(Self { bytes, at, offsets: (offsets, length) })
    }

    /// Where the field stands whose offset has this place among the offsets (4, 6, 8 ...); `None` if it has its default.
    fn field(&self, slot: usize) -> Result<Option<usize>, Damaged> {
        let (offsets, length) = self.offsets;
        if slot + 2 > length {
            return Ok(None);
        }
        let offset = usize::from(u16_at(self.bytes, offsets + slot)?);
        Ok((offset > 0).then_some(self.at + offset))
    }

    /// A number of one byte; 0 by default.
    pub(super) fn u8(&self, slot: usize) -> Result<u8, Damaged> {
        let [byte] = self.field(slot)?.map_or(Ok([0]), |at| bytes_at(self.bytes, at))?;
        Ok(byte)
    }

    /// A number of two bytes; `None` by default.
    pub(super) fn u16(&self, slot: usize) -> Result<Option<u16>, Damaged> {
        self.field(slot)?.map(|at| u16_at(self.bytes, at)).transpose()
    }

    /// A signed number of four bytes; 0 by default.
    pub(super) fn i32(&self, slot: usize) -> Result<i32, Damaged> {
        self.field(slot)?.map_or(Ok(0), |at| bytes_at(self.bytes, at).map(i32::from_le_bytes))
    }

    /// A number of eight bytes; 0 by default.
    pub(super) fn u64(&self, slot: usize) -> Result<u64, Damaged> {
        self.field(slot)?.map_or(Ok(0), |at| bytes_at(self.bytes, at).map(u64::from_le_bytes))
    }

    /// The elements of a vector, each of `size` bytes, as bytes; `None` if there is no vector.
    pub(super) fn elements(&self, slot: usize, size: usize) -> Result<Option<&'a [u8]>, Damaged> {
        let Some(at) = self.field(slot)? else { return Ok(None) };
        let (from, length) = self.vector(at, size)?;
        self.bytes.get(from..from + length).ok_or(Damaged).map(Some)
    }

    /// Where the elements of a vector begin, and their length in bytes.
    fn vector(&self, at: usize, size: usize) -> Result<(usize, usize), Damaged> {
        let vector = follow(self.bytes, at)?;
        let length = (u32_at(self.bytes, vector)? as usize).checked_mul(size).ok_or(Damaged)?;
        let from = vector + 4;
        if from.checked_add(length).is_none_or(|end| end > self.bytes.len()) {
            Err(Damaged)
        } else {
            Ok((from, length))
        }
    }

    /// A text; `None` if there is none.
    pub(super) fn text(&self, slot: usize) -> Result<Option<String>, Damaged> {
        Ok(self.elements(slot, 1)?.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
    }

    /// A table within this one; `None` if there is none.
    pub(super) fn table(&self, slot: usize) -> Result<Option<Self>, Damaged> {
        self.field(slot)?.map(|at| Self::at(self.bytes, follow(self.bytes, at)?)).transpose()
    }

    /// The tables of a vector of tables; none if there is no vector.
    pub(super) fn tables(&self, slot: usize) -> Result<Vec<Self>, Damaged> {
        let Some(at) = self.field(slot)? else { return Ok(Vec::new()) };
        let (from, length) = self.vector(at, 4)?;
        let table = |at| Self::at(self.bytes, follow(self.bytes, at)?);
        (from..from + length).step_by(4).map(table).collect()
    }
}
