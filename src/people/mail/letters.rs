//! What letters say. No health data is in any, and not the name of the service either: whoever looks over somebody's
//! shoulder learns no more than that they have an account somewhere.

use maud::{DOCTYPE, html};

use self::Paragraph::{Link, Words};
use crate::{
    access::{
        accounts::model::Notice,
        mail::model::{About, Matter, Outgoing},
    },
    foundation::{language::Language, public_url::PublicUrl},
    say,
};

/// The page on which another password is chosen.
pub const RESET: &str = "/reset";
/// The page on which it is said that an address is one's own.
pub const VERIFY: &str = "/verify";
/// The page on which a letter is asked for by whoever has forgotten the password.
pub const FORGOT: &str = "/forgot";
/// The page that lists what happened, and on which it is said what one wants mail of.
pub const NOTICES: &str = "/notices";

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
    let (subject, paragraphs) = match letter.about {
        About::Matter(matter) => asking(letter, matter, public_url),
        About::Notice(notice) => telling(letter, notice, public_url),
    };
    Text { plain: plain(&paragraphs), html: page(letter.language, &subject, &paragraphs), subject }
}

/// A letter by which somebody is to do something.
fn asking(letter: &Outgoing, matter: Matter, public_url: &PublicUrl) -> (String, Vec<Paragraph>) {
    let language = letter.language;
    let (host, address) = (public_url.authority(), letter.address.as_str());
    let label = letter.label.as_deref().unwrap_or_default();
    let what = |id: &str| Words(say!(language, id, host = host, address = address, label = label));
    let by_key = |page: &str| {
        let key = letter.key.as_ref().map(|key| key.to_secret().expose().to_owned()).unwrap_or_default();
        Link(format!("{public_url}{page}?token={key}"))
    };
    let to_forgot = || Link(format!("{public_url}{FORGOT}"));
    let (subject, paragraphs) = match matter {
        Matter::PasswordReset => (
            "mail-reset-subject",
            vec![what("mail-reset-what"), by_key(RESET), what("mail-reset-how-long"), what("mail-reset-not-me")],
        ),
        Matter::AlreadyRegistered => (
            "mail-registered-subject",
            vec![
                what("mail-registered-what"),
                what("mail-registered-forgot"),
                to_forgot(),
                what("mail-nothing-happened"),
            ],
        ),
        Matter::Address => (
            "mail-address-subject",
            vec![what("mail-address-what"), by_key(VERIFY), what("mail-link-works"), what("mail-address-not-me")],
        ),
        Matter::NewAddress => (
            "mail-address-subject",
            vec![what("mail-new-address-what"), by_key(VERIFY), what("mail-link-works"), what("mail-nothing-happened")],
        ),
        Matter::AddressChange => (
            "mail-change-subject",
            vec![
                what("mail-change-what"),
                by_key(VERIFY),
                what("mail-link-works"),
                what("mail-change-not-me"),
                to_forgot(),
            ],
        ),
    };
    (say!(language, subject), paragraphs)
}

/// A letter that says that something happened.
fn telling(letter: &Outgoing, notice: Notice, public_url: &PublicUrl) -> (String, Vec<Paragraph>) {
    let (language, host) = (letter.language, public_url.authority());
    let about = |what: &str| format!("mail-{}-{what}", notice.as_str());
    let happened = if let Some(label) = &letter.label {
        say!(language, &about("what-named"), host = host, label = label.as_str())
    } else {
        say!(language, &about("what"), host = host)
    };
    let mut paragraphs = vec![Words(happened)];
    if notice == Notice::EmailChanged {
        // Whoever reads this has the account no more.
        paragraphs.push(Words(say!(language, "mail-email_changed-not-me")));
    } else if notice.is_of_security() {
        paragraphs.push(Words(say!(language, "mail-not-me")));
        paragraphs.push(Link(format!("{public_url}{FORGOT}")));
    } else {
        paragraphs.push(Words(say!(language, "mail-where")));
        paragraphs.push(Link(format!("{public_url}{NOTICES}")));
    }
    (say!(language, &about("subject")), paragraphs)
}

fn plain(paragraphs: &[Paragraph]) -> String {
    let text = |paragraph: &Paragraph| match paragraph {
        Words(text) | Link(text) => format!("{text}\n"),
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
                        Words(text) => p { (text) },
                        Link(there) => p { a href=(there) { (there) } },
                    }
                }
            }
        }
    };
    page.into_string()
}
