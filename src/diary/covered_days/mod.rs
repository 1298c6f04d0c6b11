//! Kept sums: for each day with an entry, how many cramps of which kind. A question over any period reads one narrow row
//! a day, however long the history. Each change of a cramp or a check-in changes its day in the same transaction.

pub mod model;
mod notation;
pub mod store;
pub mod tally;
