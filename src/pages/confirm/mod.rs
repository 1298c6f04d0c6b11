//! On which somebody who is signed in shows once more that it is they, before they go on.

pub mod http;
mod view;
