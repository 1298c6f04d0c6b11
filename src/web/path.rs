//! Path parameters. Whatever can't be an id or a date names nothing: 404.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::NaiveDate;
use futures_util::future::{Ready, ready};

use crate::{
    foundation::{ids::Id, timestamps::parse_date},
    web::problem::{Code, Problem},
};

/// A parameter that is read from a piece of the path.
pub trait Segment: Sized {
    /// Reads it; `None` when the piece can't be one.
    fn read(piece: &str) -> Option<Self>;
}

impl Segment for Id {
    fn read(piece: &str) -> Option<Self> {
        Self::parse(piece)
    }
}

impl Segment for NaiveDate {
    fn read(piece: &str) -> Option<Self> {
        parse_date(piece)
    }
}

/// The parameters of a path besides the diary, in their order: `Path<Id>`, `Path<(Id, NaiveDate)>`.
#[derive(Debug)]
pub struct Path<T>(pub T);

fn segment<T: Segment>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    request.match_info().get(name).and_then(T::read).ok_or_else(|| Problem::new(Code::NotFound))
}

impl FromRequest for Path<Id> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id").map(Self))
    }
}

impl FromRequest for Path<NaiveDate> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "date").map(Self))
    }
}

impl FromRequest for Path<(Id, Id)> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id").and_then(|id| Ok(Self((id, segment(request, "delivery_id")?)))))
    }
}

impl FromRequest for Path<(Id, NaiveDate)> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id").and_then(|id| Ok(Self((id, segment(request, "date")?)))))
    }
}
