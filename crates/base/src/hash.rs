//! SHA-256 of files and values, as hexadecimal text.

use sha2::{Digest, Sha256};

/// SHA-256 of bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    sha256_of(&[bytes])
}

/// SHA-256 of bytes, in hexadecimal; `None` if `go_on` turns false meanwhile, which is asked every 16 MB.
pub fn sha256_while(bytes: &[u8], go_on: &dyn Fn() -> bool) -> Option<String> {
    let mut hash = Sha256::new();
    for part in bytes.chunks(1 << 24) {
        if !go_on() {
            return None;
        }
        hash.update(part);
    }
    Some(hexadecimal(hash))
}

/// SHA-256 of the parts one after the other, in hexadecimal.
pub fn sha256_of(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hexadecimal(hash)
}

fn hexadecimal(hash: Sha256) -> String {
    use std::fmt::Write;
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// SHA-256 of a value in Rust's debug notation, in hexadecimal: values that differ in nothing that [`std::fmt::Debug`]
/// writes have the same hash. For values that no file holds.
pub fn sha256_of_debug(value: &impl std::fmt::Debug) -> String {
    use std::fmt::Write;
    struct Hashed(Sha256);
    impl Write for Hashed {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hashed = Hashed(Sha256::new());
    // Hashing never fails; a `Debug` that does leaves the hash of what it wrote.
    let _ = write!(hashed, "{value:?}");
    hexadecimal(hashed.0)
}
