//! What is wrong with a request: every fault at once, each with a pointer to its place.

use std::borrow::Cow;

/// One thing wrong with a body or a query.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// A JSON pointer (RFC 6901) to the place; a query counts as an object of its parameters.
    pub pointer: String,
    /// What kind of fault it is.
    pub code: FaultCode,
    /// One sentence for a person.
    pub detail: Cow<'static, str>,
    /// Fields that it could be told of as well.
    #[serde(skip)]
    others: &'static [&'static str],
}

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// The kinds of faults; clients may rely on the names, and more may come.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        pub enum FaultCode { $($(#[$doc])* #[serde(rename = $name)] $variant),+ }

        impl FaultCode {
            /// Every name, for the contract test.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
        }
    };
}

fault_codes! {
    /// A field that must be there is absent or null.
    Required = "required",
    /// No such field.
    UnknownField = "unknown_field",
    /// A field that can't be changed.
    ReadOnly = "read_only",
    /// Another JSON type is expected.
    WrongType = "wrong_type",
    /// A number or date outside its range.
    OutOfRange = "out_of_range",
    /// Text with too many characters.
    TooLong = "too_long",
    /// Text with too few characters.
    TooShort = "too_short",
    /// A list with too many items.
    TooMany = "too_many",
    /// Not one of the words that are understood.
    NotOneOf = "not_one_of",
    /// Not in the format that is asked for.
    Malformed = "malformed",
    /// A time that has not come yet.
    InTheFuture = "in_the_future",
    /// It does not go together with another value.
    Contradiction = "contradiction",
    /// A password that is easily guessed.
    WeakPassword = "weak_password",
    /// Not the account's password.
    WrongPassword = "wrong_password",
    /// Not a code of this moment, or used before.
    WrongCode = "wrong_code",
    /// No passkey that is taken here, or not what was asked of it.
    WrongPasskey = "wrong_passkey",
    /// The same thing twice.
    Duplicate = "duplicate",
}

/// So much is shown of a name that a client made up: the longest of ours is shorter, and an answer stays small.
const LONGEST_SHOWN: usize = 40;

/// A name as it is told of, cut when it is none of ours.
#[must_use]
pub fn shown(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST_SHOWN) {
        None => Cow::Borrowed(name),
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
    }
}

/// Faults gathered on the way; empty means that all is well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// None so far.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// A single fault at the value itself; [`Faults::under`] gives it its place.
    pub fn here(code: FaultCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Fault { pointer: String::new(), code, detail: detail.into(), others: &[] }])
    }

    /// Fields that do not go together: told of the first of them, or of the first that was sent.
    pub fn between(fields: &'static [&'static str], detail: impl Into<Cow<'static, str>>) -> Self {
        let [first, others @ ..] = fields else { return Self::here(FaultCode::Contradiction, detail) };
        let mut faults = Self::at(first, FaultCode::Contradiction, detail);
        for fault in &mut faults.0 {
            fault.others = others;
        }
        faults
    }

    /// The same faults, told of fields that were sent where they could be told of several.
    #[must_use]
    pub fn told_of(mut self, is_sent: impl Fn(&str) -> bool) -> Self {
        for fault in &mut self.0 {
            let at_sent = fault.pointer.strip_prefix('/').is_some_and(&is_sent);
            if let Some(other) = fault.others.iter().find(|other| !at_sent && is_sent(other)) {
                fault.pointer = format!("/{other}");
            }
        }
        self
    }

    /// A single fault at a field.
    pub fn at(field: &str, code: FaultCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::here(code, detail).under(field)
    }

    /// The same faults, seen from the object or list that holds the value.
    #[must_use]
    pub fn under(mut self, name: &str) -> Self {
        let step = shown(name).replace('~', "~0").replace('/', "~1");
        for fault in &mut self.0 {
            fault.pointer = format!("/{step}{}", fault.pointer);
        }
        self
    }

    /// Two things that were asked together.
    ///
    /// # Errors
    /// The faults of both.
    pub fn of_both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(mut faults), Err(more)) => {
                faults.add(more);
                Err(faults)
            }
            (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => Err(faults),
        }
    }

    /// Takes in more faults.
    pub fn add(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Whether the value as a whole is of another type than is wanted, and nothing else is wrong.
    #[must_use]
    pub fn are_of_type(&self) -> bool {
        matches!(&self.0[..], [fault] if fault.pointer.is_empty() && fault.code == FaultCode::WrongType)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with a field, or within it.
    #[must_use]
    pub fn concern(&self, field: &str) -> bool {
        self.0.iter().any(|fault| fault.pointer.split('/').nth(1) == Some(field))
    }

    /// The pointers to fields that nobody knows.
    pub fn unknown_fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|fault| fault.code == FaultCode::UnknownField).map(|fault| fault.pointer.as_str())
    }

    /// The faults in the order in which they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
