//! What is asked for before a step, as a body or a form has it.

use actix_web::web::Data;

use super::model::{Second, TypedCode};
use crate::{
    access::{
        accounts::model::Password,
        passkeys::model::{Assertion, Ceremonies, Shown},
    },
    foundation::{faults::Faults, fields::Fields},
};

/// Where the password is.
pub const PASSWORD: &str = "password";
/// Where the code is.
pub const CODE: &str = "code";

/// Where a passkey is that has signed.
pub const PASSKEY: &str = "passkey";

/// What is shown beside the password, where something is.
pub fn second(fields: &mut Fields, ceremonies: &Data<Ceremonies>) -> Option<Second> {
    let (code, passkey) = (fields.optional(CODE), fields.optional::<Assertion>(PASSKEY));
    if code.is_some() && passkey.is_some() {
        fields.clash(&[PASSKEY, CODE], "stands in the place of a code: send one of them");
    }
    let shown = |assertion| Second::Passkey(Shown { ceremonies: ceremonies.clone().into_inner(), assertion });
    passkey.map(shown).or(code.map(Second::Code))
}

/// What somebody shows that it is they by.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The password, and a code where there is one.
    Password(Password, Option<TypedCode>),
    /// A passkey that has signed, which is two factors by itself.
    Passkey(Shown),
}

/// The password and perhaps a code, or a passkey.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn proof(fields: Fields, ceremonies: &Data<Ceremonies>) -> Result<Proof, Faults> {
    fields.said(|fields| {
        if !fields.says(PASSKEY) {
            let (password, code) = (fields.required(PASSWORD), fields.optional(CODE));
            return password.map(|password| Proof::Password(password, code));
        }
        if fields.says(PASSWORD) || fields.says(CODE) {
            fields.clash(&[PASSKEY, PASSWORD, CODE], "proves it alone: send the passkey, or the password");
            fields.ignore(&[PASSWORD, CODE]);
        }
        let assertion = fields.required::<Assertion>(PASSKEY)?;
        Some(Proof::Passkey(Shown { ceremonies: ceremonies.clone().into_inner(), assertion }))
    })
}

/// The password alone.
///
/// # Errors
/// Every fault, also that there is something else.
pub fn password(fields: Fields) -> Result<Password, Faults> {
    fields.said(|fields| fields.required(PASSWORD))
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
