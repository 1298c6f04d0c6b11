//! Mail to people: what waits to be sent, and the keys in it, by which somebody shows that they read what comes to an
//! address. What letters say, and how they are sent, is above.

pub mod model;
pub mod store;
