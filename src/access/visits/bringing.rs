//! A caller who brings a large body to a diary. A place is taken before any of it is read, so that nobody fills the memory
//! with what they bring, and batches are written one after the other.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{budgets::Budgets, visit::Visit};
use crate::{
    access::places::{Place, Places},
    web::{
        body::{LargeBody, PackedBody},
        problem::{Code, Problem},
    },
};

/// Somebody who brings a batch, or a document.
pub struct Bringing<B = LargeBody> {
    /// Before which diary.
    pub visit: Visit,
    /// What they bring.
    pub body: B,
    /// Theirs until it is done.
    pub place: Place,
}

/// A large body.
pub trait Large: FromRequest<Error = Problem, Future: 'static> {
    /// The places that there are for those who bring one.
    fn places(budgets: &Budgets) -> &Places;
}

impl Large for LargeBody {
    fn places(budgets: &Budgets) -> &Places {
        &budgets.pushes
    }
}

impl Large for PackedBody {
    fn places(budgets: &Budgets) -> &Places {
        &budgets.imports
    }
}

impl<B: Large> FromRequest for Bringing<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        let body = B::from_request(request, payload);
        Box::pin(async move {
            let visit = visit.await?;
            let place = B::places(&visit.budgets()).take(visit.asker().party)?;
            Ok(Self { visit, body: body.await?, place })
        })
    }
}

/// Waits for a turn: until a batch may be written, or a document read. Whoever writes a single row waits for one batch at
/// most.
///
/// # Errors
/// Never, as long as the service runs.
pub async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, Problem> {
    turns.acquire().await.map_err(|_| Problem::new(Code::Stopping))
}
