//! `/v1/me/webhooks`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;

use super::steps;
use crate::{
    access::{Caller, visits::needs::AccountOperation},
    foundation::{clock::Instant, ids::Id, paging::PageRequest, precondition::Revision, values::Name},
    sharing::{
        deliveries::{
            model::{Delivery, Trouble},
            store as deliveries,
        },
        webhooks::{
            model::{self, Draft, Event, OffReason, Reach, ReceiverUrl, Webhook},
            store,
        },
    },
    web::{
        answer,
        body::{Body, Keyed},
        path::Path,
        problem::Problem,
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/me/webhooks").get(list_webhooks).keyed_post(create_webhook).end();
    routes.at("/v1/me/webhooks/{id}").get(get_webhook).patch(update_webhook).delete(delete_webhook).end();
    routes.at("/v1/me/webhooks/{id}/deliveries").get(list_webhook_deliveries).end();
    routes.at("/v1/me/webhooks/{id}/deliveries/{delivery_id}/retry").post(retry_webhook_delivery).end();
}

#[derive(Serialize)]
struct WebhookView {
    id: Id,
    url: ReceiverUrl,
    name: Option<Name>,
    events: Vec<Event>,
    diary_ids: Option<Vec<Id>>,
    created_at: Instant,
    disabled: bool,
    disabled_at: Option<Instant>,
    disabled_reason: Option<OffReason>,
    last_delivered_at: Option<Instant>,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        let (disabled_at, disabled_reason) = webhook.off.unzip();
        Self {
            id: webhook.id,
            url: webhook.terms.url,
            name: webhook.terms.name,
            events: webhook.terms.events,
            diary_ids: webhook.terms.diary_ids,
            created_at: webhook.created_at,
            disabled: disabled_at.is_some(),
            disabled_at,
            disabled_reason,
            last_delivered_at: webhook.last_delivered_at,
        }
    }
}

/// A new webhook: the only answer with its secret.
#[derive(Serialize)]
struct NewWebhook {
    #[serde(flatten)]
    webhook: WebhookView,
    secret: String,
}

#[derive(Serialize)]
struct DeliveryView {
    id: Id,
    event: Event,
    diary_id: Id,
    grant_id: Option<Id>,
    link_id: Option<Id>,
    revision: Option<Revision>,
    created_at: Instant,
    attempts: i32,
    last_attempt_at: Option<Instant>,
    last_status: Option<u16>,
    last_error: Option<Trouble>,
    next_attempt_at: Option<Instant>,
    delivered_at: Option<Instant>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let (grant_id, link_id) = match delivery.event {
            Event::LinkOpened => (None, delivery.subject_id),
            _ => (delivery.subject_id, None),
        };
        Self {
            id: delivery.id,
            event: delivery.event,
            diary_id: delivery.diary_id,
            grant_id,
            link_id,
            revision: delivery.revision,
            created_at: delivery.created_at,
            attempts: delivery.attempts,
            last_attempt_at: delivery.last_attempt_at,
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            next_attempt_at: delivery.next_attempt_at,
            delivered_at: delivery.delivered_at,
        }
    }
}

async fn list_webhooks(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListWebhooks)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| Ok(store::page(db, me, &asked)?))
        .await?;
    Ok(answer::page(&request, &page.map(WebhookView::from)))
}

async fn create_webhook(caller: Caller, reach: Data<Reach>, body: Keyed<Body>) -> Result<HttpResponse, Problem> {
    let said = Draft::from_json(body.by(caller.user_id()), **reach);
    let (made, secret) = steps::make(&caller, said).await?;
    let secret = model::shown(&secret);
    Ok(answer::made(&made.map(|webhook| NewWebhook { webhook: webhook.into(), secret })))
}

async fn get_webhook(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    let webhook =
        caller.doing(AccountOperation::GetWebhook).read(Ok(id), |db, me, id| store::find(db, me, &id)).await?;
    Ok(HttpResponse::Ok().json(WebhookView::from(webhook)))
}

async fn update_webhook(
    caller: Caller,
    reach: Data<Reach>,
    Path(id): Path<Id>,
    Body(patch): Body,
) -> Result<HttpResponse, Problem> {
    let webhook = steps::change(&caller, id, patch, **reach).await?;
    Ok(HttpResponse::Ok().json(WebhookView::from(webhook)))
}

async fn delete_webhook(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    steps::delete(&caller.doing(AccountOperation::DeleteWebhook), id).await?;
    Ok(answer::nothing())
}

async fn list_webhook_deliveries(
    request: HttpRequest,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| (id, PageRequest::unfiltered(query)));
    let page = caller
        .doing(AccountOperation::ListWebhookDeliveries)
        .read(asked, |db, me, (id, asked)| {
            let webhook = store::find(db, me, &id)?;
            let mut page = deliveries::page(db, &webhook, &asked)?;
            page.items.retain(|delivery| me.reaches(&delivery.diary_id));
            Ok(page)
        })
        .await?;
    Ok(answer::page(&request, &page.map(DeliveryView::from)))
}

async fn retry_webhook_delivery(caller: Caller, Path(ids): Path<(Id, Id)>) -> Result<HttpResponse, Problem> {
    let delivery = caller
        .doing(AccountOperation::RetryWebhookDelivery)
        .write(Ok(ids), |db, me, (webhook_id, id)| deliveries::retry(db, me, &webhook_id, &id))
        .await?;
    Ok(HttpResponse::Ok().json(DeliveryView::from(delivery)))
}
