//! What is written to people, and the keys that letters bring.

use std::time::Duration;

use crate::{
    access::accounts::model::{Email, SoughtEmail},
    foundation::{ids::Id, language::Language},
    secret,
    storage::refusal::Refusal,
    vocabulary,
};

/// Whether the service sends mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailing {
    /// It does.
    On,
    /// The operator has named no server to send it through.
    Off,
}

impl Mailing {
    /// Whether it does.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }

    /// That it does.
    ///
    /// # Errors
    /// When it does not.
    pub fn needed(self) -> Result<(), Refusal> {
        if self.is_on() { Ok(()) } else { Err(Refusal::NoMail) }
    }
}

vocabulary! {
    /// What a letter is about.
    pub enum Matter {
        /// Choosing another password.
        PasswordReset = "password_reset",
        /// Somebody has registered with an address that has an account.
        AlreadyRegistered = "already_registered",
        /// Whether mail to an account's address reaches its person.
        Address = "address",
        /// Whether mail to the address that an account is to have reaches its person.
        NewAddress = "new_address",
        /// At the present address: whether the account is to have another one.
        AddressChange = "address_change",
        /// At the address before: that the account has another one.
        AddressChanged = "address_changed",
        /// That the password is another one.
        PasswordChanged = "password_changed",
    }
}

impl Matter {
    /// How long the key works that such a letter brings; `None` when it brings none.
    #[must_use]
    pub const fn key_works_for(self) -> Option<Duration> {
        match self {
            Self::PasswordReset => Some(Duration::from_mins(30)),
            Self::Address | Self::NewAddress | Self::AddressChange => Some(Duration::from_hours(72)),
            Self::AlreadyRegistered | Self::AddressChanged | Self::PasswordChanged => None,
        }
    }

    /// How long it is tried to send such a letter. Nobody waits for longer to choose a password: they ask anew.
    #[must_use]
    pub const fn worth_sending_for(self) -> Duration {
        match self {
            Self::PasswordReset => Duration::from_hours(1),
            _ => Duration::from_hours(48),
        }
    }
}

/// To whom a letter goes.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// To the address that an account has when the letter is sent.
    Account(Id),
    /// To another address, because of an account.
    At(Id, Email),
    /// To the account that has an address when the letter is sent. If none has, none is sent: whoever asks for the letter
    /// can't tell, since it is the same work.
    Whoever(SoughtEmail),
}

/// A letter that is to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What it is about.
    pub matter: Matter,
    /// To whom it goes.
    pub to: Recipient,
    /// In which language it is; `None` for the account's.
    pub language: Option<Language>,
}

/// A letter that this process has to send, and nobody else for a while.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its id.
    pub id: Id,
    /// What it is about.
    pub matter: Matter,
    /// The address.
    pub address: Email,
    /// In which language it is.
    pub language: Language,
    /// What it opens. It is made for each attempt: the database never has it.
    pub key: Option<MailKey>,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// What came of an attempt to send a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The server has it.
    Taken,
    /// Not now.
    NotNow,
    /// The server will never take it.
    Refused,
}

secret! {
    /// 256 random bits that a letter brings, and that work once.
    MailKey, "crm_", "mail key"
}
