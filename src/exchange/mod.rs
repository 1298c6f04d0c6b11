//! What leaves a diary, and comes back.

pub mod change_log;
pub mod changes;
pub mod events;
pub mod exports;
pub mod fhir;
pub mod health_links;
pub mod imports;
pub mod rxdb;
pub mod watermelon;
pub mod webhooks;
