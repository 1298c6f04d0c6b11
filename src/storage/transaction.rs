//! One transaction around a piece of work.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use diesel::{QueryResult, connection::TransactionManager};

use super::{
    db::Db,
    error::{Error, Failure},
};

/// What is done in a transaction. It can be done once more, when another transaction was in the way.
pub trait Work<T, E>: FnOnce(&mut Db) -> Result<T, E> + Clone + Send + 'static {}

impl<T, E, W: FnOnce(&mut Db) -> Result<T, E> + Clone + Send + 'static> Work<T, E> for W {}

/// Work without its type, and without that of its answer: the engines are compiled once for all work, and not once for
/// each closure of each handler.
pub struct Boxed<E>(Box<dyn Repeatable<E>>);

/// What boxed work answers.
pub type Answer = Box<dyn Any + Send>;

trait Repeatable<E>: Send {
    fn run(self: Box<Self>, db: &mut Db) -> Result<Answer, E>;
    fn again(&self) -> Box<dyn Repeatable<E>>;
}

impl<E, W: Work<Answer, E>> Repeatable<E> for W {
    fn run(self: Box<Self>, db: &mut Db) -> Result<Answer, E> {
        self(db)
    }

    fn again(&self) -> Box<dyn Repeatable<E>> {
        Box::new(self.clone())
    }
}

impl<E> Clone for Boxed<E> {
    fn clone(&self) -> Self {
        Self(self.0.again())
    }
}

impl<E: Failure> Boxed<E> {
    /// Puts work into a box.
    pub fn of<T: Send + 'static>(work: impl Work<T, E>) -> Self {
        Self(Box::new(move |db: &mut Db| match work(db) {
            Ok(value) => Ok(Box::new(value) as Answer),
            Err(refused) => Err(refused),
        }))
    }

    /// Does the work.
    ///
    /// # Errors
    /// What the work fails with.
    pub fn run(self, db: &mut Db) -> Result<Answer, E> {
        self.0.run(db)
    }

    /// Takes what the work answered out of its box.
    ///
    /// # Errors
    /// When it is the answer of other work, which is a defect.
    pub fn answer<T: 'static>(answer: Answer) -> Result<T, E> {
        match answer.downcast() {
            Ok(value) => Ok(*value),
            Err(_) => Err(E::from(Error::Failed("the answer is that of other work".into()))),
        }
    }
}

/// Runs work within the transaction at hand, so that what it did can be undone alone.
///
/// # Errors
/// What the work fails with.
pub fn within<T, E: Failure>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
    transaction(db, Db::begin_transaction, work)
}

/// Runs work in a transaction that `begin` opens (inside another one: a savepoint). What the work refuses is undone, and
/// so is what it did before a panic, which then goes on its way.
///
/// # Errors
/// What the work fails with, or why it could not be begun, committed or undone.
pub fn transaction<T, E: Failure>(
    db: &mut Db,
    begin: impl FnOnce(&mut Db) -> QueryResult<()>,
    work: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    begin(db).map_err(|error| E::from(error.into()))?;
    let outcome = catch_unwind(AssertUnwindSafe(|| work(db)));
    if let Ok(Ok(value)) = outcome {
        return match commit(db) {
            Ok(()) => Ok(value),
            Err(error) => Err(E::from(error)),
        };
    }
    let undone = Db::rollback_transaction(db).map_err(Error::from);
    match (outcome, undone) {
        (Err(panic), _) => resume_unwind(panic),
        // What the work failed with says more than that a broken connection could not undo it.
        (Ok(Err(refused)), undone) if undone.is_ok() || refused.of_storage().is_some() => Err(refused),
        (_, Err(error)) => Err(E::from(error)),
        (_, Ok(())) => Err(E::from(Error::Failed("the transaction ended before its work".into()))),
    }
}

fn commit(db: &mut Db) -> Result<(), Error> {
    if let Db::Postgres(connection) = db
        && connection.has_failed()
    {
        // PostgreSQL would take the commit for a rollback, and call that a success.
        drop(Db::rollback_transaction(db));
        return Err(Error::Failed("a statement of the transaction had failed".into()));
    }
    let is_remote = matches!(db, Db::Postgres(_));
    Db::commit_transaction(db).map_err(|error| match error.into() {
        // The server, or one of those that it commits on, may have got the word and done it: to do it again is for the
        // client, who knows its ids.
        Error::Lost(why) => Error::Unavailable(format!("whether it was committed is not known: {why}")),
        Error::Failed(why) if is_remote => {
            Error::Unavailable(format!("it was not committed, or not everywhere: {why}"))
        }
        other => other,
    })
}
