//! What a write did.

/// A row as it is after a write, and what that did to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<T> {
    /// It is new.
    New(T),
    /// It was there, and says something else now.
    Replaced(T),
    /// It was there and said the same: nothing was written.
    Unchanged(T),
}

impl<T> Written<T> {
    /// The row.
    #[must_use]
    pub const fn row(&self) -> &T {
        let (Self::New(row) | Self::Replaced(row) | Self::Unchanged(row)) = self;
        row
    }

    /// The row alone.
    #[must_use]
    pub fn into_row(self) -> T {
        let (Self::New(row) | Self::Replaced(row) | Self::Unchanged(row)) = self;
        row
    }

    /// The same with the row in another form.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Written<U> {
        match self {
            Self::New(row) => Written::New(form(row)),
            Self::Replaced(row) => Written::Replaced(form(row)),
            Self::Unchanged(row) => Written::Unchanged(form(row)),
        }
    }
}
