//! How clients reach the service.

use std::fmt;

/// The address that clients call, without a slash at the end. Links, cookies and the issuer of tokens follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an address; `None` when it begins with neither `http://` nor `https://`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_http = text.starts_with("http://") || text.starts_with("https://");
        is_http.then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    /// Whether clients come through TLS.
    #[must_use]
    pub fn is_behind_tls(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
