//! What is shown of a diary.

use actix_web::{HttpResponse, http::StatusCode};
use chrono::NaiveDate;
use maud::{Markup, html};

use super::asked::DiaryAsked;
use crate::{
    access::{ReadableDiary, Visit, visits::operation::Operation},
    analytics::period::{self, DateRange},
    diary::{
        covered_days,
        episodes::{model::Episode, store as episodes},
    },
    foundation::{fields::Fields, language::Language, local_clock::Period, paging::Page, values::Rating},
    pages::{failure::PageProblem, span::Span},
    reports::{
        compose,
        findings::{Findings, LogLength, ReportAsked, Way},
        headline::{self, Figure},
        log, page as sheet,
        printed::printed,
        printer::{Printer, ReportFormat},
        sheet::Card,
    },
    say,
    sharing::reviews,
    storage::{Db, refusal::Refusal},
    web::query,
};

/// What is shown of a diary.
pub struct Shown {
    /// It, and by which right it is shown.
    pub diary: ReadableDiary,
    /// The last day with an entry.
    pub last_entry: Option<NaiveDate>,
    /// Whether it changed since whoever looks said that they had read it.
    pub is_unread: bool,
    asked: DiaryAsked,
    /// What the figures, the charts and the log are about.
    period: DateRange,
    figures: Vec<Figure>,
    coverage: String,
    cards: Vec<Card>,
    /// Those that are seen at once.
    first: Vec<Card>,
    log: Page<Episode>,
}

impl Shown {
    /// Reads it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, asked: DiaryAsked) -> Result<Self, Refusal> {
        let asked = asked.on(diary.today());
        let findings = Findings::without_log(db, diary, asked.period())?;
        let period = findings.period;
        let (filter, page) = asked.log(period);
        Ok(Self {
            diary: diary.clone(),
            last_entry: covered_days::store::last(db, diary, diary.today())?,
            is_unread: reviews::store::latest(db, diary)?.is_none_or(|revision| revision < diary.diary().revision),
            period,
            figures: headline::figures(&findings),
            coverage: headline::coverage(&findings),
            cards: compose::answers(&findings),
            first: compose::first_answers(&findings),
            log: episodes::page(db, diary, &filter, &page)?,
            asked,
        })
    }

    /// How the page is answered.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        if self.asked.dates_are_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.diary.diary().display_name.as_ref();
        name.map_or_else(|| say!(self.language(), "patient-nameless"), |name| name.as_str().to_owned())
    }

    const fn language(&self) -> Language {
        self.asked.language
    }

    /// The period, and the figures of it.
    #[must_use]
    pub fn figures(&self, here: &str) -> Markup {
        let language = self.language();
        let (from, to) = (language.date(self.period.from), language.date(self.period.to));
        html! {
            (self.spans(here))
            (sheet::figures(&self.figures))
            p.muted { (say!(language, "patient-period", from = from, to = to, coverage = self.coverage.as_str())) }
        }
    }

    /// The ways to the report of the period that is looked at. `here` is the address of the diary's page.
    #[must_use]
    pub fn report_links(&self, here: &str) -> Markup {
        let (language, period) = (self.language(), self.period);
        let report = format!("{here}/report?from={}&to={}", period.from, period.to);
        html! {
            p.buttons {
                a.button.first href=(report) { (say!(language, "patient-report")) }
                a.button href=(format!("{report}&format=pdf")) { (say!(language, "patient-report-pdf")) }
            }
        }
    }

    /// The nights and the treatments, where there are any; then each other answer in a sentence, to be unfolded.
    #[must_use]
    pub fn answers(&self) -> Markup {
        let language = self.language();
        html! {
            div.first { @for (index, card) in (self.cards.len()..).zip(&self.first) { (sheet::card(card, index)) } }
            section.answers {
                h2 { (say!(language, "patient-answers")) }
                @for (index, card) in self.cards.iter().enumerate() { (folded(card, index)) }
            }
        }
    }

    /// The log with its filters.
    #[must_use]
    pub fn log(&self, here: &str) -> Markup {
        let language = self.language();
        let table = log::table(&self.log.items, self.diary.diary().day_parts, language);
        html! {
            section {
                h2 #log { (say!(language, "patient-log")) }
                (self.filters(here))
                @match table {
                    Some(table) => {
                        div.scroll.log tabindex="0" role="group" aria-labelledby="log" { (sheet::rows(&table, true)) }
                    }
                    None => { p { (say!(language, "patient-log-empty")) } }
                }
                @if let Some(next) = &self.log.next_cursor {
                    @let query = self.asked.query(self.period);
                    p { a.button href=(format!("{here}?{query}cursor={}#log", next.as_str())) rel="next" {
                        (say!(language, "more"))
                    } }
                }
            }
        }
    }

    /// Which period is looked at: one of the usual ones, or another. What the log is filtered by stays.
    fn spans(&self, here: &str) -> Markup {
        let (filter, language) = (&self.asked.filter, self.language());
        let is_wrong = self.asked.dates_are_wrong;
        let (invalid, hint) = (is_wrong.then_some("true"), is_wrong.then_some("dates-wrong"));
        let today = self.diary.today();
        let is_usual = Span::ALL.iter().any(|span| span.to(today) == self.period);
        html! {
            nav.spans aria-label=(say!(language, "span-label")) {
                @for span in Span::ALL {
                    a.button href=(format!("{here}?span={}", span.as_str()))
                        aria-current=[(span.to(today) == self.period).then_some("true")] { (span.name(language)) }
                }
                details open[is_wrong || !is_usual] {
                    summary { (say!(language, "span-other")) }
                    @if is_wrong { p.wrong #dates-wrong role="alert" { (say!(language, "filter-wrong-dates")) } }
                    form.filters method="get" action=(here) {
                        div {
                            label for="from" { (say!(language, "filter-from")) }
                            input #from type="date" name="from" value=(self.period.from) aria-invalid=[invalid]
                                aria-describedby=[hint];
                        }
                        div {
                            label for="to" { (say!(language, "filter-to")) }
                            input #to type="date" name="to" value=(self.period.to) aria-invalid=[invalid]
                                aria-describedby=[hint];
                        }
                        @if let Some(period) = filter.period {
                            input type="hidden" name="period" value=(period.as_str());
                        }
                        @if let Some(least) = filter.min_intensity {
                            input type="hidden" name="min_intensity" value=(least.get());
                        }
                        button type="submit" { (say!(language, "filter-button")) }
                    }
                }
            }
        }
    }

    /// Which cramps of the period the log shows.
    fn filters(&self, here: &str) -> Markup {
        let (filter, language) = (&self.asked.filter, self.language());
        let periods =
            [(Period::Night, "period-night"), (Period::Evening, "period-evening"), (Period::Day, "period-day")];
        html! {
            form.filters method="get" action=(format!("{here}#log")) {
                input type="hidden" name="from" value=(self.period.from);
                input type="hidden" name="to" value=(self.period.to);
                div {
                    label for="period" { (say!(language, "filter-period")) }
                    select #period name="period" {
                        option value="" { (say!(language, "filter-any")) }
                        @for (period, id) in periods {
                            option value=(period.as_str()) selected[filter.period == Some(period)] { (say!(language, id)) }
                        }
                    }
                }
                div {
                    label for="intensity" { (say!(language, "filter-intensity")) }
                    input #intensity type="number" name="min_intensity" min="0" max="10"
                        value=[filter.min_intensity.map(Rating::get)];
                }
                button type="submit" { (say!(language, "filter-log-button")) }
            }
        }
    }
}

