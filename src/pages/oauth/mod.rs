//! On which somebody is asked whether they let an app of others in.

mod form;
pub mod http;
mod view;
