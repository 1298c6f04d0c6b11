//! The diary at a glance, and who looked at it.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    access::{
        accounts::model::Email,
        visits::model::{LogEntry, VisitorRole},
    },
    foundation::{language::Language, local_clock::Zone, paging::Page, values::Name},
    pages::{
        diary::Shown,
        signed_in::{Place, answer_for, page_for},
        visitor::Visitor,
        when::when,
    },
    say,
};

/// One's own diary.
pub fn diary(visitor: &Visitor, shown: &Shown) -> HttpResponse {
    let language = visitor.language;
    let here = Place::Diary.path();
    let content = html! {
        (shown.figures())
        p.muted { (say!(language, "diary-no-diagnosis")) }
        (shown.report_links(here))
        (shown.charts_and_log(here))
        section {
            h2 { (say!(language, "take-away-title")) }
            p { (say!(language, "take-away-what")) }
            p.buttons { a.button href="/me/export" download { (say!(language, "take-away-button")) } }
        }
    };
    answer_for(visitor, Place::Diary, shown.status(), &say!(language, "diary-title"), &content)
}

/// Everybody besides the owner who read the diary or wrote in it.
pub fn access_log(visitor: &Visitor, zone: Zone, page: &Page<LogEntry>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "looks-what")) }
        @if page.items.is_empty() {
            p { (say!(language, "looks-none")) }
        } @else {
            div.scroll tabindex="0" role="group" aria-labelledby="looks" {
                table.narrow {
                    caption.unseen #looks { (say!(language, "looks-title")) }
                    thead { tr {
                        th scope="col" { (say!(language, "looks-when")) }
                        th scope="col" { (say!(language, "looks-who")) }
                        th scope="col" { (say!(language, "looks-did")) }
                    } }
                    tbody {
                        @for entry in &page.items {
                            tr {
                                th scope="row" { (when(entry.at, zone, language)) }
                                td { (who(entry, language)) }
                                td { (deed(entry, language)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(next) = &page.next_cursor {
            p { a href=(format!("{}?cursor={}", Place::Looks.path(), next.as_str())) rel="next" { (say!(language, "more")) } }
        }
        p { a href=(Place::Sharing.path()) { (say!(language, "looks-end")) } }
    };
    page_for(visitor, Place::Looks, &say!(language, "looks-title"), &content)
}

fn who(entry: &LogEntry, language: Language) -> Markup {
    let name = entry.user_name.as_ref().map(Name::as_str);
    let email = entry.user_email.as_ref().map(Email::as_str);
    html! {
        @match (entry.role, name, email) {
            (VisitorRole::ReportLink, ..) => { (say!(language, "looks-by-link")) }
            (VisitorRole::Operator, ..) => { (say!(language, "looks-operator")) }
            (_, Some(name), Some(email)) => { bdi { (name) } " " span.muted { bdi { (email) } } }
            (_, name, email) => { bdi { (name.or(email).unwrap_or("–")) } }
        }
    }
}

/// What they did; by its name in the contract when an older version of the service called it otherwise.
fn deed(entry: &LogEntry, language: Language) -> String {
    let id = format!("deed-{}", entry.what);
    let told = say!(language, &id);
    if told == id { entry.what.clone() } else { told }
}
