//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use crate::{
    foundation::{language::Language, paging::Cursor, values::Name},
    pages::{
        diary::Shown,
        field::{Said, field},
        glance::Glance,
        signed_in::{Place, answer_for, form_token, page_for},
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

fn called(name: Option<&Name>, language: Language) -> Markup {
    html! { @match name { Some(name) => { bdi { (name.as_str()) } } None => { (say!(language, "patient-nameless")) } } }
}

/// Those with something new first, and among them those with the most cramps.
pub fn sort(patients: &mut [Glance]) {
    let cramps = |patient: &Glance| patient.rate.per_week.unwrap_or(-1.0);
    patients.sort_by(|one, two| two.is_new.cmp(&one.is_new).then(cramps(two).total_cmp(&cramps(one))));
}

/// The patients, with what tells whom to look at first.
pub fn patients(visitor: &Visitor, patients: &[Glance], next: Option<&Cursor>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        @if patients.is_empty() {
            p { (say!(language, "patients-none")) }
        } @else {
            p.muted { (say!(language, "patients-period")) }
            // On a narrow screen each row is a card, which a browser would not read as a table by itself.
            table.patients role="table" {
                caption.unseen { (say!(language, "patients-title")) }
                thead role="rowgroup" { tr role="row" {
                    th role="columnheader" scope="col" { (say!(language, "patients-name")) }
                    @for (id, _) in COLUMNS { th role="columnheader" scope="col" { (say!(language, id)) } }
                } }
                tbody role="rowgroup" { @for patient in patients { (row(patient, language)) } }
            }
            @if let Some(next) = next {
                p { a href=(format!("/clinic?cursor={}", next.as_str())) rel="next" { (say!(language, "more")) } }
            }
        }
        p { a.button href="/clinic/redeem" { (say!(language, "nav-redeem")) } }
        @if !visitor.has_second_factor {
            p.muted {
                (say!(language, "patients-no-second-factor")) " "
                a href=(Place::Security.path()) { (say!(language, "factor-begin")) }
            }
        }
    };
    page_for(visitor, Place::Patients, &say!(language, "patients-title"), &content)
}

/// What a column says of a patient.
type Told = fn(&Glance, Language) -> String;

/// The columns beside the name.
const COLUMNS: [(&str, Told); 5] = [
    ("patients-state", state),
    ("patients-rate", Glance::rate),
    ("patients-change", Glance::change),
    ("patients-night", Glance::at_night),
    ("patients-last", Glance::last_entry),
];

fn state(patient: &Glance, language: Language) -> String {
    if patient.is_new { say!(language, "patients-new") } else { say!(language, "patients-reviewed") }
}

fn row(patient: &Glance, language: Language) -> Markup {
    html! {
        tr.new[patient.is_new] role="row" {
            th role="rowheader" scope="row" {
                a href=(format!("/clinic/patients/{}", patient.id)) { (called(patient.name.as_ref(), language)) }
            }
            @for (id, told) in COLUMNS { td role="cell" data-label=(say!(language, id)) { (told(patient, language)) } }
        }
    }
}

/// One patient: what is new, the way to the report, the charts and the log.
pub fn patient(visitor: &Visitor, shown: &Shown) -> HttpResponse {
    let here = format!("/clinic/patients/{}", shown.diary.id());
    let content = html! {
        (terms(visitor, shown))
        (shown.figures())
        (shown.report_links(&here))
        (reviewing(visitor, shown, &here))
        (shown.charts_and_log(&here))
        @if let Some(grant) = &shown.diary.right().consent_id {
            section {
                p.muted { (say!(visitor.language, "patient-leave-what")) }
                form method="post" action=(format!("{here}/leave")) {
                    (form_token(visitor))
                    input type="hidden" name="grant" value=(grant);
                    button type="submit" { (say!(visitor.language, "patient-leave")) }
                }
            }
        }
    };
    answer_for(visitor, Place::Patients, shown.status(), &shown.name(), &content)
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

fn reviewing(visitor: &Visitor, shown: &Shown, here: &str) -> Markup {
    let language = visitor.language;
    html! {
        @if shown.glance.is_new {
            form method="post" action=(format!("{here}/review")) {
                (form_token(visitor))
                input type="hidden" name="revision" value=(shown.diary.diary().revision.0);
                button type="submit" { (say!(language, "patient-review")) }
            }
        } @else {
            p { (say!(language, "patient-reviewed")) }
        }
    }
}
