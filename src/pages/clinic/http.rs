//! `/clinic` and what is below it.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use maud::html;

use super::{
    list::{self, ListAsked},
    view::{self, RedeemHint},
};
use crate::{
    access::{mail::model::Mailing, visits::operation::Operation},
    foundation::ids::Id,
    pages::{
        diary::{DiaryAsked, Shown, report},
        document::see_other,
        emails,
        failure::PageProblem,
        glance::Glance,
        signed_in::Place,
        told,
        visitor::{Filled, Visitor},
    },
    reports::printer::Printer,
    sharing::{
        grants::store as grants,
        invitations::{
            model::InvitationCode,
            store::{self as invitations, Redeemed},
        },
        reviews::{self, model::UpTo},
    },
    storage::refusal::Refusal,
    web::{query::FormQuery, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/clinic").get(show_patients).end();
    routes.at("/clinic/redeem").get(show_redeem).post(redeem).limited().end();
    routes.at("/clinic/patients/{diary_id}").get(show_patient).end();
    routes.at("/clinic/patients/{diary_id}/report").get(show_report).end();
    routes.at("/clinic/patients/{diary_id}/review").post(review).end();
    routes.at("/clinic/patients/{diary_id}/leave").post(leave).end();
}

async fn show_patients(
    mailing: Data<Mailing>,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let (asked, language) = (ListAsked::from_query(query)?, visitor.language);
    let span = asked.span;
    let (patients, found) = visitor
        .caller
        .overview(
            asked.goes_on,
            move |db, diary| Glance::read(db, diary, span),
            |patients| asked.arrange(patients, language),
        )
        .await?;
    let notice = html! { (emails::notice(&visitor, **mailing)) (told::notice(&visitor).await?) };
    Ok(list::page(&visitor, &asked, (&patients, found), &notice))
}

async fn show_redeem(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    // The link is passed on by others, who may have added something of theirs.
    let code = query.optional::<String>("code");
    Ok(view::redeem(&visitor, code.as_deref(), None))
}

async fn redeem(Filled { visitor, mut form }: Filled) -> Result<HttpResponse, PageProblem> {
    let typed = form.optional::<String>("code").unwrap_or_default();
    form.finish()?;
    let Some(code) = InvitationCode::parse(&typed) else {
        return Ok(view::redeem(&visitor, Some(&typed), Some(RedeemHint::NoCode)));
    };
    match visitor.caller.write(Ok(code), |db, me, code| invitations::redeem(db, me, &code)).await {
        Ok(Redeemed::Granted(grant)) => Ok(see_other(&format!("/clinic/patients/{}", grant.diary_id))),
        Ok(Redeemed::Unknown) => Ok(view::redeem(&visitor, Some(&typed), Some(RedeemHint::OpensNothing))),
        Err(Refusal::Invalid(faults)) if faults.concern("code") => {
            Ok(view::redeem(&visitor, Some(&typed), Some(RedeemHint::OwnDiary)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn diary_of(request: &HttpRequest) -> &str {
    request.match_info().get("diary_id").unwrap_or_default()
}

async fn show_patient(
    request: HttpRequest,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let asked = DiaryAsked::from_query(query, visitor.language);
    let visit = visitor.visit(diary_of(&request))?;
    let shown = visit.read(Operation::ListEpisodes, asked, Shown::read).await?;
    Ok(view::patient(&visitor, &shown))
}

async fn show_report(
    printer: Data<Printer>,
    request: HttpRequest,
    visitor: Visitor,
    FormQuery(query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let visit = visitor.visit(diary_of(&request))?;
    let here = format!("/clinic/patients/{}", diary_of(&request));
    report(&printer, visit, query, (&here, visitor.language)).await
}

async fn review(request: HttpRequest, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    let diary = diary_of(&request);
    reviews::steps::mark(visitor.visit(diary)?, UpTo::from_form(form)).await?;
    Ok(see_other(&format!("/clinic/patients/{diary}")))
}

async fn leave(request: HttpRequest, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    let said = form.said(|form| form.required::<Id>("grant"));
    let visit = visitor.visit(diary_of(&request))?;
    let visit = if let Ok(grant) = &said { visit.about(grant) } else { visit };
    visit.end(Operation::RevokeGrant, said, |db, diary, grant| grants::revoke(db, diary, &grant)).await?;
    Ok(see_other(&format!("{}?left=yes", Place::Patients.path())))
}
