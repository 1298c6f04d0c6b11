//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    foundation::{clock::Instant, faults::Faults, language::Language, paging::Page},
    pages::{
        field::field,
        signed_in::{Place, answer_for, form_token, page_for, whose_password},
        visitor::Visitor,
        when::when,
    },
    people::{
        accounts::password::{CURRENT, END_OPENED_SINCE, NEW},
        openings::model::{Kind, Opening},
    },
    say,
};

/// Where the new password is typed a second time.
pub const REPEATED: &str = "repeated_password";

/// What was opened since the password is the present one.
pub struct Opened {
    /// Since when it is.
    pub since: Instant,
    /// The latest of it.
    pub page: Page<Opening>,
}

/// Whether a fault is about what can be typed there.
pub fn is_about_fields(faults: &Faults) -> bool {
    [CURRENT, NEW, REPEATED].into_iter().any(|field| faults.concern(field))
}

/// Asks for both passwords, and shows what may end with the old one.
pub fn password(visitor: &Visitor, opened: &Opened, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let asked = |name: &str, label: &str, wrong: &str, kind: &str| {
        let is_wrong = faults.is_some_and(|faults| faults.concern(name));
        let wrong = is_wrong.then(|| say!(language, wrong));
        field(name, &html! { (say!(language, label)) }, wrong.as_deref(), |said| {
            html! {
                input id=(name) type="password" name=(name) required autocomplete=(kind) maxlength="1024"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        })
    };
    let is_anything_open = !opened.page.items.is_empty();
    let content = html! {
        p { (say!(language, "password-what")) }
        form method="post" action=(Place::PASSWORD) {
            (form_token(visitor))
            (whose_password(visitor))
            (asked(CURRENT, "password-current", "factor-wrong-password", "current-password"))
            (asked(NEW, "password-new", "password-weak", "new-password"))
            (asked(REPEATED, "password-repeated", "password-not-the-same", "new-password"))
            @if is_anything_open { (openings(visitor, opened)) }
            p.buttons {
                button.first type="submit" { (say!(language, "password-button")) }
                @if is_anything_open {
                    button type="submit" name=(END_OPENED_SINCE) value=(opened.since.rfc3339()) {
                        (say!(language, "password-end-button"))
                    }
                }
            }
        }
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer_for(visitor, Place::Security, status, &say!(language, "password-title"), &content)
}

fn openings(visitor: &Visitor, opened: &Opened) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    html! {
        section {
            h2 { (say!(language, "password-opened", since = when(opened.since, zone, language))) }
            p { (say!(language, "password-opened-what")) }
            ul.people {
                @for opening in &opened.page.items {
                    li {
                        div {
                            h3 { bdi { (name(opening, language)) } }
                            p {
                                (say!(language, &format!("opening-{}", opening.kind.as_str()),
                                    at = when(opening.opened_at, zone, language)))
                            }
                        }
                    }
                }
            }
            @if opened.page.next_cursor.is_some() { p { (say!(language, "password-opened-more")) } }
        }
    }
}

fn name(opening: &Opening, language: Language) -> String {
    let email = opening.user_email.as_ref().map(|email| email.as_str().to_owned());
    match (opening.label.clone(), email) {
        (Some(label), Some(email)) => format!("{label} ({email})"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) if opening.kind == Kind::Session => say!(language, "password-unnamed-device"),
        (None, None) => say!(language, "sharing-unnamed"),
    }
}

/// That it is done.
pub fn changed(visitor: &Visitor) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "password-changed-what")) }
        p.buttons { a.button href=(Place::Security.path()) { (say!(language, "nav-security")) } }
    };
    page_for(visitor, Place::Security, &say!(language, "password-changed"), &content)
}
