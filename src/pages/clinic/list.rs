//! The patients: whom to look at first.

use std::cmp::Ordering;

use actix_web::HttpResponse;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{
    access::visits::caller::Seen,
    analytics::{comparison::Direction, figures::FEWEST_EPISODES},
    foundation::{
        faults::Faults,
        fields::{self, Fields, FromJson},
        language::Language,
    },
    pages::{
        glance::{Change, Glance, Group, WEEKS},
        signed_in::{Place, done, page_for},
        span::Span,
        visitor::Visitor,
    },
    reports::{charts, headline},
    say, vocabulary,
};

/// How many patients a page has at most.
const ON_A_PAGE: usize = 200;

vocabulary! {
    /// What the list is in the order of.
    pub enum Sort {
        /// In groups by what there is to say first.
        Group = "group",
        /// By name.
        Name = "name",
        /// Nights with cramps a week, the most first, as all that follow.
        Nights = "nights",
        /// How it has changed.
        Change = "change",
        /// The share at night.
        AtNight = "at_night",
        /// The share that broke sleep.
        Sleep = "sleep",
        /// The worst cramp.
        Worst = "worst",
        /// The last entry.
        Last = "last",
    }
}

struct PageNumber(usize);

impl FromJson for PageNumber {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let page = fields::integer(value, 1..=10_000)?;
        Ok(Self(usize::try_from(page).unwrap_or(1)))
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ListAsked {
    /// Over how many days the figures are.
    pub span: Span,
    /// Whether it is asked for anew in another way: sorted, searched or the next page of it.
    pub goes_on: bool,
    sort: Sort,
    sought: String,
    /// Which page, from 1 on.
    page: usize,
    /// Whether an access was given back just now.
    has_left: bool,
}

impl ListAsked {
    /// Reads a query.
    ///
    /// # Errors
    /// What no form of these pages can send.
    pub fn from_query(mut query: Fields) -> Result<Self, Faults> {
        let mut word = |name| query.optional::<String>(name);
        let (span, sort, sought, has_left) = (word("span"), word("sort"), word("q"), word("left").is_some());
        let page = query.optional::<PageNumber>("page");
        query.finish()?;
        Ok(Self {
            goes_on: span.is_some() || sort.is_some() || sought.is_some() || page.is_some(),
            // Somebody has typed what there is not: the usual one is shown.
            span: span.and_then(|span| Span::parse(&span)).unwrap_or(Span::ThreeMonths),
            sort: sort.and_then(|sort| Sort::parse(&sort)).unwrap_or(Sort::Group),
            sought: sought.unwrap_or_default().trim().to_owned(),
            page: page.map_or(1, |page| page.0),
            has_left,
        })
    }

    /// The address of the same list in another way.
    fn with(&self, sort: Sort, span: Span) -> String {
        let sought = utf8_percent_encode(&self.sought, NON_ALPHANUMERIC);
        format!("/clinic?span={}&sort={}&q={sought}", span.as_str(), sort.as_str())
    }

    /// The page of those who are sought, of all of them in the order that was asked for.
    pub fn arrange(&self, patients: Vec<Seen<Glance>>, language: Language) -> (Vec<Seen<Glance>>, Found) {
        let of = patients.len();
        let sought = self.sought.to_lowercase();
        let name = |patient: &Glance| called(patient, language).to_lowercase();
        let mut found: Vec<_> = patients.into_iter().filter(|patient| name(&patient.view).contains(&sought)).collect();
        found.sort_by_cached_key(|patient| name(&patient.view));
        found.sort_by(|one, two| self.compare(&one.view, &two.view));
        let mut groups = [0; Group::ALL.len()];
        for patient in &found {
            groups[patient.view.group as usize] += 1;
        }
        let first = (self.page - 1).saturating_mul(ON_A_PAGE).min(found.len());
        let mut shown = found.split_off(first);
        let next = (shown.len() > ON_A_PAGE).then(|| self.page + 1);
        shown.truncate(ON_A_PAGE);
        (shown, Found { of, groups, next })
    }

    /// In the order that was asked for; those who are alike stay as they are.
    fn compare(&self, one: &Glance, two: &Glance) -> Ordering {
        let by = |figure: fn(&Glance) -> Option<f64>| most_first(figure(one), figure(two));
        match self.sort {
            Sort::Group => (one.group as usize).cmp(&(two.group as usize)).then_with(|| by(nights)),
            Sort::Name => Ordering::Equal,
            Sort::Nights => by(nights),
            Sort::Change => by(|patient| Some(worsening(patient.change.direction()))),
            Sort::AtNight => by(|patient| patient.night.night_share.filter(|_| has_figures(patient))),
            Sort::Sleep => by(|patient| patient.night.interrupted_sleep.share.filter(|_| has_figures(patient))),
            Sort::Worst => by(|patient| patient.worst.map(|worst| worst.get().into())),
            Sort::Last => two.last_entry.cmp(&one.last_entry),
        }
    }
}

/// What there is besides the patients of a page.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// How many patients there are in all, sought or not.
    of: usize,
    /// How many of those who are sought are in which group.
    groups: [usize; Group::ALL.len()],
    /// The next page, if there is one.
    next: Option<usize>,
}

