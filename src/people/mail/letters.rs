//! What letters say. No health data is in any, and not the name of the service either: whoever looks over somebody's
//! shoulder learns no more than that they have an account somewhere.

use maud::{DOCTYPE, html};

use crate::{
    access::mail::model::{Matter, Outgoing},
    foundation::{language::Language, public_url::PublicUrl},
    say,
};

/// The page on which another password is chosen.
pub const RESET: &str = "/reset";
/// The page on which it is said that an address is one's own.
pub const VERIFY: &str = "/verify";
/// The page on which a letter is asked for by whoever has forgotten the password.
pub const FORGOT: &str = "/forgot";

/// A letter as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its subject.
    pub subject: String,
    /// Its paragraphs, as text.
    pub plain: String,
    /// The same, as a page.
    pub html: String,
}

/// A paragraph.
enum Paragraph {
    Words(String),
    /// An address to go to, on a line of its own.
    Link(String),
}

/// Writes a letter.
#[must_use]
pub fn compose(letter: &Outgoing, public_url: &PublicUrl) -> Text {
    let language = letter.language;
    let (host, address) = (public_url.host(), letter.address.as_str());
    let by_key = |page: &str| {
        let key = letter.key.as_ref().map(|key| key.to_secret().expose().to_owned()).unwrap_or_default();
        Paragraph::Link(format!("{public_url}{page}?token={key}"))
    };
    let words = Paragraph::Words;
    let (subject, paragraphs) = match letter.matter {
        Matter::PasswordReset => (
            say!(language, "mail-reset-subject"),
            vec![
                words(say!(language, "mail-reset-what", host = host, address = address)),
                by_key(RESET),
                words(say!(language, "mail-reset-how-long")),
                words(say!(language, "mail-reset-not-me")),
            ],
        ),
        Matter::AlreadyRegistered => (
            say!(language, "mail-registered-subject"),
            vec![
                words(say!(language, "mail-registered-what", host = host, address = address)),
                words(say!(language, "mail-registered-forgot")),
                Paragraph::Link(format!("{public_url}{FORGOT}")),
                words(say!(language, "mail-nothing-happened")),
            ],
        ),
        Matter::Address => (
            say!(language, "mail-address-subject"),
            vec![
                words(say!(language, "mail-address-what", host = host, address = address)),
                by_key(VERIFY),
                words(say!(language, "mail-link-works")),
                words(say!(language, "mail-address-not-me")),
            ],
        ),
        Matter::NewAddress => (
            say!(language, "mail-new-address-subject"),
            vec![
                words(say!(language, "mail-new-address-what", host = host, address = address)),
                by_key(VERIFY),
                words(say!(language, "mail-link-works")),
                words(say!(language, "mail-nothing-happened")),
            ],
        ),
        Matter::AddressChange => (
            say!(language, "mail-change-subject"),
            vec![
                words(say!(language, "mail-change-what", host = host)),
                by_key(VERIFY),
                words(say!(language, "mail-link-works")),
                words(say!(language, "mail-change-not-me")),
                Paragraph::Link(format!("{public_url}{FORGOT}")),
            ],
        ),
        Matter::AddressChanged => (
            say!(language, "mail-changed-subject"),
            vec![words(say!(language, "mail-changed-what", host = host)), words(say!(language, "mail-changed-not-me"))],
        ),
        Matter::PasswordChanged => (
            say!(language, "mail-password-subject"),
            vec![
                words(say!(language, "mail-password-what", host = host)),
                words(say!(language, "mail-password-not-me")),
                Paragraph::Link(format!("{public_url}{FORGOT}")),
            ],
        ),
    };
    Text { plain: plain(&paragraphs), html: page(language, &subject, &paragraphs), subject }
}

fn plain(paragraphs: &[Paragraph]) -> String {
    let text = |paragraph: &Paragraph| match paragraph {
        Paragraph::Words(text) | Paragraph::Link(text) => format!("{text}\n"),
    };
    paragraphs.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn page(language: Language, subject: &str, paragraphs: &[Paragraph]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head { meta charset="utf-8"; title { (subject) } }
            body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 1em auto; padding: 0 1em" {
                @for paragraph in paragraphs {
                    @match paragraph {
                        Paragraph::Words(text) => p { (text) },
                        Paragraph::Link(there) => p { a href=(there) { (there) } },
                    }
                }
            }
        }
    };
    page.into_string()
}
