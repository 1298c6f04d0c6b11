//! The pages on which patients share their diary: what is asked, and the code or the link that comes of it.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, PreEscaped, html};

use super::{
    forms::{ACCESS_DAYS, InvitationForm, LINK_HOURS, LinkForm},
    sharing::{agreed_words, in_short},
};
use crate::{
    foundation::{faults::Faults, language::Language, public_url::PublicUrl, qr, zones::Zone},
    pages::{
        field::{Said, field},
        signed_in::{Place, answer_for, form_token, page_for},
        visitor::Visitor,
        when::when,
    },
    say,
    sharing::{
        consents::{
            model::{Consent, SharedRole},
            words::{self, Purpose},
        },
        invitations::model::InvitationCode,
    },
    web::problem::Problem,
};

/// A form that is filled in, with what is wrong with it.
struct Asking<'a> {
    faults: Option<&'a Faults>,
    language: Language,
}

impl Asking<'_> {
    fn is_wrong(&self, field: &str) -> bool {
        self.faults.is_some_and(|faults| faults.concern(field))
    }

    fn field(&self, name: &str, optional: bool, input: impl FnOnce(&Said) -> Markup) -> Markup {
        let language = self.language;
        let label = html! {
            (say!(language, &format!("ask-{name}")))
            @if optional { " " span.muted { (say!(language, "ask-optional")) } }
        };
        let wrong = self.is_wrong(name).then(|| say!(language, &format!("wrong-{name}")));
        field(name, &label, wrong.as_deref(), input)
    }

    fn text(&self, name: &str, typed: Option<&str>, longest: &str) -> Markup {
        self.field(name, true, |said| {
            html! {
                input id=(name) name=(name) value=[typed] maxlength=(longest) autocomplete="off"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        })
    }

    fn date(&self, name: &str, typed: Option<&str>) -> Markup {
        self.field(name, true, |said| {
            html! {
                input id=(name) type="date" name=(name) value=[typed] min="1970-01-01"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        })
    }

    /// One of some lengths of time, each with its number of days, or none.
    fn choice(&self, name: &str, known: &[(u64, u64)], chosen: Option<&str>, otherwise: Option<&str>) -> Markup {
        let language = self.language;
        self.field(name, false, |said| {
            html! {
                select id=(name) name=(name) aria-invalid=[said.invalid] aria-describedby=[&said.hint] {
                    @if let Some(otherwise) = otherwise { option value="" { (otherwise) } }
                    @for (value, days) in known {
                        option value=(value) selected[chosen.is_some_and(|chosen| *chosen == value.to_string())] {
                            (say!(language, "ask-days", days = *days))
                        }
                    }
                }
            }
        })
    }

    fn status(&self) -> StatusCode {
        if self.faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

fn include_notes(language: Language, checked: bool) -> Markup {
    html! {
        label.check {
            input type="checkbox" name="include_notes" value="yes" checked[checked];
            span { (say!(language, "ask-include-notes")) }
        }
    }
}

/// Asks whom to invite, and on which terms.
pub fn invite(visitor: &Visitor, form: &InvitationForm, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let asking = Asking { faults, language };
    let content = html! {
        p { (say!(language, "invite-what")) }
        form method="post" action="/me/sharing/invite" {
            (form_token(visitor))
            (asking.text("label", form.label.as_deref(), "200"))
            fieldset {
                legend { (say!(language, "ask-role")) }
                @if asking.is_wrong("role") { p.wrong role="alert" { (say!(language, "wrong-role")) } }
                @for role in [SharedRole::Viewer, SharedRole::Contributor] {
                    label.check {
                        input type="radio" name="role" value=(role.as_str()) required checked[form.role == role.as_str()];
                        span { (say!(language, &format!("ask-role-{}", role.as_str()))) }
                    }
                }
            }
            (asking.date("visible_from", form.visible_from.as_deref()))
            (include_notes(language, form.include_notes))
            (asking.choice("access_until", &ACCESS_DAYS.map(|days| (days, days)), form.access_until.as_deref(),
                Some(&say!(language, "ask-until-ended"))))
            @for (role, purpose) in [(SharedRole::Viewer, Purpose::Viewer), (SharedRole::Contributor, Purpose::Contributor)] {
                details open[role == SharedRole::Viewer] {
                    summary { (say!(language, &format!("ask-words-{}", role.as_str()))) }
                    (agreed_words(words::CURRENT, purpose, language))
                }
            }
            button.first type="submit" { (say!(language, "invite-button")) }
        }
    };
    answer_for(visitor, Place::Sharing, asking.status(), &say!(language, "invite-title"), &content)
}

/// The one page that shows a code.
///
/// # Errors
/// When the address is too long for a QR code.
pub fn invited(
    visitor: &Visitor,
    zone: Zone,
    consent: &Consent,
    code: &InvitationCode,
    public_url: &PublicUrl,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let url = code.expose_url(public_url);
    let page = html! {
        p { (say!(language, "invited-what")) }
        p.shown { strong.code #code { (code.expose()) } }
        (drawn(&url, &say!(language, "invited-qr"))?)
        p { (say!(language, "invited-or-link")) br; a.address href=(url) { (url) } }
        p { (say!(language, "invited-until", at = when(consent.open_until, zone, language))) }
        (in_short(&consent.terms, zone, language))
        (way_back(language))
    };
    Ok(page_for(visitor, Place::Sharing, &say!(language, "invited-title"), &page))
}

/// Asks what a link shall open, and how long.
pub fn link(visitor: &Visitor, form: &LinkForm, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let asking = Asking { faults, language };
    let content = html! {
        p { (say!(language, "make-link-what")) }
        form method="post" action="/me/sharing/link" {
            (form_token(visitor))
            (asking.text("label", form.label.as_deref(), "200"))
            (asking.date("from", form.from.as_deref()))
            (asking.date("to", form.to.as_deref()))
            (include_notes(language, form.include_notes))
            (asking.choice("expires_in_hours", &LINK_HOURS.map(|hours| (hours, hours / 24)),
                form.expires_in_hours.as_deref().or(Some("72")), None))
            (asking.field("passcode", true, |said| html! {
                input #passcode name="passcode" minlength="4" maxlength="64" autocomplete="off" spellcheck="false"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }))
            details open {
                summary { (say!(language, "ask-words-report_link")) }
                (agreed_words(words::CURRENT, Purpose::ReportLink, language))
            }
            button.first type="submit" { (say!(language, "make-link-button")) }
        }
    };
    answer_for(visitor, Place::Sharing, asking.status(), &say!(language, "make-link-title"), &content)
}

/// The one page that shows a link.
///
/// # Errors
/// When the address is too long for a QR code.
pub fn link_made(
    visitor: &Visitor,
    zone: Zone,
    consent: &Consent,
    (url, health_link): (&str, Option<&str>),
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let page = html! {
        p { (say!(language, "link-made-what")) }
        (drawn(url, &say!(language, "link-made-qr"))?)
        p { a.address href=(url) { (url) } }
        @if let Some(health_link) = health_link {
            details {
                summary { (say!(language, "health-link-title")) }
                p { (say!(language, "health-link-what")) }
                (drawn(health_link, &say!(language, "health-link-qr"))?)
                p.address { (health_link) }
            }
        }
        p { (say!(language, "sharing-opens-until", at = when(consent.open_until, zone, language))) }
        (way_back(language))
    };
    Ok(page_for(visitor, Place::Sharing, &say!(language, "link-made-title"), &page))
}

fn way_back(language: Language) -> Markup {
    html! { p.buttons { a.button href=(Place::Sharing.path()) { (say!(language, "sharing-title")) } } }
}

fn drawn(url: &str, title: &str) -> Result<Markup, Problem> {
    let drawing = qr::svg(url, title).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(html! { div.qr { (PreEscaped(drawing)) } })
}
