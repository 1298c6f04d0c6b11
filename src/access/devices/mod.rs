//! Devices on which somebody signed in before. Their guesses are counted apart, so that strangers who guess at an e-mail keep
//! its owner from nothing.

pub mod model;
pub mod store;
