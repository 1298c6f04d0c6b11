//! Links to the report, for a visit without an account: whoever has the link, and the passcode if there is one, opens the
//! report and nothing else.

pub mod http;
pub mod model;
pub mod steps;
pub mod store;
