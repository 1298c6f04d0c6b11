//! The people who call the service, whichever program the tests run it in, and what they say of its answers.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

mod answer;
mod authenticator;
mod browser;
mod caller;
mod cramps;
mod days;
mod device;
mod example;
mod paths;
mod request;
mod stream;

pub use answer::{Answer, Row, without_sentences};
pub use authenticator::Authenticator;
pub use browser::{Browser, encoded};
pub use caller::{Caller, ORIGIN, PASSWORD, Tokens};
pub use cramps::a_cramp;
pub use days::{days_after, days_between};
pub use device::{Answering, BACKED_UP, BACKUP_ELIGIBLE, PRESENT, Passkey, VERIFIED};
pub use example::example;
pub use paths::DiaryPath;
pub use request::{Check, Request, http};
pub use stream::Stream;
