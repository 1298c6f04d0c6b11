//! The callers of handlers. A handler that takes one can't be reached without a genuine token, and the only way from it
//! to the data leads through the proofs.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::{Ready, ready};

use super::{budgets::Budgets, notes};
use crate::{
    access::{
        Role,
        grants::proofs::{self, DiaryRef, ErasableDiary, OwnedDiary, ReadableDiary, SharableDiary, WritableDiary},
        sessions::{
            keys::{Bearer, SigningKeys},
            proofs::{Proved, SignedIn},
            store as sessions,
        },
        visits::{
            model::{Access, Deed, Outcome},
            operation::Operation,
            task::{Question, Task},
        },
    },
    foundation::{
        budget::OverBudget,
        clock::{Clock, Instant},
        faults::Faults,
        ids::Id,
        paging::{Page, PageRequest},
        party::{Asker, Party},
    },
    storage::{Db, Store, Work, refusal::Refusal},
    web::{
        part::part,
        problem::{Code, Problem},
    },
};

/// How often a read begins anew when the right by which it was made became another one meanwhile.
const TRIES: usize = 3;

/// Somebody with a genuine access token, or a genuine cookie.
#[derive(Clone)]
pub struct Caller {
    store: Store,
    budgets: Data<Budgets>,
    bearer: Bearer,
    now: Instant,
}

impl Caller {
    /// Somebody for whom an access token speaks, or something else. Whether the session lives is asked all the same. What
    /// they have done waits in the line of their account.
    ///
    /// # Errors
    /// When it is one request too many.
    pub fn of(store: &Store, budgets: Data<Budgets>, bearer: Bearer, now: Instant) -> Result<Self, OverBudget> {
        let party = Party::of_account(&bearer.user_id);
        budgets.requests.take(Asker { party, now }, 1)?;
        Ok(Self { store: store.on_behalf_of(party), budgets, bearer, now })
    }

