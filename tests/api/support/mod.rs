//! What the tests speak in: a running application, callers, and answers that were held against the contract.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

pub mod answer;
pub mod app;
pub mod authenticator;
pub mod browser;
pub mod caller;
pub mod contract;
pub mod cramps;
pub mod days;
pub mod example;
pub mod life;
pub mod paths;
#[path = "../../postgres/mod.rs"]
pub mod postgres;
pub mod reference;
pub mod wire;

pub use answer::{Answer, Row, without_sentences};
pub use app::TestApp;
pub use authenticator::Authenticator;
pub use browser::Browser;
pub use caller::{Caller, PASSWORD, Tokens};
pub use cramps::a_cramp;
pub use days::{days_after, days_between};
pub use example::example;
pub use life::Life;
pub use paths::DiaryPath;
pub use reference::reference;
pub use wire::Wire;
