//! Which diaries are asked for.

use serde::Serialize;

use crate::{
    access::Role,
    foundation::{fields::Fields, paging::PageRequest},
};

/// Which of the diaries that somebody may open are asked for, and which page of them.
#[derive(Debug, Clone)]
pub struct DiariesAsked {
    /// Which of them.
    pub filter: Filter,
    /// Which page.
    pub page: PageRequest<String>,
}

/// Which diaries somebody wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Filter {
    /// Those in which they have this role; all, if none is named.
    pub role: Option<Role>,
    /// Others' diaries that they have not reviewed up to the present revision, or those that they have.
    pub unreviewed: Option<bool>,
}

impl DiariesAsked {
    /// Takes what is asked out of a query.
    pub fn read(query: &mut Fields) -> Self {
        let filter = Filter { role: query.optional("role"), unreviewed: query.optional("unreviewed") };
        Self { filter, page: PageRequest::filtered(query, &filter) }
    }
}

impl Default for DiariesAsked {
    /// The first of all.
    fn default() -> Self {
        Self { filter: Filter::default(), page: PageRequest::first() }
    }
}