    /// Reads as this caller, in one transaction with the check of the session. What is asked is opened after it:
    /// whoever is not signed in learns nothing of their faults.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with the question.
    pub async fn read<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        self.store.read(self.signed_in(asked, work)).await
    }

    /// Writes as this caller, as [`Caller::read`] reads.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with what is said.
    pub async fn write<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        self.store.write(self.signed_in(asked, work)).await
    }

    /// The work of a transaction: the session, then what is asked, then what is done.
    fn signed_in<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> impl Work<T, Refusal> {
        let (bearer, now) = (self.bearer.clone(), self.now);
        move |db| {
            let who = sessions::signed_in(db, &bearer, now)?;
            work(db, &who, asked?)
        }
    }

    /// Reads as this caller for what takes a proof that is fresh: the session, then the proof, then what is asked.
    ///
    /// # Errors
    /// What the closure answers, that the session is over or the proof too old, or what is wrong with the question.
    pub async fn read_proved<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<Proved, A, T>,
    ) -> Result<T, Refusal> {
        self.read(Ok(asked), |db, who, asked| work(db, &who.clone().proved()?, asked?)).await
    }

    /// Writes as this caller what takes a proof that is fresh, as [`Caller::read_proved`] reads.
    ///
    /// # Errors
    /// What the closure answers, that the session is over or the proof too old, or what is wrong with what is said.
    pub async fn write_proved<A: Question, T: Send + 'static>(
        &self,
        said: Result<A, Faults>,
        work: impl Task<Proved, A, T>,
    ) -> Result<T, Refusal> {
        self.write(Ok(said), |db, who, said| work(db, &who.clone().proved()?, said?)).await
    }

    /// The diaries that the caller may read, own and shared, each as `view` makes it. To be listed is to be looked at, so
    /// those of others are noted, as in [`Visit::read`].
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with the question.
    pub async fn diaries<T: Send + 'static>(
        &self,
        asked: Result<PageRequest<String>, Faults>,
        view: impl Fn(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<Page<T>, Refusal> {
        for _ in 0..TRIES {
            let view = view.clone();
            let (page, seen) = self
                .read(asked.clone(), move |db, who, asked| {
                    let mut seen = Vec::new();
                    let page = proofs::readable_diaries(db, who, &asked)?.try_map(|diary| {
                        let shown = view(db, &diary)?;
                        seen.push(diary);
                        Ok::<_, Refusal>(shown)
                    })?;
                    Ok((page, seen))
                })
                .await?;
            let deed =
                Deed { access: Access::Read, what: Operation::ListDiaries, target: None, outcome: Outcome::Done };
            if self.note(seen, deed).await? {
                return Ok(page);
            }
        }
        Err(Refusal::Busy)
    }

    /// Notes that others' diaries were looked at, if the rights by which they were still hold. `false` when one of them is
    /// another by now: what was read by it must not be shown.
    async fn note(&self, seen: Vec<ReadableDiary>, deed: Deed) -> Result<bool, Refusal> {
        let of_others: Vec<_> = seen.into_iter().filter(|diary| diary.role() != Role::Owner).collect();
        if of_others.is_empty() {
            return Ok(true);
        }
        self.budgets.looks.take(self.asker(), of_others.len())?;
        self.write(Ok(()), move |db, who, ()| {
            for diary in &of_others {
                if !proofs::still_holds(db, who, diary)? {
                    return Ok(false);
                }
            }
            notes::record(db, who, &of_others, &deed)?;
            Ok(true)
        })
        .await
    }

    /// Whose budgets and whose line it is.
    #[must_use]
    pub fn asker(&self) -> Asker {
        Asker { party: Party::of_account(&self.bearer.user_id), now: self.now }
    }

    /// Notes that the caller was not let in to a diary, if they were once. Whoever never was leaves nothing in somebody
    /// else's log.
    async fn note_denied(&self, diary: Id, deed: Deed) -> Result<(), Refusal> {
        let asked = diary.clone();
        // Most who ask for what is not there never had a right, or still have it: they write nothing.
        let had = self.read(Ok(()), move |db, who, ()| Ok(proofs::ended(db, who, &asked)?)).await?;
        if had.is_none() {
            return Ok(());
        }
        self.write(Ok(()), move |db, who, ()| match proofs::ended(db, who, &diary)? {
            Some(had) => notes::record_denied(db, who, &diary, had, &deed),
            // Let in again a moment ago.
            None => Ok(()),
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
    Ok(Caller::of(&*part::<Store>(request)?, part(request)?, bearer, now)?)
}

fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A caller before the diary that the path names. Whoever is let in and is not the owner leaves a row in the access log
/// before anything is shown or done, and so does whoever was let in once and is not any more. What is asked is opened after
/// the right: whoever may not see a diary learns nothing of their faults.
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

    /// Reads the diary, if the caller may, on one snapshot with the check. Whoever is not its owner is noted before the
    /// answer goes out, in a short write that looks at the right again: if it has ended meanwhile, or the row can't be
    /// written, nothing is shown.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn read<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, T>,
    ) -> Result<T, Refusal> {
        for _ in 0..TRIES {
            let (diary, asked, work) = (self.diary.clone(), asked.clone(), work.clone());
            let answered = self
                .caller
                .read(Ok(()), move |db, who, ()| {
                    let readable = proofs::readable(db, who, &diary)?;
                    Ok((work(db, &readable, asked?)?, readable))
                })
                .await;
            let (answer, seen) = self.unless_denied(operation, answered).await?;
            if self.caller.note(vec![seen], self.deed(operation)).await? {
                return Ok(answer);
            }
        }
        Err(Refusal::Busy)
    }

    /// Reads the diary as [`Visit::read`] does, for its owner on the replica if there is one that knows what the primary
    /// knows of this diary: nobody misses what they just wrote. Rights are always asked of the primary.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn read_replica<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, T>,
    ) -> Result<T, Refusal> {
        let store = &self.caller.store;
        if !store.has_replica() {
            return self.read(operation, asked, work).await;
        }
        let diary = self.diary.clone();
        let known = self.caller.read(Ok(()), move |db, who, ()| proofs::readable(db, who, &diary)).await;
        let known = self.unless_denied(operation, known).await?;
        if known.role() != Role::Owner {
            return self.read(operation, asked, work).await;
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
    pub async fn write<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<WritableDiary, A, T>,
    ) -> Result<T, Refusal> {
        let (diary, deed) = (self.diary.clone(), self.deed(operation));
        let done = self
            .caller
            .write(Ok(()), move |db, who, ()| {
                let writable = proofs::writable(db, who, &diary)?;
                if writable.role() != Role::Owner {
                    notes::record(db, who, std::slice::from_ref(&*writable), &deed)?;
                }
                work(db, &writable, said?)
            })
            .await;
        self.unless_denied(operation, done).await
    }

    /// Writes about the diary, and not in it, as everybody may who can read it: a review, an end of their own right.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with what is said.
    pub async fn write_about<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, T>,
    ) -> Result<T, Refusal> {
        let (diary, deed) = (self.diary.clone(), self.deed(operation));
        let done = self
            .caller
            .write(Ok(()), move |db, who, ()| {
                let readable = proofs::readable(db, who, &diary)?;
                // Who gives their grant back waits for those who hold on to it, and these wait for the end of the chain:
                // so it is noted afterwards.
                let done = work(db, &readable, said?)?;
                if readable.role() != Role::Owner {
                    notes::record(db, who, std::slice::from_ref(&readable), &deed)?;
                }
                Ok(done)
            })
            .await;
        self.unless_denied(operation, done).await
    }

    /// Reads what is for the owner alone.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, or what is wrong
    /// with the question.
    pub async fn own_read<A: Question, T: Send + 'static>(
        &self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl Task<OwnedDiary, A, T>,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        let answered = self
            .caller
            .read(Ok(()), move |db, who, ()| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned, asked?)
            })
            .await;
        self.unless_denied(operation, answered).await
    }

    /// Reads what is for the owner alone and takes its time, as everything that there is.
    ///
    /// # Errors
    /// Those of [`Visit::own_read`].
    pub async fn own_read_long<A: Question, T: Send + 'static>(
        &self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl Task<OwnedDiary, A, T>,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        let work = self.caller.signed_in(Ok(()), move |db, who, ()| {
            let owned = proofs::owned(db, who, &diary)?;
            work(db, &owned, asked?)
        });
        let answered = self.caller.store.read_long(work).await;
        self.unless_denied(operation, answered).await
    }

    /// Changes what is for the owner alone: who else may touch the diary.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, or what is wrong
    /// with what is said.
    pub async fn own<A: Question, T: Send + 'static>(
        &self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<OwnedDiary, A, T>,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        let done = self
            .caller
            .write(Ok(()), move |db, who, ()| {
                let owned = proofs::owned(db, who, &diary)?;
                work(db, &owned, said?)
            })
            .await;
        self.unless_denied(operation, done).await
    }

    /// What comes of a visit. That there is nothing for the caller is noted before they hear of it, if there was once.
    async fn unless_denied<T>(&self, operation: Operation, outcome: Result<T, Refusal>) -> Result<T, Refusal> {
        if let (Err(Refusal::NotFound), DiaryRef::Id(diary)) = (&outcome, &self.diary) {
            let deed = Deed { outcome: Outcome::Denied, ..self.deed(operation) };
            if let Err(error) = self.caller.note_denied(diary.clone(), deed).await {
                tracing::warn!(%error, "a try that was denied could not be noted");
            }
        }
        outcome
    }

    fn deed(&self, what: Operation) -> Deed {
        Deed { access: Access::of(what), what, target: self.target.clone(), outcome: Outcome::Done }
    }

    /// Reads what the owner needs to let others in.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, that the proof is
    /// too old, or what is wrong with the question.
    pub async fn read_to_share<A: Question, T: Send + 'static>(
        &self,
        operation: Operation,
        asked: Result<A, Faults>,
        work: impl Task<SharableDiary, A, T>,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        let answered = self
            .caller
            .read(Ok(()), move |db, who, ()| {
                let sharable = proofs::sharable(db, who, &diary)?;
                work(db, &sharable, asked?)
            })
            .await;
        self.unless_denied(operation, answered).await
    }

    /// Lets others in, as the owner may who has just shown that it is they.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, that the proof is
    /// too old, or what is wrong with what is said.
    pub async fn share<A: Question, T: Send + 'static>(
        &self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<SharableDiary, A, T>,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        let done = self
            .caller
            .write(Ok(()), move |db, who, ()| {
                let sharable = proofs::sharable(db, who, &diary)?;
                work(db, &sharable, said?)
            })
            .await;
        self.unless_denied(operation, done).await
    }

    /// Takes out of the diary, as the owner may who has just shown that it is they.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, that it is somebody else's, or that the proof
    /// is too old.
    pub async fn erase<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db, &ErasableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<T, Refusal> {
        let diary = self.diary.clone();
        self.caller
            .write(Ok(()), move |db, who, ()| {
                let erasable = proofs::erasable(db, who, &diary)?;
                work(db, &erasable)
            })
            .await
    }

    /// Whose budgets and whose line it is.
    #[must_use]
    pub fn asker(&self) -> Asker {
        self.caller.asker()
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
