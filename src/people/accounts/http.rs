//! `/v1/auth/register`, `/v1/auth/password`, `/v1/me`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;

use super::{
    changing, erasure,
    password::{self, Change},
    registration::{Opened, Registration},
};
use crate::{
    access::{
        Caller,
        accounts::{
            model::Password,
            store::{self as accounts, Account},
            view::UserView,
        },
        mail::model::Mailing,
        passwords::PasswordHasher,
        sessions::{
            self,
            keys::SigningKeys,
            model::{OF_AN_APP, RefreshToken, Session},
        },
        visits::needs::AccountOperation,
    },
    foundation::fields::{self, Fields},
    people::{confirmation::confirm, sign_in::tokens::Tokens},
    storage::{Db, Store, refusal::Refusal},
    web::{
        answer,
        body::Body,
        language,
        problem::{Code, Problem},
        routes::Routes,
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/register").post(register).limited().end();
    routes.at("/v1/auth/password").put(change_password).limited().end();
    routes.at("/v1/me").get(get_me).patch(update_me).delete(delete_me).end();
}

#[derive(Serialize)]
struct Registered<'a> {
    user: UserView<'a>,
    tokens: Tokens,
}

async fn register(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    keys: Data<SigningKeys>,
    mailing: Data<Mailing>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (fields, language) = (Fields::open(body.0)?, language::asked_for(&request));
    let registration = Registration::from_fields(fields, &passwords, stranger.asker, language).await?;
    if mailing.is_on() {
        registration.open_by_mail(&stranger, &passwords).await?;
        return Ok(HttpResponse::Accepted().finish());
    }
    let token = RefreshToken::random();
    let kept = token.clone();
    let keep = move |db: &mut Db, session: &Session| sessions::store::insert_token(db, session, &kept);
    let opened = registration.open(&stranger, &passwords, OF_AN_APP, keep).await?;
    let Opened { user, session, device } = opened.ok_or_else(|| Problem::new(Code::EmailTaken))?;
    let tokens = Tokens::of(&keys, (&session, user.diary_id.clone()), &token, stranger.now())?.on(&device);
    Ok(HttpResponse::Created().json(Registered { user: UserView::from(&user), tokens }))
}

async fn own_account(caller: &Caller) -> Result<Account, Problem> {
    Ok(caller.read(Ok(()), |db, me, ()| accounts::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)).await?)
}

async fn get_me(caller: Caller) -> Result<HttpResponse, Problem> {
    let account = own_account(&caller.doing(AccountOperation::GetMe)).await?;
    Ok(HttpResponse::Ok().json(UserView::from(&account.user)))
}

async fn update_me(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let user = changing::change(&caller.doing(AccountOperation::UpdateMe), fields::open_patch(body.0)).await?;
    Ok(HttpResponse::Ok().json(UserView::from(&user)))
}

async fn change_password(caller: Caller, passwords: Data<PasswordHasher>, body: Body) -> Result<HttpResponse, Problem> {
    password::change(&caller, &passwords, Fields::open(body.0).and_then(Change::from_fields)).await?;
    Ok(answer::nothing())
}

async fn delete_me(
    caller: Caller,
    store: Data<Store>,
    passwords: Data<PasswordHasher>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0)
        .and_then(|fields| fields.said(|fields| Some((fields.required::<Password>("password")?, ()))));
    let (account, ()) = confirm(&caller, &passwords, "password", said).await?;
    // It goes on when the client has gone: nobody wants half an account.
    let erasing = actix_web::rt::spawn(async move {
        erasure::erase(&caller, account.user).await?;
        store.forget_the_past_soon();
        Ok::<_, Refusal>(())
    });
    erasing.await.map_err(|error| Problem::internal(error.to_string()))??;
    Ok(answer::nothing())
}
