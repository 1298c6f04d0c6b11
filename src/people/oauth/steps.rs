//! Letting an app in.

use serde_json::json;

use super::authorization::Asked;
use crate::{
    access::{
        self, Caller, clients,
        connections::{
            model::{AuthorizationCode, Binding},
            store,
        },
        scopes::{Limited, Scope, TokenRights},
    },
    foundation::{fields::Fields, ids::Id, values::Distinct},
    storage::refusal::Refusal,
};

/// What somebody allows.
#[derive(Debug, Clone)]
pub struct Allowed {
    scopes: Vec<Scope>,
    diary_ids: Option<Vec<Id>>,
}

/// Whether scopes concern diaries at all.
#[must_use]
pub fn concern_diaries(scopes: &[Scope]) -> bool {
    scopes.iter().any(|scope| *scope != Scope::AccountManage)
}

impl Allowed {
    /// Reads what was ticked. `diary_ids`: `None` for all that the account may see.
    #[must_use]
    pub fn read(scopes: &[Scope], diary_ids: Option<&[String]>) -> Limited<Self> {
        Limited::read(|named| {
            let is_of_diaries = concern_diaries(scopes);
            let said = json!({"scopes": scopes, "diary_ids": diary_ids.filter(|_| is_of_diaries || scopes.is_empty())});
            Fields::open(said)?.said(|fields| {
                let scopes = fields.required::<Distinct<Scope, 5>>("scopes");
                let named = named.read(fields);
                let Distinct(scopes) = scopes?;
                let diary_ids = if is_of_diaries { named } else { Some(vec![]) };
                Some(Self { scopes, diary_ids })
            })
        })
    }
}

/// Lets an app in, and answers with the code that it redeems in the next minute. It takes a proof that it is the person.
///
/// # Errors
/// That the proof is too old, that the app is registered no more, or what is wrong with what is said.
pub async fn allow(caller: &Caller, asked: &Asked, said: Limited<Allowed>) -> Result<AuthorizationCode, Refusal> {
    let code = AuthorizationCode::random();
    let (kept, asked) = (code.clone(), asked.clone());
    caller
        .write_proved(Ok(said), move |db, me, said| {
            let Allowed { scopes, diary_ids } = access::limited(db, me, said, None)?;
            let client = clients::store::find(db, &asked.client.id)?.ok_or(Refusal::NotFound)?;
            let binding = Binding { redirect_uri: asked.redirect_uri().to_owned(), challenge: asked.challenge };
            let rights = TokenRights { name: client.name.clone(), scopes, diary_ids };
            Ok(store::insert(db, me, (&client, rights), (&kept, binding))?)
        })
        .await?;
    Ok(code)
}
