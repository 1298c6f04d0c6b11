//! What people do with their account: registering, signing in, showing that it is they, second factors and passkeys,
//! tokens for programs, mail, choosing another password without the one before, taking everything away again.

pub mod accounts;
pub mod confirmation;
pub mod connections;
pub mod emails;
pub mod mail;
pub mod notices;
pub mod oauth;
pub mod openings;
pub mod passkeys;
pub mod recovery;
pub mod second_factor;
pub mod sign_in;
pub mod step_up;
pub mod tokens;
