// The shapes that modules of the companion hand to each other. Rows are as the service's contract has them.

export type LocalDate = string;
/** `HH:MM` on a wall clock. */
export type LocalTime = string;
/** RFC 3339. */
export type Instant = string;
export type Id = string;

export type Table = 'settings' | 'episodes' | 'treatments' | 'check_ins' | 'soreness';
export type Role = 'owner' | 'contributor' | 'viewer' | (string & {});
export type Side = 'left' | 'right' | 'both';
export type Part = 'calf' | 'foot' | 'toes' | 'shin' | 'thigh_front' | 'thigh_back' | 'other';
export type Context =
  'asleep' | 'in_bed_awake' | 'resting' | 'standing' | 'walking' | 'exercising' | 'after_exercise' | 'other';
export type Measure =
  | 'stretching' | 'massage' | 'walking' | 'standing' | 'heat' | 'cold' | 'hydration' | 'medication' | 'elevation'
  | 'other';
export type TreatmentKind =
  'vein_treatment' | 'medication' | 'supplement' | 'stretching' | 'compression' | 'hydration' | 'footwear' | 'other';
export type Period = 'night' | 'evening' | 'day';

// Rows ----------------------------------------------------------------------------------------------------------------

export interface Site { part: Part; side: Side | null }
export interface Relief { measure: Measure; seconds_to_relief: number | null }

/** What a person says of a cramp. */
export interface EpisodeFields {
  started_at: Instant;
  time_zone: string;
  recorded_at: Instant | null;
  duration_seconds: number | null;
  intensity: number | null;
  sites: Site[];
  context: Context | null;
  interrupted_sleep: boolean | null;
  sleep_disturbance: number | null;
  triggers: string[];
  relief: Relief[];
  note: string | null;
}

export interface SorenessSummary {
  days_logged: number;
  peak: number | null;
  last_level: number | null;
  resolved_day: number | null;
}

/** A cramp. What is worked out is the service's, or the phone's while the row is `unsent`. */
export interface Episode extends EpisodeFields {
  id: Id;
  local_date: LocalDate;
  local_time: LocalTime;
  night_of: LocalDate | null;
  period: Period;
  soreness: SorenessSummary;
  /** Absent of a row that the service has not seen. */
  revision?: number;
  created_at?: Instant;
  updated_at?: Instant;
  /** This phone has something of it that the service has not. */
  unsent?: boolean;
  /** The service has refused what this phone has of it: see `Phone.refused`. */
  refused?: boolean;
}

export interface SorenessFields {
  level: number;
  tender_to_touch?: boolean | null;
  limits_walking?: boolean | null;
}

export interface Soreness {
  episode_id: Id;
  date: LocalDate;
  /** Days since the cramp's date. */
  day: number;
  level: number;
  tender_to_touch: boolean | null;
  limits_walking: boolean | null;
  unsent?: boolean;
}

export interface CheckInFields { cramp_free: boolean; triggers?: string[]; note?: string | null }

export interface CheckIn {
  date: LocalDate;
  cramp_free: boolean;
  triggers: string[];
  note: string | null;
  unsent?: boolean;
}

export interface TreatmentFields {
  kind: TreatmentKind;
  name: string;
  dose?: string | null;
  side?: Side | null;
  started_on: LocalDate;
  ended_on?: LocalDate | null;
  note?: string | null;
}

export interface Treatment {
  id: Id;
  kind: TreatmentKind;
  name: string;
  dose: string | null;
  side: Side | null;
  started_on: LocalDate;
  ended_on: LocalDate | null;
  note: string | null;
  unsent?: boolean;
}

/** What divides a day. */
export interface DayParts { night_start: LocalTime; night_end: LocalTime; evening_start: LocalTime }

export interface Settings extends DayParts {
  display_name: string | null;
  time_zone: string;
  visible_from: LocalDate | null;
  include_notes: boolean;
}

