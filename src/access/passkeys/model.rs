//! What a passkey is, what browsers are asked to do with one, and what their answers are worth.

use std::sync::Arc;

use passki::{
    AttestationConveyancePreference, AuthenticationCredential, AuthenticationOptions, AuthenticationState,
    AuthenticatorTransport, ClientData, Passki, PasskiError, RegistrationCredential, RegistrationOptions,
    ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    access::accounts::model::User,
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::FromJson,
        ids::Id,
        public_url::PublicUrl,
        secrets::fingerprint,
        values::Name,
    },
};

/// What browsers show, above what they ask the person.
const SERVICE: &str = "Cramp diary";
/// How long a challenge is good for.
pub const CHALLENGE_MINUTES: u64 = 5;
const CHALLENGE_MILLISECONDS: u64 = CHALLENGE_MINUTES * 60_000;
const CHALLENGE_BYTES: usize = 32;
/// Longer ids of credentials are none (WebAuthn Level 3, section 4).
const LONGEST_CREDENTIAL_ID: usize = 1023;
/// Where authenticator data have the flags (section 6.1), and those of them that tell of copies.
const FLAGS: usize = 32;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;

/// A passkey of somebody.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Its id.
    pub id: Id,
    /// Whose it is.
    pub user_id: Id,
    /// What they call it.
    pub name: Name,
    /// What their device told of it.
    pub credential: StoredPasskey,
    /// When it was added.
    pub created_at: Instant,
    /// When somebody last signed in with it, or showed that it is they.
    pub last_used_at: Option<Instant>,
}

/// Random bytes that a passkey signs, once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; CHALLENGE_BYTES]);

impl Challenge {
    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("passkey challenge", &self.0)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The one that a browser says it was asked.
    fn answered(client_data_json: &str) -> Option<Self> {
        let client_data = ClientData::from_base64(client_data_json).ok()?;
        Self::of(&Passki::base64_decode(&client_data.challenge).ok()?)
    }
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenge(…)")
    }
}

/// What a browser is asked, as it reads it.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    #[serde(skip)]
    challenge: Challenge,
    public_key: Value,
}

impl Asked {
    fn of(challenge: &[u8], options: &impl Serialize) -> Option<Self> {
        let (challenge, public_key) = (Challenge::of(challenge)?, serde_json::to_value(options).ok()?);
        Some(Self { challenge, public_key })
    }

    /// What is to be signed.
    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }
}

/// What a browser answers that has made a passkey, as its `toJSON()` writes it.
#[derive(Clone)]
pub struct NewCredential {
    answer: Arc<RegistrationCredential>,
    challenge: Challenge,
}

impl NewCredential {
    /// What it was asked.
    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }
}

impl FromJson for NewCredential {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let answer: RegistrationCredential = answer(value)?;
        let challenge = Challenge::answered(&answer.response.client_data_json).ok_or_else(malformed)?;
        Ok(Self { answer: Arc::new(answer), challenge })
    }
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewCredential(…)")
    }
}

/// What a browser answers that had a passkey sign, as its `toJSON()` writes it.
#[derive(Clone)]
pub struct Assertion {
    answer: Arc<AuthenticationCredential>,
    challenge: Challenge,
    credential_id: Vec<u8>,
    flags: u8,
}

impl Assertion {
    /// What it was asked.
    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Which passkey it says it is of.
    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }
}

impl FromJson for Assertion {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let answer: AuthenticationCredential = answer(value)?;
        let challenge = Challenge::answered(&answer.response.client_data_json).ok_or_else(malformed)?;
        let credential_id = Passki::base64_decode(&answer.raw_id).map_err(|_| malformed())?;
        let told = Passki::base64_decode(&answer.response.authenticator_data).map_err(|_| malformed())?;
        let flags = *told.get(FLAGS).ok_or_else(malformed)?;
        Ok(Self { answer: Arc::new(answer), challenge, credential_id, flags })
    }
}

impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assertion(…)")
    }
}

fn answer<T: DeserializeOwned>(value: &Value) -> Result<T, Faults> {
    if !value.is_object() {
        return Err(Faults::here(FaultCode::WrongType, "must be an object"));
    }
    serde_json::from_value(value.clone()).map_err(|_| malformed())
}

fn malformed() -> Faults {
    Faults::here(FaultCode::Malformed, "must be what the browser answered, as toJSON() writes it")
}

/// What changes of a passkey when it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// How often it has, where it counts.
    pub counter: u32,
    /// Whether there are copies of it now.
    pub is_backed_up: bool,
}

/// Why an answer of a browser is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is not what was asked for, or nobody's signature.
    Wrong,
    /// The passkey has counted on elsewhere: there may be a copy of a key that can't be copied.
    CountedBack,
}

/// What this service asks browsers, and how it judges what they answer (WebAuthn Level 3, section 7). Where its address is
/// no name that browsers bind passkeys to, it asks nothing and takes nothing.
///
/// The person is always verified, by a PIN, a finger or a face: a passkey is two factors by itself.
pub struct Ceremonies(Option<Passki>);

