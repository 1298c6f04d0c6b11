//! The callers of handlers. A handler that takes one can't be reached without a genuine token, and the only way from it
//! to the data leads through the proofs.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::{Ready, ready};

use super::grants::{self, DiaryRef, ReadableDiary, SignedIn, WritableDiary};
use crate::{
    clock::Instant,
    ids::Id,
    problem::{Code, Problem},
    refusal::Refusal,
    service::Service,
    sessions::keys::Bearer,
    storage::Db,
};

/// Somebody with a genuine access token.
pub struct Caller {
    service: Data<Service>,
    bearer: Bearer,
    now: Instant,
}

impl Caller {
    /// Reads as this caller, in one transaction with the check of the session.
    ///
    /// # Errors
    /// What the closure answers, or that the session is over.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db, &SignedIn) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let (bearer, now) = (self.bearer.clone(), self.now);
        self.service
            .store
            .read(move |db| {
                let who = grants::signed_in(db, &bearer, now)?;
                work(db, &who)
            })
            .await
    }

    /// Writes as this caller, in one transaction with the check of the session.
    ///
    /// # Errors
    /// What the closure answers, or that the session is over.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db, &SignedIn) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let (bearer, now) = (self.bearer.clone(), self.now);
        self.service
            .store
            .write(move |db| {
                let who = grants::signed_in(db, &bearer, now)?;
                work(db, &who)
            })
            .await
    }

    /// What all handlers share.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let service =
        request.app_data::<Data<Service>>().ok_or_else(|| Problem::internal("the service is not configured"))?.clone();
    let now = service.clock.now();
    let bearer = token(request)
        .and_then(|token| service.keys.verify(token, now))
        .ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    Ok(Caller { service, bearer, now })
}

fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A caller before the diary that the path names.
pub struct Visit {
    caller: Caller,
    diary: DiaryRef,
}

impl Visit {
    /// Reads the diary, if the caller may, in one transaction with the check.
    ///
    /// # Errors
    /// What the closure answers, or that there is no such diary for the caller.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { caller, diary } = self;
        caller
            .read(move |db, who| {
                let readable = grants::readable(db, who, &diary)?;
                work(db, &readable)
            })
            .await
    }

    /// Reads the diary as [`Visit::read`] does, on the replica if there is one that knows what the primary knows of this
    /// diary: nobody misses what they just wrote. Rights are always asked of the primary.
    ///
    /// # Errors
    /// What the closure answers, or that there is no such diary for the caller.
    pub async fn read_replica<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = &self.caller.service.store;
        if !store.has_replica() {
            return self.read(work).await;
        }
        let diary = self.diary.clone();
        let known = self.caller.read(move |db, who| grants::readable(db, who, &diary)).await?;
        let there = work.clone();
        let answered = store
            .read_replica(move |db| match grants::read_again(db, &known)? {
                Some(readable) => there(db, &readable).map(Some),
                None => Ok(None),
            })
            .await;
        match answered {
            Ok(Some(answer)) => Ok(answer),
            // It is behind, or gone.
            Ok(None) | Err(Refusal::Storage(_)) => self.read(work).await,
            Err(refusal) => Err(refusal),
        }
    }

    /// Changes the diary, if the caller may, in one transaction with the check.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or that they may only read it.
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &WritableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { caller, diary } = self;
        caller
            .write(move |db, who| {
                let writable = grants::writable(db, who, &diary)?;
                work(db, &writable)
            })
            .await
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.caller.now
    }
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Who nobody knows learns nothing of paths: the token comes first.
        ready(caller(request).and_then(|caller| {
            let diary = match request.match_info().get("d") {
                Some("me") => DiaryRef::Me,
                other => DiaryRef::Id(other.and_then(Id::parse).ok_or_else(|| Problem::new(Code::NotFound))?),
            };
            Ok(Self { caller, diary })
        }))
    }
}
