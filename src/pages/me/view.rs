//! The diary at a glance.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    pages::{
        diary::Shown,
        signed_in::{Place, answer_for},
        visitor::Visitor,
    },
    say,
};

/// One's own diary. `notice` is what there is to tell besides.
pub fn diary(visitor: &Visitor, shown: &Shown, notice: &Markup) -> HttpResponse {
    let language = visitor.language;
    let here = Place::Diary.path();
    let content = html! {
        (notice)
        p.buttons { a.button.first href="/app" { (say!(language, "diary-app")) } }
        (shown.figures(here))
        p.muted { (say!(language, "diary-no-diagnosis")) }
        div.deeds { (shown.report_links(here)) }
        (shown.answers())
        (shown.log(here))
        section {
            h2 { (say!(language, "take-away-title")) }
            p { (say!(language, "take-away-what")) }
            p.buttons { a.button href="/me/export" download { (say!(language, "take-away-button")) } }
            p { (say!(language, "take-away-tables-what")) }
            p.buttons { a.button href="/me/export.zip" download { (say!(language, "take-away-tables-button")) } }
            p { (say!(language, "take-away-fhir-what")) }
            p.buttons { a.button href="/me/export.fhir.json" download { (say!(language, "take-away-fhir-button")) } }
        }
    };
    answer_for(visitor, Place::Diary, shown.status(), &say!(language, "diary-title"), &content)
}