/// An answer of which the figure or a sentence is seen at once.
fn folded(card: &Card, index: usize) -> Markup {
    let said = card.headline.as_ref().or(card.brief.as_ref()).or(card.lines.first());
    html! {
        details {
            summary { h3 { (card.title) } @if let Some(said) = said { span dir="auto" { (said) } } }
            (sheet::card(card, index))
        }
    }
}

/// Where whoever reads a report goes on.
fn ways(findings: &Findings, here: &str, language: Language) -> Vec<Way> {
    let period = format!("from={}&to={}", findings.period.from, findings.period.to);
    let report = format!("{here}/report?{period}");
    let mut ways = vec![
        Way { name: say!(language, "report-back"), href: format!("{here}?{period}") },
        Way { name: say!(language, "patient-report-pdf"), href: format!("{report}&format=pdf") },
    ];
    let episodes = findings.summary.episodes;
    if u32::try_from(findings.log.len()).is_ok_and(|listed| listed < episodes)
        && findings.log_length == LogLength::Latest
    {
        let all = say!(language, "report-all", count = episodes);
        ways.push(Way { name: all, href: format!("{report}&log=all") });
    }
    ways
}

/// Answers with the report that a query asks for, as a page or as a PDF. `here` is the address of the diary's page.
///
/// # Errors
/// When the query is not understood, the diary is not theirs to see, or too many reports are asked for at once.
pub async fn report(
    printer: &Printer,
    visit: Visit,
    mut query: Fields,
    (here, language): (&str, Language),
) -> Result<HttpResponse, PageProblem> {
    let format = query.optional("format").unwrap_or(ReportFormat::Html);
    let (from, to) = query::range(&mut query);
    let log = query.optional("log").unwrap_or(LogLength::Latest);
    let asked = query.finish().map(|()| ReportAsked { about: period::Asked { from, to, language }, log });
    let who = visit.asker();
    let mut findings = visit.read(Operation::GetReport, asked, Findings::read).await?;
    findings.ways = ways(&findings, here, language);
    Ok(printed(printer, who, findings, format).await?)
}
