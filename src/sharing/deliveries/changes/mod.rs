//! That diaries changed, and which webhooks know it.

pub mod store;
