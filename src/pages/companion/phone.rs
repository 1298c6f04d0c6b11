//! Whoever has the companion. What carries their session on is the cookie of the pages, which no script can read, and which
//! opens them as well; the app gets access tokens for the API, one after the other.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode, web::Data};
use serde::Serialize;

use crate::{
    access::{
        accounts::{self, model::User, view::UserView},
        devices::model::DeviceToken,
        sessions::{
            self,
            keys::{ACCESS_TOKEN_LIFE, Bearer, Credential, SigningKeys},
            model::Session,
        },
    },
    foundation::{ids::Id, public_url::PublicUrl},
    pages::{
        cookie::{PageKey, device_cookie, device_of, given, no_cookie},
        failure::comes_from_here,
        store as page_keys,
    },
    storage::{self, Db, refusal::Refusal},
    web::{
        answer,
        part::part,
        problem::{Code, Problem},
        stranger::Stranger,
    },
};

/// A browser in which a page of ours asks, and not one of another site; and the session that it has, if any.
pub struct Phone {
    /// Whose work it is.
    pub stranger: Stranger,
    /// What the browser is known by at a sign-in, if it is.
    pub device: Option<DeviceToken>,
    public_url: Data<PublicUrl>,
    keys: Data<SigningKeys>,
    key: Option<PageKey>,
}

impl Phone {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        comes_from_here(request)?;
        let public_url = part::<PublicUrl>(request)?.clone();
        Ok(Self {
            stranger: Stranger::of(request)?,
            key: PageKey::of(request, &public_url),
            device: device_of(request, &public_url),
            keys: part::<SigningKeys>(request)?.clone(),
            public_url,
        })
    }

    /// Whether it has what carries a session on.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Stores a new key for a session, in place of the one that was there: nobody could end that session any more.
    pub fn keeps(
        &self,
        key: &PageKey,
    ) -> impl FnOnce(&mut Db, &Session) -> storage::Result<()> + Clone + Send + 'static {
        let (before, key) = (self.key.clone(), key.clone());
        move |db, session| page_keys::replace(db, before.as_ref(), session, &key)
    }

    /// Who they are, and a token.
    ///
    /// # Errors
    /// When signing fails.
    pub fn signed_in(&self, status: StatusCode, user: &User, session: &Session) -> Result<HttpResponse, Problem> {
        let owns = user.diary_id.clone();
        let (user_id, session_id) = (session.user_id.clone(), session.id.clone());
        let bearer = Bearer { user_id, session_id, credential: Credential::Session, owns };
        let access_token = self.keys.sign(&bearer, self.stranger.now());
        let access_token = access_token.map_err(|error| Problem::internal(error.to_string()))?;
        let diary_id = user.diary_id.as_ref().map(Id::as_str);
        Ok(HttpResponse::build(status).json(SignedIn {
            user: UserView::from(user),
            diary_id,
            access_token,
            expires_in: ACCESS_TOKEN_LIFE.as_secs(),
        }))
    }

    /// The same, with what carries the session on.
    ///
    /// # Errors
    /// When signing fails.
    pub fn begun(
        &self,
        status: StatusCode,
        user: &User,
        session: &Session,
        (key, device): (&PageKey, &DeviceToken),
    ) -> Result<HttpResponse, Problem> {
        let answer = self.signed_in(status, user, session)?;
        given(answer, [key.to_lasting_cookie(session, &self.public_url), device_cookie(device, &self.public_url)])
    }

    /// The session of the cookie, which is used now, and who it is.
    ///
    /// # Errors
    /// When there is none, or it is over.
    pub async fn session(&self) -> Result<(User, Session), Problem> {
        let not_signed_in = || Problem::new(Code::Unauthenticated);
        let (key, now) = (self.key.clone().ok_or_else(not_signed_in)?, self.stranger.now());
        let found = self
            .stranger
            .store
            .write(move |db| {
                let session = page_keys::session_of(db, &key)?.filter(|session| session.lives(now));
                let Some(session) = session else { return Ok(None) };
                let Some(account) = accounts::store::find(db, &session.user_id)? else { return Ok(None) };
                let session = session.used(now);
                sessions::store::touch(db, &session)?;
                Ok::<_, Refusal>(Some((account.user, session)))
            })
            .await?;
        found.ok_or_else(not_signed_in)
    }

    /// Ends the session, if there is one, and has the browser forget it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(self) -> Result<HttpResponse, Problem> {
        let now = self.stranger.now();
        if let Some(key) = self.key {
            let end = move |db: &mut Db| {
                let session = page_keys::session_of(db, &key)?;
                session.map_or(Ok(()), |session| sessions::store::end(db, &session.id, now)).map_err(Refusal::from)
            };
            self.stranger.store.write(end).await?;
        }
        let mut answer = answer::nothing();
        answer.add_cookie(&no_cookie(&self.public_url)).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(answer)
    }
}

impl FromRequest for Phone {
    type Error = Problem;
    type Future = futures_util::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        futures_util::future::ready(Self::of(request))
    }
}

#[derive(Serialize)]
struct SignedIn<'a> {
    user: UserView<'a>,
    diary_id: Option<&'a str>,
    access_token: String,
    expires_in: u64,
}