// On this phone -------------------------------------------------------------------------------------------------------

export interface Account {
  user_id: Id;
  email: string;
  display_name: string | null;
  kind: 'patient' | 'clinician' | (string & {});
  /** The diary that this person owns; `null` of a clinician, and until the first sync. */
  diary_id: Id | null;
}

/** `ended`: nobody may send, the data are still here. */
export type Standing = 'nobody' | 'signed_in' | 'ended';

/**
 * What is wrong with keeping things here. `full`: there is no room, and what was to be written last was not. `private`:
 * this window keeps nothing beyond its end. `failed`: the database can't be opened. `newer`: a newer version of the app
 * has changed it, and this page must be loaded again before it writes.
 */
export type StorageTrouble = 'full' | 'private' | 'failed' | 'newer';

export interface DiaryHead {
  id: Id;
  display_name: string | null;
  role: Role;
  isMine: boolean;
  /** The right has ended; it is still in the list for what was never sent. */
  hasEnded?: boolean;
}

export interface Fault { pointer: string; code: string; detail: string }

/** RFC 9457, as far as it is looked at. */
export interface ProblemBody {
  status: number;
  code: string;
  detail?: string;
  title?: string;
  errors?: Fault[];
  second_factors?: string[];
}

/** A change that the service rejected. */
export interface Refusal {
  diary: Id;
  table: Table;
  id: Id;
  problem: ProblemBody;
  /** What was to be written; `null` was to be deleted. */
  row: any;
}

/** Both sides changed the same. What the other side wrote stands in the diary until the person chooses. */
export interface Conflict {
  diary: Id;
  table: Table;
  id: Id;
  /** As it was written here; `null` when it was deleted here. */
  ours: any;
  /** As the service has it; `null` when it was deleted there. */
  theirs: any;
  revision: number;
  /** The names of the fields that differ; all that say something when one side was deleted. */
  fields: string[];
}

export interface Prompt {
  kind: 'finish' | 'soreness' | 'check_in';
  /** For `Diary.dismiss`. */
  key: string;
  /** The date that the answer goes to; of `finish`, that of the cramp. */
  date: LocalDate;
  /** Of `finish` and `soreness`. */
  episode?: Episode;
  /** Days since the cramp. */
  day?: number;
  last_level?: number | null;
  /** Of `finish`: what has not been said. */
  missing?: ('intensity' | 'sites' | 'interrupted_sleep' | 'duration_seconds')[];
}

export interface OpenCramp { id: Id; started_at: Instant }

// Figures, named as in the service's analytics ------------------------------------------------------------------------

export interface DateRange { from: LocalDate; to: LocalDate }
export interface Interval { low: number; high: number }
export interface RatioInterval { low: number; high: number | null }

export type Reason =
  'no_episodes' | 'not_recorded' | 'not_covered' | 'nothing_before' | 'too_few' | 'contradicted';

export interface Coverage { days: number; covered: number; share: number | null }

export interface NightRate {
  observed_nights: number;
  cramp_nights: number;
  per_week: number | null;
  ci95: Interval | null;
  at_least_per_week: number | null;
  at_most_per_week: number | null;
  reason: Reason | null;
  /** To be said in place of `per_week`, where too many nights are unknown for one figure. */
  range: Interval | null;
}

export interface YesNoUnknown {
  yes: number;
  no: number;
  unknown: number;
  share: number | null;
  effective_n: number | null;
  ci95: Interval | null;
}

export interface NightShare {
  episodes: number;
  night: number;
  evening: number;
  day: number;
  bout_days: number;
  design_effect: number | null;
  effective_n: number;
  night_share: number | null;
  night_share_ci95: Interval | null;
  clock_share: number;
  p_value_vs_clock: number | null;
  verdict: 'insufficient_data' | 'mostly_at_night' | 'rarely_at_night' | 'mixed';
}

