//! Showing once more that it is oneself, by the strongest factor that the account has: before one changes how one signs in,
//! erases, or lets others in.

pub mod http;
pub mod steps;
