//! What stands on the page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::form::{ALL, ANSWER, ConsentForm, OFFERED, YES, of_diary};
use crate::{
    access::Role,
    foundation::{faults::Faults, language::Language, paging::Page},
    pages::{
        document::{self, lets_forms_lead_to},
        failure::encoded,
        signed_in::{Place, answer_for, form_token},
        tokens::may,
        visitor::Visitor,
    },
    people::oauth::{
        authorization::{AUTHORIZE, Asked},
        steps::concern_diaries,
    },
    say,
    sharing::diaries::view::ListedDiary,
};

/// The app made a mistake. Its developers read on; whoever it brought here learns that nothing happened.
pub fn mistaken(language: Language, why: &str) -> HttpResponse {
    let content = html! {
        p { (say!(language, "oauth-mistaken-what")) }
        p.muted lang="en" { (why) }
    };
    document::page(StatusCode::BAD_REQUEST, language, &say!(language, "oauth-mistaken-title"), &content)
}

/// Asks whether an app is let in, and how far.
pub fn ask(
    visitor: &Visitor,
    asked: &Asked,
    (offered, form): (&Page<ListedDiary>, &ConsentForm),
    faults: Option<&Faults>,
) -> HttpResponse {
    let (language, app) = (visitor.language, asked.client.name.as_str());
    let (host, origin) = destination(asked.redirect_uri());
    let wrong = |name: &str, ticked: bool| {
        let is_wrong = faults.is_some_and(|faults| faults.concern(name));
        let why = if ticked { say!(language, "oauth-wrong-diaries") } else { say!(language, "token-wrong-scopes") };
        html! { @if is_wrong { p.wrong role="alert" { (why) } } }
    };
    let content = html! {
        p { (say!(language, "oauth-what", app = app)) }
        p {
            @match host {
                Some(host) => { (say!(language, "oauth-back-to", host = host)) }
                None => { (say!(language, "oauth-back-to-device")) }
            }
        }
        form method="post" action=(question(asked)) {
            (form_token(visitor))
            fieldset {
                legend { (say!(language, "oauth-scopes")) }
                (wrong("scopes", false))
                @for scope in &asked.scopes {
                    label.check {
                        input type="checkbox" name=(scope.as_str()) value="yes" checked[form.scopes.contains(scope)];
                        span { (may(*scope, language)) }
                    }
                }
            }
            @if concern_diaries(&asked.scopes) { (which(visitor, (offered, form), &wrong("diary_ids", !form.diary_ids.is_empty()))) }
            p { (say!(language, "oauth-until")) }
            p.buttons {
                button.first type="submit" name=(ANSWER) value=(YES) { (say!(language, "oauth-allow")) }
                button type="submit" name=(ANSWER) value="no" { (say!(language, "oauth-deny")) }
            }
        }
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = answer_for(visitor, Place::Security, status, &say!(language, "oauth-title", app = app), &content);
    lets_forms_lead_to(&mut page, &origin);
    page
}

/// The diaries, of which the person ticks some.
fn which(visitor: &Visitor, (offered, form): (&Page<ListedDiary>, &ConsentForm), wrong: &Markup) -> Markup {
    let language = visitor.language;
    let ids = offered.items.iter().map(|diary| diary.diary.id.as_str()).collect::<Vec<_>>().join(" ");
    html! {
        fieldset {
            legend { (say!(language, "oauth-diaries")) }
            (wrong)
            input type="hidden" name=(OFFERED) value=(ids);
            @for (at, diary) in offered.items.iter().enumerate() {
                label.check {
                    input type="checkbox" name=(of_diary(at)) value="yes"
                        checked[form.diary_ids.iter().any(|id| id == diary.diary.id.as_str())];
                    span {
                        @if diary.diary.role == Role::Owner {
                            (say!(language, "oauth-own-diary"))
                        } @else {
                            (say!(language, "oauth-diary-of")) " "
                            bdi { (diary.owner_name.as_ref().map_or(diary.diary.id.as_str(), |name| name.as_str())) }
                        }
                    }
                }
            }
            @if offered.next_cursor.is_some() {
                p.muted { (say!(language, "oauth-more-diaries", number = offered.items.len())) }
            }
            label.check {
                input type="checkbox" name=(ALL) value="yes" checked[form.all];
                span { (say!(language, "oauth-all-diaries")) }
            }
        }
    }
}

/// The question again, in the address that the form is sent to: it is read there as it was here.
fn question(asked: &Asked) -> String {
    let scope = asked.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    let challenge = asked.challenge.written();
    let said = [
        ("client_id", asked.client.id.as_str()),
        ("redirect_uri", asked.redirect_uri()),
        ("response_type", "code"),
        ("scope", &scope),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let state = asked.state().map(|state| ("state", state));
    let said = said.into_iter().chain(state).map(|(name, value)| format!("{name}={}", encoded(value)));
    format!("{AUTHORIZE}?{}", said.collect::<Vec<_>>().join("&"))
}

/// What people know of where they go back to, if it is no program on their device, and what the content policy calls it.
fn destination(redirect_uri: &str) -> (Option<&str>, String) {
    let Some((scheme, rest)) = redirect_uri.split_once("://") else {
        return (None, format!("{}:", redirect_uri.split(':').next().unwrap_or_default()));
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    match scheme {
        "https" => (Some(authority), format!("https://{authority}")),
        "http" => (None, format!("http://{authority}")),
        _ => (None, format!("{scheme}:")),
    }
}
