//! Sharing a diary: the patient consents to it, by an invitation whose code somebody redeems for a grant, or by a link that
//! opens the report; everybody who then looks is in the access log, and a clinician says up to where the diary is reviewed.
//!
//! A consent, the grant that rests on it and the rows of the access log that come from it all carry the same id.

pub mod consents;
pub mod deliveries;
pub mod diaries;
pub mod grants;
pub mod invitations;
pub mod report_links;
pub mod reviews;
pub mod webhooks;
