//! One diary, as its owner sees it and as those do with whom it is shared: figures, charts, and the log.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::{failure::PageProblem, glance::Glance};
use crate::{
    access::{ReadableDiary, Visit, visits::operation::Operation},
    analytics::period,
    diary::episodes::{
        model::Episode,
        store::{self as episodes, Filter, Position},
    },
    foundation::{
        faults::Faults,
        fields::Fields,
        language::Language,
        local_clock::Period,
        paging::{Page, PageRequest},
        values::Rating,
    },
    reports::{
        compose,
        findings::Findings,
        log, page as sheet,
        printed::printed,
        printer::{Printer, ReportFormat},
        sheet::Card,
    },
    say,
    storage::{Db, refusal::Refusal},
    web::query,
};

/// What of the diary is asked for.
#[derive(Debug, Clone)]
pub struct DiaryAsked {
    path: String,
    filter: Filter,
    page: PageRequest<Position>,
    language: Language,
    /// No diary has such a period: another one is shown, and that is said.
    dates_are_wrong: bool,
}

impl DiaryAsked {
    /// Reads a query.
    ///
    /// # Errors
    /// What no form of these pages can send. Wrong dates are no error: somebody has typed them.
    pub fn from_query(mut query: Fields, language: Language) -> Result<Self, Faults> {
        let (from, to) = query::range(&mut query);
        let period = query.optional("period");
        let min_intensity = query.optional("min_intensity");
        let filter = Filter { from, to, period, min_intensity, ..Filter::default() };
        let page = PageRequest::filtered(&mut query, &filter);
        let asked = Self { path: query.path().to_owned(), filter, page, language, dates_are_wrong: false };
        let faults = query.close();
        match (faults.is_empty(), faults.concern("from") || faults.concern("to")) {
            (true, _) => Ok(asked),
            (false, true) => Ok(asked.for_the_usual_period()),
            (false, false) => Err(faults),
        }
    }

    fn for_the_usual_period(mut self) -> Self {
        (self.filter.from, self.filter.to, self.dates_are_wrong) = (None, None, true);
        self
    }

    fn period(&self) -> period::Asked {
        period::Asked { from: self.filter.from, to: self.filter.to, language: self.language }
    }
}

/// What is shown of a diary.
pub struct Shown {
    /// It, and by which right it is shown.
    pub diary: ReadableDiary,
    /// The last four weeks.
    pub glance: Glance,
    asked: DiaryAsked,
    /// What the charts and the log are about.
    period: period::DateRange,
    charts: Vec<Card>,
    log: Page<Episode>,
}

