//! Where somebody goes on after they were asked who they are.

use super::failure::HOME;
use crate::{foundation::fields::Fields, web::routes::Pages};

/// Takes out of a form or a query where somebody wanted to go, as long as it is a page of ours, and can be told to a browser.
pub fn next(pages: &Pages, fields: &mut Fields) -> String {
    let there = fields.optional::<String>("next").filter(|there| {
        let path = there.split('?').next().unwrap_or_default();
        pages.are_at(path) && there.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    });
    there.unwrap_or_else(|| HOME.to_owned())
}
