//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::overview::Line;
use crate::{
    access::ReadableDiary,
    analytics::figures::Direction,
    episodes::{model::Episode, store::Filter},
    language::Language,
    local_clock::Period,
    page::{Cursor, Page},
    pages::{
        document::page,
        failure::SIGN_IN,
        signed_in::{form_token, page_for},
        visitor::Visitor,
    },
    reports::log,
    say,
    values::Name,
};

/// Why somebody is asked to sign in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInHint {
    /// E-mail or password is wrong.
    Wrong,
    /// A code is needed, too.
    CodeNeeded,
    /// It was the wrong one.
    WrongCode,
}

/// Asks for e-mail, password, and a code if there is one.
pub fn sign_in(language: Language, next: &str, hint: Option<SignInHint>, status: StatusCode) -> HttpResponse {
    let told = hint.map(|hint| match hint {
        SignInHint::Wrong => say!(language, "sign-in-wrong"),
        SignInHint::CodeNeeded => say!(language, "sign-in-code-needed"),
        SignInHint::WrongCode => say!(language, "sign-in-wrong-code"),
    });
    let content = html! {
        p { (say!(language, "sign-in-what")) }
        form method="post" action=(SIGN_IN) {
            @if let Some(told) = &told { p.wrong #hint role="alert" { (told) } }
            input type="hidden" name="next" value=(next);
            label for="email" { (say!(language, "sign-in-email")) }
            input #email type="email" name="email" required autocomplete="username" aria-describedby=[told.as_ref().map(|_| "hint")];
            label for="password" { (say!(language, "sign-in-password")) }
            input #password type="password" name="password" required autocomplete="current-password";
            label for="code" { (say!(language, "sign-in-code")) }
            p.muted #code-help { (say!(language, "sign-in-code-help")) }
            input #code name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="64" aria-describedby="code-help";
            button.first type="submit" { (say!(language, "sign-in-button")) }
        }
    };
    page(status, language, &say!(language, "sign-in-title"), &content)
}

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
    let content = html! {
        p { (say!(language, "redeem-what")) }
        form method="post" action="/clinic/redeem" {
            (form_token(visitor))
            @if let Some(told) = &told { p.wrong #hint role="alert" { (told) } }
            label for="code" { (say!(language, "redeem-code")) }
            input.code #code name="code" required value=[code] maxlength="40" autocomplete="off" autocapitalize="characters"
                spellcheck="false" placeholder="ABCD-EFGH-JKLM" aria-describedby=[told.as_ref().map(|_| "hint")];
            button.first type="submit" { (say!(language, "redeem-button")) }
        }
    };
    page_for(visitor, &say!(language, "redeem-title"), &content)
}

fn called(name: Option<&Name>, language: Language) -> Markup {
    html! { @match name { Some(name) => { bdi { (name.as_str()) } } None => { (say!(language, "patient-nameless")) } } }
}

/// The patients, with what tells whom to look at first.
pub fn patients(visitor: &Visitor, lines: &[Line], next: Option<&Cursor>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        @if lines.is_empty() {
            p { (say!(language, "patients-none")) }
            p { a href="/clinic/redeem" { (say!(language, "nav-redeem")) } }
        } @else {
            p.muted { (say!(language, "patients-period")) }
            div.scroll tabindex="0" role="group" aria-labelledby="patients" {
                table {
                    caption.unseen #patients { (say!(language, "patients-title")) }
                    thead { tr {
                        th scope="col" { (say!(language, "patients-name")) }
                        th scope="col" { (say!(language, "patients-state")) }
                        th.number scope="col" { (say!(language, "patients-rate")) }
                        th scope="col" { (say!(language, "patients-change")) }
                        th.number scope="col" { (say!(language, "patients-night")) }
                        th scope="col" { (say!(language, "patients-last")) }
                    } }
                    tbody { @for line in lines { (row(line, language)) } }
                }
            }
            @if let Some(next) = next {
                p { a href=(format!("/clinic?cursor={}", next.as_str())) rel="next" { (say!(language, "more")) } }
            }
        }
    };
    page_for(visitor, &say!(language, "patients-title"), &content)
}

fn row(line: &Line, language: Language) -> Markup {
    let state = if line.is_new { say!(language, "patients-new") } else { say!(language, "patients-reviewed") };
    html! {
        tr {
            th scope="row" { a href=(format!("/clinic/patients/{}", line.id)) { (called(line.name.as_ref(), language)) } }
            td { @if line.is_new { strong { (state) } } @else { (state) } }
            td.number { (rate(line, language)) }
            td { (change(line, language)) }
            td.number { (night(line, language)) }
            td { @if let Some(date) = line.last_entry { (language.short_date(date)) } @else { "–" } }
        }
    }
}

fn rate(line: &Line, language: Language) -> String {
    line.rate.per_week.map_or_else(|| "–".to_owned(), |rate| language.decimal(rate, 1))
}

