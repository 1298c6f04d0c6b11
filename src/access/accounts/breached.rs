//! Passwords that were taken from other services and published: whoever guesses begins with them. The list is in the program,
//! so nobody is asked; `scripts/breached-passwords` makes it, and its README tells of what.

use sha2::{Digest, Sha256};

/// How many there are for each value of the first 16 bits of a hash, a byte each, and then the other 24 bits of all of them,
/// in order.
static LISTED: &[u8] = include_bytes!("breached/passwords.bin");
const BUCKETS: usize = 1 << 16;
const REST_BYTES: usize = 3;

/// Whether a password, or one that differs only in case or in signs that stand for letters, is in the list. Of a million that
/// are not, one or two seem to be: 40 bits of their hashes are compared.
#[must_use]
pub fn lists(password: &str) -> bool {
    let hash: [u8; 32] = Sha256::digest(compared(password)).into();
    let ([high, low], rest) = ([hash[0], hash[1]], &hash[2..2 + REST_BYTES]);
    let Some((counts, rests)) = LISTED.split_at_checked(BUCKETS) else { return false };
    let (before, from) = counts.split_at(usize::from(u16::from_be_bytes([high, low])));
    // Some microseconds; an index would take more room than that is worth.
    let first: u32 = before.iter().map(|count| u32::from(*count)).sum();
    let first = usize::try_from(first).unwrap_or_default();
    let last = first + from.first().copied().map_or(0, usize::from);
    let bucket = rests.get(first * REST_BYTES..last * REST_BYTES).unwrap_or_default();
    bucket.chunks_exact(REST_BYTES).any(|listed| listed == rest)
}

/// In small letters, letter by letter, and with letters in the place of signs that stand for them.
fn compared(password: &str) -> String {
    let stands_for = |c: char| match c {
        '0' => 'o',
        '1' | 'l' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        other => other,
    };
    password.chars().flat_map(char::to_lowercase).map(stands_for).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_whole() {
        let rows: usize = LISTED[..BUCKETS].iter().map(|count| usize::from(*count)).sum();
        assert_eq!((rows, LISTED.len()), (1_422_045, BUCKETS + REST_BYTES * rows));
        let mut first = BUCKETS;
        for count in &LISTED[..BUCKETS] {
            let end = first + REST_BYTES * usize::from(*count);
            let bucket: Vec<_> = LISTED[first..end].chunks_exact(REST_BYTES).collect();
            assert!(bucket.is_sorted() && bucket.windows(2).all(|pair| pair[0] != pair[1]));
            first = end;
        }
    }

    /// From the package itself, but for case and signs.
    #[test]
    fn published_passwords_of_both_languages_are_in_it_however_they_are_written() {
        for listed in [
            "ichliebegurken",
            "IchLiebeGurken",
            "!ch1i3b3gurk3n",
            "Sommersprosse!",
            "geheimespasswort",
            "Schmetterling86",
            "kantstrasse24",
            "K1atschkaffee",
            "eiskaffee348",
            "gummibaerchen",
            "!alfonso921!",
            "!RBGlmBRjLAC",
        ] {
            assert!(lists(listed), "{listed}");
        }
        for other in ["seven quiet herons at dusk", "correct-otter-battery", "x9#kLw02mmQe", "", "νύχτα και κράμπα"]
        {
            assert!(!lists(other), "{other}");
        }
    }

    #[test]
    fn phrases_that_nobody_published_are_not_in_it() {
        // Three words that people use, as a machine would draw them.
        let contract = include_str!("../../../openapi.yaml");
        let words: BTreeSet<&str> = contract
            .split(|c: char| !c.is_ascii_alphabetic())
            .filter(|word| (4..9).contains(&word.len()) && word.bytes().all(|letter| letter.is_ascii_lowercase()))
            .collect();
        let words: Vec<&str> = words.into_iter().collect();
        assert!(words.len() > 1_000, "{}", words.len());
        let mut state = 1_u64;
        let mut draw = || {
            // SplitMix64 (Steele, Lea and Flood 2014).
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let at = usize::try_from(mixed ^ (mixed >> 31)).unwrap_or_default();
            words[at % words.len()]
        };
        let found = (0..100_000).filter(|_| lists(&[draw(), draw(), draw()].join(" "))).count();
        // 0.13 are to be expected.
        assert!(found <= 2, "{found} of 100,000");
    }
}
