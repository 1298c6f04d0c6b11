//! The files and their columns.

use super::columns::{Column, Kind};
use crate::{
    diary::{
        episodes::{
            model::{Context, Measure, Part},
            soreness::model::LAST_DAY,
        },
        treatments::model::Kind as TreatmentKind,
        versions::model::AuthorRole,
    },
    foundation::{local_clock::Period, values::Side},
};

/// A file of rows that have the same columns.
pub struct Table {
    /// What it is called, without an ending.
    pub name: &'static str,
    /// What is in it, for people.
    pub title: &'static str,
    /// Its columns, in their order.
    pub columns: &'static [Column],
    /// The columns that tell one row from another.
    pub key: &'static [&'static str],
    /// A column in which the key of another table stands: its name, that table, the column there.
    pub refers: Option<(&'static str, &'static str, &'static str)>,
}

impl Table {
    /// What its file is called.
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// All of them.
pub const TABLES: [&Table; 7] = [&SETTINGS, &EPISODES, &SORENESS, &CHECK_INS, &TREATMENTS, &TRIAL_BLOCK, &CODEBOOK];

const LAST: i64 = LAST_DAY as i64;
const RATING: Kind = Kind::Whole(0, Some(10));
const COUNT: Kind = Kind::Whole(0, None);
const ON_THE_SCALE: &str = "points";

fn sides() -> Vec<&'static str> {
    Side::ALL.map(Side::as_str).to_vec()
}

const WRITTEN_BY: Column = Column::new(
    "written_by",
    "/written_by",
    Kind::Word(|| AuthorRole::ALL.map(AuthorRole::as_str).to_vec()),
    "Who wrote what the row says now: the person whose diary it is, somebody who helps them to write it, or whoever runs \
     the service. Blank where that is not known.",
);
const REVISION: Column = Column::new(
    "revision",
    "/revision",
    COUNT,
    "Which change of the diary, counted from its beginning, was the last one of this row.",
)
.always();
const CREATED_AT: Column = Column::new(
    "created_at",
    "/created_at",
    Kind::Instant,
    "When this service first saw the row; of what was brought in from elsewhere, when that came.",
)
.always();
const UPDATED_AT: Column =
    Column::new("updated_at", "/updated_at", Kind::Instant, "When the row was last changed.").always();
const TRIGGERS: &str = "What may bring a cramp on, in the words of the app in which it was noted.";

/// What each column of each file is.
pub static CODEBOOK: Table = Table {
    name: "codebook",
    title: "What each column of each file means",
    columns: &[
        Column::new("file", "/file", Kind::Said, "The file that has the column.").always(),
        Column::new("field", "/field", Kind::Said, "What stands in the header.").always(),
        Column::new("type", "/type", Kind::Said, "What kind of value it is, in the words of Table Schema.").always(),
        Column::new("unit", "/unit", Kind::Said, "What its numbers count. Blank where they count nothing."),
        Column::new("values", "/values", Kind::Said, "What may stand in it, beside nothing.").always(),
        Column::new("meaning", "/meaning", Kind::Said, "What it means.").always(),
    ],
    key: &["file", "field"],
    refers: None,
};

/// The diary itself.
pub static SETTINGS: Table = Table {
    name: "settings",
    title: "The settings of the diary, in one row",
    columns: &[
        Column::new("id", "/id", Kind::Key, "The id of the diary.").always(),
        Column::new("display_name", "/display_name", Kind::Text, "What the person calls the diary."),
        Column::new("time_zone", "/time_zone", Kind::Zone, "Where the person is, unless a cramp says otherwise.")
            .always(),
        Column::new(
            "night_start",
            "/night_start",
            Kind::Time,
            "When the night begins on the local clock; this minute is in.",
        )
        .always(),
        Column::new(
            "night_end",
            "/night_end",
            Kind::Time,
            "When the night ends on the local clock; this minute is out.",
        )
        .always(),
        Column::new(
            "evening_start",
            "/evening_start",
            Kind::Time,
            "When the evening begins on the local clock; it ends where the night begins.",
        )
        .always(),
        Column::new("revision", "/revision", COUNT, "The diary's count of its changes; a new one is at 1.").always(),
        Column::new("created_at", "/created_at", Kind::Instant, "When the diary was opened.").always(),
        Column::new("updated_at", "/updated_at", Kind::Instant, "When its settings were last changed.").always(),
    ],
    key: &["id"],
    refers: None,
};