/// Of a few cramps nothing is said that could be compared.
const fn has_figures(patient: &Glance) -> bool {
    patient.night.episodes >= FEWEST_EPISODES
}

/// What the nights a week are known to be at least.
fn nights(patient: &Glance) -> Option<f64> {
    let rate = &patient.night.night_rate;
    let known = if rate.range().is_some() { rate.at_least_per_week } else { rate.per_week.or(rate.at_least_per_week) };
    known.filter(|_| has_figures(patient))
}

const fn worsening(direction: Direction) -> f64 {
    match direction {
        Direction::More => 3.0,
        Direction::NoClearChange => 2.0,
        Direction::Fewer => 1.0,
        Direction::InsufficientData => 0.0,
    }
}

/// Those of whom it is not known come last.
fn most_first(one: Option<f64>, two: Option<f64>) -> Ordering {
    match (one, two) {
        (Some(one), Some(two)) => two.total_cmp(&one),
        (one, two) => two.is_some().cmp(&one.is_some()),
    }
}

fn called(patient: &Glance, language: Language) -> String {
    patient.name.as_ref().map_or_else(|| say!(language, "patient-nameless"), |name| name.as_str().to_owned())
}

/// A column beside the name: what it is in the order of, and what it says of a patient.
type Column = (Sort, fn(&Glance, Language) -> Markup);

const COLUMNS: [Column; 6] = [
    (Sort::Nights, |patient, language| {
        let figure = headline::nights(&patient.night, language);
        html! { (told(figure)) (weeks(patient, language)) }
    }),
    (Sort::Change, change),
    (Sort::AtNight, |patient, language| told(headline::at_night(&patient.night, language))),
    (Sort::Sleep, |patient, language| told(headline::sleep(&patient.night.interrupted_sleep, language))),
    (Sort::Worst, |patient, _| html! { @match patient.worst { Some(worst) => (worst.get()), None => "–" } }),
    (Sort::Last, last),
];

fn told((value, range): (String, Option<String>)) -> Markup {
    html! { span.figure { (value) } @if let Some(range) = range { small { (range) } } }
}

fn change(patient: &Glance, language: Language) -> Markup {
    let word = match patient.change.direction() {
        Direction::Fewer => say!(language, "glance-fewer"),
        Direction::More => say!(language, "glance-more"),
        Direction::NoClearChange => say!(language, "glance-none"),
        Direction::InsufficientData => say!(language, "glance-unknown"),
    };
    let since = match &patient.change {
        Change::Since(treatment, _) => {
            say!(language, "figure-since", name = charts::short_name(treatment.course.name.as_str()))
        }
        Change::Lately(_) => say!(language, "glance-lately"),
    };
    html! { span.figure { (word) } small { (since) } }
}

fn last(patient: &Glance, language: Language) -> Markup {
    let covered = &patient.night.coverage;
    let days = say!(language, "patients-covered", covered = covered.covered, days = covered.days);
    html! {
        @match patient.last_entry {
            Some(date) => { span.figure { (language.date(date)) } small { (days) } }
            None => { (say!(language, "patients-no-entry")) }
        }
    }
}

/// Nights with cramps in each of the last weeks, as bars of at most seven; a dot where no night is known.
fn weeks(patient: &Glance, language: Language) -> Markup {
    const HIGH: u32 = 21;
    let words: Vec<_> =
        patient.weeks.iter().map(|week| week.map_or_else(|| "–".to_owned(), |nights| nights.to_string())).collect();
    let label = say!(language, "patients-weeks", weeks = words.join(", "));
    html! {
        svg.weeks role="img" aria-label=(label) viewBox=(format!("0 0 {} {HIGH}", WEEKS * 6)) {
            @for (index, week) in patient.weeks.iter().enumerate() {
                @let x = index * 6;
                @match week {
                    Some(nights) => {
                        @let high = (nights * 3).min(HIGH);
                        @if high > 0 { rect.f-strong x=(x) y=(HIGH - high) width="5" height=(high) {} }
                        @else { rect.f-rule x=(x) y=(HIGH - 1) width="5" height="1" {} }
                    }
                    None => { circle.f-rule cx=(x + 2) cy=(HIGH - 2) r="1" {} }
                }
            }
        }
    }
}

