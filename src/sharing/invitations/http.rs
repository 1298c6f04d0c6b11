//! `/v1/diaries/{diary_id}/invitations` and `/v1/invitations/redeem`.

use actix_web::{HttpResponse, web::Data};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    model::{Draft, InvitationCode, Status},
    steps::{self, Invited},
    store::{self, Redeemed},
};
use crate::{
    access::{
        Caller, Visit,
        visits::{listing::Listing, operation::Operation},
    },
    foundation::{
        clock::Instant, fields::Fields, ids::Id, language::Language, paging::PageRequest, public_url::PublicUrl, qr,
        values::Name,
    },
    sharing::consents::{
        self,
        model::{Consent, Kind, SharedRole},
    },
    web::{
        answer,
        body::{Body, Keyed},
        path::Path,
        problem::{Code, Problem},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/invitations").get(list_invitations).keyed_post(create_invitation).end();
    routes.at("/v1/diaries/{diary_id}/invitations/{id}").delete(revoke_invitation).end();
    routes.at("/v1/invitations/redeem").post(redeem_invitation).limited().end();
}

#[derive(Serialize)]
struct InvitationView {
    id: Id,
    role: SharedRole,
    label: Option<Name>,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
    access_until: Option<Instant>,
    words_version: String,
    language: Language,
    status: Status,
    created_at: Instant,
    expires_at: Instant,
    redeemed_at: Option<Instant>,
    redeemed_by: Option<Id>,
    revoked_at: Option<Instant>,
}

impl InvitationView {
    fn of(consent: Consent, now: Instant) -> Self {
        let status = Status::of(&consent, now);
        let (redeemed_at, redeemed_by) = consent.acceptance.map(|accepted| (accepted.at, accepted.user_id)).unzip();
        Self {
            id: consent.id,
            role: consent.terms.role,
            label: consent.terms.label,
            visible_from: consent.terms.visible_from,
            include_notes: consent.terms.include_notes,
            access_until: consent.terms.access_until,
            words_version: consent.words_version,
            language: consent.language,
            status,
            created_at: consent.given_at,
            expires_at: consent.open_until,
            redeemed_at,
            redeemed_by,
            revoked_at: consent.withdrawal.map(|(at, _)| at),
        }
    }
}

/// A new invitation: the only answer with its code, as text, as a link and as a drawing of the link.
#[derive(Serialize)]
struct NewInvitation {
    #[serde(flatten)]
    invitation: InvitationView,
    code: String,
    url: String,
    qr_svg: String,
}

async fn create_invitation(
    visit: Visit,
    public_url: Data<PublicUrl>,
    body: Keyed<Body>,
) -> Result<HttpResponse, Problem> {
    let now = visit.now();
    let said = Draft::from_json(body.by(visit.user_id()), now);
    let Invited { consent, code, .. } = steps::invite(&visit, said).await?;
    let url = code.expose_url(&public_url);
    let qr_svg = qr::svg(&url, "QR code of the link that redeems the invitation")
        .map_err(|error| Problem::internal(error.to_string()))?;
    let made = consent.map(|consent| NewInvitation {
        invitation: InvitationView::of(consent, now),
        code: code.expose(),
        url,
        qr_svg,
    });
    Ok(answer::made(&made))
}

async fn list_invitations(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_owner(Operation::ListInvitations, PageRequest::unfiltered, |db, diary, asked| {
        let page = consents::store::page(db, diary, Some(Kind::Invitation), &asked)?;
        Ok(page.map(|consent| InvitationView::of(consent, diary.now())))
    })
    .await
}

async fn revoke_invitation(visit: Visit, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    consents::steps::withdraw(&visit, id, Some(Kind::Invitation)).await?;
    Ok(answer::nothing())
}

async fn redeem_invitation(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0).and_then(|fields| fields.said(|fields| fields.required::<InvitationCode>("code")));
    match caller.write(said, |db, me, code| store::redeem(db, me, &code)).await? {
        Redeemed::Granted(grant) => Ok(HttpResponse::Ok().json(grant)),
        Redeemed::Unknown => Err(Problem::new(Code::NotFound)),
    }
}
