//! What stands on the page.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    access::{accounts::model::Notice, mail::model::Mailing, notices::model::Told},
    foundation::paging::Page,
    pages::{
        signed_in::{Place, done, form_token, page_for},
        visitor::Visitor,
        when::when,
    },
    say,
};

/// What happened, the latest first, and of what of it one wants mail.
pub fn notices(visitor: &Visitor, mailing: Mailing, page: &Page<Told>, is_done: bool) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        @if is_done { (done(&say!(language, "notices-done"))) }
        p { (say!(language, "notices-what")) }
        @if page.items.is_empty() { p { (say!(language, "notices-none")) } }
        ul.people { @for told in &page.items { (entry(visitor, told)) } }
        @if let Some(next) = &page.next_cursor {
            p { a href=(format!("{}?cursor={}", Place::NOTICES, next.as_str())) { (say!(language, "more")) } }
        }
        @if mailing.is_on() { (mails(visitor)) } @else { p { (say!(language, "no-mail-what")) } }
        p { a href=(Place::PASSWORD) { (say!(language, "password-title")) } }
    };
    page_for(visitor, Place::Security, &say!(language, "notices-title"), &content)
}

fn entry(visitor: &Visitor, told: &Told) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    html! {
        li {
            div {
                h3 { (say!(language, &format!("notice-{}", told.kind.as_str()))) }
                p {
                    @if let Some(label) = &told.label { bdi { (label) } " · " }
                    (when(told.at, zone, language))
                }
            }
        }
    }
}

fn mails(visitor: &Visitor) -> Markup {
    let (language, muted) = (visitor.language, &visitor.user.muted);
    html! {
        section {
            h2 { (say!(language, "notices-mail-title")) }
            form method="post" action=(Place::NOTICES) {
                (form_token(visitor))
                fieldset {
                    legend { (say!(language, "notices-mail-what")) }
                    @for notice in Notice::ALL.into_iter().filter(|notice| !notice.is_of_security()) {
                        label.check {
                            input type="checkbox" name=(notice.as_str()) value="yes" checked[!muted.has(notice)];
                            (say!(language, &format!("notice-{}", notice.as_str())))
                        }
                    }
                }
                p.muted { (say!(language, "notices-mail-always")) }
                button.first type="submit" { (say!(language, "notices-mail-button")) }
            }
        }
    }
}
