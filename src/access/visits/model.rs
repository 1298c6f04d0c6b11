//! What is noted of a visit, and how looks that follow each other are told as one.

use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;

use super::chain::Hash;
use crate::{
    access::{accounts::model::Email, visits::operation::Operation},
    foundation::{clock::Instant, ids::Id, values::Name, zones::Zone},
    vocabulary,
};

vocabulary! {
    /// As what somebody came.
    pub enum VisitorRole {
        /// By a program of the owner's: a personal access token, or an app. What the owner does in person is not noted.
        Owner = "owner",
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

impl Access {
    /// What an operation is.
    #[must_use]
    pub const fn of(operation: Operation) -> Self {
        match operation {
            Operation::ListDiaries
            | Operation::GetDiary
            | Operation::ListEpisodes
            | Operation::GetEpisode
            | Operation::ListSoreness
            | Operation::ListCheckIns
            | Operation::ListTreatments
            | Operation::GetTreatment
            | Operation::ListPrompts
            | Operation::GetNightShare
            | Operation::GetSummary
            | Operation::GetTrend
            | Operation::GetTimeOfDay
            | Operation::GetSorenessCourse
            | Operation::GetTrialBlock
            | Operation::GetBeforeAfter
            | Operation::GetReport
            | Operation::GetReportPdf
            | Operation::ExportDiary
            | Operation::ExportDiaryCsv
            | Operation::ExportDiaryFhir
            | Operation::GetFhirPatient
            | Operation::GetFhirEverything
            | Operation::GetFhirResource
            | Operation::SearchFhirObservations
            | Operation::SearchFhirMedications
            | Operation::SearchFhirProcedures
            | Operation::SearchFhirDocuments
            | Operation::SearchFhirConsents
            | Operation::SearchFhirAuditEvents
            | Operation::OpenHealthLink
            | Operation::GetHealthLinkFile
            | Operation::ListEpisodeVersions
            | Operation::ListChanges
            | Operation::StreamRevisions
            | Operation::PullWatermelon
            | Operation::PullRxdb
            | Operation::StreamRxdb
            | Operation::ListConsents
            | Operation::ListInvitations
            | Operation::ListGrants
            | Operation::ListReportLinks
            | Operation::ListReviews
            | Operation::ListAccessLog => Self::Read,
            Operation::UpdateDiary
            | Operation::CreateEpisode
            | Operation::PutEpisode
            | Operation::PatchEpisode
            | Operation::DeleteEpisode
            | Operation::PutSoreness
            | Operation::DeleteSoreness
            | Operation::PutCheckIn
            | Operation::DeleteCheckIn
            | Operation::CreateTreatment
            | Operation::PutTreatment
            | Operation::PatchTreatment
            | Operation::DeleteTreatment
            | Operation::ImportCsv
            | Operation::ImportDiary
            | Operation::PushChanges
            | Operation::PushWatermelon
            | Operation::PushRxdb
            | Operation::CreateInvitation
            | Operation::RevokeInvitation
            | Operation::RevokeGrant
            | Operation::CreateReportLink
            | Operation::RevokeReportLink
            | Operation::CreateReview => Self::Write,
        }
    }
}

vocabulary! {
    /// What came of it.
    pub enum Outcome {
        /// They were let in.
        Done = "done",
        /// They were not: the right that they had once is over, or the passcode was wrong. Nothing was shown or done.
        Denied = "denied",
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
    /// The personal access token or the app by which they came, as it is called now.
    pub token_name: Option<Name>,
}

impl Visitor {
    /// Who runs the service, by a command.
    pub const OPERATOR: Self = Self { consent_id: None, user: None, role: VisitorRole::Operator, token_name: None };
}

/// What they did, or tried.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Looked or wrote.
    pub access: Access,
    /// The operation.
    pub what: Operation,
    /// The row that it was about.
    pub target: Option<String>,
    /// Whether they were let in.
    pub outcome: Outcome,
}

impl Deed {
    /// What somebody did who was let in.
    #[must_use]
    pub fn of(what: Operation, target: Option<&str>) -> Self {
        Self { access: Access::of(what), what, target: target.map(str::to_owned), outcome: Outcome::Done }
    }
}

/// One look, as it is kept: a row of the log. A look is also a write, and a try that was denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Look {
    pub id: Id,
    /// Its place in the diary's chain.
    pub number: i64,
    pub at: Instant,
    /// The grant or the link that let them in.
    pub consent_id: Option<Id>,
    pub user_id: Option<Id>,
    pub user_name: Option<Name>,
    pub user_email: Option<Email>,
    pub role: VisitorRole,
    /// The personal access token or the app by which they came.
    pub token_name: Option<Name>,
    pub access: Access,
    /// As the contract calls it, or called it when it was noted.
    pub what: String,
    pub target: Option<String>,
    pub outcome: Outcome,
    /// That of the chain up to here; `None` when the row is in none.
    pub hash: Option<Hash>,
}

impl Look {
    /// The hash of the chain of a diary, if this row follows one. What hash the row says that it has does not count.
    #[must_use]
    pub fn after(&self, before: Hash, diary_id: &str) -> Hash {
        let (number, at) = (self.number.to_string(), self.at.rfc3339());
        let fields = [
            Some(diary_id),
            Some(&number),
            Some(self.id.as_str()),
            Some(&at),
            self.consent_id.as_ref().map(Id::as_str),
            self.user_id.as_ref().map(Id::as_str),
            self.user_name.as_ref().map(Name::as_str),
            self.user_email.as_ref().map(Email::as_str),
            Some(self.role.as_str()),
            Some(self.access.as_str()),
            Some(&self.what),
            self.target.as_deref(),
            Some(self.outcome.as_str()),
        ];
        // Rows from before there were tokens say nothing of any.
        before.followed_by(fields.into_iter().chain(self.token_name.as_ref().map(|name| Some(name.as_str()))))
    }
}

/// Looks that follow each other, told as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Entry {
    /// That of the first look.
    pub id: Id,
    /// That of the first look.
    #[serde(skip)]
    pub number: i64,
    pub count: i32,
    pub first_at: Instant,
    pub last_at: Instant,
    pub consent_id: Option<Id>,
    pub user_id: Option<Id>,
    /// As they were called at the first look.
    pub user_name: Option<Name>,
    pub user_email: Option<Email>,
    pub role: VisitorRole,
    pub token_name: Option<Name>,
    pub access: Access,
    pub what: String,
    /// If all looks were about the same.
    pub target: Option<String>,
    pub outcome: Outcome,
}

