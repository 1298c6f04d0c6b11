//! Walking the chains of the access log, to find what somebody changed behind the service's back.

use std::{collections::HashMap, fmt};

use super::{
    chain::Hash,
    model::{Entry, Look},
    store::{self, rows::Head},
};
use crate::{
    access::diaries::store as diaries,
    foundation::ids::Id,
    storage::{Db, Result, Store},
};

/// How many rows are in memory at a time.
const BATCH: i64 = 500;
/// How many faults are told; the others are counted.
const MOST_TOLD: usize = 200;

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many diaries have a chain.
    pub diaries: u64,
    /// How many rows these have.
    pub looks: u64,
    /// How many of the rows were there before chains were, and are chained as they were found then.
    pub older: u64,
    /// What is wrong, or the first of it.
    pub faults: Vec<Fault>,
    /// How much more is wrong.
    pub more_faults: u64,
    /// The diaries whose erasure was begun and not finished: of their logs, the first rows are gone.
    pub being_erased: Vec<String>,
}

/// Something that is wrong with the log of a diary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("diary {diary_id}: {what}")]
pub struct Fault {
    /// Whose log it is.
    pub diary_id: String,
    /// What is wrong with it.
    pub what: What,
}

/// What can be wrong with the log of a diary. Rows are told by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Rows from one to another are not there.
    Missing(i64, i64),
    /// A row does not say what its hash is over, or follows another row than it did.
    Changed(i64),
    /// A row has no hash.
    Unchained(i64),
    /// A row is there after the chain's end.
    Beyond(i64),
    /// There are rows and no end of the chain.
    Endless,
    /// The end of the chain has another hash than the last row.
    OtherEnd(i64),
    /// What the list shows in the place of looks is not what they sum up to: the entry that begins with this row.
    Misfolded(i64),
    /// The list shows so many entries that no looks stand for.
    Invented(i64),
    /// A hash that was kept elsewhere is not that of its row.
    NotAsKept(i64),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(one, last) if one == last => write!(f, "row {one} is missing"),
            Self::Missing(first, last) => write!(f, "rows {first} to {last} are missing"),
            Self::Changed(row) => write!(f, "row {row} was changed, or another row was before it"),
            Self::Unchained(row) => write!(f, "row {row} has no hash"),
            Self::Beyond(row) => write!(f, "row {row} was put in after the end of the chain"),
            Self::Endless => f.write_str("the end of the chain is missing"),
            Self::OtherEnd(row) => write!(f, "the end of the chain has another hash than row {row}, its last"),
            Self::Misfolded(row) => {
                write!(f, "the list tells something else of row {row}, and those after it, than they say")
            }
            Self::Invented(count) => {
                write!(f, "the list tells of {count} looks, or groups of them, that no rows stand for")
            }
            Self::NotAsKept(row) => write!(f, "row {row} is gone, or its hash is not the one that was kept elsewhere"),
        }
    }
}

/// An end of a chain, as it is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose chain it is.
    pub diary_id: String,
    /// The number of its last row.
    pub number: i64,
    /// The hash of its last row.
    pub hash: Hash,
}

impl Kept {
    /// Reads a line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (diary, number, hash) = (words.next()?, words.next()?, words.next()?);
        let kept =
            Self { diary_id: Id::parse(diary)?.to_string(), number: number.parse().ok()?, hash: Hash::parse(hash)? };
        words.next().is_none().then_some(kept)
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.diary_id, self.number, self.hash)
    }
}

/// Walks all chains, or that of one diary, on one snapshot.
pub async fn walk(store: &Store, diary_id: Option<String>) -> Result<Found> {
    store
        .read(move |db| {
            let mut found = Found::default();
            if let Some(id) = diary_id {
                walk_one(db, &id, &mut found)?;
                return Ok(found);
            }
            let mut last = String::new();
            while let Some(id) = store::diary_after(db, &last)? {
                walk_one(db, &id, &mut found)?;
                last = id;
            }
            Ok(found)
        })
        .await
}

/// What of some ends that were kept elsewhere is not in its chain any more, and the diaries that are gone, or are going,
/// with all that was in them.
pub async fn compare(store: &Store, kept: Vec<Kept>) -> Result<(Vec<Fault>, Vec<String>)> {
    store
        .read(move |db| {
            let (mut faults, mut gone) = (Vec::new(), Vec::new());
            for Kept { diary_id, number, hash } in kept {
                let look = store::look(db, &diary_id, number)?;
                let is_erased = look.is_none() && is_erasing(db, &diary_id)?;
                if is_erased || diaries::find(db, &diary_id)?.is_none() {
                    gone.push(diary_id);
                } else if look.and_then(|look| look.hash) != Some(hash) {
                    faults.push(Fault { diary_id, what: What::NotAsKept(number) });
                }
            }
            Ok((faults, gone))
        })
        .await
}

