//! The pages on which patients see with whom they share their diary, and end it.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    access::{OwnedDiary, accounts::model::Email, visits},
    foundation::{
        clock::Instant,
        language::Language,
        paging::{Page, PageRequest},
        values::Name,
        zones::Zone,
    },
    pages::{
        signed_in::{Place, asked_again, done, form_token, page_for},
        visitor::Visitor,
        when::when,
    },
    say,
    sharing::{
        consents::{
            model::{Consent, Kind, SharedRole, Terms},
            store as consents,
            words::{self, Purpose},
        },
        grants::{model::SharedGrant, store as grants},
        invitations::model::Status as InvitationStatus,
        report_links::{model::Status as LinkStatus, store as report_links},
    },
    storage::{Db, refusal::Refusal},
};

/// With whom a diary is shared now, and what is still open.
pub struct Shared {
    zone: Zone,
    grants: Vec<SharedGrant>,
    invitations: Vec<Consent>,
    /// Each with how often it was opened.
    links: Vec<(Consent, i64)>,
}

impl Shared {
    /// Reads it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &OwnedDiary) -> Result<Self, Refusal> {
        let now = diary.now();
        let mut invitations = consents::all_open(db, diary, Kind::Invitation, now)?;
        invitations.retain(|consent| InvitationStatus::of(consent, now) == InvitationStatus::Open);
        let mut links = consents::all_open(db, diary, Kind::ReportLink, now)?;
        let ids: Vec<_> = links.iter().map(|link| link.id.clone()).collect();
        let opening = report_links::find_all(db, diary.id(), &ids)?;
        links.retain(|consent| {
            let status = opening.get(&consent.id).map(|link| LinkStatus::of(consent, link, now));
            status == Some(LinkStatus::Open)
        });
        let visits = visits::store::visits(db, diary.id(), &ids)?;
        let counted = |link: Consent| {
            let times = visits.get(&link.id).map_or(0, |visits| visits.times);
            (link, times)
        };
        Ok(Self {
            zone: diary.diary().time_zone,
            links: links.into_iter().map(counted).collect(),
            grants: grants::page(db, diary, &PageRequest::longest())?.items,
            invitations,
        })
    }
}

/// Everybody who can look, or soon could, each with the way to end it. `is_ended`: something was ended just now.
pub fn overview(visitor: &Visitor, shared: &Shared, is_ended: bool) -> HttpResponse {
    let (language, zone) = (visitor.language, shared.zone);
    let content = html! {
        @if is_ended { (done(&say!(language, "sharing-ended"))) }
        p { (say!(language, "sharing-what")) }
        p.buttons {
            a.button.first href="/me/sharing/invite" { (say!(language, "sharing-invite")) }
            a.button href="/me/sharing/link" { (say!(language, "sharing-link")) }
        }
        section {
            h2 { (say!(language, "sharing-grants")) }
            @if shared.grants.is_empty() { p { (say!(language, "sharing-nobody")) } }
            ul.people { @for grant in &shared.grants { (self::grant(visitor, grant, zone)) } }
        }
        @if !shared.invitations.is_empty() {
            section {
                h2 { (say!(language, "sharing-invitations")) }
                ul.people { @for open in &shared.invitations { (invitation(visitor, open, zone)) } }
            }
        }
        @if !shared.links.is_empty() {
            section {
                h2 { (say!(language, "sharing-links")) }
                ul.people { @for (open, times) in &shared.links { (open_link(visitor, open, *times, zone)) } }
            }
        }
        p { a href="/me/sharing/consents" { (say!(language, "sharing-history")) } }
    };
    page_for(visitor, Place::Sharing, &say!(language, "sharing-title"), &content)
}

fn grant(visitor: &Visitor, grant: &SharedGrant, zone: Zone) -> Markup {
    let language = visitor.language;
    let name = grant.user_name.as_ref().map_or(grant.user_email.as_str(), |name| name.as_str());
    let terms = Terms {
        role: grant.role,
        label: grant.label.clone(),
        visible_from: grant.visible_from,
        include_notes: grant.include_notes,
        access_until: grant.access_until,
    };
    html! {
        li {
            div {
                h3 { bdi { (name) } @if let Some(label) = &grant.label { " (" bdi { (label.as_str()) } ")" } }
                p.muted { bdi { (grant.user_email.as_str()) } }
                (in_short(&terms, zone, language))
                p {
                    @match grant.last_seen_at {
                        Some(at) => { (say!(language, "sharing-last-look", at = when(at, zone, language))) }
                        None => { (say!(language, "sharing-no-look")) }
                    }
                }
            }
            (end(visitor, grant.id.as_str(), name))
        }
    }
}

fn invitation(visitor: &Visitor, consent: &Consent, zone: Zone) -> Markup {
    let language = visitor.language;
    let told = html! {
        (in_short(&consent.terms, zone, language))
        p { (say!(language, "sharing-open-until", at = when(consent.open_until, zone, language))) }
    };
    open(visitor, consent, &told)
}

