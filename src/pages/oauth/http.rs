//! `/oauth/authorize`.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};

use super::{form::ConsentForm, view};
use crate::{
    access::{Role, scopes::MOST_NAMED},
    foundation::{
        ids::Id,
        paging::{Page, PageRequest},
        public_url::PublicUrl,
    },
    pages::{
        document::see_other,
        failure::PageProblem,
        visitor::{Confirmed, Filled, Visitor, language},
    },
    people::oauth::{
        authorization::{self, AUTHORIZE, Asked, NotAsked},
        steps::{self, concern_diaries},
    },
    sharing::diaries::{
        model::{DiariesAsked, Filter},
        store as diaries,
        view::ListedDiary,
    },
    storage::refusal::Refusal,
    web::{routes::Routes, stranger::Stranger},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at(AUTHORIZE).get(show_question).post(answer).end();
}

/// What an app asks, before anybody is asked to sign in: whoever follows a link that leads nowhere is told at once.
async fn question(request: &HttpRequest, public_url: &PublicUrl) -> Result<Result<Asked, HttpResponse>, PageProblem> {
    let Stranger { store, .. } = Stranger::of(request)?;
    match authorization::read(&store, request.query_string(), public_url.as_str()).await {
        Ok(asked) => Ok(Ok(asked)),
        Err(NotAsked::Here(why)) => Ok(Err(view::mistaken(language(request), &why))),
        Err(NotAsked::There(there)) => Ok(Err(see_other(&there))),
        Err(NotAsked::Failed(refusal)) => Err(refusal.into()),
    }
}

/// The diaries that somebody can let the app have, as many as can be named.
async fn offered(visitor: &Visitor, asked: &Asked) -> Result<Page<ListedDiary>, Refusal> {
    if !concern_diaries(&asked.scopes) {
        return Ok(Page { items: vec![], next_cursor: None });
    }
    let read = async |asked| visitor.caller.diaries(Ok(asked), |db, open, asked| diaries::page(db, open, &asked)).await;
    let all = DiariesAsked { page: PageRequest::of_rows(MOST_NAMED), ..DiariesAsked::default() };
    let mut found = read(all).await?;
    // One's own is offered in any case, however many others come before it.
    if let Some(own) = &visitor.user.diary_id
        && !found.items.iter().any(|diary| diary.diary.id == *own)
    {
        let owned = Filter { role: Some(Role::Owner), ..Filter::default() };
        found.items.truncate(MOST_NAMED - 1);
        found.items.splice(0..0, read(DiariesAsked { filter: owned, ..DiariesAsked::default() }).await?.items);
    }
    Ok(found)
}

async fn show_question(request: HttpRequest, public_url: Data<PublicUrl>) -> Result<HttpResponse, PageProblem> {
    let asked = match question(&request, &public_url).await? {
        Ok(asked) => asked,
        Err(told) => return Ok(told),
    };
    let Confirmed(visitor) = Confirmed::<Visitor>::from_request(&request, &mut Payload::None).await?;
    let offered = offered(&visitor, &asked).await?;
    let form = ConsentForm::blank(&asked, visitor.user.diary_id.as_ref().map(Id::as_str));
    Ok(view::ask(&visitor, &asked, (&offered, &form), None))
}

async fn answer(
    request: HttpRequest,
    public_url: Data<PublicUrl>,
    Filled { visitor, form }: Filled,
) -> Result<HttpResponse, PageProblem> {
    let asked = match question(&request, &public_url).await? {
        Ok(asked) => asked,
        Err(told) => return Ok(told),
    };
    let form = ConsentForm::read(form)?;
    if !form.is_let_in {
        return Ok(see_other(&asked.denied()));
    }
    if !visitor.is_proved {
        // The question stands in the address, so that it can be put once more.
        let there = request.uri().path_and_query().map_or(AUTHORIZE, |there| there.as_str()).to_owned();
        return Err(PageProblem::Confirm { there, is_late: true });
    }
    match steps::allow(&visitor.caller, &asked, form.allowed(&asked)).await {
        Ok(code) => Ok(see_other(&asked.with_code(code.to_secret().expose()))),
        Err(Refusal::Invalid(faults)) => {
            let offered = offered(&visitor, &asked).await?;
            Ok(view::ask(&visitor, &asked, (&offered, &form), Some(&faults)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
