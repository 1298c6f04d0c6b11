//! Every test with SQLite: the default.

mod support {
    pub use crate::support::*;

    pub type TestApp = crate::support::TestApp<crate::support::app::Sqlite>;
}

#[path = "subjects.rs"]
mod subjects;
