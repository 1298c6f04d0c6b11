//! `/me` and what is below it.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use maud::html;

use super::{
    forms::{InvitationForm, LinkForm},
    looks::{self, Looks, LooksAsked},
    offers,
    sharing::{self, Shared},
    view,
};
use crate::{
    access::{OwnedDiary, mail::model::Mailing, passwords::PasswordHasher, visits::operation::Operation},
    exchange::exports::download::{self, ExportFormat, Writers},
    foundation::{ids::Id, paging::PageRequest, public_url::PublicUrl},
    pages::{
        diary::{DiaryAsked, Shown, report},
        document::see_other,
        emails,
        failure::PageProblem,
        signed_in::Place,
        told,
        visitor::{Confirmed, Filled, Visitor},
    },
    reports::printer::Printer,
    sharing::{
        consents,
        invitations::steps::{self as invitations, Invited},
        report_links::{
            model::expose_health_link,
            steps::{self as report_links, Made},
        },
    },
    storage::{Db, refusal::Refusal},
    web::{
        compressed::Coding,
        problem::{Code, Problem},
        query::FormQuery,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/me").get(show_diary).end();
    routes.at("/me/report").get(show_own_report).end();
    routes.at("/me/export").get(show_export).end();
    routes.at("/me/export.zip").get(show_export_csv).end();
    routes.at("/me/export.fhir.json").get(show_export_fhir).end();
    routes.at("/me/access-log").get(show_access_log).end();
    routes.at("/me/sharing").get(show_sharing).end();
    routes.at("/me/sharing/consents").get(show_consents).end();
    routes.at("/me/sharing/invite").get(show_invite).post(invite).end();
    routes.at("/me/sharing/link").get(show_link).post(make_link).end();
    routes.at("/me/sharing/{id}/end").post(end_sharing).end();
}

async fn show_diary(
    mailing: Data<Mailing>,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    if visitor.user.diary_id.is_none() {
        return Ok(see_other(Place::Patients.path()));
    }
    let asked = DiaryAsked::from_query(query, visitor.language);
    let shown = visitor.visit_own()?.read(Operation::ListEpisodes, asked, Shown::read).await?;
    let notice = html! { (emails::notice(&visitor, **mailing)) (told::notice(&visitor).await?) };
    Ok(view::diary(&visitor, &shown, &notice))
}

async fn show_own_report(
    printer: Data<Printer>,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own()?;
    report(&printer, visit, query, (Place::Diary.path(), visitor.language)).await
}

async fn show_export(visitor: Visitor, writers: Writers, coding: Coding) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own()?;
    Ok(download::answer(visit, writers, coding, (Operation::ExportDiary, Ok(ExportFormat::Json))).await?)
}

async fn show_export_csv(visitor: Visitor, writers: Writers, coding: Coding) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own()?;
    Ok(download::answer(visit, writers, coding, (Operation::ExportDiaryCsv, Ok(ExportFormat::Csv))).await?)
}

async fn show_export_fhir(visitor: Visitor, writers: Writers, coding: Coding) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit_own()?;
    Ok(download::answer(visit, writers, coding, (Operation::ExportDiaryFhir, Ok(ExportFormat::Fhir))).await?)
}

async fn show_access_log(visitor: Visitor, FormQuery(query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let asked = query.asked(LooksAsked::from_query);
    let read = |db: &mut Db, diary: &OwnedDiary, asked| Ok(Looks::read(db, diary, asked)?);
    let looks = visitor.visit_own()?.own_read(Operation::ListAccessLog, asked, read).await?;
    Ok(looks::page(&visitor, &looks))
}

async fn show_sharing(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let is_ended = query.optional::<String>("ended").is_some();
    let visit = visitor.visit_own()?;
    let shared = visit.own_read(Operation::ListGrants, Ok(()), |db, diary, ()| Shared::read(db, diary)).await?;
    Ok(sharing::overview(&visitor, &shared, is_ended))
}

async fn show_consents(visitor: Visitor, FormQuery(query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let (zone, page) = visitor
        .visit_own()?
        .own_read(Operation::ListConsents, query.asked(PageRequest::unfiltered), |db, diary, asked| {
            Ok((diary.diary().time_zone, consents::store::page(db, diary, None, &asked)?))
        })
        .await?;
    Ok(sharing::consents(&visitor, zone, &page))
}

async fn show_invite(Confirmed(visitor): Confirmed<Visitor>) -> Result<HttpResponse, PageProblem> {
    visitor.visit_own()?;
    Ok(offers::invite(&visitor, &InvitationForm::default(), None))
}

async fn invite(public_url: Data<PublicUrl>, filled: Confirmed<Filled>) -> Result<HttpResponse, PageProblem> {
    let Confirmed(Filled { visitor, form }) = filled;
    let visit = visitor.visit_own()?;
    let form = InvitationForm::read(form)?;
    let draft = match form.draft(visitor.language, visitor.caller.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok(offers::invite(&visitor, &form, Some(&faults))),
    };
    let Invited { consent, code, time_zone } = invitations::invite(&visit, Ok(draft)).await?;
    Ok(offers::invited(&visitor, time_zone, consent.row(), &code, &public_url)?)
}

async fn show_link(Confirmed(visitor): Confirmed<Visitor>) -> Result<HttpResponse, PageProblem> {
    visitor.visit_own()?;
    Ok(offers::link(&visitor, &LinkForm::default(), None))
}

async fn make_link(
    passwords: Data<PasswordHasher>,
    public_url: Data<PublicUrl>,
    filled: Confirmed<Filled>,
) -> Result<HttpResponse, PageProblem> {
    let Confirmed(Filled { visitor, form }) = filled;
    let visit = visitor.visit_own()?;
    let form = LinkForm::read(form)?;
    let draft = match form.draft(visitor.language) {
        Ok(draft) => draft,
        Err(faults) => return Ok(offers::link(&visitor, &form, Some(&faults))),
    };
    match report_links::make(&visit, &passwords, Ok(draft)).await {
        Ok(Made { consent, link, secret, program, key, time_zone, .. }) => {
            let (url, consent) = (secret.expose_url(&public_url), consent.row());
            let health_link = expose_health_link((&program, &key), consent, &link, &public_url);
            Ok(offers::link_made(&visitor, time_zone, consent, (&url, health_link.as_deref()))?)
        }
        Err(Refusal::Invalid(faults)) => Ok(offers::link(&visitor, &form, Some(&faults))),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn end_sharing(id: Path<String>, filled: Filled) -> Result<HttpResponse, PageProblem> {
    let Filled { visitor, form } = filled;
    let visit = visitor.visit_own()?;
    form.finish()?;
    let id = Id::parse(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    consents::steps::withdraw(&visit, id, None).await?;
    Ok(see_other(&format!("{}?ended=yes", Place::Sharing.path())))
}
