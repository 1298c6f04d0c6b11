//! Every test with PostgreSQL: a database of its own for each test.

mod support {
    pub use crate::support::*;

    pub type TestApp = crate::support::TestApp<crate::support::app::Postgres>;
}

#[path = "subjects.rs"]
mod subjects;
