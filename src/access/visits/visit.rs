//! A caller before a diary: the ways in which handlers read and change one.

use std::{slice, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use super::{
    budgets::Budgets,
    caller::{Caller, Coming, Foresee, TRIES, once_known},
    model::{Deed, Outcome},
    notes,
    operation::Operation,
    task::{Question, Task},
};
use crate::{
    access::{
        diaries::store as diaries,
        grants::proofs::{
            self, DiaryRef, ErasableDiary, OwnedDiary, Prove, ReadableDiary, SharableDiary, WritableDiary,
        },
        sessions::{keys::Bearer, proofs::SignedIn},
    },
    foundation::{clock::Instant, faults::Faults, ids::Id, party::Asker},
    storage::{Db, refusal::Refusal, vault::Vault},
    web::problem::{Code, Problem},
};

/// What routes call the diary in their path.
const IN_PATH: &str = "diary_id";

/// A caller before the diary that the path names. Whoever is let in and is not the owner leaves a row in the access log
/// before anything is shown or done, and so does whoever was let in once and is not any more. What is asked is opened after
/// the right: whoever may not see a diary learns nothing of their faults.
#[derive(Clone)]
pub struct Visit {
    caller: Caller,
    diary: DiaryRef,
    /// The row that it is about; the pieces of its key with colons between.
    target: Option<Arc<str>>,
}

/// A right, or nothing where there is none for the caller. What is not there to somebody who may look is another thing.
fn found<P>(right: Result<P, Refusal>) -> Result<Option<P>, Refusal> {
    match right {
        Ok(right) => Ok(Some(right)),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What is read by a right, and by which: it may have to be noted.
fn and_seen<P: AsRef<ReadableDiary> + 'static, A: Question, T>(
    work: impl Task<P, A, T>,
) -> impl Task<P, A, (T, ReadableDiary)> {
    move |db, proof, asked| Ok((work(db, proof, asked)?, proof.as_ref().clone()))
}

impl Visit {
    /// A caller before the diary that a path names.
    pub(super) fn at_path(caller: Caller, request: &HttpRequest) -> Result<Self, Problem> {
        let named = Self::named(caller, request.match_info().get(IN_PATH).unwrap_or_default())?;
        let row: Vec<_> =
            request.match_info().iter().filter(|(name, _)| *name != IN_PATH).map(|(_, piece)| piece).collect();
        let target = (!row.is_empty()).then(|| row.join(":").into());
        Ok(Self { target, ..named })
    }

    /// A caller before the diary that somebody names: by its id, or `me` for their own.
    ///
    /// # Errors
    /// When it is no id: it names nothing.
    pub fn named(caller: Caller, name: &str) -> Result<Self, Problem> {
        let diary = match name {
            "me" => DiaryRef::Me,
            id => DiaryRef::Id(Id::parse(id).ok_or_else(|| Problem::new(Code::NotFound))?),
        };
        Ok(Self { caller, diary, target: None })
    }

    /// A caller before a diary.
    #[must_use]
    pub const fn of(caller: Caller, diary: Id) -> Self {
        Self { caller, diary: DiaryRef::Id(diary), target: None }
    }

    /// About a row of it.
    #[must_use]
    pub fn about(self, row: &Id) -> Self {
        Self { target: Some(row.as_str().into()), ..self }
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
        self.read_on(operation, false, asked, work).await
    }

    /// Reads the diary as [`Visit::read`] does. Who `goes_on` with what they began to look at a moment ago has that one look
    /// noted, and not one for each page.
    ///
    /// # Errors
    /// Those of [`Visit::read`].
    pub async fn read_on<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        goes_on: bool,
        asked: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, T>,
    ) -> Result<T, Refusal> {
        for _ in 0..TRIES {
            let (diary, asked, work) = (self.diary.clone(), asked.clone(), work.clone());
            let answered = self
                .caller
                .before(&self.diary, diaries::foresee)
                .doing(operation)
                .look(Ok(()), move |db, who, ()| {
                    let Some(readable) = found(proofs::readable(db, who, &diary))? else { return Ok(None) };
                    let is_noted =
                        !readable.is_noted() || (goes_on && notes::is_noted_lately(db, who, &readable, operation)?);
                    Ok(Some((work(db, &readable, asked?)?, readable, is_noted)))
                })
                .await;
            let (answer, seen, is_noted) = self.unless_denied(operation, answered).await?;
            if is_noted || self.caller.note(vec![seen], self.deed(operation)).await? {
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
        let caller = self.caller.before(&self.diary, diaries::foresee).doing(operation);
        let known = caller.look(Ok(()), move |db, who, ()| found(proofs::readable(db, who, &diary))).await;
        let known = self.unless_denied(operation, known).await?;
        if known.is_noted() {
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
        self.write_noted((proofs::writable, diaries::foresee_locked), operation, said, work).await
    }

    /// Looks whether the caller may change the diary, before anything is done for it that takes long. Each write looks again.
    ///
    /// # Errors
    /// That there is no such diary for the caller, or that they may only read it.
    pub async fn may_write(&self, operation: Operation) -> Result<(), Refusal> {
        let looked =
            self.by(
                proofs::readable,
                Ok(()),
                |_: &mut Db, diary: &ReadableDiary, ()| {
                    if diary.role().writes() { Ok(()) } else { Err(Refusal::Forbidden) }
                },
            );
        let answered = self.caller.before(&self.diary, diaries::foresee).doing(operation).look(Ok(()), looked).await;
        self.unless_denied(operation, answered).await
    }

    /// Writes about the diary, and not in it, as everybody may who can read it: a review. Their right is held until it is
    /// written.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with what is said.
    pub async fn write_about<A: Question, T: Send + 'static>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, T>,
    ) -> Result<T, Refusal> {
        self.write_noted((proofs::readable_held, diaries::foresee), operation, said, work).await
    }

    /// Writes by a right that is held, and notes it in the same transaction.
    async fn write_noted<P: AsRef<ReadableDiary> + 'static, A: Question, T: Send + 'static>(
        self,
        (prove, foresee): (Prove<P>, Foresee),
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<P, A, T>,
    ) -> Result<T, Refusal> {
        let (diary, target) = (self.diary.clone(), self.target.clone());
        let done = self
            .caller
            .before(&self.diary, foresee)
            .doing(operation)
            .change(Ok(()), move |db, who, ()| {
                let Some(proof) = found(prove(db, who, &diary))? else { return Ok(None) };
                let readable = proof.as_ref();
                if readable.is_noted() {
                    notes::record(db, who, slice::from_ref(readable), &Deed::of(operation, target.as_deref()))?;
                }
                work(db, &proof, said?).map(Some)
            })
            .await;
        self.unless_denied(operation, done).await
    }

    /// Ends a right on the diary: the owner another's, or somebody their own.
    ///
    /// # Errors
    /// What the closure answers, that there is no such diary for the caller, or what is wrong with what is said.
    pub async fn end<A: Question>(
        self,
        operation: Operation,
        said: Result<A, Faults>,
        work: impl Task<ReadableDiary, A, ()>,
    ) -> Result<(), Refusal> {
        let (diary, target) = (self.diary.clone(), self.target.clone());
        let done = self
            .at_it(operation)
            .change(Ok(()), move |db, who, ()| {
                let Some(readable) = found(proofs::readable(db, who, &diary))? else { return Ok(None) };
                // Who gives their grant back waits for those who hold on to it, and these wait for the end of the chain:
                // so it is noted afterwards.
                work(db, &readable, said?)?;
                if readable.is_noted() {
                    notes::record(db, who, slice::from_ref(&readable), &Deed::of(operation, target.as_deref()))?;
                }
                Ok(Some(()))
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
        let caller = self.caller.before(&self.diary, diaries::foresee).doing(operation);
        let answered = caller.look(Ok(()), self.by(proofs::owned, asked, and_seen(work))).await;
        self.noted(operation, self.unless_denied(operation, answered).await?).await
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
        let work = self.at_it(operation).signed_in(Ok(()), self.by(proofs::owned, asked, and_seen(work)));
        let answered = self.caller.store.read_long(work).await;
        self.noted(operation, self.unless_denied(operation, answered).await?).await
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
        let (diary, target) = (self.diary.clone(), self.target.clone());
        let caller = self.at_it(operation);
        let done = caller.change(Ok(()), move |db, who, ()| {
            let Some(owned) = found(proofs::owned(db, who, &diary))? else { return Ok(None) };
            if owned.is_noted() {
                notes::record(db, who, slice::from_ref(&*owned), &Deed::of(operation, target.as_deref()))?;
            }
            work(db, &owned, said?).map(Some)
        });
        self.unless_denied(operation, done.await).await
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
        let answered = self.at_it(operation).look(Ok(()), self.by(proofs::sharable, asked, work)).await;
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
        let done = self.at_it(operation).change(Ok(()), self.by(proofs::sharable_held, said, work)).await;
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
            .change(Ok(()), move |db, who, ()| {
                let erasable = proofs::erasable(db, who, &diary)?;
                work(db, &erasable)
            })
            .await
    }

    /// The caller, doing something here.
    fn at_it(&self, operation: Operation) -> Caller {
        self.caller.clone().doing(operation)
    }

    /// An answer for the owner alone, once it is noted that they had a token ask for it, if they had.
    async fn noted<T>(&self, operation: Operation, (answer, seen): (T, ReadableDiary)) -> Result<T, Refusal> {
        if self.caller.note(vec![seen], self.deed(operation)).await? { Ok(answer) } else { Err(Refusal::Busy) }
    }

    /// What is done by a right, or nothing where there is none for the caller.
    fn by<P: 'static, A: Question, T>(
        &self,
        prove: Prove<P>,
        said: Result<A, Faults>,
        work: impl Task<P, A, T>,
    ) -> impl Task<SignedIn, (), Option<T>> {
        let diary = self.diary.clone();
        move |db, who, ()| match found(prove(db, who, &diary))? {
            Some(proof) => work(db, &proof, said?).map(Some),
            None => Ok(None),
        }
    }

    /// What comes of a visit. That there is nothing for the caller is noted before they hear of it, if there was once.
    async fn unless_denied<T>(&self, operation: Operation, outcome: Result<Option<T>, Refusal>) -> Result<T, Refusal> {
        if let Some(done) = outcome? {
            return Ok(done);
        }
        if let DiaryRef::Id(diary) = &self.diary {
            let deed = Deed { outcome: Outcome::Denied, ..self.deed(operation) };
            if let Err(error) = self.caller.note_denied(diary.clone(), deed).await {
                tracing::warn!(%error, "a try that was denied could not be noted");
            }
        }
        Err(Refusal::NotFound)
    }

    fn deed(&self, what: Operation) -> Deed {
        Deed::of(what, self.target.as_deref())
    }

    /// Who speaks.
    pub(super) fn bearer(&self) -> Bearer {
        self.caller.bearer.clone()
    }

    /// The caller's account.
    #[must_use]
    pub const fn user_id(&self) -> &Id {
        self.caller.user_id()
    }

    /// What opens secrets, and seals new ones.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        self.caller.vault()
    }

    /// Whose budgets and whose line it is.
    #[must_use]
    pub fn asker(&self) -> Asker {
        self.caller.asker()
    }

    /// What the caller may ask for.
    #[must_use]
    pub fn budgets(&self) -> Data<Budgets> {
        self.caller.budgets.clone()
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.caller.now
    }
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Who nobody knows learns nothing of paths: the token comes first.
        let asked = request.clone();
        once_known(request, move |caller| Self::at_path(caller, &asked))
    }
}
