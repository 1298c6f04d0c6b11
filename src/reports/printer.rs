//! Writes reports beside the event loop: layout and fonts take tens of milliseconds, a long log some hundreds. Whatever is
//! asked at once, few are written at a time and few wait.

use std::{num::NonZero, thread::available_parallelism, time::Duration};

use super::{
    compose,
    findings::Findings,
    page,
    pdf::{self, Fonts, PdfError},
};
use crate::{
    foundation::{
        budget::Budget,
        clock::Instant,
        fair_queue::Room,
        lane::{Lane, LaneError},
        party::Asker,
    },
    vocabulary,
};

/// So many may wait for each thread.
const QUEUE: usize = 64;
/// So many of one account or address.
const QUEUE_OF_EACH: usize = 16;
/// How long a report may wait until it is begun.
const PATIENCE: Duration = Duration::from_secs(5);

vocabulary! {
    /// What a report is written as.
    pub enum ReportFormat {
        /// A page.
        Html = "html",
        /// A PDF.
        Pdf = "pdf",
    }
}

/// The threads that write reports. Each keeps its fonts.
#[derive(Debug)]
pub struct Printer {
    lane: Lane<Fonts>,
    budget: Budget,
}

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Too many were asked for at once.
    #[error("too many reports at once: {0}")]
    Busy(#[from] LaneError),
    /// It can't be written.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

impl Printer {
    /// Starts the threads, on half of the cores.
    ///
    /// # Errors
    /// When a font is broken, or the system refuses a thread.
    pub fn start(budget: Budget) -> Result<Self, String> {
        let threads = (available_parallelism().map_or(2, NonZero::get) / 2).max(1);
        let fonts = (0..threads).map(|_| Fonts::load()).collect::<Result<Vec<_>, _>>();
        let fonts = fonts.map_err(|error| error.to_string())?;
        let room = Room { all: QUEUE * threads, each: QUEUE_OF_EACH, at_once: threads.div_ceil(2) };
        let lane = Lane::start_yielding("printer", fonts, room).map_err(|error| error.to_string())?;
        Ok(Self { lane, budget })
    }

    /// Writes a report.
    ///
    /// # Errors
    /// When too many are asked for, or it can't be written.
    pub async fn print(&self, asker: Asker, findings: Findings, format: ReportFormat) -> Result<Vec<u8>, PrintError> {
        self.budget.take(asker, 1).map_err(LaneError::from)?;
        Ok(self.lane.run(asker.party, PATIENCE, move |fonts| write(fonts, &findings, format)).await??)
    }

    /// Forgets whose budget is whole again.
    pub fn forget(&self, now: Instant) {
        self.budget.forget(now);
    }
}

/// Writes a report here and now.
///
/// # Errors
/// When it can't be written.
pub fn write(fonts: &Fonts, findings: &Findings, format: ReportFormat) -> Result<Vec<u8>, PdfError> {
    let sheet = compose::sheet(findings);
    match format {
        ReportFormat::Html => Ok(page::write(&sheet).into_bytes()),
        ReportFormat::Pdf => pdf::write(fonts, &sheet),
    }
}
