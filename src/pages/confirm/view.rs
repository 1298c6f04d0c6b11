//! What stands on the page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::html;

use crate::{
    pages::{
        ceremony::{self, Ceremony},
        failure::CONFIRM,
        field::field,
        signed_in::{Place, answer_for, form_token, whose_password},
        visitor::Visitor,
    },
    people::second_factor::{
        asked::{CODE, PASSWORD},
        model::Factor,
    },
    say,
};

/// What somebody is told besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// What they sent came too late, and nothing was done.
    Late,
    /// It was another password.
    WrongPassword,
    /// A code is needed, too.
    CodeNeeded,
    /// It was the wrong one.
    WrongCode,
    /// It was a passkey of somebody else, or came too late.
    WrongPasskey,
}

/// Where a passkey is sent to.
pub const BY_PASSKEY: &str = "/confirm/passkey";

/// Asks for the password, and for a code if there is one; or for a passkey.
pub fn confirm(visitor: &Visitor, next: &str, hint: Option<Hint>) -> HttpResponse {
    let language = visitor.language;
    let wrong_password = (hint == Some(Hint::WrongPassword)).then(|| say!(language, "factor-wrong-password"));
    let wrong_code = match hint {
        Some(Hint::CodeNeeded) => Some(say!(language, "sign-in-code-needed")),
        Some(Hint::WrongCode) => Some(say!(language, "sign-in-wrong-code")),
        _ => None,
    };
    let by_passkey = visitor.factors.contains(&Factor::Passkey);
    let status = match hint {
        None | Some(Hint::Late) => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let content = html! {
        @if hint == Some(Hint::Late) { p.wrong role="alert" { (say!(language, "confirm-late")) } }
        p { (say!(language, "confirm-what")) }
        @if by_passkey {
            @let fields = html! { (form_token(visitor)) input type="hidden" name="next" value=(next); };
            @let button = html! { button.first type="submit" { (say!(language, "confirm-passkey")) } };
            @if hint == Some(Hint::WrongPasskey) { p.wrong role="alert" { (say!(language, "confirm-wrong-passkey")) } }
            (ceremony::form(language, Ceremony::Sign, BY_PASSKEY, &fields, &button))
        }
        form method="post" action=(CONFIRM) {
            (form_token(visitor))
            (whose_password(visitor))
            input type="hidden" name="next" value=(next);
            (field(PASSWORD, &html! { (say!(language, "sign-in-password")) }, wrong_password.as_deref(), |said| html! {
                input #password type="password" name=(PASSWORD) required autocomplete="current-password" autofocus
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            @if !visitor.factors.is_empty() || wrong_code.is_some() {
                (field(CODE, &html! { (say!(language, "factor-disable-code")) }, wrong_code.as_deref(), |said| html! {
                    input #code name=(CODE) required autocomplete="one-time-code" autocapitalize="characters"
                        spellcheck="false" maxlength="64" aria-invalid=[said.invalid] aria-describedby=[&said.hint];
                }))
            }
            button.first type="submit" { (say!(language, "confirm-button")) }
        }
    };
    let page = answer_for(visitor, Place::Security, status, &say!(language, "confirm-title"), &content);
    if by_passkey { ceremony::runs(page) } else { page }
}
