//! What browsers send from forms, read like a body: all faults at once, unknown fields are faults.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::failure::PageProblem;
use crate::{
    foundation::fields::Fields,
    web::{
        body,
        problem::{Code, Problem},
        query,
    },
};

/// The fields of a form. What is empty was not filled in.
#[derive(Debug)]
pub struct Form(pub Fields);

impl FromRequest for Form {
    type Error = PageProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let payload = payload.take();
        Box::pin(async move {
            if essence != "application/x-www-form-urlencoded" {
                return Err(Problem::new(Code::UnsupportedMediaType).into());
            }
            let bytes = body::collect_in_time(payload, body::LARGEST).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| Problem::new(Code::MalformedRequest))?;
            Ok(Self(query::texts(text)?))
        })
    }
}
