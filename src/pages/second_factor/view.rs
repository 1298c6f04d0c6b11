//! What stands on the pages.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, PreEscaped, html};

use crate::{
    foundation::{clock::Instant, faults::Faults, local_clock::LocalClock, qr, zones::Zone},
    pages::{
        field::{Said, field},
        signed_in::{Place, answer_for, form_token, page_for, whose_password},
        visitor::Visitor,
    },
    people::second_factor::{
        asked::{CODE, PASSWORD},
        model::RecoveryCode,
        steps::{Setup, Status},
    },
    say,
    web::problem::Problem,
};

/// Which form it is that asks. Several are on one page, so that its name is in the ids of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// For the password, to begin a set-up.
    Begin,
    /// For a code, to end it.
    Confirm,
    /// For the password, to give out new recovery codes.
    RecoveryCodes,
    /// For both, to turn it off.
    Disable,
}

impl Asking {
    const fn name(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Confirm => "confirm",
            Self::RecoveryCodes => "recovery-codes",
            Self::Disable => "disable",
        }
    }
}

/// A form that is filled in, with what was wrong with it.
struct Form<'a> {
    visitor: &'a Visitor,
    asking: Asking,
    faults: Option<&'a Faults>,
}

impl<'a> Form<'a> {
    fn of(visitor: &'a Visitor, asking: Asking, wrong: Option<(Asking, &'a Faults)>) -> Self {
        let faults = wrong.filter(|(wrong, _)| *wrong == asking).map(|(_, faults)| faults);
        Self { visitor, asking, faults }
    }

    fn around(&self, fields: &Markup, button: &str, is_first: bool) -> Markup {
        html! {
            form method="post" action=(format!("{}/{}", Place::Security.path(), self.asking.name())) {
                (form_token(self.visitor))
                (fields)
                button.first[is_first] type="submit" { (button) }
            }
        }
    }

    fn field(&self, name: &str, label: &str, wrong: &str, input: impl FnOnce(&str, &Said) -> Markup) -> Markup {
        let id = format!("{}-{name}", self.asking.name());
        let is_wrong = self.faults.is_some_and(|faults| faults.concern(name));
        field(&id, &html! { (label) }, is_wrong.then_some(wrong), |said| input(&id, said))
    }

    fn password(&self) -> Markup {
        let language = self.visitor.language;
        let (label, wrong) = (say!(language, "sign-in-password"), say!(language, "factor-wrong-password"));
        let asked = self.field(PASSWORD, &label, &wrong, |id, said| {
            html! {
                input id=(id) type="password" name=(PASSWORD) required autocomplete="current-password"
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        });
        html! { (whose_password(self.visitor)) (asked) }
    }

    /// Recovery codes have letters as well.
    fn code(&self, label: &str, is_of_app_alone: bool) -> Markup {
        let wrong = say!(self.visitor.language, "sign-in-wrong-code");
        self.field(CODE, label, &wrong, |id, said| {
            html! {
                input id=(id) name=(CODE) required autocomplete="one-time-code" autocapitalize="characters"
                    spellcheck="false" maxlength="64" inputmode=[is_of_app_alone.then_some("numeric")]
                    aria-invalid=[said.invalid] aria-describedby=[&said.hint];
            }
        })
    }
}

