//! How clients reach the service.

use std::{fmt, net::IpAddr};

use url::Host;

/// The address that clients call, without a slash at the end. Links, cookies and the issuer of tokens follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an address; `None` when it is not `http://` or `https://` with a host, and perhaps a port: the service has
    /// an origin of its own, since pages, cookies and what standards keep under `/.well-known` know no folder.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('/');
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let is_one = !authority.is_empty() && !authority.contains(|c: char| "/?#@\\".contains(c) || c.is_whitespace());
        is_one.then(|| Self(text.to_owned()))
    }

    /// Whether clients come through TLS.
    #[must_use]
    pub fn is_behind_tls(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether it leads to this machine alone, so that nobody listens in between.
    #[must_use]
    pub fn is_of_this_machine(&self) -> bool {
        let host = self.host();
        let name = host.to_ascii_lowercase();
        name == "localhost" || name.ends_with(".localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// The name that browsers bind passkeys to. They make none for a number, nor without TLS but on this machine (WebAuthn
    /// Level 3, sections 5.1.3 and 13.4.9).
    #[must_use]
    pub fn name_for_passkeys(&self) -> Option<String> {
        let is_secure = self.is_behind_tls() || self.is_of_this_machine();
        match Host::parse(self.host()) {
            Ok(Host::Domain(name)) if is_secure => Some(name),
            _ => None,
        }
    }

    fn host(&self) -> &str {
        let authority = self.authority();
        match authority.strip_prefix('[') {
            Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// Scheme, host and port, as browsers write them (RFC 6454); the default port is left out.
    #[must_use]
    pub fn origin(&self) -> String {
        let (scheme, authority) = self.0.split_once("://").unwrap_or_default();
        let authority = authority.to_ascii_lowercase();
        let default_port = if self.is_behind_tls() { ":443" } else { ":80" };
        format!("{scheme}://{}", authority.strip_suffix(default_port).unwrap_or(&authority))
    }

    /// Host and port: what people know the service by.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_names() {
        let is_here = |text: &str| PublicUrl::parse(text).unwrap().is_of_this_machine();
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://LOCALHOST:80/",
            "http://[::1]:8080",
            "http://a.localhost",
        ] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in [
            "http://0.0.0.0:8080",
            "http://diary.example",
            "http://localhost.example",
            "http://[2001:db8::1]",
            "http://10.0.0.1",
        ] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn passkeys_are_bound_to_a_name_that_is_reached_securely() {
        for (url, name) in [
            ("https://Diary.example:8443/", Some("diary.example")),
            ("https://tagebuch.example", Some("tagebuch.example")),
            ("http://localhost:8080", Some("localhost")),
            ("http://a.localhost", Some("a.localhost")),
            ("http://diary.example", None),
            ("http://127.0.0.1:8080", None),
            ("https://10.0.0.1", None),
            ("https://0x0a.1", None),
            ("https://[2001:db8::1]", None),
        ] {
            assert_eq!(PublicUrl::parse(url).unwrap().name_for_passkeys().as_deref(), name, "{url}");
        }
    }

    #[test]
    fn it_is_an_origin_of_its_own() {
        for bad in [
            "",
            "diary.example",
            "ftp://diary.example",
            "https://",
            "https:///",
            "https://example.org/cramps",
            "http://a b",
            "https://me@a",
            "https://a?b",
        ] {
            assert!(PublicUrl::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_origin_has_no_path_and_no_default_port() {
        for (url, origin) in [
            ("https://Diary.example/", "https://diary.example"),
            ("https://diary.example:443", "https://diary.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://diary.example:80", "http://diary.example"),
        ] {
            assert_eq!(PublicUrl::parse(url).unwrap().origin(), origin);
        }
    }
}
