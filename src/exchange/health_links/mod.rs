//! A link to the report as a SMART Health Link, <https://hl7.org/fhir/uv/smart-health-cards-and-links>: whoever scans it has a
//! program ask for its file, which is a Bundle of FHIR with the report as a PDF in it.
//!
//! What a link opens, and for how long, is [`report_links`](crate::sharing::report_links)'s. `file` says what is in the file,
//! and `jwe` encrypts it with the key that is in the link and not in its address.

mod file;
pub mod http;
mod jwe;
