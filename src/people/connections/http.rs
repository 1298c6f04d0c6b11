//! `/v1/me/connections`.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::{
    access::{
        Caller,
        connections::{model::Connection, store},
        scopes::Scope,
        visits::needs::AccountOperation,
    },
    foundation::{clock::Instant, ids::Id, paging::PageRequest, values::Name},
    web::{answer, path::Path, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/me/connections").get(list_connections).end();
    routes.at("/v1/me/connections/{id}").delete(end_connection).end();
}

#[derive(Serialize)]
struct ConnectionView {
    id: Id,
    client_id: Id,
    name: Name,
    scopes: Vec<Scope>,
    diary_ids: Option<Vec<Id>>,
    created_at: Instant,
    last_used_at: Option<Instant>,
}

impl From<Connection> for ConnectionView {
    fn from(connection: Connection) -> Self {
        Self {
            id: connection.id,
            client_id: connection.client_id,
            name: connection.rights.name,
            scopes: connection.rights.scopes,
            diary_ids: connection.rights.diary_ids,
            created_at: connection.created_at,
            last_used_at: connection.last_used_at,
        }
    }
}

async fn list_connections(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListConnections)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| Ok(store::page(db, me, &asked)?))
        .await?;
    Ok(answer::page(&request, &page.map(ConnectionView::from)))
}

async fn end_connection(caller: Caller, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    caller.doing(AccountOperation::EndConnection).write(Ok(id), |db, me, id| Ok(store::end(db, me, &id)?)).await?;
    Ok(answer::nothing())
}
