//! What is asked for before a step, as a body or a form has it.

use super::model::TypedCode;
use crate::{
    access::accounts::model::Password,
    foundation::{faults::Faults, fields::Fields},
};

/// Where the password is.
pub const PASSWORD: &str = "password";
/// Where the code is.
pub const CODE: &str = "code";

/// The password alone.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn password(fields: Fields) -> Result<Password, Faults> {
    fields.said(|fields| fields.required(PASSWORD))
}

/// The password, and a code where there is one.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn password_and_perhaps_code(fields: Fields) -> Result<(Password, Option<TypedCode>), Faults> {
    fields.said(|fields| {
        let (password, code) = (fields.required(PASSWORD), fields.optional(CODE));
        password.map(|password| (password, code))
    })
}

/// A code alone.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn code(fields: Fields) -> Result<TypedCode, Faults> {
    fields.said(|fields| fields.required(CODE))
}

/// Both of them.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn password_and_code(fields: Fields) -> Result<(Password, TypedCode), Faults> {
    fields.said(|fields| fields.required(PASSWORD).zip(fields.required(CODE)))
}
