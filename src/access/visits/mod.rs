//! Visits: the callers of handlers before a diary, and the access log, which has everybody besides the owner who read a
//! diary or wrote in it, and what the owner had programs do, for the patient to see.

pub mod audit;
pub mod bringing;
pub mod budgets;
pub mod caller;
pub mod chain;
pub mod http;
pub mod listing;
pub mod model;
pub mod needs;
mod notes;
pub mod older;
pub mod operation;
mod program;
pub mod standing;
pub mod store;
pub mod task;
pub mod visit;
