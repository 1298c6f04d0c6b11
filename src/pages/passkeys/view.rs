//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    access::passkeys::model::{Ceremonies, Passkey},
    foundation::faults::Faults,
    pages::{
        ceremony::{self, CREDENTIAL, Ceremony},
        field::field,
        signed_in::{Place, answer_for, asked_again, done, form_token, page_for},
        visitor::Visitor,
        when::when,
    },
    people::passkeys::steps::NAME,
    say, vocabulary,
};

/// Where one is added.
pub const NEW: &str = "/passkeys/new";

vocabulary! {
    /// What was just done.
    pub enum Done {
        /// One is there now.
        Added = "added",
        /// One is called otherwise.
        Renamed = "renamed",
        /// One is gone.
        Removed = "removed",
    }
}

/// Where it is said that it is done.
pub fn after(done: Done) -> String {
    format!("{}?done={}", Place::PASSKEYS, done.as_str())
}

/// Which there are, and what can be done with them.
pub fn overview(visitor: &Visitor, passkeys: &[Passkey], what: Option<Done>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        @if let Some(what) = what { (done(&say!(language, &format!("passkeys-{}", what.as_str())))) }
        p { (say!(language, "passkeys-what")) }
        p.buttons { a.button.first href=(NEW) { (say!(language, "passkeys-add")) } }
        section {
            h2 { (say!(language, "passkeys-yours")) }
            @if passkeys.is_empty() { p { (say!(language, "passkeys-none")) } }
            ul.people { @for passkey in passkeys { (entry(visitor, passkey)) } }
        }
    };
    page_for(visitor, Place::Security, &say!(language, "passkeys-title"), &content)
}

fn entry(visitor: &Visitor, passkey: &Passkey) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    let (id, name) = (passkey.id.as_str(), passkey.name.as_str());
    let input = format!("name-{id}");
    let rename = html! {
        form method="post" action=(format!("{}/{id}/name", Place::PASSKEYS)) {
            (form_token(visitor))
            label for=(input) { (say!(language, "passkeys-name")) }
            input id=(input) name=(NAME) value=(name) required maxlength="200" autocomplete="off";
            button.first type="submit" { (say!(language, "passkey-rename-now")) }
        }
    };
    let remove = html! {
        form method="post" action=(format!("{}/{id}/remove", Place::PASSKEYS)) {
            (form_token(visitor))
            button.first type="submit" { (say!(language, "passkey-remove-now")) }
        }
    };
    let (rename_which, remove_which) =
        (say!(language, "passkey-rename-which", name = name), say!(language, "passkey-remove-which", name = name));
    html! {
        li {
            div {
                h3 { bdi { (name) } }
                p {
                    @if passkey.credential.be { (say!(language, "passkey-on-several")) }
                    @else { (say!(language, "passkey-on-one")) }
                }
                p.muted {
                    (say!(language, "passkey-since", at = when(passkey.created_at, zone, language))) " "
                    @match passkey.last_used_at {
                        Some(at) => { (say!(language, "token-used", at = when(at, zone, language))) }
                        None => { (say!(language, "token-unused")) }
                    }
                }
            }
            div.deeds {
                (asked_again(&say!(language, "passkey-rename"), &rename_which, &say!(language, "passkey-rename-what"),
                    &rename))
                (asked_again(&say!(language, "passkey-remove"), &remove_which,
                    &say!(language, "passkey-remove-follows"), &remove))
            }
        }
    }
}

/// Asks what a new one is to be called, and has the browser make it.
pub fn ask(visitor: &Visitor, ceremonies: &Ceremonies, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let title = say!(language, "passkeys-add");
    if !ceremonies.are_held() {
        let content = html! { p { (say!(language, "passkeys-not-here")) } };
        return answer_for(visitor, Place::Security, StatusCode::NOT_IMPLEMENTED, &title, &content);
    }
    let told = faults.map(|faults| {
        if faults.concern(CREDENTIAL) {
            say!(language, "passkeys-not-taken")
        } else if faults.concern(NAME) {
            say!(language, "token-wrong-name")
        } else {
            say!(language, "passkeys-full")
        }
    });
    let fields = html! {
        (form_token(visitor))
        (field(NAME, &html! { (say!(language, "passkeys-name")) }, told.as_deref(), |said| html! {
            input #name name=(NAME) value=(say!(language, "passkeys-default-name")) required maxlength="200"
                autocomplete="off" aria-invalid=[said.invalid] aria-describedby=[&said.hint];
        }))
    };
    let button = html! { button.first type="submit" { (say!(language, "passkeys-make")) } };
    let content = html! {
        p { (say!(language, "passkeys-add-what")) }
        @if visitor.factors.is_empty() { p { (say!(language, "passkeys-first-what")) } }
        p data-without-passkeys { (say!(language, "passkeys-unsupported")) }
        (ceremony::form(language, Ceremony::Make("/passkeys/begin"), NEW, &fields, &button))
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    ceremony::runs(answer_for(visitor, Place::Security, status, &title, &content))
}
