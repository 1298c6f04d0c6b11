//! The parts of the service that extractors need. Handlers take them as `Data`.

use actix_web::{HttpRequest, web::Data};

use super::problem::Problem;

/// A part of the service.
///
/// # Errors
/// When the application was put together without it: a defect.
pub fn part<T: 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    let missing = || Problem::internal(format!("the application has no {}", std::any::type_name::<T>()));
    request.app_data::<Data<T>>().cloned().ok_or_else(missing)
}
