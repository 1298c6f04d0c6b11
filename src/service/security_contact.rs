//! `/.well-known/security.txt`: whom to tell of a weakness (RFC 9116).

use std::{fmt::Write, time::Duration};

use actix_web::{HttpResponse, web::Data};

use crate::{
    foundation::{clock::Clock, public_url::PublicUrl},
    web::{
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// How long the answer holds: RFC 9116 advises less than a year. It is made anew each day.
const HOLDS: Duration = Duration::from_hours(180 * 24);

/// Addresses that are told, the preferred one first; none says that nobody is to be told.
#[derive(Debug, Clone, Default)]
pub struct SecurityContact(pub Vec<String>);

/// Whether an address can be written there: a URI that leads to somebody.
#[must_use]
pub fn is_address(text: &str) -> bool {
    ["mailto:", "https://", "tel:"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Adds the route.
pub fn routes(routes: &mut Routes) {
    routes.at("/.well-known/security.txt").get(get_security_txt).end();
}

async fn get_security_txt(
    contact: Data<SecurityContact>,
    clock: Data<Clock>,
    public_url: Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    if contact.0.is_empty() {
        return Err(Problem::new(Code::NotFound));
    }
    let mut text = String::new();
    // Writing to a String can't fail.
    for address in &contact.0 {
        let _ = writeln!(text, "Contact: {address}");
    }
    let expires = clock.now().plus(HOLDS).utc().date_naive();
    let _ = writeln!(text, "Expires: {expires}T00:00:00Z");
    let _ = writeln!(text, "Preferred-Languages: en, de");
    let _ = writeln!(text, "Canonical: {}/.well-known/security.txt", public_url.as_str());
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_somebody() {
        for good in ["mailto:security@example.org", "https://example.org/security", "tel:+49-30-123456"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "security@example.org",
            "http://example.org",
            "mailto:",
            "mailto:a b@example.org",
            "https://x\nExpires: now",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
