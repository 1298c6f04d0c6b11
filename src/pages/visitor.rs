//! Who looks at a page. A handler that takes one is reached only by somebody who is signed in; everybody else is asked
//! to.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{
    cookie::PageKey,
    failure::{PageProblem, comes_from_here},
    form::Form,
    store as page_keys,
};
use crate::{
    access::{
        Caller, Visit,
        accounts::{self, model::User},
        sessions::{
            self,
            keys::{Bearer, Credential},
        },
    },
    foundation::{fields::Fields, ids::Id, language::Language, public_url::PublicUrl},
    people::second_factor::{self, model::Factor},
    storage::refusal::Refusal,
    web::{
        language,
        part::part,
        problem::{Code, Problem},
        stranger::Stranger,
    },
};

/// That a session is in use is noted no more often than this.
const NOTED_EVERY: Duration = Duration::from_mins(5);

/// Somebody who is signed in with a browser.
pub struct Visitor {
    /// They, as everywhere else.
    pub caller: Caller,
    /// Their account.
    pub user: User,
    /// What they show beside their password.
    pub factors: Vec<Factor>,
    /// Whether they have shown a moment ago that it is they.
    pub is_proved: bool,
    /// What their forms carry.
    pub form_token: String,
    /// The language of their pages.
    pub language: Language,
}

impl Visitor {
    /// They before a diary.
    ///
    /// # Errors
    /// When there can be no such diary.
    pub fn visit(&self, diary: &str) -> Result<Visit, Problem> {
        let id = Id::parse(diary).ok_or_else(|| Problem::new(Code::NotFound))?;
        Ok(Visit::of(self.caller.clone(), id))
    }

    /// They before their own diary.
    ///
    /// # Errors
    /// When they keep none.
    pub fn visit_own(&self) -> Result<Visit, Problem> {
        let id = self.user.diary_id.clone().ok_or_else(|| Problem::new(Code::NotFound))?;
        Ok(Visit::of(self.caller.clone(), id))
    }
}

impl FromRequest for Visitor {
    type Error = PageProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageProblem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { visitor(&request).await.map(|(visitor, _)| visitor) })
    }
}

async fn visitor(request: &HttpRequest) -> Result<(Visitor, PageKey), PageProblem> {
    // Until it is known whose key it is, they wait in the line of their address.
    let Stranger { store, asker } = Stranger::of(request)?;
    let sign_in = || PageProblem::sign_in_first(request);
    let key = PageKey::of(request, &*part::<PublicUrl>(request)?).ok_or_else(sign_in)?;
    let (now, looked_up) = (asker.now, key.clone());
    let found = store
        .read(move |db| {
            let Some(session) = page_keys::session_of(db, &looked_up)? else { return Ok(None) };
            let Some(account) = accounts::store::find(db, &session.user_id)? else { return Ok(None) };
            let factors = second_factor::store::factors(db, &session.user_id)?.which();
            Ok::<_, Refusal>(Some((session, account.user, factors)))
        })
        .await?;
    let found = found.filter(|(session, ..)| session.lives(now));
    let (session, user, factors) = found.ok_or_else(sign_in)?;
    if now.since(session.last_used_at) >= NOTED_EVERY {
        let carried_on = session.clone().used(now);
        let noted = store.write(move |db| Ok::<_, Refusal>(sessions::store::touch(db, &carried_on)?)).await;
        // Whoever only looks is not kept from it: if no note of theirs comes through, they will have to sign in sooner.
        if let Err(refusal) = noted {
            tracing::warn!(%refusal, "that a session is in use could not be noted");
        }
    }
    let is_proved = session.is_proved(now);
    let owns = user.diary_id.clone();
    let bearer = Bearer { user_id: session.user_id, session_id: session.id, credential: Credential::Session, owns };
    let caller = Caller::of(&store, part(request)?, bearer, now)?;
    let (form_token, language) = (key.form_token(), language(request));
    Ok((Visitor { caller, user, factors, is_proved, form_token, language }, key))
}

/// Somebody who is signed in, and a form that a page of ours made for them.
pub struct Filled {
    /// Who sent it.
    pub visitor: Visitor,
    /// What they filled in.
    pub form: Fields,
}

impl FromRequest for Filled {
    type Error = PageProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            comes_from_here(&request)?;
            let (visitor, key) = visitor(&request).await?;
            let Form(mut form) = form.await?;
            let token = form.optional::<String>("form_token").unwrap_or_default();
            if !key.is_form_token(&token) {
                return Err(Problem::new(Code::Forbidden).into());
            }
            Ok(Self { visitor, form })
        })
    }
}

/// Somebody who has shown a moment ago that it is they. Who has not is asked to do so first. Pages take one before anything
/// is typed; whether the proof holds is asked again where something is done.
pub struct Confirmed<V>(pub V);

impl AsRef<Visitor> for Visitor {
    fn as_ref(&self) -> &Visitor {
        self
    }
}

impl AsRef<Visitor> for Filled {
    fn as_ref(&self) -> &Visitor {
        &self.visitor
    }
}

impl<V: AsRef<Visitor> + FromRequest<Error = PageProblem> + 'static> FromRequest for Confirmed<V> {
    type Error = PageProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visitor = V::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let visitor = visitor.await?;
            if visitor.as_ref().is_proved { Ok(Self(visitor)) } else { Err(PageProblem::confirm_first(&request)) }
        })
    }
}

/// The language of a page. Pages are kept by nobody, so their address need not say it.
#[must_use]
pub fn language(request: &HttpRequest) -> Language {
    language::asked_for(request).unwrap_or(Language::English)
}
