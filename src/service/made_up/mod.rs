//! Made-up people: a few believable ones to look at, and a crowd for load tests.

mod account;
mod clinic;
pub mod crowd;
pub mod demo;
pub mod folder;
mod people;
mod year;