impl Ceremonies {
    /// Those of a service at an address.
    #[must_use]
    pub fn at(public_url: &PublicUrl) -> Self {
        Self(public_url.name_for_passkeys().map(|name| Passki::new(&name, &[public_url.origin()], SERVICE)))
    }

    /// Whether passkeys can be used here.
    #[must_use]
    pub const fn are_held(&self) -> bool {
        self.0.is_some()
    }

    /// What a browser needs to make a passkey for somebody, as `parseCreationOptionsFromJSON()` reads it. Devices on which
    /// they have one already make no other.
    #[must_use]
    pub fn asks_for_a_new_one(&self, user: &User, present: &[Passkey]) -> Option<Asked> {
        let present: Vec<_> = present.iter().map(|passkey| passkey.credential.clone()).collect();
        let (asked, state) = self
            .0
            .as_ref()?
            .start_passkey_registration(
                user_handle(&user.id),
                user.email.as_str(),
                user.display_name.as_ref().map_or(user.email.as_str(), Name::as_str),
                made(&present),
            )
            .ok()?;
        Asked::of(&state.challenge, &asked)
    }

    /// What a browser needs to have any passkey of this service sign, as `parseRequestOptionsFromJSON()` reads it. Nobody
    /// says whose: the passkey does.
    #[must_use]
    pub fn asks_for_a_signature(&self) -> Option<Asked> {
        let (asked, state) = self.0.as_ref()?.start_passkey_authentication(&[], signed()).ok()?;
        Asked::of(&state.challenge, &asked)
    }

    /// Judges what a browser answers that has made a passkey for somebody.
    #[must_use]
    pub fn made(&self, user: &User, new: &NewCredential) -> Option<StoredPasskey> {
        let ceremonies = self.0.as_ref()?;
        let (asked, mut state) =
            ceremonies.start_passkey_registration(user_handle(&user.id), "", "", made(&[])).ok()?;
        state.challenge = new.challenge.0.to_vec();
        let credential = ceremonies.finish_passkey_registration(&new.answer, &state).ok()?;
        let is_asked_for = asked.pub_key_cred_params.iter().any(|key| key.alg == credential.algorithm);
        let has_an_id = (1..=LONGEST_CREDENTIAL_ID).contains(&credential.credential_id.len());
        (is_asked_for && has_an_id).then_some(credential)
    }

    /// Judges what a browser answers that had a passkey sign.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn signed(&self, passkey: &Passkey, assertion: &Assertion) -> Result<Signed, NotTaken> {
        let ceremonies = self.0.as_ref().ok_or(NotTaken::Wrong)?;
        let mut state = signing_state(ceremonies)?;
        state.challenge = assertion.challenge.0.to_vec();
        let result = ceremonies.finish_passkey_authentication(&assertion.answer, &state, &passkey.credential).map_err(
            |error| match error {
                PasskiError::CounterRegression => NotTaken::CountedBack,
                _ => NotTaken::Wrong,
            },
        )?;
        let is_theirs = result.user_handle.is_none_or(|handle| handle == user_handle(&passkey.user_id));
        // Whether it can be copied never changes (section 7.2, step 19).
        let is_the_same = (assertion.flags & BACKUP_ELIGIBLE != 0) == passkey.credential.be;
        if !is_theirs || !is_the_same {
            return Err(NotTaken::Wrong);
        }
        Ok(Signed { counter: result.counter, is_backed_up: assertion.flags & BACKED_UP != 0 })
    }
}

impl std::fmt::Debug for Ceremonies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ceremonies").field(&self.0.as_ref().map(|passki| &passki.rp_id)).finish()
    }
}

/// What a passkey knows its person by: the random id of the account, which tells nobody who they are.
fn user_handle(user_id: &Id) -> &[u8] {
    user_id.as_str().as_bytes()
}

fn signing_state(ceremonies: &Passki) -> Result<AuthenticationState, NotTaken> {
    ceremonies.start_passkey_authentication(&[], signed()).map(|(_, state)| state).map_err(|_| NotTaken::Wrong)
}

/// It can be found without being told whose it is; who made the device is nobody's business here.
fn made(present: &[StoredPasskey]) -> RegistrationOptions<'_> {
    let mut options = RegistrationOptions::default();
    options.timeout = CHALLENGE_MILLISECONDS;
    options.attestation = AttestationConveyancePreference::None;
    options.resident_key = ResidentKeyRequirement::Required;
    options.user_verification = UserVerificationRequirement::Required;
    options.exclude_credentials = Some(present);
    options
}

fn signed() -> AuthenticationOptions {
    let mut options = AuthenticationOptions::default();
    options.timeout = CHALLENGE_MILLISECONDS;
    options.user_verification = UserVerificationRequirement::Required;
    options
}

/// What a browser answered, before those who asked: all that is needed to judge it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Who judges it.
    pub ceremonies: Arc<Ceremonies>,
    /// What was answered.
    pub assertion: Assertion,
}

/// How a device is reached.
pub type Transport = AuthenticatorTransport;
