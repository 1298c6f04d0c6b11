//! Marking a diary as reviewed, from an app and from a page.

use super::{
    model::{Review, UpTo},
    store,
};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::faults::Faults,
    storage::{Written, refusal::Refusal},
};

/// Marks a diary as reviewed.
///
/// # Errors
/// When it is the caller's own, or not theirs to see, or what is wrong with what they say.
pub async fn mark(visit: Visit, said: Result<UpTo, Faults>) -> Result<Written<Review>, Refusal> {
    visit
        .write_about(Operation::CreateReview, Ok(said), |db, diary, said| {
            let reviewer = store::reviewer(diary)?;
            let revision = said?.of(diary.diary().revision)?;
            store::mark(db, diary, reviewer, revision)
        })
        .await
}