/// Some ends of chains, in the order of the diaries' ids, from after one of them on; none when there are no more.
pub async fn ends(store: &Store, after: String) -> Result<Vec<Kept>> {
    let heads = store.read(move |db| store::heads_after(db, &after, BATCH)).await?;
    let kept = |(diary_id, Head { number, hash, .. })| Kept { diary_id, number, hash };
    Ok(heads.into_iter().map(kept).collect())
}

impl Found {
    fn add(&mut self, diary_id: &str, what: What) {
        if self.faults.len() < MOST_TOLD {
            self.faults.push(Fault { diary_id: diary_id.to_owned(), what });
        } else {
            self.more_faults += 1;
        }
    }
}

fn is_erasing(db: &mut Db, diary_id: &str) -> Result<bool> {
    Ok(store::head(db, diary_id)?.is_some_and(|head| head.erasing))
}

fn walk_one(db: &mut Db, diary_id: &str, found: &mut Found) -> Result<()> {
    let head = store::head(db, diary_id)?;
    let is_erasing = head.is_some_and(|head| head.erasing);
    let (mut number, mut hash) = (0, Hash::NONE);
    let mut folding = Folding::default();
    loop {
        let looks = store::looks_after(db, diary_id, number, BATCH)?;
        if looks.is_empty() {
            break;
        }
        for (look, entry) in looks {
            found.looks += 1;
            let follows = look.number == number + 1;
            // Erasing takes the first rows away; what follows them is a chain still.
            let may_begin_here = is_erasing && number == 0;
            if !follows && !may_begin_here {
                found.add(diary_id, What::Missing(number + 1, look.number - 1));
            }
            let expected = look.after(hash, diary_id);
            match look.hash {
                // What a row follows that is missing, nobody knows.
                Some(own) if follows && own != expected => found.add(diary_id, What::Changed(look.number)),
                Some(_) => {}
                None => found.add(diary_id, What::Unchained(look.number)),
            }
            if head.is_some_and(|head| look.number > head.number) {
                found.add(diary_id, What::Beyond(look.number));
            }
            (number, hash) = (look.number, look.hash.unwrap_or(expected));
            if !is_erasing {
                folding.look(db, diary_id, &look, entry, found)?;
            }
        }
    }
    if is_erasing {
        found.being_erased.push(diary_id.to_owned());
    } else {
        folding.end(db, diary_id, found)?;
    }
    match head {
        Some(_) if is_erasing && number == 0 => {}
        Some(head) if head.number > number => found.add(diary_id, What::Missing(number + 1, head.number)),
        Some(head) if head.number == number && head.hash != hash => found.add(diary_id, What::OtherEnd(number)),
        None if number > 0 => found.add(diary_id, What::Endless),
        _ => {}
    }
    if let Some(head) = head {
        found.diaries += 1;
        found.older += u64::try_from(head.older).unwrap_or_default();
    }
    Ok(())
}

/// The consent, the token, the operation and the outcome of looks that may follow each other.
type ByWhomAndWhat = (Option<Id>, Option<String>, String, &'static str);

/// The entries that rows sum up to, to hold those against them that are kept. Of each person and operation only the last one
/// is in memory.
#[derive(Default)]
struct Folding {
    last: HashMap<ByWhomAndWhat, Entry>,
    entries: i64,
}

impl Folding {
    fn look(&mut self, db: &mut Db, diary_id: &str, look: &Look, entry: i64, found: &mut Found) -> Result<()> {
        let key = (
            look.consent_id.clone(),
            look.token_name.as_ref().map(|name| name.as_str().to_owned()),
            look.what.clone(),
            look.outcome.as_str(),
        );
        let number = match self.last.get_mut(&key) {
            Some(last) if last.takes(look) => {
                last.add(look);
                last.number
            }
            _ => {
                self.entries += 1;
                if let Some(over) = self.last.insert(key, Entry::of(look.clone())) {
                    compare_entry(db, diary_id, &over, found)?;
                }
                look.number
            }
        };
        if entry != number {
            found.add(diary_id, What::Misfolded(look.number));
        }
        Ok(())
    }

    fn end(self, db: &mut Db, diary_id: &str, found: &mut Found) -> Result<()> {
        for entry in self.last.values() {
            compare_entry(db, diary_id, entry, found)?;
        }
        let more = store::count_entries(db, diary_id)? - self.entries;
        if more > 0 {
            found.add(diary_id, What::Invented(more));
        }
        Ok(())
    }
}

fn compare_entry(db: &mut Db, diary_id: &str, expected: &Entry, found: &mut Found) -> Result<()> {
    if store::entry(db, diary_id, expected.number)?.as_ref() != Some(expected) {
        found.add(diary_id, What::Misfolded(expected.number));
    }
    Ok(())
}
