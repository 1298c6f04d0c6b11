//! The companion: the app that a patient installs from the browser. What it does is in `companion/` at the top, as the browser
//! runs it; here are its files, and how somebody is signed in by it. All else it does through the API, as any app.

mod files;
pub mod http;
mod phone;
