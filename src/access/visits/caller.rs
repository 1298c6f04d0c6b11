//! The callers of handlers. A handler that takes one can't be reached without a genuine token, and the only way from it
//! to the data leads through the proofs.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::{Either, LocalBoxFuture, Ready, ready};

use super::{
    budgets::Budgets,
    notes,
    program::{self, Key},
};
use crate::{
    access::{
        Role, accounts,
        connections::store as connections,
        grants::proofs::{self, DiaryRef, ReadableDiary},
        scopes::Doing,
        sessions::{
            keys::{Bearer, Credential, SigningKeys},
            proofs::{Proved, SignedIn},
            store as sessions,
        },
        tokens::store as tokens,
        visits::{
            model::Deed,
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
    storage::{self, Db, Store, Work, refusal::Refusal, vault::Vault},
    web::{
        part::part,
        problem::{Code, Problem},
    },
};

/// How often a read begins anew when the right by which it was made became another one meanwhile.
pub(super) const TRIES: usize = 3;
/// How many looks one write notes at most.
const NOTED_AT_ONCE: usize = 25;

/// What was seen of a diary.
#[derive(Debug)]
pub struct Seen<T> {
    /// What it is.
    pub view: T,
    diary: ReadableDiary,
}

impl<T> Seen<T> {
    /// This of that diary.
    pub fn of(diary: ReadableDiary, view: T) -> Self {
        Self { view, diary }
    }
}

/// The diaries that a caller may open, own and shared, for whoever lists them.
#[derive(Debug)]
pub struct Openable<'a>(&'a SignedIn);

impl Openable<'_> {
    /// Whose list it is.
    #[must_use]
    pub fn user_id(&self) -> &Id {
        self.0.user_id()
    }

    /// A page of them, by id; of those in which the caller has one role, if one is named. A page may lack what is not
    /// there for a token, and more may follow all the same.
    pub fn page(
        &self,
        db: &mut Db,
        role: Option<Role>,
        request: &PageRequest<String>,
    ) -> storage::Result<Page<ReadableDiary>> {
        proofs::readable_diaries(db, self.0, role, request)
    }
}

/// Somebody with a genuine access token, a genuine cookie, or what a program shows that was alive a moment ago. By
/// that they do nothing before it is said what they do.
#[derive(Clone)]
pub struct Caller {
    pub(super) store: Store,
    pub(super) budgets: Data<Budgets>,
    pub(super) bearer: Bearer,
    pub(super) now: Instant,
    /// The own diary that is asked for after the session, and how.
    foreseen: Option<(Id, Foresee)>,
    /// What they do, as far as it is said.
    doing: Option<Doing>,
}

/// How a diary is had sent along with the look at the session.
pub(super) type Foresee = fn(&mut Db, &str) -> storage::Result<()>;

impl Caller {
    /// Somebody for whom an access token speaks, or something else. Whether the session lives is asked all the same. What
    /// they have done waits in the line of their account.
    ///
    /// # Errors
    /// When it is one request too many.
    pub fn of(store: &Store, budgets: Data<Budgets>, bearer: Bearer, now: Instant) -> Result<Self, OverBudget> {
        let program = match &bearer.credential {
            Credential::Session => None,
            Credential::Token(hash) => Some(Party::of_token(hash.as_slice())),
            // Its access tokens are others every quarter of an hour.
            Credential::Connection(_) => Some(Party::of_token(bearer.session_id.as_str().as_bytes())),
        };
        if let Some(party) = program {
            budgets.token_requests.take(Asker { party, now }, 1)?;
        }
        let party = Party::of_account(&bearer.user_id);
        budgets.requests.take(Asker { party, now }, 1)?;
        Ok(Self { store: store.on_behalf_of(party), budgets, bearer, now, foreseen: None, doing: None })
    }

