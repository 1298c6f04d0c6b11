//! One diary, as its owner sees it and as those do with whom it is shared: the figures, the charts, and the log.

mod asked;
mod shown;

pub use asked::DiaryAsked;
pub use shown::{Shown, report};
