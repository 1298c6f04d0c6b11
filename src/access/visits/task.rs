//! What handlers hand to a visit.

use crate::storage::{Db, refusal::Refusal};

/// A question, or what is said, that can be asked once more.
pub trait Question: Clone + Send + 'static {}

impl<A: Clone + Send + 'static> Question for A {}

/// What is done in a transaction by somebody of whom `P` is proved, with what was asked. It can be done once more.
pub trait Task<P, A, T>: FnOnce(&mut Db, &P, A) -> Result<T, Refusal> + Clone + Send + 'static {}

impl<P, A, T, W: FnOnce(&mut Db, &P, A) -> Result<T, Refusal> + Clone + Send + 'static> Task<P, A, T> for W {}