impl Look {
    /// Whether it showed something.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.access == Access::Read && self.outcome == Outcome::Done
    }
}

impl Entry {
    /// From its first look to its last.
    const LONGEST: Duration = Duration::from_mins(10);
    /// So many tries that were denied are kept one by one. Looks are all kept: whoever may look shows something by each of
    /// them, and is bounded in how many.
    const MOST_DENIED: i32 = 100;

    /// An entry of one look.
    #[must_use]
    pub fn of(look: Look) -> Self {
        Self {
            id: look.id,
            number: look.number,
            count: 1,
            first_at: look.at,
            last_at: look.at,
            consent_id: look.consent_id,
            user_id: look.user_id,
            user_name: look.user_name,
            user_email: look.user_email,
            role: look.role,
            token_name: look.token_name,
            access: look.access,
            what: look.what,
            target: look.target,
            outcome: look.outcome,
        }
    }

    /// Whether a look belongs to it: the same person did the same by the same right and token, with the same outcome,
    /// and all of it lies within ten minutes. Looks that come at once may be noted in another order than they came, so
    /// it may be earlier than the first.
    #[must_use]
    pub fn takes(&self, look: &Look) -> bool {
        let who = (&self.consent_id, &self.user_id, self.role, &self.token_name);
        let is_alike = who == (&look.consent_id, &look.user_id, look.role, &look.token_name)
            && (self.access, &self.what, self.outcome) == (look.access, &look.what, look.outcome);
        is_alike && self.last_at.max(look.at).since(self.first_at.min(look.at)) <= Self::LONGEST
    }

