//! What is ticked, kept as it was sent, so that nothing is lost when something is wrong with it.

use crate::{
    access::scopes::{Limited, Scope},
    foundation::{faults::Faults, fields::Fields},
    people::oauth::{authorization::Asked, steps::Allowed},
};

/// The field that says whether the app is let in.
pub const ANSWER: &str = "answer";
/// What it says when it is.
pub const YES: &str = "yes";
/// The field with the ids of the diaries that could be ticked.
pub const OFFERED: &str = "offered";
/// The field that lets the app have all of them.
pub const ALL: &str = "all_diaries";

/// The field of a diary that could be ticked.
pub fn of_diary(at: usize) -> String {
    format!("diary_{at}")
}

/// What somebody ticked.
#[derive(Debug, Clone)]
pub struct ConsentForm {
    /// Whether they let the app in.
    pub is_let_in: bool,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// At which diaries.
    pub diary_ids: Vec<String>,
    /// Whether at all, also those that come.
    pub all: bool,
}

impl ConsentForm {
    /// What an app asks for, at one's own diary.
    pub fn blank(asked: &Asked, own: Option<&str>) -> Self {
        let diary_ids = own.map(str::to_owned).into_iter().collect();
        Self { is_let_in: false, scopes: asked.scopes.clone(), diary_ids, all: false }
    }

    /// Takes what was sent.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn read(mut form: Fields) -> Result<Self, Faults> {
        let is_let_in = form.optional::<String>(ANSWER).as_deref() == Some(YES);
        let offered = form.optional::<String>(OFFERED).unwrap_or_default();
        let mut is_ticked = |name: &str| form.optional::<String>(name).is_some();
        let scopes = Scope::ALL.into_iter().filter(|scope| is_ticked(scope.as_str())).collect();
        let offered = offered.split_whitespace().enumerate();
        let diary_ids = offered.filter(|(at, _)| is_ticked(&of_diary(*at))).map(|(_, id)| id.to_owned()).collect();
        let all = is_ticked(ALL);
        form.finish()?;
        Ok(Self { is_let_in, scopes, diary_ids, all })
    }

    /// What it amounts to, of what was asked for.
    pub fn allowed(&self, asked: &Asked) -> Limited<Allowed> {
        let scopes: Vec<_> = self.scopes.iter().copied().filter(|scope| asked.scopes.contains(scope)).collect();
        Allowed::read(&scopes, Some(&self.diary_ids[..]).filter(|_| !self.all))
    }
}
