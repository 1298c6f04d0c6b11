//! Opening an account in a browser, for whoever is shown a diary. Those who keep one do it in the companion.

pub mod http;
mod view;
