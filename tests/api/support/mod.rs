//! What the tests speak in: a running application, callers, and answers that were held against the contract.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

pub mod app;
#[path = "../../client/mod.rs"]
pub mod client;
pub mod contract;
pub mod life;
#[path = "../../postgres/mod.rs"]
pub mod postgres;
pub mod reference;
pub mod wire;

pub use app::TestApp;
pub use client::*;
pub use life::Life;
pub use reference::reference;
pub use wire::Wire;
