//! What a personal access token needs for each operation of the contract. The contract says the same, and a test
//! compares the two; an operation that is added can't be forgotten here.

use super::operation::Operation;
use crate::{
    access::scopes::{Doing, Need, Scope},
    vocabulary,
};

vocabulary! {
    /// An operation on one's own account that a personal access token can be let do, by its id in the contract.
    /// Whatever is not here takes a session: to register a handler of which nobody says what it does lets no token in.
    pub enum AccountOperation {
        /// Who one is.
        GetMe = "getMe",
        /// What one is called, and where one is.
        UpdateMe = "updateMe",
        /// What was opened.
        ListOpenings = "listOpenings",
        /// What happened with the account.
        ListNotices = "listNotices",
        /// Whether a second factor is on.
        GetSecondFactor = "getSecondFactor",
        /// Passkeys.
        ListPasskeys = "listPasskeys",
        /// What one is called.
        UpdatePasskey = "updatePasskey",
        /// Where one is signed in.
        ListSessions = "listSessions",
        /// Signing one out there.
        RevokeSession = "revokeSession",
        /// Personal access tokens.
        ListTokens = "listTokens",
        /// Ending one.
        RevokeToken = "revokeToken",
        /// Apps that were let in.
        ListConnections = "listConnections",
        /// Ending what one may do.
        EndConnection = "endConnection",
        /// Webhooks.
        ListWebhooks = "listWebhooks",
        /// One of them.
        GetWebhook = "getWebhook",
        /// Deleting one.
        DeleteWebhook = "deleteWebhook",
        /// What one was told.
        ListWebhookDeliveries = "listWebhookDeliveries",
        /// Having that sent again.
        RetryWebhookDelivery = "retryWebhookDelivery",
        /// What one agrees to when one shares.
        ListConsentTexts = "listConsentTexts",
    }
}

impl AccountOperation {
    /// What a token needs for it.
    #[must_use]
    pub const fn need(self) -> Need {
        match self {
            Self::GetMe
            | Self::UpdateMe
            | Self::ListOpenings
            | Self::ListNotices
            | Self::GetSecondFactor
            | Self::ListPasskeys
            | Self::UpdatePasskey
            | Self::ListSessions
            | Self::RevokeSession
            | Self::ListTokens
            | Self::RevokeToken
            | Self::ListConnections
            | Self::EndConnection
            | Self::ListWebhooks
            | Self::GetWebhook
            | Self::DeleteWebhook
            | Self::ListWebhookDeliveries
            | Self::RetryWebhookDelivery => Need::Scope(Scope::AccountManage),
            Self::ListConsentTexts => Need::Scope(Scope::ShareManage),
        }
    }
}

impl Operation {
    /// What a token needs for it.
    #[must_use]
    pub const fn need(self) -> Need {
        match self {
            Self::ListDiaries
            | Self::GetDiary
            | Self::ListEpisodes
            | Self::GetEpisode
            | Self::ListEpisodeVersions
            | Self::ListSoreness
            | Self::ListCheckIns
            | Self::ListTreatments
            | Self::GetTreatment
            | Self::ListPrompts
            // It prints what was logged, word for word.
            | Self::GetReport
            | Self::GetReportPdf
            | Self::ExportDiary
            | Self::ExportDiaryCsv
            | Self::ExportDiaryFhir
            | Self::GetFhirPatient
            | Self::GetFhirEverything
            | Self::GetFhirResource
            | Self::SearchFhirObservations
            | Self::SearchFhirMedications
            | Self::SearchFhirProcedures
            | Self::SearchFhirDocuments
            | Self::ListChanges
            | Self::PullWatermelon
            | Self::PullRxdb
            | Self::StreamRxdb
            | Self::StreamRevisions
            | Self::ListReviews => Need::Scope(Scope::DiaryRead),
            Self::UpdateDiary
            | Self::CreateEpisode
            | Self::PutEpisode
            | Self::PatchEpisode
            | Self::DeleteEpisode
            | Self::PutSoreness
            | Self::DeleteSoreness
            | Self::PutCheckIn
            | Self::DeleteCheckIn
            | Self::CreateTreatment
            | Self::PutTreatment
            | Self::PatchTreatment
            | Self::DeleteTreatment
            | Self::ImportCsv
            | Self::ImportDiary
            | Self::PushChanges
            | Self::PushWatermelon
            | Self::PushRxdb
            | Self::CreateReview => Need::Scope(Scope::DiaryWrite),
            Self::GetNightShare
            | Self::GetSummary
            | Self::GetTrend
            | Self::GetTimeOfDay
            | Self::GetSorenessCourse
            | Self::GetTrialBlock
            | Self::GetBeforeAfter => Need::Scope(Scope::AnalyticsRead),
            Self::ListConsents
            | Self::ListInvitations
            | Self::RevokeInvitation
            | Self::ListGrants
            | Self::RevokeGrant
            | Self::ListReportLinks
            | Self::RevokeReportLink
            | Self::SearchFhirConsents
            | Self::SearchFhirAuditEvents
            | Self::ListAccessLog => Need::Scope(Scope::ShareManage),
            // They let others in, which takes a proof that it is the person; or take a link in place of a token.
            Self::CreateInvitation | Self::CreateReportLink | Self::OpenHealthLink | Self::GetHealthLinkFile => {
                Need::Session
            }
        }
    }
}

impl From<Operation> for Doing {
    fn from(operation: Operation) -> Self {
        Self { operation: operation.as_str(), need: operation.need() }
    }
}

impl From<AccountOperation> for Doing {
    fn from(operation: AccountOperation) -> Self {
        Self { operation: operation.as_str(), need: operation.need() }
    }
}
