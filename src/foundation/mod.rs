//! What everything else is made of: time, ids, values and their faults, pages of lists, and the words of each language.
//! It knows nobody above it.

pub mod budget;
pub mod clock;
pub mod fair_queue;
pub mod faults;
pub mod fields;
pub mod histogram;
pub mod ids;
pub mod key_file;
pub mod lane;
pub mod language;
pub mod lenient;
pub mod local_clock;
pub mod paging;
pub mod parsing;
pub mod party;
pub mod precondition;
pub mod private_file;
pub mod public_address;
pub mod public_url;
pub mod qr;
pub mod quota;
pub mod sealed;
pub mod secrets;
pub mod timestamps;
pub mod typed;
pub mod values;
pub mod zones;
