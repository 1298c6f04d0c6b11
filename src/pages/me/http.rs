//! `/me` and what is below it.

use actix_web::{
    HttpResponse,
    http::Method,
    web::{Data, Path},
};

use super::{
    forms::{InvitationForm, LinkForm},
    offers,
    sharing::{self, Shared},
    view,
};
use crate::{
    access::{passwords::PasswordHasher, visits},
    exchange::exports::{
        download::{self, Format},
        places::Places,
    },
    foundation::{ids::Id, paging::PageRequest},
    pages::{
        diary::{Asked, Shown, report},
        document::see_other,
        failure::PageProblem,
        signed_in::Place,
        visitor::{Filled, Visitor},
    },
    reports::printer::Printer,
    sharing::{
        consents::{model::WithdrawnBy, store as consents},
        invitations::model::Code as InvitationCode,
        report_links::{model::LinkSecret, store as links},
    },
    storage::refusal::Refusal,
    web::{
        problem::{Code, Problem},
        public_url::PublicUrl,
        query::FormQuery,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/me").get(show_diary).end();
    routes.at("/me/report").get(show_own_report).end();
    routes.at("/me/export").get(show_export).end();
    routes.at("/me/access-log").get(show_access_log).end();
    routes.at("/me/sharing").get(show_sharing).end();
    routes.at("/me/sharing/consents").get(show_consents).end();
    routes.at("/me/sharing/invite").get(show_invite).post(invite).end();
    routes.at("/me/sharing/link").get(show_link).post(make_link).end();
    routes.at("/me/sharing/{id}/end").post(end_sharing).end();
}

async fn show_diary(visitor: Visitor, FormQuery(query): FormQuery) -> Result<HttpResponse, PageProblem> {
    if visitor.user.diary_id.is_none() {
        return Ok(see_other(Place::Patients.path()));
    }
    let asked = Asked::from_query(query, visitor.language)?;
    let visit = visitor.visit_own(Method::GET, "/episodes")?;
    let shown = visit.read(move |db, diary| Shown::read(db, diary, asked)).await?;
    Ok(view::diary(&visitor, &shown))
}

async fn show_own_report(
    printer: Data<Printer>,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own(Method::GET, "/report")?;
    report(&printer, visit, query, visitor.language).await
}

async fn show_export(visitor: Visitor, places: Data<Places>) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own(Method::GET, "/export")?;
    Ok(download::answer(visit, (**places).clone(), Ok(Format::Json)).await?)
}

async fn show_access_log(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let asked = PageRequest::from_query(&mut query);
    query.finish()?;
    let visit = visitor.visit_own(Method::GET, "/access-log")?;
    let (zone, page) =
        visit.own_read(move |db, diary| Ok((diary.diary().time_zone, visits::store::page(db, diary, &asked)?))).await?;
    Ok(view::access_log(&visitor, zone, &page))
}

async fn show_sharing(visitor: Visitor) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own(Method::GET, "/grants")?;
    let shared = visit.own_read(Shared::read).await?;
    Ok(sharing::overview(&visitor, &shared))
}

async fn show_consents(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let asked = PageRequest::from_query(&mut query);
    query.finish()?;
    let visit = visitor.visit_own(Method::GET, "/consents")?;
    let (zone, page) = visit
        .own_read(move |db, diary| Ok((diary.diary().time_zone, consents::page(db, diary, None, &asked)?)))
        .await?;
    Ok(sharing::consents(&visitor, zone, &page))
}

async fn show_invite(visitor: Visitor) -> HttpResponse {
    offers::invite(&visitor, &InvitationForm::default(), None)
}

async fn invite(public_url: Data<PublicUrl>, filled: Filled) -> Result<HttpResponse, PageProblem> {
    let Filled { visitor, form } = filled;
    let form = InvitationForm::read(form)?;
    let now = visitor.caller.now();
    let draft = match form.draft(visitor.language, now) {
        Ok(draft) => draft,
        Err(faults) => return Ok(offers::invite(&visitor, &form, Some(&faults))),
    };
    let code = InvitationCode::random();
    let hash = code.hash();
    let visit = visitor.visit_own(Method::POST, "/invitations")?;
    let (zone, consent) = visit
        .own(move |db, diary| {
            let consent = draft.consent(now);
            consents::insert(db, diary, &consent, &hash)?;
            Ok((diary.diary().time_zone, consent))
        })
        .await?;
    Ok(offers::invited(&visitor, zone, &consent, &code, &public_url)?)
}

async fn show_link(visitor: Visitor) -> HttpResponse {
    offers::link(&visitor, &LinkForm::default(), None)
}

async fn make_link(
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    filled: Filled,
) -> Result<HttpResponse, PageProblem> {
    let Filled { visitor, form } = filled;
    let form = LinkForm::read(form)?;
    let draft = match form.draft(visitor.language) {
        Ok(draft) => draft,
        Err(faults) => return Ok(offers::link(&visitor, &form, Some(&faults))),
    };
    let passcode_hash = match draft.passcode.clone() {
        Some(passcode) => Some(passwords.hash(passcode.0).await?),
        None => None,
    };
    let secret = LinkSecret::random();
    let opens = secret.clone();
    let visit = visitor.visit_own(Method::POST, "/report-links")?;
    let made = visit
        .own(move |db, diary| {
            draft.asked.in_diary(diary.today())?;
            let (consent, _) = links::insert(db, diary, &draft, &opens, passcode_hash)?;
            Ok((diary.diary().time_zone, consent))
        })
        .await;
    match made {
        Ok((zone, consent)) => Ok(offers::link_made(&visitor, zone, &consent, &secret, &public_url)?),
        Err(Refusal::Invalid(faults)) => Ok(offers::link(&visitor, &form, Some(&faults))),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn end_sharing(id: Path<String>, filled: Filled) -> Result<HttpResponse, PageProblem> {
    let Filled { visitor, form } = filled;
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    let now = visitor.caller.now();
    let visit = visitor.visit_own(Method::DELETE, "/grants")?;
    visit
        .own(move |db, diary| {
            consents::find(db, diary.id(), &id)?.ok_or(Refusal::NotFound)?;
            Ok(consents::withdraw(db, diary.id(), &id, WithdrawnBy::Owner, now)?)
        })
        .await?;
    Ok(see_other(Place::Sharing.path()))
}
