//! The guides for integrators as pages. They are the documents of the project, so that what is served is what is reviewed.

use std::collections::HashMap;

use actix_web::{HttpResponse, http::StatusCode};
use maud::{PreEscaped, html};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

use crate::{foundation::language::Language, pages::document};

/// By the name in the address, which is that of the file.
const GUIDES: [(&str, &str); 4] = [
    ("integrating", include_str!("../../../docs/integrating.md")),
    ("fhir", include_str!("../../../docs/fhir.md")),
    ("sync", include_str!("../../../docs/sync.md")),
    ("versioning", include_str!("../../../docs/versioning.md")),
];

/// The page of a guide; `None` where there is none of this name.
pub fn page(name: &str) -> Option<HttpResponse> {
    let (_, text) = GUIDES.iter().find(|(known, _)| *known == name)?;
    let (title, body) = rendered(text);
    let body = html! {
        main.guide {
            h1 { (title) }
            p.muted {
                a href="/docs" { "The contract" }
                @for (other, text) in GUIDES.iter().filter(|(other, _)| *other != name) {
                    " · " a href=(format!("/docs/{other}")) { (heading(text)) }
                }
            }
            (PreEscaped(body))
        }
    };
    Some(document::answer(StatusCode::OK, Language::English, &title, &body))
}

/// The first line, which is the title.
fn heading(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim()
}

/// The title and the rest as HTML.
fn rendered(text: &str) -> (String, String) {
    let mut events = Vec::new();
    let (mut in_title, mut title) = (false, String::new());
    // Whether what ends next is a link that was left out.
    let mut left_out = Vec::new();
    let mut begun: Option<(usize, String)> = None;
    let mut anchors = Anchors::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_title = false,
            Event::Text(words) if in_title => title.push_str(&words),
            Event::Start(Tag::Heading { .. }) => {
                begun = Some((events.len(), String::new()));
                events.push(event);
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((at, words)) = begun.take()
                    && let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(at)
                {
                    *id = Some(anchors.of(&words).into());
                }
                events.push(event);
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = target(&dest_url);
                left_out.push(target.is_none());
                if let Some(dest_url) = target {
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if left_out.pop() == Some(false) {
                    events.push(event);
                }
            }
            event => {
                if let (Some((_, words)), Event::Text(said) | Event::Code(said)) = (&mut begun, &event) {
                    words.push_str(said);
                }
                events.push(event);
            }
        }
    }
    let mut body = String::with_capacity(2 * text.len());
    push_html(&mut body, events.into_iter());
    (title, body)
}

/// The names of headings, as links between the documents have them.
#[derive(Default)]
struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// That of the next heading. One that says what one before said gets a number.
    fn of(&mut self, words: &str) -> String {
        let is_kept = |character: &char| character.is_alphanumeric() || "-_".contains(*character);
        let anchor: String = words.to_lowercase().replace(' ', "-").chars().filter(is_kept).collect();
        let before = self.0.entry(anchor.clone()).or_default();
        *before += 1;
        if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) }
    }
}

/// Where a link of a document leads on a page; `None` for files that the service does not serve.
fn target(link: &str) -> Option<CowStr<'static>> {
    let (path, anchor) = link.split_at(link.find('#').unwrap_or(link.len()));
    if path.is_empty() || path.contains("://") {
        return Some(link.to_owned().into());
    }
    if path == "../openapi.yaml" {
        return Some("/docs".into());
    }
    let name = path.strip_suffix(".md")?;
    GUIDES.iter().any(|(known, _)| *known == name).then(|| format!("/docs/{name}{anchor}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_names_that_links_have_and_links_lead_to_what_is_served() {
        let text = "# Title\n\n## Ids and `retries`, twice\n\n## Traps\n\n## Traps\n\n[a](#ids-and-retries-twice) [b](sync.md#rxdb) \
                    [c](../openapi.yaml) [d](methods.md) <https://x.example/y>\n";
        let (title, body) = rendered(text);
        assert_eq!(title, "Title");
        for part in [
            "<h2 id=\"ids-and-retries-twice\">Ids and <code>retries</code>, twice</h2>",
            "<h2 id=\"traps\">Traps</h2>\n<h2 id=\"traps-1\">Traps</h2>",
            "<a href=\"#ids-and-retries-twice\">a</a>",
            "<a href=\"/docs/sync#rxdb\">b</a>",
            "<a href=\"/docs\">c</a> d ",
            "<a href=\"https://x.example/y\">",
        ] {
            assert!(body.contains(part), "{part} is not in {body}");
        }
        assert!(!body.contains("Title"));
    }
}
