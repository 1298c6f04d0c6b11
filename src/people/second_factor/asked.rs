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
pub fn password(mut fields: Fields) -> Result<Password, Faults> {
    let password = fields.required(PASSWORD);
    let faults = fields.close();
    password.filter(|_| faults.is_empty()).ok_or(faults)
}

/// A code alone.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn code(mut fields: Fields) -> Result<TypedCode, Faults> {
    let code = fields.required(CODE);
    let faults = fields.close();
    code.filter(|_| faults.is_empty()).ok_or(faults)
}

/// Both of them.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn password_and_code(mut fields: Fields) -> Result<(Password, TypedCode), Faults> {
    let both = fields.required(PASSWORD).zip(fields.required(CODE));
    let faults = fields.close();
    both.filter(|_| faults.is_empty()).ok_or(faults)
}
