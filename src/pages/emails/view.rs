//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    access::mail::model::Mailing,
    foundation::{faults::Faults, language::Language},
    pages::{
        document::page,
        failure::HOME,
        field::field,
        signed_in::{Place, answer_for, form_token, page_for},
        visitor::Visitor,
    },
    people::{
        emails::{
            steps::{EMAIL, PASSWORD},
            store::Change,
        },
        mail::letters::VERIFY,
        recovery::steps::TOKEN,
    },
    say,
};

/// Whether a fault is about what can be typed there.
pub fn is_about_fields(faults: &Faults) -> bool {
    [EMAIL, PASSWORD].into_iter().any(|field| faults.concern(field))
}

/// Says, where one comes first, that the address is not confirmed, if anything can be done about it.
#[must_use]
pub fn notice(visitor: &Visitor, mailing: Mailing) -> Markup {
    let language = visitor.language;
    html! {
        @if mailing.is_on() && visitor.user.email_verified_at.is_none() {
            p { (say!(language, "email-unconfirmed")) " " a href=(Place::EMAIL) { (say!(language, "email-confirm")) } }
        }
    }
}

/// The address, and how to confirm it or have another one: by the same form. `wrong` is what was typed
/// as the address, with what is wrong with the form.
pub fn email(
    visitor: &Visitor,
    mailing: Mailing,
    waiting: Option<&Change>,
    wrong: Option<(&str, &Faults)>,
) -> HttpResponse {
    let (language, user) = (visitor.language, &visitor.user);
    let is_confirmed = user.email_verified_at.is_some();
    let content = html! {
        p { (say!(language, "email-is")) " " strong { bdi { (user.email.as_str()) } } }
        @if mailing.is_on() {
            @if let Some(change) = waiting {
                p { (say!(language, "email-waits")) " " strong { bdi { (change.email.as_str()) } } }
                ul {
                    @if !change.is_confirmed { li { (say!(language, "email-waits-new")) } }
                    @if !change.is_agreed { li { (say!(language, "email-waits-old")) } }
                }
            }
            p { (say!(language, if is_confirmed { "email-is-confirmed" } else { "email-confirm-what" })) }
            p { (say!(language, if is_confirmed { "email-change-what" } else { "email-change-what-unconfirmed" })) }
            (form(visitor, wrong))
        } @else {
            p { (say!(language, "no-mail-what")) }
        }
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer_for(visitor, Place::Security, status, &say!(language, "email-title"), &content)
}

fn form(visitor: &Visitor, wrong: Option<(&str, &Faults)>) -> Markup {
    let language = visitor.language;
    let typed = wrong.map_or(visitor.user.email.as_str(), |(typed, _)| typed);
    let told = |name: &str, id: &str| {
        let is_wrong = wrong.is_some_and(|(_, faults)| faults.concern(name));
        is_wrong.then(|| say!(language, id))
    };
    let (wrong_email, wrong_password) = (told(EMAIL, "register-wrong-email"), told(PASSWORD, "factor-wrong-password"));
    html! {
        form method="post" action=(Place::EMAIL) {
            (form_token(visitor))
            (field(EMAIL, &html! { (say!(language, "sign-in-email")) }, wrong_email.as_deref(), |said| html! {
                // Not of the type "email": browsers rewrite the letters of other languages in one, and refuse some.
                input #email inputmode="email" name=(EMAIL) value=(typed) required autocomplete="username"
                    autocapitalize="none" spellcheck="false" aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            (field(PASSWORD, &html! { (say!(language, "sign-in-password")) }, wrong_password.as_deref(), |said| html! {
                input id=(PASSWORD) type="password" name=(PASSWORD) required autocomplete="current-password"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            button.first type="submit" { (say!(language, "email-button")) }
        }
    }
}

/// That letters are on their way.
pub fn sent(visitor: &Visitor) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "email-sent-what")) }
        p.buttons { a.button href=(Place::EMAIL) { (say!(language, "email-title")) } }
    };
    page_for(visitor, Place::Security, &say!(language, "email-sent-title"), &content)
}

/// Asks whoever follows a letter to say so: programs that look at mail follow links as well, and press nothing.
pub fn verify(language: Language, token: &str) -> HttpResponse {
    let content = html! {
        p { (say!(language, "verify-what")) }
        form method="post" action=(VERIFY) {
            input type="hidden" name=(TOKEN) value=(token);
            button.first type="submit" { (say!(language, "verify-button")) }
        }
    };
    page(StatusCode::OK, language, &say!(language, "verify-title"), &content)
}

/// That it is noted.
pub fn verified(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "verified-what")) }
        p.buttons { a.button.first href=(HOME) { (say!(language, "page-go-on")) } }
    };
    page(StatusCode::OK, language, &say!(language, "verified-title"), &content)
}

/// That the letter opens nothing any more.
pub fn too_late(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "verify-late-what")) }
        p.buttons { a.button.first href=(Place::EMAIL) { (say!(language, "email-title")) } }
    };
    page(StatusCode::UNPROCESSABLE_ENTITY, language, &say!(language, "verify-late-title"), &content)
}
