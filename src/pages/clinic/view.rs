//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    access::Role,
    foundation::ids::Id,
    pages::{
        diary::Shown,
        field::{Said, field},
        signed_in::{Place, answer_for, asked_again, form_token},
        visitor::Visitor,
    },
    say,
};

/// Why a code did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedeemHint {
    /// No code is written so.
    NoCode,
    /// It opens nothing, or no more.
    OpensNothing,
    /// It is for one's own diary.
    OwnDiary,
}

/// Asks for a code.
pub fn redeem(visitor: &Visitor, code: Option<&str>, hint: Option<RedeemHint>) -> HttpResponse {
    let language = visitor.language;
    let told = hint.map(|hint| match hint {
        RedeemHint::NoCode => say!(language, "redeem-no-code"),
        RedeemHint::OpensNothing => say!(language, "redeem-opens-nothing"),
        RedeemHint::OwnDiary => say!(language, "redeem-own-diary"),
    });
    let code_field = |said: &Said| {
        html! {
            input.code #code name="code" required value=[code] maxlength="40" autocomplete="off"
                autocapitalize="characters" spellcheck="false" placeholder="ABCD-EFGH-JKLM"
                aria-invalid=[said.invalid] aria-describedby=[&said.hint] autofocus[said.hint.is_some()];
        }
    };
    let content = html! {
        p { (say!(language, "redeem-what")) }
        form method="post" action="/clinic/redeem" {
            (form_token(visitor))
            (field("code", &html! { (say!(language, "redeem-code")) }, told.as_deref(), code_field))
            button.first type="submit" { (say!(language, "redeem-button")) }
        }
    };
    let status = if hint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer_for(visitor, Place::Redeem, status, &say!(language, "redeem-title"), &content)
}

/// One patient: the figures, the way to the report, up to where it was read, the answers and the log.
pub fn patient(visitor: &Visitor, shown: &Shown) -> HttpResponse {
    let here = format!("/clinic/patients/{}", shown.diary.id());
    let content = html! {
        (terms(visitor, shown))
        (shown.figures(&here))
        div.deeds {
            (shown.report_links(&here))
            @if shown.diary.role() == Role::Contributor {
                p { (say!(visitor.language, "patient-write")) " " a href="/app" { (say!(visitor.language, "diary-app")) } }
            } @else {
                (reviewing(visitor, shown, &here))
            }
        }
        (shown.answers())
        (shown.log(&here))
        @if let Some(grant) = &shown.diary.right().consent_id {
            section { (leaving(visitor, &here, grant)) }
        }
    };
    answer_for(visitor, Place::Patients, shown.status(), &shown.name(), &content)
}

fn leaving(visitor: &Visitor, here: &str, grant: &Id) -> Markup {
    let language = visitor.language;
    let form = html! {
        form method="post" action=(format!("{here}/leave")) {
            (form_token(visitor))
            input type="hidden" name="grant" value=(grant);
            button.first type="submit" { (say!(language, "patient-leave-now")) }
        }
    };
    let button = say!(language, "patient-leave");
    asked_again(&button, &button, &say!(language, "patient-leave-what"), &form)
}

/// What the patient allowed to be seen.
fn terms(visitor: &Visitor, shown: &Shown) -> Markup {
    let (diary, language) = (&shown.diary, visitor.language);
    let (view, until) = (diary.view(), diary.right().access_until);
    let zone = diary.diary().time_zone;
    html! {
        p.muted {
            @if let Some(first) = view.visible_from { (say!(language, "terms-from", date = language.date(first))) " " }
            @if !view.include_notes { (say!(language, "terms-no-notes")) " " }
            @if let Some(until) = until { (say!(language, "terms-until", date = language.date(zone.date_at(until)))) " " }
            (say!(language, "terms-noted"))
        }
    }
}

/// Up to where it was read.
fn reviewing(visitor: &Visitor, shown: &Shown, here: &str) -> Markup {
    let language = visitor.language;
    let Some(last) = shown.last_entry.map(|date| language.date(date)) else { return html! {} };
    html! {
        @if shown.is_unread {
            form method="post" action=(format!("{here}/review")) {
                (form_token(visitor))
                input type="hidden" name="revision" value=(shown.diary.diary().revision.0);
                button type="submit" { (say!(language, "patient-review", date = last)) }
            }
        } @else {
            p { (say!(language, "patient-reviewed", date = last)) }
        }
    }
}
