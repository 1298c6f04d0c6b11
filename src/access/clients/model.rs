//! What a registered app is.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    foundation::{clock::Instant, ids::Id, values::Name},
    secret,
};

/// So long may an address be.
const LONGEST: usize = 2_000;

secret! {
    /// What an app on a server shows to be known: 256 random bits. The database knows a hash.
    ClientSecret, "crs_", "client secret"
}

/// An address at which an app takes its code, as it was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads one: `https://…`; `http://127.0.0.1`, the machine itself, for programs on a desktop; or a scheme of the
    /// app's own with a dot in it, as a domain turned around (RFC 8252, section 7).
    ///
    /// # Errors
    /// Why it is none of them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
        {
            return Err("must be an address of at most 2,000 visible characters of ASCII");
        }
        if text.contains(['#', '*']) {
            return Err("must have no fragment and no placeholder: it is compared as it is");
        }
        let (scheme, rest) = text.split_once(':').ok_or("must be an address, as https://app.example/callback")?;
        match scheme {
            "https" if authority(rest).is_some_and(is_host) => {}
            "https" => return Err("must have a host with a name, and no user"),
            "http" if loopback(text).is_some() => {}
            "http" => return Err("must begin with https://, or with http://127.0.0.1"),
            _ if is_private_scheme(scheme) => {}
            _ => return Err("a scheme of an app's own needs a dot, as com.example.app:/callback"),
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether an app that names an address means this one: letter by letter, but for the port on the machine itself, which
    /// programs choose when they start (RFC 8252, section 7.3).
    #[must_use]
    pub fn is(&self, named: &str) -> bool {
        self.0 == named || loopback(&self.0).is_some_and(|registered| loopback(named) == Some(registered))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn authority(rest: &str) -> Option<&str> {
    rest.strip_prefix("//")?.split(['/', '?']).next()
}

/// Whether it is a host, perhaps with a port, and can stand in a content policy: that knows no addresses of machines but
/// 127.0.0.1 (CSP 3, section 6.7.2.8), so a browser would not go there from the page.
fn is_host(authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    !host.is_empty() && host.parse::<IpAddr>().is_err() && authority.bytes().all(is_of_it)
}

fn is_private_scheme(scheme: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".+-".contains(&byte);
    scheme.contains('.') && scheme.starts_with(|c: char| c.is_ascii_lowercase()) && scheme.bytes().all(is_of_it)
}

/// What follows the port in an address of the machine itself.
fn loopback(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("http://127.0.0.1")?;
    let (port, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    is_port.then_some(path)
}

/// A registered app.
#[derive(Debug, Clone)]
pub struct Client {
    /// By which it names itself.
    pub id: Id,
    /// What people are told that it is called.
    pub name: Name,
    /// Where it takes its codes.
    pub redirect_uris: Vec<RedirectUri>,
    /// By which its secret is known; `None` for one that can keep none, as on a phone or in a browser.
    pub secret_hash: Option<[u8; 32]>,
    /// When it was registered.
    pub created_at: Instant,
}

impl Client {
    /// Whether what it shows, or that it shows nothing, is as it was registered.
    #[must_use]
    pub fn is_shown_by(&self, secret: Option<&ClientSecret>) -> bool {
        self.secret_hash == secret.map(ClientSecret::hash)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_an_app_and_to_nobody_else() {
        for good in [
            "https://app.example/callback",
            "https://app.example/callback?tenant=7",
            "http://127.0.0.1/callback",
            "com.example.app:/callback",
            "com.example.app://callback",
        ] {
            assert_eq!(RedirectUri::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "app.example/callback",
            "https:///callback",
            "https://me@app.example/",
            "https://app.example;script-src/",
            "https://app.example/#here",
            "https://*.app.example/",
            "https://app.example/ü",
            "https://app.example/a b",
            "http://app.example/callback",
            "http://localhost/callback",
            "http://127.0.0.1.app.example/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.2/callback",
            "http://[::1]:8080/callback",
            "https://192.0.2.7/callback",
            "https://[2001:db8::7]:8443/callback",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/callback",
            "Com.example:/callback",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_compared_as_they_are_but_for_the_port_of_the_machine_itself() {
        let is = |registered: &str, named: &str| RedirectUri::parse(registered).unwrap().is(named);
        assert!(is("https://app.example/cb", "https://app.example/cb"));
        for other in [
            "https://app.example/cb/",
            "https://app.example/cb?x=1",
            "https://app.example/CB",
            "https://app.example:443/cb",
            "https://app.example/cb/../cb",
            "https://app.example.evil.example/cb",
            "http://app.example/cb",
        ] {
            assert!(!is("https://app.example/cb", other), "{other}");
        }
        assert!(is("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"));
        assert!(is("http://127.0.0.1:80/cb", "http://127.0.0.1/cb"));
        for other in ["http://127.0.0.1:1/other", "http://[::1]:1/cb", "http://127.0.0.2:1/cb", "https://127.0.0.1/cb"]
        {
            assert!(!is("http://127.0.0.1/cb", other), "{other}");
        }
    }
}