/// Cramps.
pub static EPISODES: Table = Table {
    name: "episodes",
    title: "The cramps, by onset, the first one first",
    columns: &[
        Column::new("id", "/id", Kind::Key, "The id of the cramp.").always(),
        Column::new("started_at", "/started_at", Kind::Instant, "When it began, in UTC.").always(),
        Column::new("local_date", "/local_date", Kind::Date, "On which date it began, on the clock where the person was.")
            .always(),
        Column::new(
            "local_time",
            "/local_time",
            Kind::Time,
            "At which time of day it began, on the clock where the person was. Seconds are dropped.",
        )
        .always(),
        Column::new(
            "utc_offset_minutes",
            "/started_at",
            Kind::Offset,
            "How far that clock was ahead of UTC then. An hour that comes twice, when clocks are put back, has two of these.",
        )
        .always()
        .of("minutes"),
        Column::new("time_zone", "/time_zone", Kind::Zone, "Where the person was.").always(),
        Column::new(
            "night_of",
            "/night_of",
            Kind::Date,
            "On which date the night of the cramp began. Blank where it began in the evening or by day.",
        ),
        Column::new(
            "period",
            "/period",
            Kind::Word(|| [Period::Night, Period::Evening, Period::Day].map(Period::as_str).to_vec()),
            "Which part of the day it began in, by the settings as they are now.",
        )
        .always(),
        Column::new(
            "recorded_at",
            "/recorded_at",
            Kind::Instant,
            "When the person wrote it down, by the clock of their device. Never later than created_at.",
        ),
        Column::new("duration_seconds", "/duration_seconds", Kind::Whole(0, Some(86_400)), "How long it lasted.")
            .of("seconds"),
        Column::new("intensity", "/intensity", RATING, "How bad it was, from 0, nothing, to 10, the worst imaginable.")
            .of(ON_THE_SCALE),
        Column::new(
            "sites",
            "/sites",
            Kind::Pairs { first: ("part", || Part::ALL.map(Part::as_str).to_vec()), second: ("side", sides) },
            "Where it hurt. A part without a side: which leg is not known.",
        ),
        Column::new(
            "context",
            "/context",
            Kind::Word(|| Context::ALL.map(Context::as_str).to_vec()),
            "What the person was doing when it began.",
        ),
        Column::new(
            "interrupted_sleep",
            "/interrupted_sleep",
            Kind::Flag,
            "Whether it woke the person or kept them awake.",
        ),
        Column::new("sleep_disturbance", "/sleep_disturbance", RATING, "How much it disturbed sleep, from 0 to 10.")
            .of(ON_THE_SCALE),
        Column::new("triggers", "/triggers", Kind::Words, TRIGGERS),
        Column::new(
            "relief",
            "/relief",
            Kind::Pairs {
                first: ("measure", || Measure::ALL.map(Measure::as_str).to_vec()),
                second: ("seconds_to_relief", Vec::new),
            },
            "What was tried against it, in that order, each with the seconds until the cramp let go. Without a number: \
             that is not known, or it did not help.",
        ),
        Column::new("note", "/note", Kind::Text, "What the person wrote about it. An empty note and none are both blank."),
        Column::new(
            "soreness_days_logged",
            "/soreness/days_logged",
            COUNT,
            "Of how many days soreness.csv says how sore the leg was after it.",
        )
        .always()
        .of("days"),
        Column::new("soreness_peak", "/soreness/peak", RATING, "The highest level of them.").of(ON_THE_SCALE),
        Column::new("soreness_last_level", "/soreness/last_level", RATING, "The level of the latest of them.")
            .of(ON_THE_SCALE),
        Column::new(
            "soreness_resolved_day",
            "/soreness/resolved_day",
            Kind::Whole(0, Some(LAST)),
            "How many days after the cramp the soreness was over: the first 0 that nothing else follows. Blank while it is \
             not known to be over.",
        )
        .of("days"),
        WRITTEN_BY,
        REVISION,
        CREATED_AT,
        UPDATED_AT,
    ],
    key: &["id"],
    refers: None,
};

