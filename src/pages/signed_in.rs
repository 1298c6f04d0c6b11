//! Pages of somebody who is signed in: what leads to the others, and what every form of theirs carries.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::{document::answer, visitor::Visitor};
use crate::{access::accounts::model::User, foundation::language::Language, people::mail::letters::NOTICES, say};

/// Which of the pages one is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// One's own diary.
    Diary,
    /// With whom it is shared.
    Sharing,
    /// Who looked.
    Looks,
    /// What others share.
    Patients,
    /// Where a code is redeemed.
    Redeem,
    /// The second factor.
    Security,
}

impl Place {
    /// Where the password is changed, which is led to from [`Self::Security`].
    pub const PASSWORD: &'static str = "/password";
    /// Where the address is confirmed or changed, which is led to from there as well.
    pub const EMAIL: &'static str = "/email";
    /// What happened with the account, which is led to from there as well.
    pub const NOTICES: &'static str = NOTICES;
    /// Where passkeys are, which is led to from there.
    pub const PASSKEYS: &'static str = "/passkeys";
    /// Where programs are let in, which is led to from there as well.
    pub const TOKENS: &'static str = "/tokens";

    /// What somebody is led to: those who keep a diary to theirs first.
    fn of(user: &User) -> &'static [Self] {
        match user.diary_id {
            Some(_) => &[Self::Diary, Self::Sharing, Self::Looks, Self::Patients, Self::Security],
            None => &[Self::Patients, Self::Redeem, Self::Security],
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Diary => "/me",
            Self::Sharing => "/me/sharing",
            Self::Looks => "/me/access-log",
            Self::Patients => "/clinic",
            Self::Redeem => "/clinic/redeem",
            Self::Security => "/second-factor",
        }
    }

    fn name(self, user: &User, language: Language) -> String {
        match self {
            Self::Diary => say!(language, "nav-diary"),
            Self::Sharing => say!(language, "nav-sharing"),
            Self::Looks => say!(language, "nav-looks"),
            Self::Patients if user.diary_id.is_some() => say!(language, "nav-shared-with-me"),
            Self::Patients => say!(language, "nav-patients"),
            Self::Redeem => say!(language, "nav-redeem"),
            Self::Security => say!(language, "nav-security"),
        }
    }
}

/// Where somebody begins.
#[must_use]
pub fn first_page(user: &User) -> &'static str {
    Place::of(user).first().map_or(Place::Patients.path(), |place| place.path())
}

/// Answers somebody who is signed in with a page, below what leads to the others.
#[must_use]
pub fn page_for(visitor: &Visitor, here: Place, title: &str, content: &Markup) -> HttpResponse {
    answer_for(visitor, here, StatusCode::OK, title, content)
}

/// The same, when something was not as it has to be.
#[must_use]
pub fn answer_for(visitor: &Visitor, here: Place, status: StatusCode, title: &str, content: &Markup) -> HttpResponse {
    let (user, language) = (&visitor.user, visitor.language);
    let content = html! {
        header.top {
            nav aria-label=(say!(language, "nav-label")) {
                ul {
                    @for place in Place::of(user) {
                        li {
                            a href=(place.path()) aria-current=[(*place == here).then_some("page")] {
                                (place.name(user, language))
                            }
                        }
                    }
                }
            }
            form.inline method="post" action="/sign-out" {
                (form_token(visitor))
                span.muted { bdi { (user.called()) } }
                button type="submit" { (say!(language, "nav-sign-out")) }
            }
        }
        main.wide { h1 { (title) } (content) }
    };
    answer(status, language, title, &content)
}

/// Whose password a form asks for, where whatever keeps passwords looks for it. Nobody sees it, and it is not sent.
#[must_use]
pub fn whose_password(visitor: &Visitor) -> Markup {
    html! { input type="text" value=(visitor.user.email.as_str()) autocomplete="username" readonly hidden; }
}

/// What can't be undone is asked about before it is done: `button` unfolds what follows from it and the form that does it.
/// `of_whom` says the same to who does not see beside whom it stands.
#[must_use]
pub fn asked_again(button: &str, of_whom: &str, consequence: &str, form: &Markup) -> Markup {
    html! {
        details.confirm {
            summary { span aria-hidden="true" { (button) } span.unseen { (of_whom) } }
            p { (consequence) }
            (form)
        }
    }
}

/// What was just done.
#[must_use]
pub fn done(said: &str) -> Markup {
    html! { p.done role="status" { (said) } }
}

/// What every form of somebody who is signed in carries.
#[must_use]
pub fn form_token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="form_token" value=(visitor.form_token); }
}
