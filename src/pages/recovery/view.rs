//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    foundation::{faults::Faults, language::Language},
    pages::{document::page, failure::SIGN_IN, field::field},
    people::{
        mail::letters::{FORGOT, RESET},
        recovery::steps::{PASSWORD, TOKEN},
    },
    say,
};

/// Where the new password is typed a second time.
pub const REPEATED: &str = "repeated_password";

/// Whether a fault is about what can be typed there.
pub fn is_about_fields(faults: &Faults) -> bool {
    [PASSWORD, REPEATED].into_iter().any(|field| faults.concern(field))
}

/// Asks for the address.
pub fn forgot(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "forgot-what")) }
        form method="post" action=(FORGOT) {
            (field("email", &html! { (say!(language, "sign-in-email")) }, None, |_| html! {
                // Not of the type "email": browsers rewrite the letters of other languages in one, and refuse some.
                input #email inputmode="email" name="email" required autocomplete="username" autocapitalize="none"
                    spellcheck="false" autofocus;
            }))
            button.first type="submit" { (say!(language, "forgot-button")) }
        }
        (to_sign_in(language))
    };
    page(StatusCode::OK, language, &say!(language, "forgot-title"), &content)
}

/// That a letter is on its way, if there is an account.
pub fn asked(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "forgot-asked-what")) }
        p { (say!(language, "forgot-asked-none")) }
        (to_sign_in(language))
    };
    page(StatusCode::ACCEPTED, language, &say!(language, "forgot-asked-title"), &content)
}

/// Asks for the new password.
pub fn reset(language: Language, token: &str, faults: Option<&Faults>) -> HttpResponse {
    let asked = |name: &str, label: &str, wrong: &str| {
        let is_wrong = faults.is_some_and(|faults| faults.concern(name));
        let wrong = is_wrong.then(|| say!(language, wrong));
        field(name, &html! { (say!(language, label)) }, wrong.as_deref(), |said| {
            html! {
                input id=(name) type="password" name=(name) required autocomplete="new-password" maxlength="1024"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        })
    };
    let content = html! {
        p { (say!(language, "reset-what")) }
        form method="post" action=(RESET) {
            input type="hidden" name=(TOKEN) value=(token);
            (asked(PASSWORD, "password-new", "password-weak"))
            (asked(REPEATED, "password-repeated", "password-not-the-same"))
            button.first type="submit" { (say!(language, "reset-button")) }
        }
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, language, &say!(language, "reset-title"), &content)
}

/// That it is done.
pub fn changed(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "reset-done-what")) }
        p { (say!(language, "reset-done-look")) }
        p.buttons { a.button.first href=(SIGN_IN) { (say!(language, "sign-in-title")) } }
    };
    page(StatusCode::OK, language, &say!(language, "password-changed"), &content)
}

/// That the letter opens nothing any more.
pub fn too_late(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "reset-late-what")) }
        p.buttons { a.button.first href=(FORGOT) { (say!(language, "forgot-button")) } }
    };
    page(StatusCode::UNPROCESSABLE_ENTITY, language, &say!(language, "reset-late-title"), &content)
}

/// That nothing is done by mail here.
pub fn no_mail(language: Language) -> HttpResponse {
    let content = html! {
        p { (say!(language, "no-mail-what")) }
        (to_sign_in(language))
    };
    page(StatusCode::NOT_IMPLEMENTED, language, &say!(language, "no-mail-title"), &content)
}

fn to_sign_in(language: Language) -> Markup {
    html! { p { a href=(SIGN_IN) { (say!(language, "sign-in-title")) } } }
}
