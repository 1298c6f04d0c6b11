//! The report in a file, for who runs the service.

use std::path::{Path, PathBuf};

use super::{
    findings::{Findings, ReportAsked},
    pdf::Fonts,
    printer::{self, ReportFormat},
};
use crate::{
    access::{
        accounts::{self, model::SoughtEmail},
        any_readable,
        visits::{
            self,
            model::{Deed, Visitor},
            operation::Operation,
        },
    },
    foundation::{
        clock::{Clock, Instant},
        ids::Id,
        private_file,
    },
    storage::{Db, Store, refusal::Refusal},
};

/// Which report, and where to.
#[derive(Debug)]
pub struct Wanted {
    /// The diary's id, or its owner's e-mail.
    pub diary: String,
    /// The file; its ending says what it is.
    pub out: PathBuf,
    /// The period, the language, and how much of the log.
    pub asked: ReportAsked,
}

/// Writes a report into a new file that only its owner may read.
///
/// # Errors
/// One line that says what is wrong.
pub async fn write(store: &Store, clock: &Clock, wanted: Wanted) -> Result<String, String> {
    let Wanted { diary, out, asked } = wanted;
    let format = format_of(&out)?;
    let (now, name) = (clock.now(), diary.clone());
    let findings = look(store, diary, asked, now).await.map_err(|error| match error {
        Refusal::NotFound => format!("--diary {name}: there is no such diary"),
        Refusal::Invalid(faults) => {
            faults.into_vec().into_iter().map(|fault| fault.detail).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    })?;
    let bytes = Fonts::load().and_then(|fonts| printer::write(&fonts, &findings, format));
    let bytes = bytes.map_err(|error| error.to_string())?;
    private_file::write_new(&out, &bytes).map_err(|error| format!("--out {}: {error}", out.display()))?;
    Ok(format!("{} is the report from {} to {}\n", out.display(), findings.period.from, findings.period.to))
}

/// Reads what the report says, and notes it: the patient learns of it as of any other look.
async fn look(store: &Store, diary: String, asked: ReportAsked, now: Instant) -> Result<Findings, Refusal> {
    let (id, findings) = store
        .read(move |db| {
            let id = find(db, &diary)?;
            let readable = any_readable(db, id.as_str(), now)?;
            Ok::<_, Refusal>((id, Findings::read(db, &readable, asked)?))
        })
        .await?;
    let deed = Deed::of(Operation::GetReport, None);
    store
        .write(move |db| visits::store::record(db, id.as_str(), &Visitor::OPERATOR, &deed, now).map_err(Refusal::from))
        .await?;
    Ok(findings)
}

fn find(db: &mut Db, diary: &str) -> Result<Id, Refusal> {
    match SoughtEmail::typed(diary) {
        Some(email) => {
            let account = accounts::store::find_by_email(db, &email)?.ok_or(Refusal::NotFound)?;
            account.user.diary_id.ok_or(Refusal::NotFound)
        }
        None => Id::parse(diary).ok_or(Refusal::NotFound),
    }
}

fn format_of(out: &Path) -> Result<ReportFormat, String> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ReportFormat::parse(ending).ok_or_else(|| format!("--out {}: its name must end in .pdf or .html", out.display()))
}
