//! What is filled in to make a token, kept as it was typed, so that nothing is lost when something is wrong with it.

use std::time::Duration;

use serde_json::json;

use crate::{
    access::{
        accounts::model::User,
        scopes::{Limited, Scope},
        tokens::model::Draft,
    },
    foundation::{clock::Instant, faults::Faults, fields::Fields},
};

/// How long a token lasts, in days, as it can be chosen; besides until somebody ends it.
pub const DAYS: [u64; 3] = [30, 90, 365];
/// The field that says how long.
pub const ENDS_IN: &str = "days";
/// The field that limits it to one's own diary.
pub const OWN_ALONE: &str = "own_alone";

/// A token is made.
#[derive(Debug, Clone)]
pub struct TokenForm {
    /// What it is called.
    pub name: Option<String>,
    /// What it lets do.
    pub scopes: Vec<Scope>,
    /// Whether it is for one's own diary alone.
    pub own_alone: bool,
    /// In how many days it ends.
    pub days: Option<String>,
}

impl TokenForm {
    /// What a program rather needs less than more of.
    #[must_use]
    pub fn blank() -> Self {
        Self { name: None, scopes: vec![], own_alone: true, days: Some(DAYS[1].to_string()) }
    }

    /// Takes what was sent.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn read(mut form: Fields) -> Result<Self, Faults> {
        let filled = Self {
            name: form.optional("name"),
            scopes: Scope::ALL.into_iter().filter(|scope| form.optional::<String>(scope.as_str()).is_some()).collect(),
            own_alone: form.optional::<String>(OWN_ALONE).is_some(),
            days: form.optional(ENDS_IN),
        };
        form.finish()?;
        Ok(filled)
    }

    /// What it amounts to in the API: the same rules hold.
    #[must_use]
    pub fn draft(&self, user: &User, now: Instant) -> Limited<Draft> {
        let ends_in = |chosen: &str| match chosen.parse().ok().filter(|days| DAYS.contains(days)) {
            Some(days) => now.plus(Duration::from_hours(24 * days)).rfc3339(),
            // None of the choices: it is left to be refused.
            None => chosen.to_owned(),
        };
        let own = user.diary_id.as_ref().filter(|_| self.own_alone);
        let body = json!({
            "name": self.name,
            "scopes": self.scopes,
            "diary_ids": own.map(|own| [own]),
            "expires_at": self.days.as_deref().map(ends_in),
        });
        Draft::from_json(body, now)
    }
}
