//! Names of folders that every file system takes.
//!
//! In: the name of a region. Out: a name without characters that have a meaning to a file system, a table reader or
//! Windows.

/// Characters that have a meaning in file systems, in Hive partitions or in patterns of table readers.
const UNSAFE: &str = "\"#%'*/:=?\\{}[]^<>|";
/// Names of devices that Windows reserves, with any ending: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
const RESERVED: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Names of devices that Windows reserves if one of [`DIGITS`] follows.
const NUMBERED: [&str; 2] = ["COM", "LPT"];
/// The digits of numbered devices: Windows takes superscripts for them, too.
const DIGITS: &str = "0123456789¹²³";

/// The name of a region as that of a folder: unsafe characters become underlines; leading dots, trailing dots or blanks,
/// and names that Windows reserves are changed. A name that is safe stays as it is.
pub fn folder_name(name: &str) -> String {
    let safe = |c: char| if UNSAFE.contains(c) || c.is_control() || is_direction(c) { '_' } else { c };
    let name: String = name.trim().chars().map(safe).collect();
    let name = name.trim_end_matches(['.', ' ']);
    if name.starts_with('.') || name.is_empty() || is_reserved(name) { format!("_{name}") } else { name.to_owned() }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |device: &&str| {
        let digit = stem.strip_prefix(*device).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(digit.as_deref(), Some([digit]) if DIGITS.contains(*digit))
    };
    RESERVED.contains(&stem.as_str()) || NUMBERED.iter().any(numbered)
}

/// Marks that change the direction of writing and are not seen themselves.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::folder_name;

    #[test]
    fn names_that_a_file_system_reserves_are_changed_and_others_stay() {
        for (name, wanted) in [
            ("CON", "_CON"),
            ("nul", "_nul"),
            ("Aux.2025", "_Aux.2025"),
            ("com1", "_com1"),
            ("LPT¹", "_LPT¹"),
            ("con .x", "_con .x"),
            ("town. .", "town"),
            (".hidden", "_.hidden"),
            ("", "_"),
            ("a=b 100%", "a_b 100_"),
            ("a\u{202e}b\nc", "a_b_c"),
        ] {
            assert_eq!(folder_name(name), wanted, "{name}");
        }
        for name in ["晋江市", "COM", "COM10", "console", "Nuland", "a.b", "NUL2"] {
            assert_eq!(folder_name(name), name);
        }
    }
}
