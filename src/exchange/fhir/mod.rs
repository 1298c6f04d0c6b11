//! A diary as resources of HL7 FHIR R4 (4.0.1), to be read and never written.
//!
//! `observations`, `treatments`, `patient` and `sharing` say what becomes of a row, each as a value of JSON and nothing
//! else; [`frame`] is what they share. [`rows`] reads a diary row by row; exports write all of them as one Bundle, and [`http`]
//! answers searches. Symptoms follow HL7's Symptoms guide, <http://hl7.org/fhir/uv/symptoms>. A code stands here only where its
//! source could be read; what has none goes by its text, or by a code of our own (see [`codes`]).

pub mod bundle;
mod capability;
pub mod codes;
pub mod frame;
pub mod http;
mod observations;
pub mod outcome;
mod patient;
pub mod rows;
mod search;
mod sharing;
mod treatments;
