//! `/v1/me/passkeys`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;

use super::steps::{self, Added, Draft, NAME, NotAdded};
use crate::{
    access::{
        Caller,
        passkeys::{
            model::{Ceremonies, Passkey, Transport},
            store,
        },
        visits::needs::AccountOperation,
    },
    foundation::{clock::Instant, fields::Fields, ids::Id, paging::PageRequest, values::Name},
    people::second_factor::model::RecoveryCode,
    web::{
        answer,
        body::Body,
        path::Path,
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/me/passkeys").get(list_passkeys).end();
    routes.at("/v1/me/passkeys/begin").post(begin_passkey).end();
    routes.at("/v1/me/passkeys/finish").post(finish_passkey).end();
    routes.at("/v1/me/passkeys/{id}").patch(update_passkey).delete(delete_passkey).end();
}

impl From<NotAdded> for Problem {
    fn from(failure: NotAdded) -> Self {
        match failure {
            NotAdded::NotHere => Self::new(Code::PasskeysNotConfigured),
            NotAdded::Refused(refusal) => refusal.into(),
        }
    }
}

#[derive(Serialize)]
struct PasskeyView {
    id: Id,
    name: Name,
    created_at: Instant,
    last_used_at: Option<Instant>,
    backup_eligible: bool,
    backed_up: bool,
    transports: Vec<Transport>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
            backup_eligible: passkey.credential.be,
            backed_up: passkey.credential.bs,
            transports: passkey.credential.transports,
        }
    }
}

/// A new passkey: the only answer with the recovery codes that come with it.
#[derive(Serialize)]
struct NewPasskey {
    #[serde(flatten)]
    passkey: PasskeyView,
    recovery_codes: Option<Vec<String>>,
}

impl From<Added> for NewPasskey {
    fn from(added: Added) -> Self {
        let texts = |codes: Vec<RecoveryCode>| codes.iter().map(RecoveryCode::to_text).collect();
        Self { passkey: added.passkey.into(), recovery_codes: added.recovery_codes.map(texts) }
    }
}

async fn list_passkeys(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListPasskeys)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| Ok(store::page(db, me, &asked)?))
        .await?;
    Ok(answer::page(&request, &page.map(PasskeyView::from)))
}

async fn begin_passkey(caller: Caller, ceremonies: Data<Ceremonies>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(steps::begin(&caller, ceremonies.into_inner()).await?))
}

async fn finish_passkey(caller: Caller, ceremonies: Data<Ceremonies>, body: Body) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(Draft::from_fields);
    let added = steps::finish(&caller, ceremonies.into_inner(), said).await?;
    Ok(HttpResponse::Created().json(NewPasskey::from(added)))
}

async fn update_passkey(caller: Caller, Path(id): Path<Id>, body: Body) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(|fields| fields.said(|fields| fields.required::<Name>(NAME)));
    let passkey = caller
        .doing(AccountOperation::UpdatePasskey)
        .write(said.map(|name| (id, name)), |db, me, (id, name)| store::rename(db, me, &id, &name))
        .await?;
    Ok(HttpResponse::Ok().json(PasskeyView::from(passkey)))
}

async fn delete_passkey(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    steps::remove(&caller, id).await?;
    Ok(answer::nothing())
}
