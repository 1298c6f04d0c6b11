//! The callers of handlers. A handler that takes one can't be reached without a genuine token, and the only way from it
//! to the data leads through the proofs.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::{Ready, ready};

use super::notes;
use crate::{
    access::{
        Role,
        grants::proofs::{self, DiaryRef, OwnedDiary, ReadableDiary, SignedIn, WritableDiary},
        sessions::keys::{Bearer, SigningKeys},
        visits::{
            model::{Access, Deed},
            operation::Operation,
        },
    },
    foundation::{
        clock::{Clock, Instant},
        faults::Faults,
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

    /// Reads as this caller, in one transaction with the check of the session. What is asked is opened after it: who is
    /// not signed in learns nothing of their faults.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with the question.
    pub async fn read<A, T>(
        &self,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &SignedIn, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        self.store.read(self.signed_in(asked, work)).await
    }

    /// Writes as this caller, as [`Caller::read`] reads.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with what is said.
    pub async fn write<A, T>(
        &self,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &SignedIn, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        self.store.write(self.signed_in(asked, work)).await
    }

    /// The work of a transaction: the session, then what is asked, then what is done.
    fn signed_in<A, T>(
        &self,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &SignedIn, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> impl FnOnce(&mut Db) -> Result<T, Refusal> + Clone + Send + 'static
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let (bearer, now) = (self.bearer.clone(), self.now);
        move |db| {
            let who = proofs::signed_in(db, &bearer, now)?;
            work(db, &who, asked?)
        }
    }

    /// The diaries that the caller may read, own and shared, each as `view` makes it. To be listed is to be looked at.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with the question.
    pub async fn diaries<T: Send + 'static>(
        &self,
        asked: Result<PageRequest<String>, Faults>,
        view: impl Fn(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<Page<T>, Refusal> {
        let own = view.clone();
        let page = self
            .read(asked.clone(), move |db, who, asked| {
                let page = proofs::readable_diaries(db, who, &asked)?;
                let all_own = page.items.iter().all(|diary| diary.role() == Role::Owner);
                if all_own { page.try_map(|diary| own(db, &diary)).map(Some) } else { Ok(None) }
            })
            .await?;
        if let Some(page) = page {
            return Ok(page);
        }
        let noted = self.signed_in(asked, move |db, who, asked| {
            proofs::readable_diaries(db, who, &asked)?.try_map(|diary| {
                if diary.role() != Role::Owner {
                    let deed = Deed { access: Access::Read, what: Operation::ListDiaries, target: None };
                    notes::record(db, who, &diary, &deed)?;
                }
                view(db, &diary)
            })
        });
        self.store.write_on_snapshot(noted).await
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
/// the transaction of the visit. What is asked is opened after the right: who may not see a diary learns nothing of their
/// faults.
pub struct Visit {
    caller: Caller,
    diary: DiaryRef,
    /// The row that it is about; the pieces of its key with colons between.
    target: Option<String>,
}

impl Visit {
    /// A caller before a diary.
    #[must_use]
    pub const fn of(caller: Caller, diary: Id) -> Self {
        Self { caller, diary: DiaryRef::Id(diary), target: None }
    }

    /// About a row of it.
    #[must_use]
    pub fn about(self, row: &Id) -> Self {
        Self { target: Some(row.to_string()), ..self }
    }

    /// Reads the diary, if the caller may, in one transaction with the check.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn read<A, T>(
        self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &ReadableDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let (diary, own_asked, own) = (self.diary.clone(), asked.clone(), work.clone());
        let answered = self
            .caller
            .read(Ok(()), move |db, who, ()| {
                let readable = proofs::readable(db, who, &diary)?;
                if readable.role() == Role::Owner { own(db, &readable, own_asked?).map(Some) } else { Ok(None) }
            })
            .await?;
        match answered {
            Some(answer) => Ok(answer),
            None => self.noted(Access::Read, operation, asked, work).await,
        }
    }

    /// Lets anybody in who may read, and notes it unless it is the owner: so it writes, whatever the work does.
    async fn noted<A, T>(
        self,
        access: Access,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &ReadableDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let Self { caller, diary, target } = self;
        let work = caller.signed_in(Ok(()), move |db, who, ()| {
            let readable = proofs::readable(db, who, &diary)?;
            if readable.role() != Role::Owner {
                notes::record(db, who, &readable, &Deed { access, what: operation, target })?;
            }
            work(db, &readable, asked?)
        });
        match access {
            Access::Read => caller.store.write_on_snapshot(work).await,
            Access::Write => caller.store.write(work).await,
        }
    }

    /// Reads the diary as [`Visit::read`] does, for its owner on the replica if there is one that knows what the primary
    /// knows of this diary: nobody misses what they just wrote. Rights are always asked of the primary.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn read_replica<A, T>(
        self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &ReadableDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let store = &self.caller.store;
        if !store.has_replica() {
            return self.read(operation, asked, work).await;
        }
        let diary = self.diary.clone();
        let known = self.caller.read(Ok(()), move |db, who, ()| proofs::readable(db, who, &diary)).await?;
        if known.role() != Role::Owner {
            return self.noted(Access::Read, operation, asked, work).await;
        }
        let (there_asked, there) = (asked.clone(), work.clone());
        let answered = store
            .read_replica(move |db| match proofs::read_again(db, &known)? {
                Some(readable) => there(db, &readable, there_asked?).map(Some),
                None => Ok(None),
            })
            .await;
        match answered {
            Ok(Some(answer)) => Ok(answer),
            // It is behind, or gone.
            Ok(None) | Err(Refusal::Storage(_)) => self.read(operation, asked, work).await,
            Err(refusal) => Err(refusal),
        }
    }

    /// Changes the diary, if the caller may, in one transaction with the check.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that they may only read it, or what is wrong
    /// with what is said.
    pub async fn write<A, T>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &WritableDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let Self { caller, diary, target } = self;
        caller
            .write(Ok(()), move |db, who, ()| {
                let writable = proofs::writable(db, who, &diary)?;
                if writable.role() != Role::Owner {
                    let deed = Deed { access: Access::Write, what: operation, target };
                    notes::record(db, who, &writable, &deed)?;
                }
                work(db, &writable, said?)
            })
            .await
    }

    /// Writes about the diary, and not in it, as everybody may who can read it: a review, an end of their own right.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with what is said.
    pub async fn write_about<A, T>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &ReadableDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        self.noted(Access::Write, operation, said, work).await
    }

    /// Reads what is for the owner alone.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, or what is wrong
    /// with the question.
    pub async fn own_read<A, T>(
        &self,
        asked: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &OwnedDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let diary = self.diary.clone();
        self.caller
            .read(Ok(()), move |db, who, ()| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned, asked?)
            })
            .await
    }

    /// Changes what is for the owner alone: who else may touch the diary.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, or what is wrong
    /// with what is said.
    pub async fn own<A, T>(
        &self,
        said: Result<A, Faults>,
        work: impl FnOnce(&mut Db, &OwnedDiary, A) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
    {
        let diary = self.diary.clone();
        self.caller
            .write(Ok(()), move |db, who, ()| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned, said?)
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
            let row: Vec<_> =
                request.match_info().iter().filter(|(name, _)| *name != "d").map(|(_, piece)| piece).collect();
            let target = (!row.is_empty()).then(|| row.join(":"));
            Ok(Self { caller, diary, target })
        }))
    }
}
