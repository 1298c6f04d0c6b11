//! The way to a mail server.

use std::time::Duration;

pub use lettre::message::Mailbox;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{MultiPart, header},
    transport::smtp::Error,
};
use tokio::time::timeout;
use url::Url;

use super::letters::Text;
use crate::{
    access::{accounts::model::Email, mail::model::Sent},
    foundation::{ids::Id, public_url::PublicUrl},
};

/// How long the server may take for one thing that is said to it.
const SLOWEST_ANSWER: Duration = Duration::from_secs(30);
/// How long it may take for a whole letter.
const SLOWEST: Duration = Duration::from_mins(2);

/// Where mail is handed in, and from whom it is. It shows itself without name and password.
#[derive(Clone)]
pub struct Server {
    url: Url,
    from: Mailbox,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({self})")
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.url.host_str().unwrap_or_default())?;
        self.url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Server {
    /// Reads the settings.
    ///
    /// # Errors
    /// What is wrong with the address of the server, without what it says: a password may be in it.
    pub fn parse(url: &str, from: Mailbox) -> Result<Self, &'static str> {
        const EXPECTED: &str = "must be smtps://USER:PASSWORD@HOST, or smtp://HOST?tls=required for STARTTLS";
        let url = Url::parse(url).map_err(|_| EXPECTED)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(EXPECTED)?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, how)| how.into_owned());
        let is_here = PublicUrl::parse(&format!("http://{host}")).is_some_and(|url| url.is_of_this_machine());
        match (url.scheme(), tls.as_deref()) {
            ("smtps", None) | ("smtp", Some("required")) => {}
            ("smtp", None) if is_here => {}
            ("smtp", None | Some("opportunistic")) => {
                return Err("would send letters, and what they open, as they are: take smtps://, or ?tls=required");
            }
            _ => return Err(EXPECTED),
        }
        Ok(Self { url, from })
    }

    /// From whom mail is.
    #[must_use]
    pub const fn from(&self) -> &Mailbox {
        &self.from
    }

    /// The way there.
    ///
    /// # Errors
    /// When there is no TLS.
    pub fn post(&self) -> Result<Post, String> {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(self.url.as_str()).map_err(|error| said(&error))?;
        Ok(Post { transport: builder.timeout(Some(SLOWEST_ANSWER)).build(), from: self.from.clone() })
    }
}

/// What hands letters in.
#[derive(Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Post {
    /// Hands a letter in, and says what came of it. However often that is tried, its Message-ID is the same.
    pub async fn send(&self, id: &Id, address: &Email, text: Text) -> Sent {
        let message = match self.message(id, address, text) {
            Ok(message) => message,
            // An address that mail can't be written to.
            Err(error) => {
                tracing::warn!(%error, "a letter could not be written");
                return Sent::Refused;
            }
        };
        match timeout(SLOWEST, self.transport.send(message)).await {
            Ok(Ok(_)) => Sent::Taken,
            Ok(Err(error)) if is_about_the_letter(&error) => {
                tracing::warn!(error = said(&error), "the mail server refused a letter for good");
                Sent::Refused
            }
            Ok(Err(error)) => {
                tracing::warn!(error = said(&error), "a letter could not be handed in; it is tried again");
                Sent::NotNow
            }
            Err(_) => {
                tracing::warn!("the mail server took too long; it is tried again");
                Sent::NotNow
            }
        }
    }

    fn message(&self, id: &Id, address: &Email, text: Text) -> Result<Message, String> {
        let to: lettre::Address = address.as_str().parse().map_err(|_| "the address is none for mail".to_owned())?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(text.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // Nobody's absence is answered to it (RFC 3834).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text.plain, text.html))
            .map_err(|error| error.to_string())
    }
}

/// Whether the server will never take this letter: there is no such mailbox, or it takes no such mail (RFC 5321, section 4.2.3).
/// What else it refuses for good, such as a password that is no longer right, an operator mends.
fn is_about_the_letter(error: &Error) -> bool {
    let code = error.status().map(|code| code.to_string());
    matches!(code.as_deref(), Some("550" | "551" | "552" | "553" | "556"))
}

/// What went wrong, without what the server said: that may repeat the address.
fn said(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the server said {code}"),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None if error.is_tls() => "no secure connection".to_owned(),
        None if error.is_response() || error.is_client() => "it was not understood".to_owned(),
        None => "no connection".to_owned(),
    }
}

#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