/// The patients. `notice` is what there is to tell besides.
pub fn page(
    visitor: &Visitor,
    asked: &ListAsked,
    (patients, found): (&[Glance], Found),
    notice: &Markup,
) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        (notice)
        @if asked.has_left { (done(&say!(language, "patient-left"))) }
        @if found.of == 0 {
            p { (say!(language, "patients-none")) }
        } @else {
            (controls(asked, language))
            @if patients.is_empty() { p { (say!(language, "patients-not-found")) } }
            @else { (table(asked, patients, found, language)) }
            @if let Some(next) = found.next {
                @let there = format!("{}&page={next}", asked.with(asked.sort, asked.span));
                p { a.button href=(there) rel="next" { (say!(language, "more")) } }
            }
            p.muted { (say!(language, "patients-period")) }
        }
        p { a.button href="/clinic/redeem" { (say!(language, "nav-redeem")) } }
        @if visitor.factors.is_empty() {
            p.muted {
                (say!(language, "patients-no-second-factor")) " "
                a href=(Place::Security.path()) { (say!(language, "factor-begin")) }
            }
        }
    };
    page_for(visitor, Place::Patients, &say!(language, "patients-title"), &content)
}

fn controls(asked: &ListAsked, language: Language) -> Markup {
    html! {
        nav.spans aria-label=(say!(language, "span-label")) {
            @for span in Span::ALL {
                a.button href=(asked.with(asked.sort, span)) aria-current=[(span == asked.span).then_some("true")] {
                    (span.name(language))
                }
            }
        }
        form.filters method="get" action="/clinic" role="search" {
            input type="hidden" name="span" value=(asked.span.as_str());
            div {
                label for="q" { (say!(language, "patients-search")) }
                input #q type="search" name="q" value=(asked.sought) maxlength="200";
            }
            div {
                label for="sort" { (say!(language, "patients-sort")) }
                select #sort name="sort" {
                    @for sort in Sort::ALL {
                        option value=(sort.as_str()) selected[sort == asked.sort] {
                            (say!(language, &format!("patients-by-{}", sort.as_str())))
                        }
                    }
                }
            }
            button type="submit" { (say!(language, "filter-button")) }
        }
    }
}

fn table(asked: &ListAsked, patients: &[Glance], found: Found, language: Language) -> Markup {
    let heading = |sort: Sort| {
        let sorted = (sort == asked.sort).then_some(if sort == Sort::Name { "ascending" } else { "descending" });
        html! {
            th role="columnheader" scope="col" aria-sort=[sorted] {
                a href=(asked.with(sort, asked.span)) { (say!(language, &format!("patients-by-{}", sort.as_str()))) }
            }
        }
    };
    let grouped = asked.sort == Sort::Group;
    // On a narrow screen each row is a card, which a browser would not read as a table by itself.
    html! {
        table.patients role="table" {
            caption.unseen { (say!(language, "patients-title")) }
            thead role="rowgroup" {
                tr role="row" { (heading(Sort::Name)) @for (sort, _) in COLUMNS { (heading(sort)) } }
            }
            @if grouped {
                @for group in Group::ALL {
                    @let members: Vec<_> = patients.iter().filter(|patient| patient.group == group).collect();
                    @if !members.is_empty() {
                        tbody role="rowgroup" {
                            tr.group role="row" {
                                th role="rowheader" scope="rowgroup" colspan=(COLUMNS.len() + 1) {
                                    (say!(language, &format!("group-{}", group.as_str()), count = found.groups[group as usize]))
                                }
                            }
                            @for patient in members { (row(asked, patient, language)) }
                        }
                    }
                }
            } @else {
                tbody role="rowgroup" { @for patient in patients { (row(asked, patient, language)) } }
            }
        }
    }
}

fn row(asked: &ListAsked, patient: &Glance, language: Language) -> Markup {
    let there = format!("/clinic/patients/{}?span={}", patient.id, asked.span.as_str());
    let state = if patient.is_unread { say!(language, "patients-unread") } else { say!(language, "patients-read") };
    html! {
        tr.new[patient.is_unread] role="row" {
            th role="rowheader" scope="row" {
                a href=(there) { bdi { (called(patient, language)) } }
                @if patient.last_entry.is_some() { small { (state) } }
            }
            @for (sort, said) in COLUMNS {
                td role="cell" data-label=(say!(language, &format!("patients-by-{}", sort.as_str()))) {
                    (said(patient, language))
                }
            }
        }
    }
}