export interface Rate {
  episodes: number;
  covered_days: number;
  per_week: number | null;
  ci95: Interval | null;
  reason: Reason | null;
}

/** One side of the start of a treatment; without dates where it has no days. */
export interface SideOfStart {
  from: LocalDate | null;
  to: LocalDate | null;
  episodes: number;
  night: number;
  coverage: Coverage;
  per_week: Rate;
}

export interface NightCounts { observed_nights: number; cramp_nights: number; share: number | null }

export interface NightChange {
  before: NightCounts;
  after: NightCounts;
  difference: number | null;
  ci95: Interval | null;
  over_all_nights: { difference: number | null; ci95: Interval | null };
  reason: Reason | null;
}

export interface Comparison {
  rate_ratio: number | null;
  verdict_ci95: RatioInterval | null;
  over_all_days: { rate_ratio: number | null; verdict_ci95: RatioInterval | null };
  dispersion_index: number | null;
  verdict: 'insufficient_data' | 'fewer' | 'more' | 'no_clear_change';
  reason: Reason | null;
}

export interface BeforeAfter extends Comparison {
  treatment: { id: Id; kind: TreatmentKind; name: string; started_on: LocalDate; ended_on: LocalDate | null };
  before: SideOfStart;
  after: SideOfStart;
  cramp_nights: NightChange;
  broken_nights: NightChange;
}

export interface Figures extends NightShare, DateRange {
  cramp_days: number;
  cramp_nights: number;
  night_rate: NightRate;
  broken_night_rate: NightRate;
  interrupted_sleep: YesNoUnknown;
  interrupted_sleep_at_night: YesNoUnknown;
  in_bed: YesNoUnknown;
  coverage: Coverage;
  /** Of the treatment that began last and not after `to`; `null` without one. */
  treatment: BeforeAfter | null;
}

/** A row of the night raster: from noon of its date to noon of the next. */
export interface Night {
  night_of: LocalDate;
  /** All dates of the night have an entry. */
  covered: boolean;
  /** Some have. */
  partly: boolean;
  /** Its date has an entry, of which the row has the hours from noon on. */
  evening: boolean;
  /** And the next date has, of which it has those before. */
  morning: boolean;
  /** How many cramps came in the person's night of this date: a row has those of the day as well. */
  at_night: number;
  /** How bad the worst of them was. */
  worst: number | null;
  marks: Mark[];
  /** The worst that was noted on the morning after. */
  soreness: number | null;
  treatments: { id: Id; name: string; kind: TreatmentKind; what: 'started' | 'ended' }[];
}

export interface Mark {
  id: Id;
  /** 0 at noon, 720 at midnight, up to 1439. */
  minute_from_noon: number;
  intensity: number | null;
  duration_seconds: number | null;
  broke_sleep: boolean | null;
  local_time: LocalTime;
}

// Between a diary and what keeps it -----------------------------------------------------------------------------------

/** A row as the person sees it. */
export interface Written {
  row: any;
  /** As the service has it; undefined where it has none. */
  known?: any;
  isUnsent: boolean;
  isRefused: boolean;
}

/** A row as a person wants it, null to have it deleted. */
export interface RowChange {
  table: Table;
  id: Id;
  row: any;
  /** What they have changed of it; all else stays as it is by the time it is written. */
  fields?: { [name: string]: unknown };
  /** What the service had of it when it was changed, as far as the person could see. */
  seen?: any;
}

export interface Shelf {
  readonly id: Id;
  readonly head: DiaryHead;
  /** Another one whenever anything has changed. */
  readonly version: number;
  readonly isComplete: boolean;
  /** Rows that are there, by id. */
  rows(table: Table): Map<Id, Written>;
  /** Writes rows, null deletes, and with them small things of this phone: all or nothing. */
  write(changes: RowChange[], small?: { [key: string]: unknown }): Promise<void>;
  recall(key: string): unknown;
  remember(key: string, value: unknown): Promise<void>;
}
