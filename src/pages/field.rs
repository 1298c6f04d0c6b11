//! A field of a form: below its label, and below what is wrong with it.

use maud::{Markup, html};

/// What ties an input to the sentence that says what is wrong with it.
#[derive(Debug, Default)]
pub struct Said {
    /// For `aria-invalid`.
    pub invalid: Option<&'static str>,
    /// For `aria-describedby`.
    pub hint: Option<String>,
}

/// Lays out a field. `id` is that of its input.
#[must_use]
pub fn field(id: &str, label: &Markup, wrong: Option<&str>, input: impl FnOnce(&Said) -> Markup) -> Markup {
    let said = match wrong {
        Some(_) => Said { invalid: Some("true"), hint: Some(format!("{id}-wrong")) },
        None => Said::default(),
    };
    html! {
        label for=(id) { (label) }
        @if let Some(wrong) = wrong { p.wrong id=[&said.hint] role="alert" { (wrong) } }
        (input(&said))
    }
}
