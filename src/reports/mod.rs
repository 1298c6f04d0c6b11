//! The report for the clinician: one page to read in a minute, the numbers behind it, and the log.
//!
//! [`findings`] reads what the diary says, [`compose`] puts it in words and drawings on a [`sheet`], and the sheet is
//! written as a [`page`] or as a [`pdf`]. [`headline`] has the figures that stand first.

pub mod charts;
pub mod compose;
pub mod drawing;
pub mod file;
pub mod findings;
pub mod headline;
pub mod http;
pub mod log;
pub mod nights;
pub mod page;
pub mod pdf;
pub mod printed;
pub mod printer;
mod raster;
pub mod sheet;
mod svg;
mod treatments;
