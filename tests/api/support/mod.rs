//! What the tests speak in: a running application, callers, and answers that were held against the contract.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

pub mod answer;
pub mod app;
pub mod caller;
pub mod contract;
pub mod cramps;
pub mod paths;
#[path = "../../postgres/mod.rs"]
pub mod postgres;
pub mod wire;

pub use answer::{Answer, Row};
pub use app::TestApp;
pub use caller::{Caller, PASSWORD, Tokens};
pub use cramps::a_cramp;
pub use wire::Wire;
