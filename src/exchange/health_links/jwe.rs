//! JSON Web Encryption (RFC 7516) in its compact form, as health links use it: a key that both sides have (`dir`), AES-256 in
//! Galois/Counter Mode, and DEFLATE before it.

use std::io::Write;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::json;

use crate::foundation::secrets::{self, SharedKey};

/// Why something could not be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It could not be compressed.
    #[error("it could not be compressed: {0}")]
    Deflate(#[from] std::io::Error),
    /// The library refuses it.
    #[error("it could not be encrypted")]
    Aead(#[from] Unspecified),
}

/// Encrypts a file of a type. Each time it is another text: the nonce is made up anew.
///
/// # Errors
/// When the library refuses it.
pub fn sealed(key: &SharedKey, content_type: &str, file: &[u8]) -> Result<String, SealError> {
    let header = json!({"alg": "dir", "enc": "A256GCM", "cty": content_type, "zip": "DEF"});
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let mut deflating = DeflateEncoder::new(Vec::new(), Compression::default());
    deflating.write_all(file)?;
    let mut text = deflating.finish()?;
    let nonce: [u8; NONCE_LEN] = secrets::random();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose())?);
    let aad = Aad::from(header.as_bytes());
    let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text)?;
    let [nonce, text, tag] = [&nonce[..], &text, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
    // Between the first two would stand an encrypted key.
    Ok(format!("{header}..{nonce}.{text}.{tag}"))
}
