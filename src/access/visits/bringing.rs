//! A caller who brings a large body to a diary. A place is taken before any of it is read, so that nobody fills the memory
//! with what they bring, and batches are written one after the other.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use tokio::sync::SemaphorePermit;

use super::{budgets::Budgets, visit::Visit};
use crate::{
    access::places::Place,
    web::{
        body::LargeBody,
        problem::{Code, Problem},
    },
};

/// Somebody who brings a batch.
pub struct Bringing {
    /// Before which diary.
    pub visit: Visit,
    /// What they bring.
    pub body: LargeBody,
    /// Theirs until it is done.
    pub place: Place,
}

impl FromRequest for Bringing {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        let body = LargeBody::from_request(request, payload);
        Box::pin(async move {
            let visit = visit.await?;
            let place = visit.budgets().pushes.take(visit.asker().party)?;
            Ok(Self { visit, body: body.await?, place })
        })
    }
}

/// Waits until a batch may be written. Whoever writes a single row waits for one batch at most.
///
/// # Errors
/// Never, as long as the service runs.
pub async fn turn(budgets: &Data<Budgets>) -> Result<SemaphorePermit<'_>, Problem> {
    budgets.batches.acquire().await.map_err(|_| Problem::new(Code::Stopping))
}
