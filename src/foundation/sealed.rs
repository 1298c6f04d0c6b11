//! What only the holder of a key can read or make, bound to the place where it stands: AES-256 in Galois/Counter Mode.
//!
//! A sealed value has a byte 1 for this form of it, the length of the key's id in a byte and the id, a nonce of 12 bytes, and
//! what was sealed with its mark of 16 bytes. The place goes into the mark, so a value that was moved does not open. Nonces
//! are random: a key is good for 2³² values, as NIST SP 800-38D (section 8.3) has it.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};

use super::{key_file::Key, secrets};

const FORM: u8 = 1;
const MARK_BYTES: usize = 16;
/// Shorter secrets are not sealed, so that what nobody has sealed yet is never taken for sealed.
const LEAST_BYTES: usize = 16;

/// Where something sealed stands: in which column of which row. Debug may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Vec<u8>);

impl Place {
    /// A column of a table, in the row that these name.
    #[must_use]
    pub fn of(table: &str, column: &str, row: &[&str]) -> Self {
        // Each piece with its length before it, so that no two places are written alike.
        let pieces = [table, column].into_iter().chain(row.iter().copied());
        let written = pieces.flat_map(|piece| {
            let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            length.to_be_bytes().into_iter().chain(piece.bytes())
        });
        Self(written.collect())
    }
}

/// Seals a secret at a place.
///
/// # Errors
/// When the library refuses it, or the key's id has no place in it.
pub fn seal(key: &Key, place: &Place, secret: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let id_length = u8::try_from(key.id.len()).map_err(|_| Unspecified)?;
    if secret.len() < LEAST_BYTES {
        return Err(Unspecified);
    }
    let nonce: [u8; NONCE_LEN] = secrets::random();
    let mut text = secret.to_vec();
    cipher(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&place.0), &mut text)?;
    Ok([&[FORM, id_length], key.id.as_bytes(), &nonce, &text].concat())
}

/// The id of the key that opens a value; `None` when it is not sealed.
#[must_use]
pub fn key_id(value: &[u8]) -> Option<&str> {
    parts(value).map(|(id, ..)| id)
}

/// Opens what this key has sealed at this place; `None` when it has not.
#[must_use]
pub fn open(key: &Key, place: &Place, value: &[u8]) -> Option<Vec<u8>> {
    let (id, nonce, text) = parts(value)?;
    if id != key.id {
        return None;
    }
    let mut text = text.to_vec();
    let opened = cipher(key).ok()?.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(&place.0), &mut text);
    opened.ok().map(|secret| secret.to_vec())
}

fn cipher(key: &Key) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, &key.bytes).map(LessSafeKey::new)
}

/// The key's id, the nonce, and what is sealed.
fn parts(value: &[u8]) -> Option<(&str, &[u8; NONCE_LEN], &[u8])> {
    let (&[form, id_length], rest) = value.split_first_chunk()?;
    let (id, rest) = rest.split_at_checked(usize::from(id_length))?;
    let (nonce, text) = rest.split_first_chunk()?;
    let is_sealed = form == FORM && text.len() >= LEAST_BYTES + MARK_BYTES;
    if is_sealed { Some((std::str::from_utf8(id).ok()?, nonce, text)) } else { None }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const SECRET: [u8; 20] = *b"12345678901234567890";

    fn key(id: &str) -> Key {
        Key { id: id.to_owned(), bytes: [7; 32] }
    }

    fn place() -> Place {
        Place::of("second_factors", "sealed_secret", &["kim"])
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_at_its_place_alone() {
        let sealed = seal(&key("k1"), &place(), &SECRET).unwrap();
        assert_eq!((key_id(&sealed), open(&key("k1"), &place(), &sealed)), (Some("k1"), Some(SECRET.to_vec())));
        for elsewhere in [
            Place::of("second_factors", "sealed_secret", &["pat"]),
            Place::of("webhooks", "sealed_secret", &["kim"]),
            Place::of("second_factors", "secret", &["kim"]),
            Place::of("second_factors", "sealed_secret", &["ki", "m"]),
        ] {
            assert_eq!(open(&key("k1"), &elsewhere, &sealed), None, "{elsewhere:?}");
        }
        assert_eq!(open(&key("k2"), &place(), &sealed), None);
        assert_eq!(open(&Key { bytes: [8; 32], ..key("k1") }, &place(), &sealed), None);
    }

    #[test]
    fn nothing_of_it_can_be_changed_or_cut_off() {
        let sealed = seal(&key("k1"), &place(), &SECRET).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key("k1"), &place(), &changed), None, "{at}");
            assert_eq!(open(&key("k1"), &place(), &sealed[..at]), None, "{at}");
        }
    }

    #[test]
    fn the_secret_is_not_in_it_and_it_is_never_the_same_twice() {
        let [one, two] = [(); 2].map(|()| seal(&key("k1"), &place(), &SECRET).unwrap());
        assert_ne!(one, two);
        assert!(!one.windows(SECRET.len()).any(|part| part == SECRET));
    }

    #[test]
    fn what_nobody_sealed_is_never_taken_for_sealed() {
        for length in [0, 1, 2, 20, 32, 45] {
            for id_length in 0..=255 {
                let mut plain = vec![0; length];
                for (at, byte) in [FORM, id_length].into_iter().enumerate().take(length) {
                    plain[at] = byte;
                }
                assert_eq!(key_id(&plain), None, "{length} {id_length}");
            }
        }
        assert!(seal(&key("k1"), &place(), b"short").is_err());
    }

    /// Made with Python's cryptography 48.0 (OpenSSL): AESGCM(key).encrypt(nonce, secret, place).
    #[test]
    fn a_value_of_another_implementation_opens() {
        let value = include_str!("../../tests/reference/sealed.txt").trim();
        let value: Vec<u8> =
            (0..value.len()).step_by(2).map(|at| u8::from_str_radix(&value[at..at + 2], 16).unwrap()).collect();
        assert_eq!(open(&key("k1"), &place(), &value).as_deref(), Some(&SECRET[..]));
    }
}
