//! The callers of handlers. A handler that takes one can't be reached without a genuine token, and the only way from it
//! to the data leads through the proofs.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web::Data,
};
use futures_util::future::{Ready, ready};

use super::notes;
use crate::{
    access::{
        grants::proofs::{self, DiaryRef, OwnedDiary, ReadableDiary, Role, SignedIn, WritableDiary},
        sessions::keys::{Bearer, SigningKeys},
        visits::model::Access,
    },
    foundation::{
        clock::{Clock, Instant},
        ids::Id,
        paging::{Page, PageRequest},
    },
    storage::{Db, Store, refusal::Refusal},
    web::{
        part::part,
        problem::{Code, Problem},
    },
};

/// Somebody with a genuine access token, or a genuine cookie.
#[derive(Clone)]
pub struct Caller {
    store: Data<Store>,
    bearer: Bearer,
    now: Instant,
}

impl Caller {
    /// Somebody whom something else than an access token speaks for. Whether the session lives is asked all the same.
    #[must_use]
    pub const fn of(store: Data<Store>, bearer: Bearer, now: Instant) -> Self {
        Self { store, bearer, now }
    }

    /// Reads as this caller, in one transaction with the check of the session.
    ///
    /// # Errors
    /// What the closure answers, or that the session is over.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db, &SignedIn) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let (bearer, now) = (self.bearer.clone(), self.now);
        self.store
            .read(move |db| {
                let who = proofs::signed_in(db, &bearer, now)?;
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
        self.store
            .write(move |db| {
                let who = proofs::signed_in(db, &bearer, now)?;
                work(db, &who)
            })
            .await
    }

    /// Reads and leaves something behind, on one snapshot, in one transaction with the check of the session.
    async fn write_on_snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db, &SignedIn) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let (bearer, now) = (self.bearer.clone(), self.now);
        self.store
            .write_on_snapshot(move |db| {
                let who = proofs::signed_in(db, &bearer, now)?;
                work(db, &who)
            })
            .await
    }

    /// The diaries that the caller may read, own and shared, each as `view` makes it. To be listed is to be looked at.
    ///
    /// # Errors
    /// What the closure answers, or that the session is over.
    pub async fn diaries<T: Send + 'static>(
        &self,
        request: PageRequest<String>,
        view: impl Fn(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<Page<T>, Refusal> {
        let (asked, own) = (request.clone(), view.clone());
        let page = self
            .read(move |db, who| {
                let page = proofs::readable_diaries(db, who, &asked)?;
                let all_own = page.items.iter().all(|diary| diary.role() == Role::Owner);
                if all_own { page.try_map(|diary| own(db, &diary)).map(Some) } else { Ok(None) }
            })
            .await?;
        if let Some(page) = page {
            return Ok(page);
        }
        self.write_on_snapshot(move |db, who| {
            proofs::readable_diaries(db, who, &request)?.try_map(|diary| {
                if diary.role() != Role::Owner {
                    notes::record(db, who, &diary, &notes::listing())?;
                }
                view(db, &diary)
            })
        })
        .await
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
    let (keys, now) = (part::<SigningKeys>(request)?, part::<Clock>(request)?.now());
    let bearer =
        token(request).and_then(|token| keys.verify(token, now)).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    Ok(Caller { store: part(request)?, bearer, now })
}

fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A caller before the diary that the path names. Whoever is let in and is not the owner leaves a row in the access log, in
/// the transaction of the visit.
pub struct Visit {
    caller: Caller,
    diary: DiaryRef,
    method: Method,
    path: String,
}

impl Visit {
    /// A caller before a diary, with what the request amounts to in the API.
    #[must_use]
    pub const fn of(caller: Caller, diary: Id, method: Method, path: String) -> Self {
        Self { caller, diary: DiaryRef::Id(diary), method, path }
    }

    /// Reads the diary, if the caller may, in one transaction with the check.
    ///
    /// # Errors
    /// What the closure answers, or that there is no such diary for the caller.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let (diary, own) = (self.diary.clone(), work.clone());
        let answered = self
            .caller
            .read(move |db, who| {
                let readable = proofs::readable(db, who, &diary)?;
                if readable.role() == Role::Owner { own(db, &readable).map(Some) } else { Ok(None) }
            })
            .await?;
        match answered {
            Some(answer) => Ok(answer),
            None => self.noted(Access::Read, work).await,
        }
    }

    /// Lets anybody in who may read, and notes it unless it is the owner: so it writes, whatever the work does.
    async fn noted<T: Send + 'static>(
        self,
        access: Access,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { caller, diary, method, path } = self;
        let work = move |db: &mut Db, who: &SignedIn| {
            let readable = proofs::readable(db, who, &diary)?;
            if readable.role() != Role::Owner {
                notes::record(db, who, &readable, &notes::deed(access, &method, &path))?;
            }
            work(db, &readable)
        };
        match access {
            Access::Read => caller.write_on_snapshot(work).await,
            Access::Write => caller.write(work).await,
        }
    }

    /// Reads the diary as [`Visit::read`] does, for its owner on the replica if there is one that knows what the primary
    /// knows of this diary: nobody misses what they just wrote. Rights are always asked of the primary.
    ///
    /// # Errors
    /// What the closure answers, or that there is no such diary for the caller.
    pub async fn read_replica<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = &self.caller.store;
        if !store.has_replica() {
            return self.read(work).await;
        }
        let diary = self.diary.clone();
        let known = self.caller.read(move |db, who| proofs::readable(db, who, &diary)).await?;
        if known.role() != Role::Owner {
            return self.noted(Access::Read, work).await;
        }
        let there = work.clone();
        let answered = store
            .read_replica(move |db| match proofs::read_again(db, &known)? {
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
        let Self { caller, diary, method, path } = self;
        caller
            .write(move |db, who| {
                let writable = proofs::writable(db, who, &diary)?;
                if writable.role() != Role::Owner {
                    notes::record(db, who, &writable, &notes::deed(Access::Write, &method, &path))?;
                }
                work(db, &writable)
            })
            .await
    }

    /// Writes about the diary, and not in it, as everybody may who can read it: a review, an end of their own right.
    ///
    /// # Errors
    /// What the closure answers, or that there is no such diary for the caller.
    pub async fn write_about<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        self.noted(Access::Write, work).await
    }

    /// Reads what is for the owner alone.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or that it is somebody else's.
    pub async fn own_read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &OwnedDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { caller, diary, .. } = self;
        caller
            .read(move |db, who| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned)
            })
            .await
    }

    /// Changes what is for the owner alone: who else may touch the diary.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or that it is somebody else's.
    pub async fn own<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Db, &OwnedDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let Self { caller, diary, .. } = self;
        caller
            .write(move |db, who| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned)
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
            let path = request.match_info().as_str().to_owned();
            Ok(Self { caller, diary, method: request.method().clone(), path })
        }))
    }
}
