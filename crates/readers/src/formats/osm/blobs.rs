//! The frame of an extract: blobs one after the other, and what each says that it unpacks to.
//!
//! In: the bytes of an extract. Out: a number of bytes, before anything is unpacked. What is damaged is passed over: the reader
//! of the blobs says what is wrong with it.

/// Field of a blob's header that holds the length of the blob.
const DATA_SIZE: u64 = 3;
/// Field of a blob that holds the length of what it unpacks to.
const RAW_SIZE: u64 = 2;
/// Most that a blob unpacks to, bytes: the format allows no more, and the library reads no more.
const MOST: u64 = 32 << 20;

/// What all blobs together unpack to, bytes.
pub(super) fn unpacked(mut bytes: &[u8]) -> u64 {
    let mut total = 0_u64;
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some((header, rest)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize) else { break };
        let Some(size) = number(header, DATA_SIZE).and_then(|size| usize::try_from(size).ok()) else { break };
        let Some((blob, rest)) = rest.split_at_checked(size) else { break };
        // A blob that is not packed does not say.
        total = total.saturating_add(number(blob, RAW_SIZE).unwrap_or(blob.len() as u64).min(MOST));
        bytes = rest;
    }
    total
}

/// The last number in a field of a message of Protocol Buffers; `None` if it has no such field or is damaged.
fn number(mut bytes: &[u8], field: u64) -> Option<u64> {
    let mut found = None;
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let skipped = match key & 7 {
            0 => {
                let value = varint(&mut bytes)?;
                if key >> 3 == field {
                    found = Some(value);
                }
                0
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)?).ok()?,
            5 => 4,
            _ => return found,
        };
        bytes = bytes.get(skipped..)?;
    }
    found
}

/// A number in groups of seven bits, the smallest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_say_what_they_unpack_to() {
        // A header with a type of two letters and a length of 6; a blob with 300 and a text of one byte.
        let blob = |raw: [u8; 2]| {
            let mut all = vec![0, 0, 0, 6, 0x0a, 2, b'x', b'y', 0x18, 6];
            all.extend([0x10, raw[0], raw[1], 0x1a, 1, 0]);
            all
        };
        let two = [blob([0xac, 0x02]), blob([0x81, 0x01])].concat();
        assert_eq!(unpacked(&two), 300 + 129);
        assert_eq!(unpacked(&two[..two.len() - 1]), 300);
        assert_eq!((unpacked(b""), unpacked(b"PBF?"), unpacked(&[0xff; 40])), (0, 0, 0));
        assert_eq!(number(&[0x08, 1, 0x08, 2], 1), Some(2));
        assert_eq!(number(&[0x08, 0x80], 1), None);
    }
}
