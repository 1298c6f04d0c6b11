//! Who looked at the diary, or tried to.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    access::{
        OwnedDiary,
        accounts::model::Email,
        visits::{
            model::{Access, Entry, Filter, Outcome, VisitorRole},
            store as visits,
        },
    },
    foundation::{
        clock::Instant,
        fields::Fields,
        ids::Id,
        language::Language,
        local_clock::{LocalClock, LocalTime},
        paging::{Page, PageRequest},
        values::Name,
        zones::Zone,
    },
    pages::{
        signed_in::{Place, page_for},
        visitor::Visitor,
    },
    say,
    storage::{Db, Result},
};

/// Whose looks are asked for, and which page of them.
#[derive(Debug, Clone)]
pub struct LooksAsked {
    who: Option<Id>,
    page: PageRequest<i64>,
}

impl LooksAsked {
    /// Takes it out of a query.
    pub fn from_query(query: &mut Fields) -> Self {
        let who = query.optional("who");
        let page = PageRequest::filtered(query, &who);
        Self { who, page }
    }
}

/// Looks that the owner reads about.
pub struct Looks {
    zone: Zone,
    /// Of one person alone.
    who: Option<Id>,
    page: Page<Entry>,
}

impl Looks {
    /// Reads them.
    pub fn read(db: &mut Db, diary: &OwnedDiary, asked: LooksAsked) -> Result<Self> {
        let filter = Filter { who: asked.who, ..Filter::default() };
        let page = visits::entries(db, diary, &filter, &asked.page)?;
        Ok(Self { zone: diary.diary().time_zone, who: filter.who, page })
    }
}

/// Everybody besides the owner who read the diary or wrote in it, or tried to.
pub fn page(visitor: &Visitor, looks: &Looks) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "looks-what")) }
        @if looks.who.is_some() {
            p { (say!(language, "looks-filtered")) " " a href=(Place::Looks.path()) { (say!(language, "looks-all")) } }
        }
        @if looks.page.items.is_empty() {
            p { (say!(language, "looks-none")) }
        } @else {
            (days(looks, language))
        }
        @if let Some(next) = &looks.page.next_cursor {
            @let who = looks.who.as_ref().map(|who| format!("who={who}&")).unwrap_or_default();
            p {
                a href=(format!("{}?{who}cursor={}", Place::Looks.path(), next.as_str())) rel="next" {
                    (say!(language, "more"))
                }
            }
        }
        p { a href=(Place::Sharing.path()) { (say!(language, "looks-end")) } }
    };
    page_for(visitor, Place::Looks, &say!(language, "looks-title"), &content)
}

/// What one person did on one day, or somebody by one link, folded; opened where a try was denied.
fn days(looks: &Looks, language: Language) -> Markup {
    let day = |entry: &Entry| LocalClock::at(entry.first_at, looks.zone).date;
    let of_one = |one: &Entry, next: &Entry| {
        let by =
            |entry: &Entry| (entry.user_id.clone(), entry.consent_id.clone(), entry.role, entry.token_name.clone());
        day(one) == day(next) && by(one) == by(next)
    };
    html! {
        @for entries in looks.page.items.chunk_by(of_one) {
            @let count = entries.iter().map(|entry| entry.count).sum::<i32>();
            @let is_denied = entries.iter().any(|entry| entry.outcome == Outcome::Denied);
            @if let Some(first) = entries.first() {
                details.day open[is_denied] {
                    summary {
                        b { (language.date(day(first))) } " · " (who(first, language)) " · "
                        (say!(language, "looks-count", count = count))
                    }
                    (table(looks, entries, language))
                    @if looks.who.is_none() { (only(first, language)) }
                }
            }
        }
    }
}

fn table(looks: &Looks, entries: &[Entry], language: Language) -> Markup {
    html! {
        table.narrow {
            thead.unseen { tr {
                th scope="col" { (say!(language, "looks-when")) } th scope="col" { (say!(language, "looks-did")) }
            } }
            tbody {
                @for entry in entries {
                    tr {
                        th scope="row" { (time(entry.first_at, looks.zone)) }
                        td { (deed(entry, looks.zone, language)) }
                    }
                }
            }
        }
    }
}

/// How somebody is called, and under which address beside that.
fn called(entry: &Entry, language: Language) -> (String, Option<&str>) {
    let name = entry.user_name.as_ref().map(Name::as_str);
    let email = entry.user_email.as_ref().map(Email::as_str);
    match (entry.role, name, email) {
        (VisitorRole::ReportLink, ..) => (say!(language, "looks-by-link"), None),
        (VisitorRole::Operator, ..) => (say!(language, "looks-operator"), None),
        (_, Some(name), email) => (name.to_owned(), email),
        (_, None, email) => (email.unwrap_or("–").to_owned(), None),
    }
}

fn who(entry: &Entry, language: Language) -> Markup {
    let (name, email) = called(entry, language);
    html! {
        bdi { (name) } @if let Some(email) = email { " " span.muted { bdi { (email) } } }
        @if let Some(token) = &entry.token_name { ", " (say!(language, "looks-token", name = token.as_str().to_owned())) }
    }
}

/// The way to what the same person did, or somebody by the same link.
fn only(entry: &Entry, language: Language) -> Markup {
    let (name, _) = called(entry, language);
    html! {
        @if let Some(who) = entry.user_id.as_ref().or(entry.consent_id.as_ref()) {
            a href=(format!("{}?who={who}", Place::Looks.path())) aria-label=(say!(language, "looks-only-whose", name = name)) {
                (say!(language, "looks-only"))
            }
        }
    }
}

/// What they did or tried, and how often.
fn deed(entry: &Entry, zone: Zone, language: Language) -> String {
    let deed = match (entry.outcome, entry.role, entry.access) {
        // The one thing that who runs the service changes in a diary.
        (Outcome::Done, VisitorRole::Operator, Access::Write) => say!(language, "looks-clock-put-right"),
        (Outcome::Done, ..) => match (entry.what.as_str(), &entry.target) {
            // Whoever opens one says who they are.
            ("openHealthLink", Some(who)) => {
                let deed = done(&entry.what, language);
                say!(language, "looks-by-its-word", deed = deed, who = who.as_str())
            }
            (what, _) => done(what, language),
        },
        (Outcome::Denied, VisitorRole::ReportLink, _) => say!(language, "looks-denied-link"),
        (Outcome::Denied, _, Access::Read) => say!(language, "looks-denied-read"),
        (Outcome::Denied, _, Access::Write) => say!(language, "looks-denied-write"),
    };
    let (from, to) = (time(entry.first_at, zone), time(entry.last_at, zone));
    match entry.count {
        1 => deed,
        count if from == to => say!(language, "looks-times-at", deed = deed, count = count, at = from.to_string()),
        count => {
            let (from, to) = (from.to_string(), to.to_string());
            say!(language, "looks-times", deed = deed, count = count, from = from, to = to)
        }
    }
}

/// What they did; by its name in the contract when an older version of the service called it otherwise.
fn done(what: &str, language: Language) -> String {
    let id = format!("deed-{what}");
    let told = say!(language, &id);
    if told == id { what.to_owned() } else { told }
}

fn time(at: Instant, zone: Zone) -> LocalTime {
    LocalClock::at(at, zone).time
}