    /// What opens secrets, and seals new ones.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        self.store.vault()
    }

    /// The same, doing something by an operation of the contract.
    #[must_use]
    pub fn doing(self, what: impl Into<Doing>) -> Self {
        Self { doing: Some(what.into()), ..self }
    }

    /// The same, before a diary that is asked for next. Another's is not foreseen: nothing is asked of it before the right.
    pub(super) fn before(&self, diary: &DiaryRef, foresee: Foresee) -> Self {
        let own = self.bearer.owns.as_ref().filter(|own| match diary {
            DiaryRef::Me => true,
            DiaryRef::Id(id) => *own == id,
        });
        Self { foreseen: own.map(|own| (own.clone(), foresee)), ..self.clone() }
    }

    /// Reads as this caller, in one transaction with the check of the session. What is asked is opened after it:
    /// whoever is not signed in learns nothing of their faults.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, that a token does not let do it, or what is wrong with the
    /// question.
    pub async fn read<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        let work = self.signed_in(Ok(asked), |db, who, asked| {
            who.may()?;
            work(db, who, asked?)
        });
        self.store.read(work).await
    }

    /// Writes as this caller, as [`Caller::read`] reads.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, that a token does not let do it, or what is wrong with what
    /// is said.
    pub async fn write<A: Question, T: Send + 'static>(
        &self,
        said: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        let work = self.signed_in(Ok(said), |db, who, said| {
            who.may()?;
            work(db, who, said?)
        });
        self.store.write(work).await
    }

    /// Reads as this caller what has a right of its own, which is asked before what their token lets do.
    pub(super) async fn look<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        self.store.read(self.signed_in(asked, work)).await
    }

    /// Writes as this caller, as [`Caller::look`] reads.
    pub(super) async fn change<A: Question, T: Send + 'static>(
        &self,
        said: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> Result<T, Refusal> {
        self.store.write(self.signed_in(said, work)).await
    }

    /// The work of a transaction: the session, then what is asked, then what is done.
    pub(super) fn signed_in<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        work: impl Task<SignedIn, A, T>,
    ) -> impl Work<T, Refusal> {
        let (bearer, now, foreseen, doing) = (self.bearer.clone(), self.now, self.foreseen.clone(), self.doing);
        move |db| {
            if let Some((own, foresee)) = foreseen {
                foresee(db, own.as_str())?;
            }
            let who = match &bearer.credential {
                Credential::Session => sessions::signed_in(db, &bearer, now)?,
                Credential::Token(hash) => tokens::signed_in(db, (&bearer, hash), now)?,
                Credential::Connection(hash) => connections::signed_in(db, (&bearer, hash), now)?,
            };
            work(db, &who.doing(doing), asked?)
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
        self.write(Ok(said), |db, who, said| {
            // Those who lock the account later do it now: two of them, each beside the other, could not.
            accounts::store::find_locked(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?;
            let proved = accounts::store::proved(db, who)?;
            work(db, &proved, said?)
        })
        .await
    }

    /// Lists diaries that the caller may open: `list` makes the page, and says of which diary each row is. To be listed
    /// is to be looked at, so others' diaries that are on the page are noted, as in [`crate::access::Visit::read`];
    /// those that were only looked through are not.
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or what is wrong with the question.
    pub async fn diaries<A: Question, T: Send + 'static>(
        &self,
        asked: Result<A, Faults>,
        list: impl FnOnce(&mut Db, &Openable<'_>, A) -> Result<Page<Seen<T>>, Refusal> + Clone + Send + 'static,
    ) -> Result<Page<T>, Refusal> {
        let caller = self.clone().doing(Operation::ListDiaries);
        for _ in 0..TRIES {
            let list = list.clone();
            let page = caller.read(asked.clone(), move |db, who, asked| list(db, &Openable(who), asked)).await?;
            let (diaries, items) = page.items.into_iter().map(|seen| (seen.diary, seen.view)).unzip();
            if self.note(diaries, Deed::of(Operation::ListDiaries, None)).await? {
                return Ok(Page { items, next_cursor: page.next_cursor });
            }
        }
        Err(Refusal::Busy)
    }

    /// Looks over all diaries that others let the caller read, a few at a time: `view` says what is seen of each, and `choose`
    /// which of them are shown, in which order. Those are noted, as in [`crate::access::Visit::read`]; who `goes_on` with a
    /// look of a moment ago has that one look noted, as in [`crate::access::Visit::read_on`].
    ///
    /// # Errors
    /// What the closure answers, that the session is over, or that it is one look too many.
    pub async fn overview<T: Send + 'static, R>(
        &self,
        goes_on: bool,
        view: impl Fn(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
        choose: impl Fn(Vec<Seen<T>>) -> (Vec<Seen<T>>, R),
    ) -> Result<(Vec<T>, R), Refusal> {
        const WHAT: Operation = Operation::ListDiaries;
        for _ in 0..TRIES {
            let (chosen, rest) = choose(self.see_all(view.clone()).await?);
            let (diaries, views): (Vec<_>, Vec<_>) = chosen.into_iter().map(|seen| (seen.diary, seen.view)).unzip();
            let unnoted = if goes_on { self.unnoted(diaries, WHAT).await? } else { diaries };
            if self.note(unnoted, Deed::of(WHAT, None)).await? {
                return Ok((views, rest));
            }
        }
        Err(Refusal::Busy)
    }

    /// Others' diaries, each page of them read for itself: whoever waits for a reader gets their turn between two.
    async fn see_all<T: Send + 'static>(
        &self,
        view: impl Fn(&mut Db, &ReadableDiary) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<Vec<Seen<T>>, Refusal> {
        let mut all = Vec::new();
        let mut next = Some(PageRequest::first());
        while let Some(asked) = next {
            let view = view.clone();
            let page = self
                .read(Ok(asked.clone()), move |db, who, asked| {
                    proofs::readable_diaries(db, who, None, &asked)?.try_filter_map(|diary| {
                        let is_of_others = diary.role() != Role::Owner;
                        is_of_others.then(|| Ok(Seen { view: view(db, &diary)?, diary })).transpose()
                    })
                })
                .await?;
            next = page.next_cursor.and_then(|cursor| asked.following(&cursor));
            all.extend(page.items);
        }
        Ok(all)
    }

    /// Those of which it was not noted a moment ago that the caller did this.
    async fn unnoted(&self, diaries: Vec<ReadableDiary>, what: Operation) -> Result<Vec<ReadableDiary>, Refusal> {
        self.read(Ok(diaries), move |db, who, diaries| {
            let mut unnoted = Vec::new();
            for diary in diaries {
                if !notes::is_noted_lately(db, who, &diary, what)? {
                    unnoted.push(diary);
                }
            }
            Ok(unnoted)
        })
        .await
    }

    /// Notes that others' diaries were looked at, or one's own by a token, if the rights by which they were still hold.
    /// `false` when one of them is another by now: what was read by it must not be shown.
    pub(super) async fn note(&self, seen: Vec<ReadableDiary>, deed: Deed) -> Result<bool, Refusal> {
        let noted: Vec<_> = seen.into_iter().filter(ReadableDiary::is_noted).collect();
        if noted.is_empty() {
            return Ok(true);
        }
        self.budgets.looks.take(self.asker(), noted.len())?;
        let caller = self.clone().doing(deed.what);
        // A few at a time: nobody's write waits for two hundred rows.
        for few in noted.chunks(NOTED_AT_ONCE) {
            let (few, deed) = (few.to_vec(), deed.clone());
            let noted = caller.change(Ok(()), move |db, who, ()| {
                for diary in &few {
                    if !proofs::still_holds(db, who, diary)? {
                        return Ok(false);
                    }
                }
                notes::record(db, who, &few, &deed)?;
                Ok(true)
            });
            if !noted.await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Which account.
    #[must_use]
    pub const fn user_id(&self) -> &Id {
        &self.bearer.user_id
    }

    /// Whose budgets and whose line it is.
    #[must_use]
    pub fn asker(&self) -> Asker {
        Asker { party: Party::of_account(&self.bearer.user_id), now: self.now }
    }

    /// Notes that the caller was not let in to a diary, if they were once. Whoever never was leaves nothing in somebody
    /// else's log.
    pub(super) async fn note_denied(&self, diary: Id, deed: Deed) -> Result<(), Refusal> {
        let asked = diary.clone();
        // Most who ask for what is not there never had a right, or still have it: they write nothing.
        let had = self.look(Ok(()), move |db, who, ()| Ok(proofs::ended(db, who, &asked)?)).await?;
        // Whoever goes on and on is told of already: an entry of tries has so many rows and no more.
        if had.is_none() || self.budgets.looks.take(self.asker(), 1).is_err() {
            return Ok(());
        }
        self.change(Ok(()), move |db, who, ()| match proofs::ended(db, who, &diary)? {
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
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        once_known(request, Ok)
    }
}

/// What is there at once for whoever has a session, since their access token says who they are. For a program the
/// database is asked.
pub(super) type Coming<T> = Either<Ready<Result<T, Problem>>, LocalBoxFuture<'static, Result<T, Problem>>>;

/// Makes something of whoever a request's token speaks for. Who has no genuine token, or is one request too many, gets
/// no further.
pub(super) fn once_known<T: 'static>(
    request: &HttpRequest,
    then: impl FnOnce(Caller) -> Result<T, Problem> + 'static,
) -> Coming<T> {
    match token(request) {
        Some(token) if Key::is_presented(token) => {
            let (request, key) = (request.clone(), Key::parse(token));
            Either::Right(Box::pin(async move { then(of_program(&request, key).await?) }))
        }
        token => Either::Left(ready(in_session(request, token).and_then(then))),
    }
}

fn in_session(request: &HttpRequest, token: Option<&str>) -> Result<Caller, Problem> {
    let (keys, now) = (part::<SigningKeys>(request)?, part::<Clock>(request)?.now());
    let bearer = token.and_then(|token| keys.verify(token, now)).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    Ok(Caller::of(&*part::<Store>(request)?, part(request)?, bearer, now)?)
}

async fn of_program(request: &HttpRequest, key: Option<Key>) -> Result<Caller, Problem> {
    let (bearer, is_to_be_noted) = program::bearer(request, key.as_ref()).await?;
    let (id, now) = (bearer.session_id.clone(), part::<Clock>(request)?.now());
    let caller = Caller::of(&*part::<Store>(request)?, part(request)?, bearer, now)?;
    if let Some(key) = key.filter(|_| is_to_be_noted) {
        let store = caller.store.clone();
        // Nobody waits for that.
        actix_web::rt::spawn(async move {
            let noted = store.write(move |db| Ok::<_, Refusal>(key.touch(db, &id, now)?)).await;
            if let Err(refusal) = noted {
                tracing::warn!(%refusal, "that a program is in use could not be noted");
            }
        });
    }
    Ok(caller)
}

fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
