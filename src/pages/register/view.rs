//! What stands on the page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    foundation::{faults::Faults, language::Language},
    pages::{
        document::page,
        failure::{REGISTER, SIGN_IN, encoded},
        field::{Said, field},
    },
    say,
};

/// What a fault is about that is none of what was typed: somebody has an account with the e-mail already.
pub const TAKEN: &str = "taken";

/// What is kept of a form when something is wrong with it.
#[derive(Debug, Default)]
pub struct Typed {
    /// As it was typed.
    pub email: Option<String>,
    /// As it was typed.
    pub name: Option<String>,
}

/// Asks for what an account needs.
pub fn register(language: Language, next: &str, typed: &Typed, faults: Option<&Faults>) -> HttpResponse {
    let concern = |name: &str| faults.is_some_and(|faults| faults.concern(name));
    let wrong = |name: &str, id: &str| concern(name).then(|| say!(language, id));
    let email = wrong(TAKEN, "register-taken").or_else(|| wrong("email", "register-wrong-email"));
    let asked = |name: &str, label: &str, wrong: Option<String>, input: &dyn Fn(&Said) -> Markup| {
        field(name, &html! { (say!(language, label)) }, wrong.as_deref(), input)
    };
    let there = encoded(next);
    let content = html! {
        p { (say!(language, "register-what")) }
        form method="post" action=(REGISTER) {
            input type="hidden" name="next" value=(next);
            (asked("display_name", "register-name", wrong("display_name", "register-wrong-name"), &|said| html! {
                input #display_name name="display_name" value=[typed.name.as_ref()] autocomplete="name" maxlength="200"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            // Not of the type "email": browsers rewrite the letters of other languages in one, and refuse some.
            (asked("email", "sign-in-email", email, &|said| html! {
                input #email inputmode="email" name="email" value=[typed.email.as_ref()] required autocomplete="username"
                    autocapitalize="none" spellcheck="false" aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            (asked("password", "register-password", wrong("password", "password-weak"), &|said| html! {
                p.muted #password-help { (say!(language, "register-password-what")) }
                input #password type="password" name="password" required autocomplete="new-password" maxlength="1024"
                    aria-invalid=[said.invalid] aria-describedby=(said.hint.as_deref().unwrap_or("password-help"));
            }))
            button.first type="submit" { (say!(language, "register-button")) }
        }
        p { a href=(format!("{SIGN_IN}?next={there}")) { (say!(language, "sign-in-title")) } }
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, language, &say!(language, "register-title"), &content)
}

/// What happens next where the service sends mail: the same, whether the address had an account or not.
pub fn look_into_your_mail(language: Language, next: &str) -> HttpResponse {
    let content = html! {
        p { (say!(language, "register-mail-what")) }
        p { (say!(language, "register-mail-known")) }
        p { a.first href=(format!("{SIGN_IN}?next={}", encoded(next))) { (say!(language, "sign-in-title")) } }
    };
    page(StatusCode::ACCEPTED, language, &say!(language, "register-mail-title"), &content)
}
