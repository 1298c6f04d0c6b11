//! What people let apps of others do, in the place of a session (OAuth 2.1): a code that an app redeems, access tokens of
//! fifteen minutes, and refresh tokens that carry the connection on.

pub mod model;
pub mod store;
