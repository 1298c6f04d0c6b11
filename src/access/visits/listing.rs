//! Lists of a diary, a page at a time.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use serde::Serialize;

use super::{
    caller::{Coming, once_known},
    operation::Operation,
    task::{Question, Task},
    visit::Visit,
};
use crate::{
    access::{OwnedDiary, ReadableDiary},
    foundation::{fields::Fields, paging::Page},
    web::{answer, conditional::Conditions, problem::Problem, query::Query},
};

/// A caller who asks for a page of something in a diary.
pub struct Listing {
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    query: Fields,
}

impl Listing {
    /// Answers with what changes with the diary alone, so that its revision is the page's tag, and a page that is known
    /// already is not read. A replica may be asked.
    ///
    /// # Errors
    /// What the page fails with, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn of_the_revision<A: Question, T: Serialize + Send + 'static>(
        self,
        operation: Operation,
        ask: impl FnOnce(&mut Fields) -> A,
        page: impl Task<ReadableDiary, A, Page<T>>,
    ) -> Result<HttpResponse, Problem> {
        let Self { request, visit, conditions, query } = self;
        let known = visit
            .read_replica(operation, query.asked(ask), move |db, diary, asked| {
                conditions.unless_known(diary.tag(), || page(db, diary, asked))
            })
            .await?;
        Ok(answer::known_page(&request, &known))
    }

    /// Answers with what changes besides the diary.
    ///
    /// # Errors
    /// What the page fails with, that there is no such diary for the caller, or what is wrong with the question.
    pub async fn of_now<A: Question, T: Serialize + Send + 'static>(
        self,
        operation: Operation,
        ask: impl FnOnce(&mut Fields) -> A,
        page: impl Task<ReadableDiary, A, Page<T>>,
    ) -> Result<HttpResponse, Problem> {
        let page = self.visit.read(operation, self.query.asked(ask), page).await?;
        Ok(answer::page(&self.request, &page))
    }

    /// Answers with what is for the owner alone.
    ///
    /// # Errors
    /// What the page fails with, that there is no such diary for the caller, that it is somebody else's, or what is wrong
    /// with the question.
    pub async fn of_the_owner<A: Question, T: Serialize + Send + 'static>(
        self,
        operation: Operation,
        ask: impl FnOnce(&mut Fields) -> A,
        page: impl Task<OwnedDiary, A, Page<T>>,
    ) -> Result<HttpResponse, Problem> {
        let page = self.visit.own_read(operation, self.query.asked(ask), page).await?;
        Ok(answer::page(&self.request, &page))
    }
}

impl FromRequest for Listing {
    type Error = Problem;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let conditions = Conditions::from_request(request, payload).into_inner();
        let query = Query::from_request(request, payload).into_inner();
        let asked = request.clone();
        once_known(request, move |caller| {
            let visit = Visit::at_path(caller, &asked)?;
            Ok(Self { request: asked, visit, conditions: conditions?, query: query?.0 })
        })
    }
}