fn change(line: &Line, language: Language) -> String {
    match line.change.verdict {
        Direction::Fewer => say!(language, "change-fewer"),
        Direction::More => say!(language, "change-more"),
        Direction::NoClearChange => say!(language, "change-none"),
        Direction::InsufficientData => say!(language, "change-unknown"),
    }
}

fn night(line: &Line, language: Language) -> String {
    let night = &line.night;
    match night.night_share {
        Some(share) => {
            say!(language, "count-of", count = night.night, of = night.episodes, percent = language.percent(share))
        }
        None => "–".to_owned(),
    }
}

/// One patient: what is new, the way to the report, and the log.
pub fn patient(
    visitor: &Visitor,
    diary: &ReadableDiary,
    line: Option<&Line>,
    filter: &Filter,
    page: &Page<Episode>,
) -> HttpResponse {
    let language = visitor.language;
    let here = format!("/clinic/patients/{}", diary.id());
    let title = diary
        .diary()
        .display_name
        .as_ref()
        .map_or_else(|| say!(language, "patient-nameless"), |name| name.as_str().to_owned());
    let table = log::table(&page.items, diary.diary().day_parts, language);
    let content = html! {
        (terms(diary, language))
        @if let Some(line) = line { (figures(line, language)) }
        p.actions {
            a.button href=(format!("{here}/report")) { (say!(language, "patient-report")) }
            a.button href=(format!("{here}/report?format=pdf")) { (say!(language, "patient-report-pdf")) }
        }
        @if let Some(line) = line { (reviewing(visitor, diary, line, &here)) }
        h2 #log { (say!(language, "patient-log")) }
        (filters(filter, &here, language))
        @match table {
            Some(table) => {
                div.scroll tabindex="0" role="group" aria-labelledby="log" { (crate::reports::page::table(&table, true)) }
            }
            None => { p { (say!(language, "patient-log-empty")) } }
        }
        @if let Some(next) = &page.next_cursor {
            p { a href=(format!("{here}?{}cursor={}", query_of(filter), next.as_str())) rel="next" { (say!(language, "more")) } }
        }
    };
    page_for(visitor, &title, &content)
}

/// What the patient allowed to be seen.
fn terms(diary: &ReadableDiary, language: Language) -> Markup {
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

fn figures(line: &Line, language: Language) -> Markup {
    html! {
        dl.facts {
            div { dt { (say!(language, "patients-rate")) } dd { (rate(line, language)) } }
            div { dt { (say!(language, "patients-change")) } dd { (change(line, language)) } }
            div { dt { (say!(language, "patients-night")) } dd { (night(line, language)) } }
            div {
                dt { (say!(language, "patients-last")) }
                dd { @if let Some(date) = line.last_entry { (language.short_date(date)) } @else { "–" } }
            }
        }
        p.muted { (say!(language, "patients-period")) }
    }
}

fn reviewing(visitor: &Visitor, diary: &ReadableDiary, line: &Line, here: &str) -> Markup {
    let language = visitor.language;
    html! {
        @if line.is_new {
            form method="post" action=(format!("{here}/review")) {
                (form_token(visitor))
                input type="hidden" name="revision" value=(diary.diary().revision.0);
                button type="submit" { (say!(language, "patient-review")) }
            }
        } @else {
            p { (say!(language, "patient-reviewed")) }
        }
    }
}

fn filters(filter: &Filter, here: &str, language: Language) -> Markup {
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string());
    let periods = [(Period::Night, "period-night"), (Period::Evening, "period-evening"), (Period::Day, "period-day")];
    html! {
        form.filters method="get" action=(here) {
            div { label for="from" { (say!(language, "filter-from")) } input #from type="date" name="from" value=[date(filter.from)]; }
            div { label for="to" { (say!(language, "filter-to")) } input #to type="date" name="to" value=[date(filter.to)]; }
            div {
                label for="period" { (say!(language, "filter-period")) }
                select #period name="period" {
                    option value="" { (say!(language, "filter-any")) }
                    @for (period, id) in periods {
                        option value=(period.as_str()) selected[filter.period == Some(period)] { (say!(language, id)) }
                    }
                }
            }
            div {
                label for="intensity" { (say!(language, "filter-intensity")) }
                input #intensity type="number" name="min_intensity" min="0" max="10" value=[filter.min_intensity.map(crate::values::Rating::get)];
            }
            button type="submit" { (say!(language, "filter-button")) }
        }
    }
}

/// The filter as the beginning of a query.
fn query_of(filter: &Filter) -> String {
    let parts = [
        filter.from.map(|date| format!("from={date}&")),
        filter.to.map(|date| format!("to={date}&")),
        filter.period.map(|period| format!("period={}&", period.as_str())),
        filter.min_intensity.map(|least| format!("min_intensity={}&", least.get())),
    ];
    parts.into_iter().flatten().collect()
}
