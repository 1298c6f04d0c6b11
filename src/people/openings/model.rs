//! What an opening is.

use serde::Serialize;

use crate::{
    access::{
        accounts::model::Email, connections::model::Connection, passkeys::model::Passkey, sessions::model::Session,
        tokens::model::Token,
    },
    foundation::{clock::Instant, ids::Id, values::Name},
    sharing::{
        consents::model::{Consent, Kind as ConsentKind},
        webhooks::model::Webhook,
    },
    vocabulary,
};

vocabulary! {
    /// What was opened.
    pub enum Kind {
        /// Somebody signed in.
        Session = "session",
        /// A passkey that was added.
        Passkey = "passkey",
        /// A personal access token.
        PersonalToken = "personal_token",
        /// An app that was let in.
        Connection = "connection",
        /// A webhook.
        Webhook = "webhook",
        /// A code that can still be redeemed.
        Invitation = "invitation",
        /// A code that somebody redeemed.
        Grant = "grant",
        /// A link to the report.
        ReportLink = "report_link",
    }
}

/// Something that is open, and since when.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Opening {
    pub kind: Kind,
    pub id: Id,
    /// What the device, the passkey, the token, the app or the webhook is called, or for whom the patient opened it.
    pub label: Option<String>,
    /// Who redeemed it.
    pub user_email: Option<Email>,
    pub diary_id: Option<Id>,
    pub opened_at: Instant,
}

impl Opening {
    /// Of a session.
    #[must_use]
    pub fn of_session(session: Session) -> Self {
        Self {
            kind: Kind::Session,
            id: session.id,
            label: session.device_name.map(|name| name.as_str().to_owned()),
            user_email: None,
            diary_id: None,
            opened_at: session.created_at,
        }
    }

    /// Of a passkey.
    #[must_use]
    pub fn of_passkey(passkey: Passkey) -> Self {
        Self {
            kind: Kind::Passkey,
            id: passkey.id,
            label: Some(passkey.name.as_str().to_owned()),
            user_email: None,
            diary_id: None,
            opened_at: passkey.created_at,
        }
    }

    /// Of a personal access token.
    #[must_use]
    pub fn of_token(token: Token) -> Self {
        Self {
            kind: Kind::PersonalToken,
            id: token.id,
            label: Some(token.rights.name.as_str().to_owned()),
            user_email: None,
            diary_id: None,
            opened_at: token.created_at,
        }
    }

    /// Of an app that was let in.
    #[must_use]
    pub fn of_connection(connection: Connection) -> Self {
        Self {
            kind: Kind::Connection,
            id: connection.id,
            label: Some(connection.rights.name.as_str().to_owned()),
            user_email: None,
            diary_id: None,
            opened_at: connection.created_at,
        }
    }

    /// Of a webhook.
    #[must_use]
    pub fn of_webhook(webhook: Webhook) -> Self {
        Self {
            kind: Kind::Webhook,
            id: webhook.id,
            label: webhook.terms.name.map(|name| name.as_str().to_owned()),
            user_email: None,
            diary_id: None,
            opened_at: webhook.set_at,
        }
    }

    /// Of a diary, by a consent.
    #[must_use]
    pub fn of_consent(consent: Consent, diary_id: Id) -> Self {
        let kind = match (consent.kind, &consent.acceptance) {
            (ConsentKind::ReportLink, _) => Kind::ReportLink,
            (ConsentKind::Invitation, None) => Kind::Invitation,
            (ConsentKind::Invitation, Some(_)) => Kind::Grant,
        };
        Self {
            kind,
            opened_at: consent.opened_at(),
            id: consent.id,
            label: consent.terms.label.as_ref().map(Name::as_str).map(str::to_owned),
            user_email: consent.acceptance.and_then(|accepted| accepted.email),
            diary_id: Some(diary_id),
        }
    }
}
