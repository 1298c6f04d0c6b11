//! `/clinic` and what is below it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode},
    web::Data,
};

use super::{
    overview::{self, Line},
    views::{self, SignInHint},
};
use crate::{
    access::ReadableDiary,
    accounts::model::Password,
    analytics::period::Asked,
    episodes::{
        self,
        store::{Filter, Position},
    },
    fields::{Fields, FromJson},
    local_clock::Period,
    page::PageRequest,
    pages::{
        cookie::{LONGEST, PageKey, no_cookie},
        document::see_other,
        failure::{HOME, PageProblem, SIGN_IN},
        form::Form,
        store as page_store,
        visitor::{Filled, Visitor, comes_from_here, language},
    },
    problem::{Code, Problem},
    refusal::Refusal,
    reports::{findings::Findings, printed::printed, printer::Format},
    second_factor::model::TypedCode,
    service::Service,
    sessions::{
        self,
        sign_in::{Credentials, Failure, sign_in},
    },
    sharing::{
        invitations::{model::Code as InvitationCode, store as invitations, store::Redeemed},
        reviews::{model::reviewed_up_to, store as reviews},
    },
    values::DeviceName,
    web::{
        query::{self, FormQuery},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/clinic").get(show_patients).end();
    routes.at("/clinic/sign-in").get(show_sign_in).post(sign_in_here).end();
    routes.at("/clinic/sign-out").post(sign_out).end();
    routes.at("/clinic/redeem").get(show_redeem).post(redeem).end();
    routes.at("/clinic/patients/{d}").get(show_patient).end();
    routes.at("/clinic/patients/{d}/report").get(show_report).end();
    routes.at("/clinic/patients/{d}/review").post(review).end();
}

/// Where somebody wanted to go, as long as it is one of these pages.
fn next(fields: &mut Fields) -> String {
    let there = fields.optional::<String>("next").filter(|there| {
        let below = there.strip_prefix(HOME);
        below.is_some_and(|below| below.is_empty() || below.starts_with(['/', '?']))
            && !there.contains(['\\', '\n', '\r'])
    });
    there.unwrap_or_else(|| HOME.to_owned())
}

async fn show_sign_in(request: HttpRequest, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let next = next(&mut query);
    query.finish()?;
    Ok(views::sign_in(language(&request), &next, None, StatusCode::OK))
}

async fn sign_in_here(
    service: Data<Service>,
    request: HttpRequest,
    Form(mut form): Form,
) -> Result<HttpResponse, PageProblem> {
    comes_from_here(&request)?;
    let next = next(&mut form);
    let (email, password) = (form.optional::<String>("email"), form.optional::<Password>("password"));
    let code = form.optional::<TypedCode>("code");
    form.finish()?;
    let again = |hint, status| Ok(views::sign_in(language(&request), &next, Some(hint), status));
    let (Some(email), Some(password)) = (email, password) else {
        return again(SignInHint::Wrong, StatusCode::UNAUTHORIZED);
    };
    let device_name = DeviceName::from_json(&"Web browser".into()).ok();
    let credentials = Credentials { email, password, code, device_name, longest: LONGEST };
    let key = PageKey::random();
    let kept = key.clone();
    match sign_in(&service, credentials, move |db, session| page_store::insert(db, session, &kept)).await {
        Ok(_) => {
            let mut answer = see_other(&next);
            answer.add_cookie(&key.to_cookie(&service.config)).map_err(|error| Problem::internal(error.to_string()))?;
            Ok(answer)
        }
        Err(Failure::InvalidCredentials) => again(SignInHint::Wrong, StatusCode::UNAUTHORIZED),
        Err(Failure::SecondFactorRequired) => again(SignInHint::CodeNeeded, StatusCode::UNAUTHORIZED),
        Err(Failure::InvalidSecondFactor) => again(SignInHint::WrongCode, StatusCode::UNAUTHORIZED),
        Err(Failure::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn sign_out(service: Data<Service>, Filled { visitor, form }: Filled) -> Result<HttpResponse, PageProblem> {
    form.finish()?;
    visitor.caller.write(|db, me| Ok(sessions::store::end(db, me.session_id(), me.now())?)).await?;
    let mut answer = see_other(SIGN_IN);
    answer.add_cookie(&no_cookie(&service.config)).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(answer)
}

async fn show_patients(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let asked = PageRequest::most_from_query(&mut query);
    query.finish()?;
    let language = visitor.language;
    let page = visitor.caller.diaries(asked, move |db, diary| Line::read(db, diary, language)).await?;
    let next_cursor = page.next_cursor;
    let mut lines: Vec<_> = page.items.into_iter().flatten().collect();
    overview::sort(&mut lines);
    Ok(views::patients(&visitor, &lines, next_cursor.as_ref()))
}

async fn show_redeem(visitor: Visitor, FormQuery(mut query): FormQuery) -> Result<HttpResponse, PageProblem> {
    let code = query.optional::<String>("code");
    query.finish()?;
    Ok(views::redeem(&visitor, code.as_deref(), None))
}

async fn redeem(Filled { visitor, mut form }: Filled) -> Result<HttpResponse, PageProblem> {
    let typed = form.optional::<String>("code").unwrap_or_default();
    form.finish()?;
    let Some(code) = InvitationCode::parse(&typed) else {
        return Ok(views::redeem(&visitor, Some(&typed), Some(views::RedeemHint::NoCode)));
    };
    match visitor.caller.write(move |db, me| invitations::redeem(db, me, &code)).await {
        Ok(Redeemed::Granted(grant)) => Ok(see_other(&format!("/clinic/patients/{}", grant.diary_id))),
        Ok(Redeemed::Unknown) => Ok(views::redeem(&visitor, Some(&typed), Some(views::RedeemHint::OpensNothing))),
        Ok(Redeemed::Held(wait)) => Err(Problem::new(Code::TooManyRequests).retry_after(wait).into()),
        Err(Refusal::Invalid(_)) => Ok(views::redeem(&visitor, Some(&typed), Some(views::RedeemHint::OwnDiary))),
        Err(refusal) => Err(refusal.into()),
    }
}

fn diary_of(request: &HttpRequest) -> &str {
    request.match_info().get("d").unwrap_or_default()
}

async fn show_patient(
    request: HttpRequest,
    visitor: Visitor,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let asked = PageRequest::<Position>::from_query(&mut query);
    let (from, to) = query::range(&mut query);
    let period = query.optional::<Period>("period");
    let min_intensity = query.optional("min_intensity");
    let interrupted_sleep = query.optional("interrupted_sleep");
    query.finish()?;
    let filter = Filter { from, to, period, min_intensity, interrupted_sleep, ..Filter::default() };
    let (shown, language) = (filter.clone(), visitor.language);
    let visit = visitor.visit(diary_of(&request), Method::GET, "/episodes")?;
    let (diary, line, page): (ReadableDiary, _, _) = visit
        .read(move |db, diary| {
            let page = episodes::store::page(db, diary, &filter, &asked)?;
            Ok((diary.clone(), Line::read(db, diary, language)?, page))
        })
        .await?;
    Ok(views::patient(&visitor, &diary, line.as_ref(), &shown, &page))
}

async fn show_report(
    service: Data<Service>,
    request: HttpRequest,
    visitor: Visitor,
    FormQuery(mut query): FormQuery,
) -> Result<HttpResponse, PageProblem> {
    let format = query.optional("format").unwrap_or(Format::Html);
    let (from, to) = query::range(&mut query);
    query.finish()?;
    let asked = Asked { from, to, language: visitor.language };
    let visit = visitor.visit(diary_of(&request), Method::GET, "/report")?;
    let findings = visit.read(move |db, diary| Findings::read(db, diary, asked)).await?;
    Ok(printed(&service.printer, findings, format).await?)
}

async fn review(request: HttpRequest, Filled { visitor, mut form }: Filled) -> Result<HttpResponse, PageProblem> {
    let revision = form.optional::<String>("revision").and_then(|revision| revision.parse::<i64>().ok());
    form.finish()?;
    let there = format!("/clinic/patients/{}", diary_of(&request));
    let visit = visitor.visit(diary_of(&request), Method::POST, "/reviews")?;
    visit
        .write_about(move |db, diary| {
            let revision = reviewed_up_to(serde_json::json!({"revision": revision}), diary.diary().revision)?;
            reviews::mark(db, diary, revision).map(drop)
        })
        .await?;
    Ok(see_other(&there))
}
