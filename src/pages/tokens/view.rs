//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::form::{DAYS, ENDS_IN, OWN_ALONE, TokenForm};
use crate::{
    access::{
        connections::model::Connection,
        scopes::{Scope, TokenRights},
        tokens::model::{Token, TokenSecret},
    },
    foundation::{clock::Instant, faults::Faults, language::Language},
    pages::{
        field::field,
        signed_in::{Place, answer_for, asked_again, done, form_token, page_for},
        told,
        visitor::Visitor,
        when::when,
    },
    say,
    sharing::webhooks::model::Webhook,
};

/// All apps that were let in, all tokens that can be used and all programs that are told of changes, each with the way to end
/// it. `is_ended`: one was ended just now.
pub fn overview(
    visitor: &Visitor,
    (tokens, apps, webhooks): (&[Token], &[Connection], &[Webhook]),
    is_ended: bool,
) -> HttpResponse {
    let language = visitor.language;
    let of_app = |app: &Connection| {
        let there = format!("{}/apps/{}", Place::TOKENS, app.id);
        let used = used(visitor, "connection-made", (app.created_at, app.last_used_at));
        entry(visitor, (&app.rights, None), &used, &end(visitor, &there, &app.rights, "connection-end-which"))
    };
    let of_token = |token: &Token| {
        let there = format!("{}/{}", Place::TOKENS, token.id);
        let used = used(visitor, "token-made", (token.created_at, token.last_used_at));
        entry(
            visitor,
            (&token.rights, token.expires_at),
            &used,
            &end(visitor, &there, &token.rights, "token-end-which"),
        )
    };
    let content = html! {
        @if is_ended { (done(&say!(language, "tokens-ended"))) }
        p { (say!(language, "tokens-what")) }
        section {
            h2 { (say!(language, "connections-title")) }
            @if apps.is_empty() { p { (say!(language, "connections-none")) } }
            ul.people { @for app in apps { (of_app(app)) } }
        }
        section {
            h2 { (say!(language, "tokens-own-title")) }
            p.buttons { a.button.first href="/tokens/new" { (say!(language, "tokens-new")) } }
            @if tokens.is_empty() { p { (say!(language, "tokens-none")) } }
            ul.people { @for token in tokens { (of_token(token)) } }
        }
        (told::list(visitor, webhooks))
    };
    page_for(visitor, Place::Security, &say!(language, "tokens-title"), &content)
}

/// Who is let in, how far, since when, and the way to end it.
fn entry(
    visitor: &Visitor,
    (rights, expires_at): (&TokenRights, Option<Instant>),
    used: &Markup,
    end: &Markup,
) -> Markup {
    html! {
        li {
            div { h3 { bdi { (rights.name.as_str()) } } (in_short(visitor, rights, expires_at)) (used) }
            (end)
        }
    }
}

/// What a scope lets do, in plain words.
#[must_use]
pub fn may(scope: Scope, language: Language) -> String {
    say!(language, &format!("scope-{}", scope.as_str().replace(':', "-")))
}

/// What is let do, where, and how long.
fn in_short(visitor: &Visitor, rights: &TokenRights, expires_at: Option<Instant>) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    let scopes: Vec<_> = rights.scopes.iter().map(|scope| may(*scope, language)).collect();
    html! {
        p { (scopes.join(" · ")) }
        p {
            (reach(visitor, rights)) " "
            @match expires_at {
                Some(end) => { (say!(language, "sharing-until", at = when(end, zone, language))) }
                None => { (say!(language, "token-until-ended")) }
            }
        }
    }
}

fn reach(visitor: &Visitor, rights: &TokenRights) -> String {
    let language = visitor.language;
    match (rights.diary_ids.as_deref(), &visitor.user.diary_id) {
        (None, _) => say!(language, "token-all-diaries"),
        (Some([only]), Some(own)) if only == own => say!(language, "token-own-diary"),
        (Some(ids), _) => say!(language, "token-some-diaries", count = ids.len()),
    }
}

fn used(visitor: &Visitor, made: &str, (made_at, last_used_at): (Instant, Option<Instant>)) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    html! {
        p.muted {
            (say!(language, made, at = when(made_at, zone, language))) " "
            @match last_used_at {
                Some(at) => { (say!(language, "token-used", at = when(at, zone, language))) }
                None => { (say!(language, "token-unused")) }
            }
        }
    }
}

fn end(visitor: &Visitor, there: &str, rights: &TokenRights, which: &str) -> Markup {
    let (language, name) = (visitor.language, rights.name.as_str());
    let form = html! {
        form method="post" action=(format!("{there}/end")) {
            (form_token(visitor))
            button.first type="submit" { (say!(language, "sharing-end-now")) }
        }
    };
    let (label, follows) = (say!(language, which, name = name), say!(language, "token-end-follows", name = name));
    asked_again(&say!(language, "sharing-end"), &label, &follows, &form)
}

/// Whether something is wrong with what is filled in, and not with making a token at all.
pub fn is_about_fields(faults: &Faults) -> bool {
    ["name", "scopes", "expires_at"].into_iter().any(|field| faults.concern(field))
}

/// Asks what a new one shall let do.
pub fn ask(visitor: &Visitor, form: &TokenForm, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let wrong =
        |name: &str, sentence: &str| faults.filter(|faults| faults.concern(name)).map(|_| say!(language, sentence));
    let name = field(
        "name",
        &html! { (say!(language, "token-name")) },
        wrong("name", "token-wrong-name").as_deref(),
        |said| {
            html! {
                input #name name="name" value=[&form.name] required maxlength="200" autocomplete="off"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        },
    );
    let ends = field(
        ENDS_IN,
        &html! { (say!(language, "ask-access_until")) },
        wrong("expires_at", "token-wrong-end").as_deref(),
        |said| {
            html! {
                select id=(ENDS_IN) name=(ENDS_IN) aria-invalid=[said.invalid] aria-describedby=[&said.hint] {
                    @for days in DAYS {
                        option value=(days) selected[form.days == Some(days.to_string())] {
                            (say!(language, "ask-days", days = days))
                        }
                    }
                    option value="" selected[form.days.is_none()] { (say!(language, "token-no-end")) }
                }
            }
        },
    );
    let content = html! {
        p { (say!(language, "token-new-what")) }
        form method="post" action="/tokens/new" {
            (form_token(visitor))
            (name)
            fieldset {
                legend { (say!(language, "token-scopes")) }
                @if let Some(wrong) = wrong("scopes", "token-wrong-scopes") { p.wrong role="alert" { (wrong) } }
                @for scope in Scope::ALL {
                    label.check {
                        input type="checkbox" name=(scope.as_str()) value="yes" checked[form.scopes.contains(&scope)];
                        span { (may(scope, language)) }
                    }
                }
            }
            @if visitor.user.diary_id.is_some() {
                label.check {
                    input type="checkbox" name=(OWN_ALONE) value="yes" checked[form.own_alone];
                    span { (say!(language, "token-own-alone")) }
                }
            }
            (ends)
            button.first type="submit" { (say!(language, "token-make")) }
        }
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer_for(visitor, Place::Security, status, &say!(language, "tokens-new"), &content)
}

/// The one page that shows a token.
pub fn made(visitor: &Visitor, token: &Token, secret: &TokenSecret) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "token-made-what")) }
        p.address #secret { (secret.to_secret().expose()) }
        (in_short(visitor, &token.rights, token.expires_at))
        p.buttons { a.button href=(Place::TOKENS) { (say!(language, "token-kept")) } }
    };
    page_for(visitor, Place::Security, &say!(language, "token-made-title"), &content)
}