/// The soreness after cramps.
pub static SORENESS: Table = Table {
    name: "soreness",
    title: "How sore the leg was on the days after a cramp, by cramp and date",
    columns: &[
        Column::new("episode_id", "/episode_id", Kind::Key, "The cramp that it belongs to: an id of episodes.csv.")
            .always(),
        Column::new("date", "/date", Kind::Date, "The day.").always(),
        Column::new("day", "/day", Kind::Whole(0, Some(LAST)), "Which day after the cramp; its local_date is day 0.")
            .always()
            .of("days"),
        Column::new("level", "/level", RATING, "How sore, from 0, over, to 10.").always().of(ON_THE_SCALE),
        Column::new("tender_to_touch", "/tender_to_touch", Kind::Flag, "Whether it hurt to press on it."),
        Column::new("limits_walking", "/limits_walking", Kind::Flag, "Whether walking was harder for it."),
        WRITTEN_BY,
        REVISION,
        CREATED_AT,
        UPDATED_AT,
    ],
    key: &["episode_id", "date"],
    refers: Some(("episode_id", "episodes", "id")),
};

/// Days that were checked in.
pub static CHECK_INS: Table = Table {
    name: "check_ins",
    title: "The days of which the person said that everything is logged, by date",
    columns: &[
        Column::new("date", "/date", Kind::Date, "The day.").always(),
        Column::new(
            "cramp_free",
            "/cramp_free",
            Kind::Flag,
            "true: no cramp came on that day. false: there were some, and all are logged.",
        )
        .always(),
        Column::new("triggers", "/triggers", Kind::Words, TRIGGERS),
        Column::new(
            "note",
            "/note",
            Kind::Text,
            "What the person wrote about the day. An empty note and none are both blank.",
        ),
        WRITTEN_BY,
        REVISION,
        CREATED_AT,
        UPDATED_AT,
    ],
    key: &["date"],
    refers: None,
};

/// Treatments.
pub static TREATMENTS: Table = Table {
    name: "treatments",
    title: "What was done against cramps, the latest start first",
    columns: &[
        Column::new("id", "/id", Kind::Key, "The id of the treatment.").always(),
        Column::new(
            "kind",
            "/kind",
            Kind::Word(|| TreatmentKind::ALL.map(TreatmentKind::as_str).to_vec()),
            "What sort of treatment.",
        )
        .always(),
        Column::new("name", "/name", Kind::Text, "What the person calls it.").always(),
        Column::new("dose", "/dose", Kind::Text, "How much of it, in the person's words."),
        Column::new("side", "/side", Kind::Word(sides), "Which leg it is for."),
        Column::new("started_on", "/started_on", Kind::Date, "The first day.").always(),
        Column::new("ended_on", "/ended_on", Kind::Date, "The last day. Blank while it goes on."),
        Column::new(
            "note",
            "/note",
            Kind::Text,
            "What the person wrote about it. An empty note and none are both blank.",
        ),
        WRITTEN_BY,
        REVISION,
        CREATED_AT,
        UPDATED_AT,
    ],
    key: &["id"],
    refers: None,
};

/// Fourteen days as trials ask for them.
pub static TRIAL_BLOCK: Table = Table {
    name: "trial_block",
    title: "The fourteen days that end on the day of the download, as trials of remedies for night cramps ask for them",
    columns: &[
        Column::new("date", "/date", Kind::Date, "The day, on the local clock.").always(),
        Column::new(
            "has_entry",
            "/has_entry",
            Kind::YesNo,
            "Whether the day has a cramp or a check-in. Where it has none, nothing is known of the day, and the rest is blank.",
        )
        .always(),
        Column::new(
            "cramps",
            "/cramps",
            COUNT,
            "How many cramps began on it. Blank where the check-in says that there was one and none is logged.",
        )
        .of("cramps"),
        Column::new(
            "minutes",
            "/minutes",
            Kind::Tenths,
            "How long they lasted together, as far as it is known. Blank where it is known of none.",
        )
        .of("minutes"),
        Column::new("worst_severity", "/worst_severity", RATING, "The highest intensity of its cramps. Blank where none says.")
            .of(ON_THE_SCALE),
        Column::new(
            "worst_sleep_disturbance",
            "/worst_sleep_disturbance",
            RATING,
            "How much its cramps disturbed sleep at worst. Blank where none says.",
        )
        .of(ON_THE_SCALE),
    ],
    key: &["date"],
    refers: None,
};
