//! Programs that are told of changes (webhooks): which there are, and that one was switched off.

use maud::{Markup, html};

use super::{
    signed_in::{Place, asked_again, form_token},
    visitor::Visitor,
    when::when,
};
use crate::{
    say,
    sharing::webhooks::{
        model::{OffReason, Webhook},
        store,
    },
    storage::refusal::Refusal,
};

/// All of somebody's, those that are off as well.
///
/// # Errors
/// When the database fails.
pub async fn webhooks(visitor: &Visitor) -> Result<Vec<Webhook>, Refusal> {
    visitor.caller.read(Ok(()), |db, me, ()| Ok(store::of_user(db, me.user_id(), true)?)).await
}

/// Says that one was switched off, on the page that one comes to first; nothing where none was, or its owner did it.
///
/// # Errors
/// When the database fails.
pub async fn notice(visitor: &Visitor) -> Result<Markup, Refusal> {
    let is_news = |webhook: &Webhook| webhook.off.is_some_and(|(_, why)| why != OffReason::Owner);
    let is_off = webhooks(visitor).await?.iter().any(is_news);
    Ok(html! {
        @if is_off {
            p.wrong role="status" {
                (say!(visitor.language, "webhooks-off")) " "
                a href=(Place::TOKENS) { (say!(visitor.language, "webhooks-off-look")) }
            }
        }
    })
}

/// Each of them, with the way to end it.
#[must_use]
pub fn list(visitor: &Visitor, webhooks: &[Webhook]) -> Markup {
    let language = visitor.language;
    html! {
        section {
            h2 { (say!(language, "webhooks-title")) }
            @if webhooks.is_empty() { p { (say!(language, "webhooks-none")) } }
            ul.people { @for webhook in webhooks { (entry(visitor, webhook)) } }
        }
    }
}

fn entry(visitor: &Visitor, webhook: &Webhook) -> Markup {
    let (language, zone) = (visitor.language, visitor.user.time_zone);
    let host = webhook.terms.url.url().host_str().unwrap_or_default();
    let name = webhook.terms.name.as_ref().map_or(host, |name| name.as_str());
    let form = html! {
        form method="post" action=(format!("{}/webhooks/{}/end", Place::TOKENS, webhook.id)) {
            (form_token(visitor))
            button.first type="submit" { (say!(language, "sharing-end-now")) }
        }
    };
    let label = say!(language, "webhook-end-which", name = name);
    let follows = say!(language, "webhook-end-follows", name = name);
    html! {
        li {
            div {
                h3 { bdi { (name) } }
                p { (say!(language, "webhook-at", host = host)) }
                @if let Some((at, why)) = webhook.off {
                    p.wrong { (say!(language, &format!("webhook-off-{}", why.as_str()), at = when(at, zone, language))) }
                }
            }
            (asked_again(&say!(language, "sharing-end"), &label, &follows, &form))
        }
    }
}
