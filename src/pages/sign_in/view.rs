//! What stands on the page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::html;

use crate::{
    access::passkeys::model::Ceremonies,
    foundation::language::Language,
    pages::{
        ceremony::{self, Ceremony},
        document::page,
        failure::{REGISTER, SIGN_IN, encoded},
    },
    people::mail::letters::FORGOT,
    say,
};

/// Why somebody is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// E-mail or password is wrong.
    Wrong,
    /// A code is needed, too.
    CodeNeeded,
    /// It was the wrong one.
    WrongCode,
    /// A passkey is needed, too, or a code in its place.
    PasskeyNeeded,
    /// It was one that nobody has, or came too late.
    WrongPasskey,
}

/// Where a passkey is sent to.
pub const BY_PASSKEY: &str = "/sign-in/passkey";

/// Who comes, and why they are asked again.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What they read.
    pub language: Language,
    /// Where they go on.
    pub next: &'a str,
    /// What they typed before.
    pub email: Option<&'a str>,
    /// What was not right with it.
    pub hint: Option<Hint>,
}

/// Asks for e-mail, password, and a code if there is one; or for a passkey, where browsers have such.
pub fn sign_in(asked: Asked<'_>, ceremonies: &Ceremonies) -> HttpResponse {
    let Asked { language, next, email, hint } = asked;
    let told = hint.map(|hint| match hint {
        Hint::Wrong => say!(language, "sign-in-wrong"),
        Hint::CodeNeeded => say!(language, "sign-in-code-needed"),
        Hint::WrongCode => say!(language, "sign-in-wrong-code"),
        Hint::PasskeyNeeded => say!(language, "sign-in-passkey-needed"),
        Hint::WrongPasskey => say!(language, "sign-in-wrong-passkey"),
    });
    let wants_code = matches!(hint, Some(Hint::CodeNeeded | Hint::WrongCode | Hint::PasskeyNeeded));
    let is_wrong = hint == Some(Hint::Wrong);
    let (invalid, described_by) = (is_wrong.then_some("true"), is_wrong.then_some("hint"));
    // Whoever is asked again types on where something is missing.
    let status = if hint.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let content = html! {
        p { (say!(language, "sign-in-what")) }
        form method="post" action=(SIGN_IN) {
            @if let Some(told) = &told { p.wrong #hint role="alert" { (told) } }
            input type="hidden" name="next" value=(next);
            label for="email" { (say!(language, "sign-in-email")) }
            // Not of the type "email": browsers rewrite the letters of other languages in one, and refuse some.
            input #email inputmode="email" name="email" value=[email] required autocomplete="username"
                autocapitalize="none" spellcheck="false" aria-invalid=[invalid] aria-describedby=[described_by];
            label for="password" { (say!(language, "sign-in-password")) }
            input #password type="password" name="password" required autocomplete="current-password"
                aria-invalid=[invalid] aria-describedby=[described_by] autofocus[hint.is_some()];
            label for="code" { (say!(language, "sign-in-code")) }
            p.muted #code-help { (say!(language, "sign-in-code-help")) }
            input #code name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"
                maxlength="64" aria-invalid=[wants_code.then_some("true")]
                aria-describedby=(if wants_code { "hint code-help" } else { "code-help" });
            button.first type="submit" { (say!(language, "sign-in-button")) }
        }
        @if ceremonies.are_held() {
            @let next = html! { input type="hidden" name="next" value=(next); };
            @let button = html! { button type="submit" { (say!(language, "sign-in-passkey")) } };
            (ceremony::form(language, Ceremony::Sign, BY_PASSKEY, &next, &button))
        }
        p.buttons { a.button href=(FORGOT) { (say!(language, "sign-in-forgot")) } }
        section {
            h2 { (say!(language, "sign-in-new")) }
            p { (say!(language, "sign-in-new-patient")) " " a href="/app" { (say!(language, "diary-app")) } }
            p {
                (say!(language, "sign-in-new-reader")) " "
                a href=(format!("{REGISTER}?next={}", encoded(next))) { (say!(language, "register-title")) }
            }
        }
    };
    let page = page(status, language, &say!(language, "sign-in-title"), &content);
    if ceremonies.are_held() { ceremony::runs(page) } else { page }
}
