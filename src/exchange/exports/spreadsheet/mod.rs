//! A zip of tables, for a spreadsheet and for research: the diary, with what says how to read it.
//!
//! [`tables`] says once which columns there are and what each of them means; header, values, codebook and data package come
//! of that. Whom the diary is shared with, and who looked, is left out: there are names of others in it.

mod archive;
mod columns;
mod package;
mod tables;

use std::{collections::HashMap, io::Write};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use archive::{Archive, Sheet};
use tables::{CHECK_INS, CODEBOOK, EPISODES, SETTINGS, SORENESS, TABLES, TREATMENTS, TRIAL_BLOCK};

use super::rows;
use crate::{
    access::OwnedDiary,
    analytics::{record::Record, trial_block},
    diary::{
        check_ins,
        episodes::{
            self, soreness,
            store::{Filter, Position},
            view::EpisodeView,
        },
        settings::view::DiaryView,
        treatments,
        versions::model::AuthorRole,
    },
    foundation::paging::PageRequest,
    storage::{Db, Error, refusal::Refusal},
};

const README: &str = include_str!("README.txt");

/// Writes a diary down as it is in the snapshot at hand. No more than a page of rows is held. The same revision gives the
/// same bytes all day.
///
/// # Errors
/// When the database fails, or what is written to.
pub fn write(db: &mut Db, diary: &OwnedDiary, to: &mut impl Write) -> Result<(), Refusal> {
    let mut archive = Archive::begin(to);
    archive.text("README.txt", README)?;
    archive.text("datapackage.json", &format!("{:#}\n", package::described(diary)))?;
    archive.table(&CODEBOOK, |sheet| {
        for table in TABLES {
            let file = table.file();
            table.columns.iter().try_for_each(|column| sheet.row(&column.explained(&file)))?;
        }
        Ok(())
    })?;
    archive.table(&SETTINGS, |sheet| Ok(put(sheet, &DiaryView::new(diary.diary(), diary.right()))?))?;
    archive.table(&EPISODES, |sheet| {
        let (filter, parts) = (Filter { oldest_first: true, ..Filter::default() }, diary.diary().day_parts);
        let page = |asked: &PageRequest<Position>| {
            let page = episodes::store::page(db, diary, &filter, asked)?;
            let ids: Vec<_> = page.items.iter().map(|episode| episode.id.clone()).collect();
            let authors = episodes::store::authors(db, diary, &ids)?;
            Ok(page.map(|episode| {
                let written_by = authors.get(episode.id.as_str()).copied();
                Written { row: EpisodeView::new(episode, parts), written_by }
            }))
        };
        rows::each(page, |row| put(sheet, &row))
    })?;
    archive.table(&SORENESS, |sheet| {
        let page = |asked: &PageRequest<(String, NaiveDate)>| {
            let page = soreness::store::page_of_diary(db, diary, asked)?;
            let authors = match (page.items.first(), page.items.last()) {
                (Some(first), Some(last)) => soreness::store::authors(db, diary, (first, last))?,
                _ => HashMap::new(),
            };
            Ok(page.map(|row| {
                let written_by = authors.get(&(row.episode_id.to_string(), row.date)).copied();
                Written { row, written_by }
            }))
        };
        rows::each(page, |row| put(sheet, &row))
    })?;
    archive.table(&CHECK_INS, |sheet| {
        let page = |asked: &PageRequest<NaiveDate>| {
            let page = check_ins::store::page(db, diary, (None, None), asked)?;
            let dates: Vec<_> = page.items.iter().map(|check_in| check_in.date).collect();
            let authors = check_ins::store::authors(db, diary, &dates)?;
            Ok(page.map(|row| Written { written_by: authors.get(&row.date).copied(), row }))
        };
        rows::each(page, |row| put(sheet, &row))
    })?;
    archive.table(&TREATMENTS, |sheet| {
        let page = |asked: &PageRequest<(NaiveDate, String)>| {
            let page = treatments::store::page(db, diary, asked)?;
            let ids: Vec<_> = page.items.iter().map(|treatment| treatment.id.clone()).collect();
            let authors = treatments::store::authors(db, diary, &ids)?;
            Ok(page.map(|row| Written { written_by: authors.get(row.id.as_str()).copied(), row }))
        };
        rows::each(page, |row| put(sheet, &row))
    })?;
    archive.table(&TRIAL_BLOCK, |sheet| {
        let record = Record::read(db, diary, trial_block::period(None, diary.today())?)?;
        let tallies = record.tallies(db, diary)?;
        Ok(trial_block::days(&record, &tallies).try_for_each(|day| put(sheet, &day))?)
    })?;
    Ok(archive.end()?)
}

/// A row as the API shows it, and as what somebody wrote it.
#[derive(Serialize)]
struct Written<T> {
    #[serde(flatten)]
    row: T,
    written_by: Option<AuthorRole>,
}

fn put<W: Write>(sheet: &mut Sheet<'_, W>, row: &impl Serialize) -> Result<(), Error> {
    let row: Value = serde_json::to_value(row).map_err(|error| Error::Failed(error.to_string()))?;
    sheet.row(&row)
}
