//! What an app gets when somebody is signed in.

use serde::Serialize;

use crate::{
    access::{
        devices::model::DeviceToken,
        sessions::{
            keys::{ACCESS_TOKEN_LIFE, Bearer, Credential, SigningKeys},
            model::{RefreshToken, Session},
        },
    },
    foundation::{clock::Instant, ids::Id},
    web::problem::Problem,
};

/// What a client gets to speak for a session.
#[derive(Serialize)]
pub struct Tokens {
    token_type: &'static str,
    access_token: String,
    expires_in: u64,
    refresh_token: String,
    refresh_expires_in: u64,
    device_token: Option<String>,
}

impl Tokens {
    /// Signs an access token beside a refresh token, for a session of whoever owns that diary.
    ///
    /// # Errors
    /// When signing fails.
    pub fn of(
        keys: &SigningKeys,
        (session, owns): (&Session, Option<Id>),
        token: &RefreshToken,
        now: Instant,
    ) -> Result<Self, Problem> {
        let (user_id, session_id) = (session.user_id.clone(), session.id.clone());
        let bearer = Bearer { user_id, session_id, credential: Credential::Session, owns };
        let access_token = keys.sign(&bearer, now).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self {
            token_type: "Bearer",
            access_token,
            expires_in: ACCESS_TOKEN_LIFE.as_secs(),
            refresh_token: token.to_secret().expose().to_owned(),
            refresh_expires_in: session.ends_at.since(now).as_secs(),
            device_token: None,
        })
    }

    /// The same with what the device is known by at the next sign-in.
    #[must_use]
    pub fn on(self, device: &DeviceToken) -> Self {
        Self { device_token: Some(device.to_secret().expose().to_owned()), ..self }
    }
}
