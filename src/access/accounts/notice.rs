//! What people are told that happened with their account, and of what of it they want no mail.

use serde_json::Value;

use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
    },
    vocabulary,
};

vocabulary! {
    /// What people are told that happened with their account.
    pub enum Notice {
        /// Somebody signed in on a device that nobody had signed in on before.
        NewDevice = "new_device",
        /// The password is another one.
        PasswordChanged = "password_changed",
        /// The e-mail address is another one.
        EmailChanged = "email_changed",
        /// Codes of an app are asked for from now on.
        SecondFactorOn = "second_factor_on",
        /// No codes are asked for any more.
        SecondFactorOff = "second_factor_off",
        /// There is one passkey more.
        PasskeyAdded = "passkey_added",
        /// There is one passkey less.
        PasskeyRemoved = "passkey_removed",
        /// There are new recovery codes.
        RecoveryCodesReplaced = "recovery_codes_replaced",
        /// Somebody redeemed a code for the diary.
        InvitationRedeemed = "invitation_redeemed",
        /// There is a link to the report.
        LinkMade = "link_made",
        /// Somebody with whom the diary is shared looked for the first time.
        FirstLook = "first_look",
    }
}

impl Notice {
    /// Whether it is about how one gets in: of that, everybody is told by mail.
    #[must_use]
    pub const fn is_of_security(self) -> bool {
        !matches!(self, Self::InvitationRedeemed | Self::LinkMade | Self::FirstLook)
    }
}

/// Of what somebody wants no mail: of nothing that is about how one gets in.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Muted(Vec<Notice>);

impl Muted {
    /// What was stored. What is unknown to this version is left out.
    #[must_use]
    pub fn stored(words: &[String]) -> Self {
        Self(words.iter().filter_map(|word| Notice::parse(word)).collect())
    }

    /// Whether they want no mail of this.
    #[must_use]
    pub fn has(&self, notice: Notice) -> bool {
        !notice.is_of_security() && self.0.contains(&notice)
    }

    /// Whether they want mail of everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromJson for Muted {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let notices: Vec<Notice> = fields::list(value, Notice::ALL.len())?;
        let mut faults = Faults::default();
        for (at, notice) in notices.iter().enumerate() {
            if notice.is_of_security() {
                let why = "is about how one gets in, of which everybody is told";
                faults.add(Faults::here(FaultCode::NotOneOf, why).under(&at.to_string()));
            } else if notices[..at].contains(notice) {
                faults.add(Faults::here(FaultCode::Duplicate, "is there already").under(&at.to_string()));
            }
        }
        if faults.is_empty() { Ok(Self(notices)) } else { Err(faults) }
    }
}
