//! `/v1/tokens`.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::steps;
use crate::{
    access::{
        Caller,
        scopes::Scope,
        tokens::{
            model::{Draft, Token},
            store,
        },
        visits::needs::AccountOperation,
    },
    foundation::{clock::Instant, ids::Id, paging::PageRequest, values::Name},
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
    routes.at("/v1/tokens").get(list_tokens).keyed_post(create_token).end();
    routes.at("/v1/tokens/{id}").delete(revoke_token).end();
}

#[derive(Serialize)]
struct TokenView {
    id: Id,
    name: Name,
    scopes: Vec<Scope>,
    diary_ids: Option<Vec<Id>>,
    created_at: Instant,
    expires_at: Option<Instant>,
    last_used_at: Option<Instant>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.rights.name,
            scopes: token.rights.scopes,
            diary_ids: token.rights.diary_ids,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A new token: the only answer with its secret.
#[derive(Serialize)]
struct NewToken {
    #[serde(flatten)]
    token: TokenView,
    secret: String,
}

async fn list_tokens(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListTokens)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| Ok(store::page(db, me, &asked)?))
        .await?;
    Ok(answer::page(&request, &page.map(TokenView::from)))
}

async fn create_token(caller: Caller, body: Keyed<Body>) -> Result<HttpResponse, Problem> {
    let said = Draft::from_json(body.by(caller.user_id()), caller.now());
    let (token, secret) = steps::make(&caller, said).await?;
    let secret = secret.to_secret().expose().to_owned();
    Ok(answer::made(&token.map(|token| NewToken { token: token.into(), secret })))
}

async fn revoke_token(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    caller.doing(AccountOperation::RevokeToken).write(Ok(id), |db, me, id| Ok(store::end(db, me, &id)?)).await?;
    Ok(answer::nothing())
}