    /// Whether nothing more is kept of what belongs to it: who goes on trying where they were let in once would fill the
    /// log of somebody who can't keep them from it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.outcome == Outcome::Denied && self.count >= Self::MOST_DENIED
    }

    /// Counts a look that belongs to it.
    pub fn add(&mut self, look: &Look) {
        self.count = self.count.saturating_add(1);
        self.first_at = self.first_at.min(look.at);
        self.last_at = self.last_at.max(look.at);
        if self.target != look.target {
            self.target = None;
        }
    }
}

/// Which looks are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Filter {
    /// Of one account, or by one consent.
    pub who: Option<Id>,
    /// By one operation.
    pub what: Option<Operation>,
    /// From this local date on.
    pub from: Option<NaiveDate>,
    /// Up to this local date.
    pub to: Option<NaiveDate>,
}

impl Filter {
    /// The first instant of the period and the first after it, in a zone.
    #[must_use]
    pub fn period(&self, zone: Zone) -> (Option<Instant>, Option<Instant>) {
        let after = self.to.and_then(|to| to.succ_opt());
        (self.from.map(|from| zone.begins(from)), after.map(|after| zone.begins(after)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn look(number: i64, minutes: u64, target: Option<&str>) -> Look {
        Look {
            id: Id::stored(format!("look-{number}")),
            number,
            at: Instant::EPOCH.plus(Duration::from_hours(1) + Duration::from_mins(minutes)),
            consent_id: Some(Id::stored("consent".into())),
            user_id: None,
            user_name: None,
            user_email: None,
            role: VisitorRole::ReportLink,
            token_name: None,
            access: Access::Read,
            what: "getReport".into(),
            target: target.map(str::to_owned),
            outcome: Outcome::Done,
            hash: None,
        }
    }

    #[test]
    fn operations_that_read_are_called_so_in_the_contract() {
        for operation in Operation::ALL {
            let reads = ["list", "get", "open", "search", "export", "pull", "stream"]
                .iter()
                .any(|verb| operation.as_str().starts_with(verb));
            assert_eq!(Access::of(operation) == Access::Read, reads, "{operation:?}");
        }
    }

    #[test]
    fn an_entry_lasts_ten_minutes_from_its_first_look_whenever_that_is_noted() {
        let mut entry = Entry::of(look(1, 30, Some("a")));
        assert!(entry.takes(&look(2, 40, None)) && entry.takes(&look(2, 20, None)));
        assert!(!entry.takes(&look(2, 41, None)) && !entry.takes(&look(2, 19, None)));
        entry.add(&look(2, 27, Some("a")));
        assert_eq!((entry.count, entry.target.as_deref()), (2, Some("a")));
        assert!(entry.takes(&look(3, 37, None)) && !entry.takes(&look(3, 38, None)));
        entry.add(&look(3, 37, Some("b")));
        entry.add(&look(4, 30, None));
        assert_eq!((entry.count, entry.target.as_deref(), entry.number), (4, None, 1));
    }

    #[test]
    fn an_entry_of_denied_tries_is_full_and_one_of_looks_never() {
        let counted = |outcome, looks| {
            let mut entry = Entry::of(Look { outcome, ..look(1, 0, None) });
            (2..=looks).for_each(|number| entry.add(&Look { outcome, ..look(number, 0, None) }));
            entry
        };
        assert!(!counted(Outcome::Denied, 99).is_full() && counted(Outcome::Denied, 100).is_full());
        assert!(!counted(Outcome::Done, 1000).is_full());
    }

    #[test]
    fn what_differs_in_anything_but_its_target_is_another_entry() {
        let entry = Entry::of(look(1, 0, None));
        for other in [
            Look { consent_id: None, ..look(2, 0, None) },
            Look { user_id: Some(Id::stored("kim".into())), ..look(2, 0, None) },
            Look { role: VisitorRole::Viewer, ..look(2, 0, None) },
            Look { access: Access::Write, ..look(2, 0, None) },
            Look { what: "getSummary".into(), ..look(2, 0, None) },
            Look { outcome: Outcome::Denied, ..look(2, 0, None) },
        ] {
            assert!(!entry.takes(&other), "{other:?}");
        }
    }
}
