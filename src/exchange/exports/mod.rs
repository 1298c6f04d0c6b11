//! Exports: everything that is in a diary, for its owner to take away.
//!
//! [`document`], `spreadsheet` and `bundle` read it page by page and write it down, into a file that [`spool`] makes, and
//! [`download`] hands it out, to apps and to pages alike. An export is as large as its diary, so there are only so many
//! places.

mod bundle;
pub mod document;
pub mod download;
pub mod http;
mod rows;
pub mod sink;
pub mod spool;
mod spreadsheet;
