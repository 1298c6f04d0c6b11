//! What the access log says of a visit.

use actix_web::http::Method;

use crate::{
    access::{
        accounts,
        grants::proofs::{ReadableDiary, Role, SignedIn},
        visits::{
            model::{Access, Deed, Visitor, VisitorRole},
            store,
        },
    },
    service::contract,
    storage::{Db, refusal::Refusal},
};

/// What a request does, in the words of the contract.
pub fn deed(access: Access, method: &Method, path: &str) -> Deed {
    match contract::operation_at(method, path) {
        Some(operation) => Deed { access, what: operation.id, target: operation.row },
        None => Deed { access, what: method.to_string(), target: None },
    }
}

/// A list of diaries shows something of each.
pub fn listing() -> Deed {
    Deed { access: Access::Read, what: "listDiaries".to_owned(), target: None }
}

/// Notes that somebody who is signed in was let in.
///
/// # Errors
/// When the database fails, and then nobody is let in.
pub fn record(db: &mut Db, who: &SignedIn, diary: &ReadableDiary, deed: &Deed) -> Result<(), Refusal> {
    let user = accounts::store::find(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
    let visitor = Visitor {
        consent_id: diary.right().consent_id.clone(),
        user: Some((user.id, user.display_name, user.email)),
        role: match diary.role() {
            Role::Owner | Role::Contributor => VisitorRole::Contributor,
            Role::Viewer => VisitorRole::Viewer,
        },
    };
    Ok(store::record(db, diary.id(), &visitor, deed, who.now())?)
}