const fn status_for(is_wrong: bool) -> StatusCode {
    if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Whether it is on, and what can be done about it.
pub fn overview(visitor: &Visitor, status: Status, wrong: Option<(Asking, &Faults)>) -> HttpResponse {
    let has_codes = status.enabled_at.is_some() || status.passkeys > 0;
    let content = html! {
        @match status.enabled_at {
            Some(since) => { (on(visitor, since)) }
            None => { (off(visitor, status, wrong)) }
        }
        @if has_codes { (recovery_codes(visitor, status.recovery_codes_left, wrong)) }
        @if status.enabled_at.is_some() { (turn_off(visitor, status, wrong)) }
        section {
            p {
                a href=(Place::PASSKEYS) { (say!(visitor.language, "passkeys-title")) } " "
                span.muted { (say!(visitor.language, "factor-passkeys", count = status.passkeys)) }
            }
            p { a href=(Place::PASSWORD) { (say!(visitor.language, "password-title")) } }
            p { a href=(Place::EMAIL) { (say!(visitor.language, "email-title")) } }
            p { a href=(Place::NOTICES) { (say!(visitor.language, "notices-title")) } }
            p { a href=(Place::TOKENS) { (say!(visitor.language, "tokens-title")) } }
        }
    };
    let title = say!(visitor.language, "factor-title");
    answer_for(visitor, Place::Security, status_for(wrong.is_some()), &title, &content)
}

fn off(visitor: &Visitor, status: Status, wrong: Option<(Asking, &Faults)>) -> Markup {
    let language = visitor.language;
    let begin = Form::of(visitor, Asking::Begin, wrong);
    html! {
        @if status.passkeys > 0 { p { (say!(language, "factor-off-beside-passkeys")) } }
        @else { p { (say!(language, "factor-off")) } }
        p { (say!(language, "factor-what")) }
        p { (say!(language, "factor-app")) }
        (begin.around(&begin.password(), &say!(language, "factor-begin"), true))
    }
}

fn on(visitor: &Visitor, since: Instant) -> Markup {
    let language = visitor.language;
    // Those who keep no diary have no time zone of theirs.
    let LocalClock { date, time } = LocalClock::at(since, Zone::UTC);
    html! { p { (say!(language, "factor-on", date = language.date(date), time = time.to_string())) } }
}

fn recovery_codes(visitor: &Visitor, left: i64, wrong: Option<(Asking, &Faults)>) -> Markup {
    let language = visitor.language;
    let replace = Form::of(visitor, Asking::RecoveryCodes, wrong);
    html! {
        p { (say!(language, "factor-codes-left", left = left)) }
        section {
            h2 { (say!(language, "factor-replace-title")) }
            p { (say!(language, "factor-replace-what")) }
            (replace.around(&replace.password(), &say!(language, "factor-replace-button"), false))
        }
    }
}

fn turn_off(visitor: &Visitor, status: Status, wrong: Option<(Asking, &Faults)>) -> Markup {
    let language = visitor.language;
    let disable = Form::of(visitor, Asking::Disable, wrong);
    let both = html! { (disable.password()) (disable.code(&say!(language, "factor-disable-code"), false)) };
    html! {
        section {
            h2 { (say!(language, "factor-disable-title")) }
            @if status.passkeys > 0 { p { (say!(language, "factor-disable-beside-passkeys")) } }
            @else { p { (say!(language, "factor-disable-what")) } }
            (disable.around(&both, &say!(language, "factor-disable-button"), false))
        }
    }
}

/// The one page that shows what the app has to know.
///
/// # Errors
/// When it is too long for a QR code.
pub fn set_up(visitor: &Visitor, setup: &Setup) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let url = setup.otpauth_url();
    let drawing = qr::svg(&url, &say!(language, "factor-qr")).map_err(|error| Problem::internal(error.to_string()))?;
    let content = html! {
        section {
            h2 { (say!(language, "factor-scan-title")) }
            p { (say!(language, "factor-scan")) }
            div.qr { (PreEscaped(drawing)) }
            p { (say!(language, "factor-same-phone")) " " a href=(url) { (say!(language, "factor-open-app")) } }
            p { (say!(language, "factor-type")) br; strong.code { (in_groups(&setup.secret.to_base32())) } }
        }
        section {
            h2 { (say!(language, "factor-code-title")) }
            p { (say!(language, "factor-code-what")) }
            (code_form(visitor, None))
        }
    };
    Ok(page_for(visitor, Place::Security, &say!(language, "factor-set-up-title"), &content))
}

/// Asks for the code alone: what the app has to know was shown before.
pub fn ask_code(visitor: &Visitor, faults: Option<&Faults>) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        p { (say!(language, "factor-code-only")) }
        (code_form(visitor, faults))
        section {
            p { (say!(language, "factor-code-lost")) }
            p { a href=(Place::Security.path()) { (say!(language, "factor-begin-anew")) } }
        }
    };
    let title = say!(language, "factor-set-up-title");
    answer_for(visitor, Place::Security, status_for(faults.is_some()), &title, &content)
}

fn code_form(visitor: &Visitor, faults: Option<&Faults>) -> Markup {
    let language = visitor.language;
    let form = Form { visitor, asking: Asking::Confirm, faults };
    form.around(&form.code(&say!(language, "factor-code"), true), &say!(language, "factor-code-button"), true)
}

/// In fours, as people read letters off one screen and type them on another.
fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The one page that shows the recovery codes of a set-up.
#[must_use]
pub fn first_codes(visitor: &Visitor, codes: &[RecoveryCode]) -> HttpResponse {
    let now_on = html! { p { strong { (say!(visitor.language, "factor-codes-on")) } } };
    shown_once(visitor, &now_on, codes)
}

/// The one page that shows new recovery codes.
pub fn new_codes(visitor: &Visitor, codes: &[RecoveryCode]) -> HttpResponse {
    shown_once(visitor, &html! {}, codes)
}

fn shown_once(visitor: &Visitor, before: &Markup, codes: &[RecoveryCode]) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        (before)
        p { (say!(language, "factor-codes-what")) }
        ul.codes { @for code in codes { li { span.code { (code.to_text()) } } } }
        p { (say!(language, "factor-codes-keep")) }
        p.buttons { a.button.first href=(Place::Security.path()) { (say!(language, "factor-codes-done")) } }
    };
    page_for(visitor, Place::Security, &say!(language, "factor-codes-title"), &content)
}
