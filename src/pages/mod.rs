//! What pages for people share: who looks at them, how one is laid out, and how one says that something went wrong. They
//! need no script.

pub mod cookie;
pub mod document;
pub mod failure;
pub mod form;
pub mod signed_in;
pub mod store;
pub mod visitor;