impl Shown {
    /// Reads it.
    ///
    /// # Errors
    /// When the period can't be reported on, or the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, asked: DiaryAsked) -> Result<Self, Refusal> {
        if !asked.dates_are_wrong && asked.period().in_diary(diary.today()).is_err() {
            return Self::read(db, diary, asked.for_the_usual_period());
        }
        let findings = Findings::without_log(db, diary, asked.period())?;
        let period = findings.period;
        let filter = Filter { from: Some(period.from), to: Some(period.to), ..asked.filter.clone() };
        // The way to the next page names the period, whether it was asked for or not.
        let page = asked.page.clone().refined(&asked.path, &filter);
        Ok(Self {
            diary: diary.clone(),
            glance: Glance::read(db, diary, asked.language)?,
            period,
            charts: compose::charts(&findings),
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
        name.map_or_else(|| say!(self.asked.language, "patient-nameless"), |name| name.as_str().to_owned())
    }

    /// The figures of the last four weeks.
    #[must_use]
    pub fn figures(&self) -> Markup {
        let (glance, language) = (&self.glance, self.asked.language);
        let figures = [
            (say!(language, "patients-rate"), glance.rate(language)),
            (say!(language, "patients-change"), glance.change(language)),
            (say!(language, "patients-night"), glance.at_night(language)),
            (say!(language, "patients-last"), glance.last_entry(language)),
        ];
        html! {
            dl.facts { @for (name, figure) in figures { div { dt { (name) } dd { (figure) } } } }
            p.muted { (say!(language, "patients-period")) }
        }
    }

    /// The ways to the report of the period that is looked at. `here` is the address of the diary's page.
    #[must_use]
    pub fn report_links(&self, here: &str) -> Markup {
        let (language, period) = (self.asked.language, self.period);
        let report = format!("{here}/report?from={}&to={}", period.from, period.to);
        html! {
            p.buttons {
                a.button.first href=(report) { (say!(language, "patient-report")) }
                a.button href=(format!("{report}&format=pdf")) { (say!(language, "patient-report-pdf")) }
            }
        }
    }

    /// The charts, and the log with its filters.
    #[must_use]
    pub fn charts_and_log(&self, here: &str) -> Markup {
        let language = self.asked.language;
        let table = log::table(&self.log.items, self.diary.diary().day_parts, language);
        let (from, to) = (language.date(self.period.from), language.date(self.period.to));
        html! {
            section {
                h2 { (say!(language, "from-to", from = from, to = to)) }
                (self.dates(here))
                @if self.charts.is_empty() { p { (say!(language, "patient-no-charts")) } }
                div.cards { @for (index, card) in self.charts.iter().enumerate() { (sheet::card(card, index)) } }
            }
            section {
                h2 #log { (say!(language, "patient-log")) }
                (self.filters(here))
                @match table {
                    Some(table) => {
                        div.scroll.log tabindex="0" role="group" aria-labelledby="log" { (sheet::table(&table, true)) }
                    }
                    None => { p { (say!(language, "patient-log-empty")) } }
                }
                @if let Some(next) = &self.log.next_cursor {
                    p { a href=(format!("{here}?{}cursor={}", self.filter_query(), next.as_str())) rel="next" {
                        (say!(language, "more"))
                    } }
                }
            }
        }
    }

    /// Which period is looked at. What the log is filtered by stays.
    fn dates(&self, here: &str) -> Markup {
        let (filter, language) = (&self.asked.filter, self.asked.language);
        let is_wrong = self.asked.dates_are_wrong;
        let (invalid, hint) = (is_wrong.then_some("true"), is_wrong.then_some("dates-wrong"));
        html! {
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
                @if let Some(period) = filter.period { input type="hidden" name="period" value=(period.as_str()); }
                @if let Some(least) = filter.min_intensity { input type="hidden" name="min_intensity" value=(least.get()); }
                button type="submit" { (say!(language, "filter-button")) }
            }
        }
    }

    /// Which cramps of the period the log shows.
    fn filters(&self, here: &str) -> Markup {
        let (filter, language) = (&self.asked.filter, self.asked.language);
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

    /// The filter as the beginning of a query.
    fn filter_query(&self) -> String {
        let filter = &self.asked.filter;
        let period = filter.period.map(|period| format!("period={}&", period.as_str()));
        let least = filter.min_intensity.map(|least| format!("min_intensity={}&", least.get()));
        let dates = format!("from={}&to={}&", self.period.from, self.period.to);
        [Some(dates), period, least].into_iter().flatten().collect()
    }
}

/// Answers with the report that a query asks for, as a page or as a PDF.
///
/// # Errors
/// When the query is not understood, the diary is not theirs to see, or too many reports are asked for at once.
pub async fn report(
    printer: &Printer,
    visit: Visit,
    mut query: Fields,
    language: Language,
) -> Result<HttpResponse, PageProblem> {
    let format = query.optional("format").unwrap_or(ReportFormat::Html);
    let (from, to) = query::range(&mut query);
    let asked = query.finish().map(|()| period::Asked { from, to, language });
    let who = visit.asker();
    let findings = visit.read(Operation::GetReport, asked, Findings::read).await?;
    Ok(printed(printer, who, findings, format).await?)
}
