//! What is written to people, and the keys that letters bring.

use std::time::Duration;

use crate::{
    access::accounts::model::{Email, Notice, SoughtEmail},
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
    }
}

impl Matter {
    /// How long the key works that such a letter brings; `None` when it brings none.
    #[must_use]
    pub const fn key_works_for(self) -> Option<Duration> {
        match self {
            Self::PasswordReset => Some(Duration::from_mins(30)),
            Self::Address | Self::NewAddress | Self::AddressChange => Some(Duration::from_hours(72)),
            Self::AlreadyRegistered => None,
        }
    }
}

/// How long it is tried to send a letter.
pub const WORTH_SENDING_FOR: Duration = Duration::from_hours(48);

/// Why a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Somebody is to do something.
    Matter(Matter),
    /// Something happened.
    Notice(Notice),
}

impl About {
    /// The word as it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matter(matter) => matter.as_str(),
            Self::Notice(notice) => notice.as_str(),
        }
    }

    /// Of a word: no notice is called what a matter is.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Matter::parse(word).map(Self::Matter).or_else(|| Notice::parse(word).map(Self::Notice))
    }

    /// How long the key works that such a letter brings; `None` when it brings none.
    #[must_use]
    pub fn key_works_for(self) -> Option<Duration> {
        match self {
            Self::Matter(matter) => matter.key_works_for(),
            Self::Notice(_) => None,
        }
    }

    /// How long it is tried to send such a letter. Nobody waits for longer to choose a password: they ask anew.
    #[must_use]
    pub fn worth_sending_for(self) -> Duration {
        if self == Self::Matter(Matter::PasswordReset) { Duration::from_hours(1) } else { WORTH_SENDING_FOR }
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
    /// Why it is written.
    pub about: About,
    /// What that is called, where the letter says so.
    pub label: Option<String>,
    /// To whom it goes.
    pub to: Recipient,
    /// In which language it is; `None` for the account's.
    pub language: Option<Language>,
}

impl Letter {
    /// One by which somebody is to do something.
    #[must_use]
    pub const fn asking(matter: Matter, to: Recipient, language: Option<Language>) -> Self {
        Self { about: About::Matter(matter), label: None, to, language }
    }
}

/// A letter that this process has to send, and nobody else for a while.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its id.
    pub id: Id,
    /// Why it is written.
    pub about: About,
    /// What that is called, where the letter says so.
    pub label: Option<String>,
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
