//! What is noted of a visit.

use serde::Serialize;

use crate::{
    access::{accounts::model::Email, visits::operation::Operation},
    foundation::{clock::Instant, ids::Id, values::Name},
    vocabulary,
};

vocabulary! {
    /// As what somebody came.
    pub enum VisitorRole {
        /// With a grant that lets them write.
        Contributor = "contributor",
        /// With a grant that lets them read.
        Viewer = "viewer",
        /// Through a link to the report, without an account.
        ReportLink = "report_link",
        /// With a command beside the service.
        Operator = "operator",
    }
}

vocabulary! {
    /// Whether they looked or wrote.
    pub enum Access {
        /// They looked.
        Read = "read",
        /// They wrote.
        Write = "write",
    }
}

/// Who came, and by which right.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The consent that let them in; `None` for the operator.
    pub consent_id: Option<Id>,
    /// Their account, as it is called now; `None` for somebody who needs none.
    pub user: Option<(Id, Option<Name>, Email)>,
    /// As what they came.
    pub role: VisitorRole,
}

/// What they did.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Looked or wrote.
    pub access: Access,
    /// The operation.
    pub what: Operation,
    /// The row that it was about.
    pub target: Option<String>,
}

/// A row of the log.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct LogEntry {
    pub id: Id,
    pub at: Instant,
    /// The grant or the link that let them in.
    pub consent_id: Option<Id>,
    pub user_id: Option<Id>,
    pub user_name: Option<Name>,
    pub user_email: Option<Email>,
    pub role: VisitorRole,
    pub access: Access,
    /// As the contract calls it, or called it when it was noted.
    pub what: String,
    pub target: Option<String>,
}
