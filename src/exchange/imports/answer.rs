//! What is answered to who brings a document.

use serde::Serialize;
use serde_json::Value;

use super::merge::Merged;
use crate::{
    diary::table::Table,
    exchange::{change_log::push::Outcome, changes::answer::OutcomeWord},
    foundation::precondition::Revision,
    web::problem::Problem,
};

/// So much of an id is told that is none.
const SHOWN: usize = 80;
/// Of so many rows it is told why they can't be kept: a document of others has nothing else.
const MOST_PROBLEMS: usize = 1_000;

/// What came of a document.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ImportResult {
    pub dry_run: bool,
    pub counts: Counts,
    pub results: Vec<RowResult>,
    pub revision: Revision,
}

/// Of how many rows what came.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Counts {
    pub applied: usize,
    pub unchanged: usize,
    pub conflict: usize,
    pub rejected: usize,
}

/// What came of one row.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct RowResult {
    pub table: Table,
    pub id: Option<String>,
    pub outcome: OutcomeWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

/// What came of a table.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct CsvImportResult {
    pub dry_run: bool,
    pub counts: Counts,
    pub lines: Vec<LineResult>,
    pub revision: Revision,
}

/// What came of one line.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct LineResult {
    pub line: usize,
    #[serde(flatten)]
    pub row: RowResult,
}

impl CsvImportResult {
    /// Of lines, in the order of the table.
    #[must_use]
    pub fn of(rows: Vec<Merged>, dry_run: bool, revision: Revision) -> Self {
        let mut teller = Teller::default();
        let lines: Vec<_> =
            rows.into_iter().map(|row| LineResult { line: row.number, row: teller.tell(row) }).collect();
        Self { dry_run, counts: Counts::of(&lines.iter().map(|line| &line.row)), lines, revision }
    }
}

impl Counts {
    fn of<'a>(results: &(impl Iterator<Item = &'a RowResult> + Clone)) -> Self {
        let count = |word| results.clone().filter(|result| result.outcome == word).count();
        Self {
            applied: count(OutcomeWord::Applied),
            unchanged: count(OutcomeWord::Unchanged),
            conflict: count(OutcomeWord::Conflict),
            rejected: count(OutcomeWord::Rejected),
        }
    }
}

impl ImportResult {
    /// Of rows, in the order of the document.
    #[must_use]
    pub fn of(mut rows: Vec<Merged>, dry_run: bool, revision: Revision) -> Self {
        rows.sort_unstable_by_key(|row| row.number);
        let mut teller = Teller::default();
        let results: Vec<_> = rows.into_iter().map(|row| teller.tell(row)).collect();
        Self { dry_run, counts: Counts::of(&results.iter()), results, revision }
    }
}

/// Tells what came of rows, one after the other.
#[derive(Default)]
struct Teller {
    /// How many problems were told.
    told: usize,
}

impl Teller {
    fn tell(&mut self, row: Merged) -> RowResult {
        let (outcome, problem) = match row.outcome {
            Outcome::Applied(_) => (OutcomeWord::Applied, None),
            Outcome::Unchanged(_) => (OutcomeWord::Unchanged, None),
            Outcome::Conflict(..) => (OutcomeWord::Conflict, None),
            Outcome::Rejected(refusal) => {
                self.told += 1;
                let problem = (self.told <= MOST_PROBLEMS).then(|| Problem::from(refusal).document());
                (OutcomeWord::Rejected, problem)
            }
        };
        RowResult { table: row.table, id: row.id.map(|id| id.chars().take(SHOWN).collect()), outcome, problem }
    }
}
