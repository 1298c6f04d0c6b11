//! What is printed once the service listens: where to go from there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::service::config::Config;

/// Where people can go with a browser.
struct Door {
    url: String,
    /// It leads here from this machine alone, though the service listens to others as well.
    is_for_this_machine: bool,
}

impl Door {
    fn of(config: &Config, listens: SocketAddr) -> Self {
        // Who said how clients reach the service knows best: the pages' cookies and links are made for that address.
        if config.public_url.as_str() != format!("http://{}", config.listen) {
            return Self { url: config.public_url.to_string(), is_for_this_machine: false };
        }
        let here = match listens.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Some(IpAddr::from(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(ip) if ip.is_unspecified() => Some(IpAddr::from(Ipv6Addr::LOCALHOST)),
            _ => None,
        };
        let address = SocketAddr::new(here.unwrap_or(listens.ip()), listens.port());
        Self { url: format!("http://{address}"), is_for_this_machine: here.is_some() }
    }
}

/// The greeting of a service that listens on an address. Scripts read the first line. `sign_ins` tells of the people who
/// are there, when everything is made up and will be thrown away.
#[must_use]
pub fn text(config: &Config, listens: SocketAddr, sign_ins: Option<&str>) -> String {
    let Door { url, is_for_this_machine } = Door::of(config, listens);
    let from_elsewhere = if is_for_this_machine {
        "  from elsewhere  by this machine's name; set PUBLIC_URL to that, so that codes and links lead here\n"
    } else {
        ""
    };
    let look_around = match sign_ins {
        Some(people) => format!(
            "
Everything here is made up, and all of it is thrown away when the service stops (Ctrl-C). To look around,
{people}"
        ),
        None => "  look around     cramp-diary serve --demo, with made-up people in a folder that is thrown away\n"
            .to_owned(),
    };
    format!(
        "cramp-diary listens on http://{listens}

  open            {url} in a browser
  on a phone      {url}/app
{from_elsewhere}  documentation   {url}/docs
  contract        {url}/openapi.yaml
  try             curl {url}/v1/auth/register -H 'Content-Type: application/json' \\
                    -d '{{\"email\": \"me@example.org\", \"password\": \"four words of your own\"}}'
{look_around}
"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn door(settings: &[(&str, &str)], listens: &str) -> (String, bool) {
        let settings = settings.iter().map(|(name, value)| (format!("CRAMP_DIARY_{name}"), (*value).to_owned()));
        let door = Door::of(&Config::read(settings, "").unwrap(), listens.parse().unwrap());
        (door.url, door.is_for_this_machine)
    }

    #[test]
    fn the_address_for_a_browser_leads_to_the_service() {
        for (settings, listens, url, is_for_this_machine) in [
            (&[][..], "127.0.0.1:8080", "http://127.0.0.1:8080", false),
            (&[("LISTEN", "127.0.0.1:0")], "127.0.0.1:40123", "http://127.0.0.1:40123", false),
            (&[("LISTEN", "192.0.2.7:80")], "192.0.2.7:80", "http://192.0.2.7:80", false),
            (&[("LISTEN", "0.0.0.0:8080")], "0.0.0.0:8080", "http://127.0.0.1:8080", true),
            (&[("LISTEN", "[::]:8080")], "[::]:8080", "http://[::1]:8080", true),
            (
                &[("LISTEN", "0.0.0.0:8080"), ("PUBLIC_URL", "https://diary.example/")],
                "0.0.0.0:8080",
                "https://diary.example",
                false,
            ),
        ] {
            assert_eq!(door(settings, listens), (url.to_owned(), is_for_this_machine), "{settings:?}");
        }
    }
}