fn open_link(visitor: &Visitor, consent: &Consent, times: i64, zone: Zone) -> Markup {
    let language = visitor.language;
    let told = html! {
        p { (say!(language, "sharing-opened", times = times)) }
        p { (say!(language, "sharing-opens-until", at = when(consent.open_until, zone, language))) }
    };
    open(visitor, consent, &told)
}

/// What nobody has to redeem, or has yet: it is known by the patient's name for it alone.
fn open(visitor: &Visitor, consent: &Consent, told: &Markup) -> Markup {
    let name = called(consent, visitor.language);
    html! {
        li {
            div { h3 { bdi { (name) } } (told) }
            (end(visitor, consent.id.as_str(), &name))
        }
    }
}

fn called(consent: &Consent, language: Language) -> String {
    consent.terms.label.as_ref().map_or_else(|| say!(language, "sharing-unnamed"), |label| label.as_str().to_owned())
}

fn end(visitor: &Visitor, id: &str, name: &str) -> Markup {
    let language = visitor.language;
    let form = html! {
        form method="post" action=(format!("/me/sharing/{id}/end")) {
            (form_token(visitor))
            button.first type="submit" { (say!(language, "sharing-end-now")) }
        }
    };
    let (label, follows) =
        (say!(language, "sharing-end-whom", name = name), say!(language, "sharing-end-follows", name = name));
    asked_again(&say!(language, "sharing-end"), &label, &follows, &form)
}

/// What was agreed to, in a few words.
pub fn in_short(terms: &Terms, zone: Zone, language: Language) -> Markup {
    html! {
        p {
            (say!(language, &format!("role-{}", terms.role.as_str())))
            @if let Some(first) = terms.visible_from { " " (say!(language, "sharing-from", date = language.date(first))) }
            @if terms.role == SharedRole::Viewer {
                " " @if terms.include_notes { (say!(language, "sharing-notes")) } @else { (say!(language, "sharing-no-notes")) }
            }
            " "
            @match terms.access_until {
                Some(until) => { (say!(language, "sharing-until", at = when(until, zone, language))) }
                None => { (say!(language, "sharing-until-ended")) }
            }
        }
    }
}

/// All that was ever agreed to, in which words, and what came of it.
pub fn consents(visitor: &Visitor, zone: Zone, page: &Page<Consent>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "consents-what")) }
        @if page.items.is_empty() { p { (say!(language, "consents-none")) } }
        ul.people {
            @for consent in &page.items {
                li {
                    div {
                        h2 { (when(consent.given_at, zone, language)) ": " bdi { (called(consent, language)) } }
                        @if consent.kind == Kind::ReportLink { p { (say!(language, "consents-link")) } }
                        @else { (in_short(&consent.terms, zone, language)) }
                        p { (became(visitor, consent, zone)) }
                        details {
                            summary { (say!(language, "consents-words", version = consent.words_version.as_str())) }
                            (agreed_words(&consent.words_version, consent.purpose(), consent.language))
                        }
                    }
                }
            }
        }
        @if let Some(next) = &page.next_cursor {
            p { a href=(format!("/me/sharing/consents?cursor={}", next.as_str())) rel="next" { (say!(language, "more")) } }
        }
    };
    page_for(visitor, Place::Sharing, &say!(language, "consents-title"), &content)
}

fn became(visitor: &Visitor, consent: &Consent, zone: Zone) -> String {
    let language = visitor.language;
    let at = |at: Instant| when(at, zone, language);
    let accepted = consent.acceptance.as_ref().map(|accepted| {
        let name = accepted.name.as_ref().map(Name::as_str);
        let who = name.or_else(|| accepted.email.as_ref().map(Email::as_str)).unwrap_or("–");
        say!(language, "consents-accepted", who = who, at = at(accepted.at))
    });
    let ended = consent
        .withdrawal
        .as_ref()
        .map(|(when, by)| say!(language, &format!("consents-ended-by-{}", by.as_str()), at = at(*when)));
    let is_over = consent.open_until <= visitor.caller.now();
    let until = match (consent.kind, is_over) {
        (Kind::Invitation, false) => "sharing-open-until",
        (Kind::Invitation, true) => "consents-code-over",
        (Kind::ReportLink, false) => "sharing-opens-until",
        (Kind::ReportLink, true) => "consents-link-over",
    };
    match (accepted, ended) {
        (Some(accepted), Some(ended)) => format!("{accepted} {ended}"),
        (Some(told), None) | (None, Some(told)) => told,
        (None, None) => say!(language, until, at = at(consent.open_until)),
    }
}

/// The paragraphs that are agreed to.
pub fn agreed_words(version: &str, purpose: Purpose, language: Language) -> Markup {
    let text = words::text(version, purpose, language).unwrap_or_default();
    html! { div.words lang=(language.tag()) { @for paragraph in text.split("\n\n") { p { (paragraph) } } } }
}
