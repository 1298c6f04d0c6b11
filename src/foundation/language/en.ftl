# What the service says to people, in English. Each sentence stands alone and can be read out.

# A number that is not whole: what stands before the mark, and the digits after it.
decimal = { $whole }.{ $part }
duration-about = about { $length }

date = { $day } { $month } { $year }
month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

## Everywhere

coverage-whole = { $days ->
    [one] The 1 day has
   *[other] All { $days } days have
} an entry.
coverage = { $covered } of { $days ->
    [one] 1 day
   *[other] { $days } days
} ({ $percent } %) have an entry; nothing is known of the others.
no-diagnosis = This describes what was logged and supports a conversation with your clinician; it is not a diagnosis.
no-cramps = No cramps are logged from { $from } to { $to }.
counted = There { $episodes ->
    [one] was 1 cramp
   *[other] were { $episodes } cramps
} on { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry.
too-few = Fewer than { $fewest } cramps: not enough data to say more.

## The night share

night-share = { $night } of { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
} ({ $percent } %, 95 % CI { $low }–{ $high } %) began between { $start } and { $end }.
night-share-count = { $night } of { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
} began between { $start } and { $end }.
night-share-bouts = The { $episodes } cramps came on { $bouts ->
    [one] 1 day, counted with the night that follows
   *[other] { $bouts } days, each counted with the night that follows
}; cramps of one day are not independent, and the interval allows for that.
night-share-too-few = Fewer than { $fewest } cramps, or than { $fewest } days and nights with cramps: not enough data to say when they mostly come.
night-share-clock = If cramps came at any hour alike, { $percent } % would fall in these hours.
night-share-survey = In a survey, { $percent } % (95 % CI { $low }–{ $high } %) of people with cramps at rest usually had them at night, so a high night share is common.
night-share-soon = Of the { $episodes } cramps that were written down within 24 hours, { $night } ({ $percent } %, 95 % CI { $low }–{ $high } %) began at night.
cramp-nights-soon = From the cramps that were written down within 24 hours alone, nights with cramps: { $per_week } a week (95 % CI { $low }–{ $high }), from { $nights } of { $observed } nights of which it is known.
cramp-nights-soon-range = From the cramps that were written down within 24 hours alone, nights with cramps: between { $low } and { $high } a week; { $nights } of the { $observed } nights of which it is known, too few for one figure.
cramp-nights = Nights with cramps: { $per_week } a week (95 % CI { $low }–{ $high }), from { $nights } of { $observed } nights of which it is known.
cramp-nights-range = Nights with cramps: between { $low } and { $high } a week; { $nights } of the { $observed } nights of which it is known, too few for one figure.
cramp-nights-at-least = If no cramps came in the nights of which it is not known, there are { $at_least } nights with cramps a week over all of them.
broken-nights = Nights with sleep broken by a cramp: { $per_week } a week (95 % CI { $low }–{ $high }), from { $nights } of { $observed } nights of which it is known.
broken-nights-range = Nights with sleep broken by a cramp: between { $low } and { $high } a week; { $nights } of the { $observed } nights of which it is known, too few for one figure.
interrupted-sleep = Of the cramps at night, { $yes } of { $known } for which it is known interrupted sleep ({ $percent } %, 95 % CI { $low }–{ $high } %).
interrupted-sleep-count = Of the cramps at night, { $yes } of { $known } for which it is known interrupted sleep.
late-and-interrupted-always = All { $known } cramps for which it is known whether sleep was interrupted came in the evening or at night and interrupted it (95 % CI { $low }–100 %).
on-the-move = { $episodes } of { $known } cramps with a known context began while walking or exercising.

## The summary

per-week = On { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry there { $episodes ->
    [one] was 1 cramp
   *[other] were { $episodes } cramps
}: { $per_week } a week (95 % CI { $low }–{ $high }).
per-week-range = On { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry there { $episodes ->
    [one] was 1 cramp
   *[other] were { $episodes } cramps
}. Too few days have an entry for one figure: between { $low } and { $high } a week.
at-least = If the days without an entry had no cramps, there were { $at_least } cramps a week over all { $days } days.
at-least-not-checked-in = No day without cramps has an entry, so the rate may be far too high; over all { $days } days there is no more to say than: at least { $at_least } a week.
ratio-known = { $ratio } (95 % CI { $low }–{ $high })
ratio-known-and-all = { $ratio } (95 % CI { $low }–{ $high }), over all days { $all } ({ $all_low }–{ $all_high })
ratio-brief = { $ratio } ({ $low }–{ $high })
ratio-brief-and-all = { $ratio } ({ $low }–{ $high }), over all days { $all } ({ $all_low }–{ $all_high })
change-unknown = Too little is recorded to compare with the time before this period.
change-fewer = There were fewer cramps than in the time before: { $before } a week on the { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry from { $from } to { $to }; ratio { $ratio }.
change-more = There were more cramps than in the time before: { $before } a week on the { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry from { $from } to { $to }; ratio { $ratio }.
change-unclear = There is no clear change from the time before: { $before } cramps a week on the { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry from { $from } to { $to }; ratio { $ratio }.
intensity = Half of the { $known } cramps with a rating were at { $median } of 10 or less; the middle half lies between { $low } and { $high }.
intensity-of-few = { $known ->
    [one] 1 cramp has a rating: { $most } of 10.
   *[other] { $known } cramps have a rating; the worst is { $most } of 10.
}
duration = Half of the { $known } cramps with a known duration lasted { $median } or less; { $long } lasted over 10 minutes.
relief = Tried against the cramp: { $measure } ({ $tried } times). In half of the { $timed } times with a known time to relief it took { $median } or less.
since-last-cramp = { $days ->
    [0] The last logged cramp was on { $end }.
    [one] The last logged cramp was 1 day before { $end }; { $covered ->
        [0] the day since has no entry.
       *[other] the day since has an entry.
    }
   *[other] The last logged cramp was { $days } days before { $end }; { $covered ->
        [0] none of the days since has an entry.
        [one] 1 of the days since has an entry.
       *[other] { $covered } of the days since have an entry.
    }
}
longest-run = The longest run of days with an entry and without a cramp is { $days ->
    [one] 1 day
   *[other] { $days } days
}, from { $from } to { $to }.
contradictions = On { $days ->
    [one] 1 day
   *[other] { $days } days
} the check-in and the log contradict each other; such days count as days with an entry, and as cramp-free only if both say so.

measure-stretching = stretching
measure-massage = massage
measure-walking = walking
measure-standing = standing up
measure-heat = warmth
measure-cold = cold
measure-hydration = drinking
measure-medication = medication
measure-elevation = putting the leg up
measure-other = something else

## The trend

trend-unknown = Too little is recorded to say whether there were more cramps or fewer over time.
trend-fewer = There were fewer cramps: from { $earlier } a week ({ $earlier_from } to { $earlier_to }) to { $later } a week ({ $later_from } to { $later_to }); ratio { $ratio }.
trend-more = There were more cramps: from { $earlier } a week ({ $earlier_from } to { $earlier_to }) to { $later } a week ({ $later_from } to { $later_to }); ratio { $ratio }.
trend-unclear = There is no clear trend: { $earlier } cramps a week from { $earlier_from } to { $earlier_to }, { $later } from { $later_from } to { $later_to }; ratio { $ratio }.
trend-slope = Over { $weeks } weeks with entries, cramps a week changed by { $percent } % a month (95 % CI { $low } to { $high } %).
control-chart = By the first { $weeks } weeks with entries on most days, between { $low } and { $high } cramps a week are usual; { $outside ->
    [0] no week lies
    [one] 1 week lies
   *[other] { $outside } weeks lie
} outside.

## The time of day

time-concentrated = Cramps keep to a time of day: on { $bouts } days, each counted with the night that follows, they came around { $time } on average, ± { $hours } hours (95 % CI).
time-concentrated-roughly = Cramps keep to a part of the day: on { $bouts } days, each counted with the night that follows, they came around { $time } on average, though far apart.
time-too-few-bouts = The { $episodes } cramps came on { $bouts ->
    [one] 1 day, counted with the night that follows
   *[other] { $bouts } days, each counted with the night that follows
}. Fewer than { $fewest } such days: not enough data to say when they come.
time-too-few-with-mean = On { $with ->
    [0] none
   *[other] only { $with }
} of the { $bouts } days with cramps, each counted with the night that follows, do they lie around one time of day. Fewer than { $fewest }: not enough data to say when they come.
time-no-peak = On { $bouts } days, each counted with the night that follows, the cramps do not clearly gather around one time of day.

## Soreness

soreness-followed = Soreness was logged after { $followed } of { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
}.
soreness-too-few = Fewer than { $fewest } cramps with soreness logged: not enough data to say how long it lasts.
soreness-median = After at least half of the cramps, the leg was no longer sore by { $days ->
    [0] the day of the cramp
    [one] day 1
   *[other] day { $days }
} (95 % CI day { $low }–{ $high }).
soreness-median-not-reached = After more than half of the cramps, the leg was still sore when last logged, so it can't be said how long it lasts.
soreness-day = on day { $day }: { $percent } % ({ $low }–{ $high } %)
soreness-days = Legs still sore, with 95 % CI, { $days }.

## Before and after a treatment

before-after = “{ $name }”, begun on { $start }: { $before } cramps a week before ({ $before_days } days with an entry), { $after } after ({ $after_days } days).
before-after-unknown = Too little is recorded to compare before and after.
before-after-fewer = There were fewer cramps after the start than before: the ratio is { $ratio }.
before-after-more = There were more cramps after the start than before: the ratio is { $ratio }.
before-after-unclear = There is no clear difference between before and after: the ratio is { $ratio }.
before-after-soon = From the { $episodes } cramps that were written down within 24 hours alone, the ratio of after to before is { $ratio }.
before-after-nights = Nights with cramps: { $before } a week before (known of { $before_nights } nights), { $after } after (of { $after_nights }); difference { $difference }.
difference-known = { $low } to { $high } (95 % CI)
difference-known-and-all = { $low } to { $high }, over all nights { $all_low } to { $all_high } (95 % CI)
response-fewer = From the four weeks before to the first four after: { $change } % fewer cramps (95 % CI { $low } to { $high } %; { $before } to { $after } a week); on placebo { $placebo } % fewer on average, and at least a quarter fewer in { $responders } % of people in trials.
response-more = From the four weeks before to the first four after: { $change } % more cramps (95 % CI { $low } to { $high } %; { $before } to { $after } a week); on placebo { $placebo } % fewer on average, and at least a quarter fewer in { $responders } % of people in trials.
legs = Cramps in one leg alone: { $treated_before } before and { $treated_after } after in the treated leg, { $untreated_before } and { $untreated_after } in the other (95 % CI of the odds ratio { $low }–{ $high }).
before-after-no-cause = A change after a treatment need not come from it; this can't tell.
caution-few-covered-days = Few days have an entry: { $before } of { $before_days } before, { $after } of { $after_days } after.
caution-cramp-free-days-missing = Before or after, no day without cramps has an entry, so the rate there is too high.
caution-different-seasons = Before and after lie in different seasons, and cramps seem commoner in summer: the season alone would predict a ratio of about { $season }; here it is { $ratio }.
caution-over-dispersion = Cramps came in clusters: weeks vary { $index } times as much as chance would let them, and the interval is wider for it.
caution-overlapping-treatment = Another treatment began or ended at the time: { $names }.
caution-bad-spell = The treatment was begun in a bad spell ({ $spell } cramps a week in the four weeks before, { $usual } in the year before them): some fall is expected anyway.
caution-usual-rate-unknown = Little is known of the year before, so it can't be said whether the treatment was begun in a bad spell, after which some fall is expected anyway.
caution-entered-afterwards = The treatment was entered { $days } days after its start, when it could be known how it went.

## The report

report-title = Leg cramps: what the diary says
report-flags = Worth asking about
report-numbers = The numbers behind the charts
report-further-on = Further on: { $what }.
report-answers = Further answers
report-page-of = Page { $page } of { $pages }
# In square brackets, in place of what the fonts of the PDF have no letters for.
pdf-unprintable = not printable here: { $count ->
    [one] 1 character
   *[other] { $count } characters
}
pdf-unprintable-note = Where [not printable here] stands, or […] in a chart, this PDF has no font for what was written, such as emoji; the report as a web page shows it.
in-numbers = { $what }, in numbers
from-to = { $from } – { $to }
none = none
count-of = { $count } of { $of } ({ $percent } %)
as-of = { $date }, revision { $revision }
day = day
not-recorded = Nothing is recorded about this.

fact-period = Period
fact-coverage = Days with an entry
fact-night = Night, time zone
fact-as-of = As of

flag-over-10-minutes = { $long } of { $known } cramps with a known duration lasted over 10 minutes.
flag-only-moving = { $known ->
    [one] The 1 cramp
   *[other] All { $known } cramps
} of which it is known began while walking or exercising.
flag-both-legs = { $legs } of { $known } cramps with a known place were in both legs at once.
flag-stood-still = Of { $moving } cramps while walking or exercising, { $timed } have a time to relief by standing still; { $gone } of these were gone within 10 minutes.
card-over-time = Nights and cramps over time

card-night = At night, and sleep
card-time-of-day = Time of day
card-severity = How bad and how long
card-soreness = Soreness afterwards
card-sites = Where
card-relief = What was tried
card-treatments-details = Treatments one by one
card-treatments = Treatments
headline-cramps = { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
}
headline-count = { $count } of { $of }
headline-at-least = At least { $per_week } cramps a week
headline-range = Between { $low } and { $high } cramps a week
headline-nights-range = Between { $low } and { $high } nights a week with cramps
headline-nights = { $per_week } nights a week with cramps · { $low }–{ $high }

chart-weeks = Cramps over time
chart-weeks-legend = strong: at night · faint: evening and day · strip: days with an entry · dashed: cramps logged, average over all days of each half
card-nights = Night by night
raster-says = { $nights ->
    [one] 1 night from noon to noon, { $from }
   *[other] { $nights } nights one below the other, each from noon to noon, { $from } – { $to }, the newest at the bottom
}, { $cramps ->
    [0] without a cramp
    [one] with 1 cramp
   *[other] with { $cramps } cramps
}.
raster-woke = sleep broken
raster-slept = sleep not broken
raster-sleep-unknown = not said whether it broke sleep
raster-how-bad = how bad: 0–3, 4–6, 7–10
raster-how-bad-unknown = not said how bad
raster-how-long = how long: up to 2 min or not said, up to 10, longer
raster-sore = sore, thicker for worse
raster-night = night
raster-unknown = no entry, or a cramp that is not in the log
raster-treatment = a treatment begins; broken: it ends
raster-ends = { $name }: end
raster-more-treatments = and { $count } more in the table
day-and-month = { $day } { $month }
column-night = Night of
column-entries = Entries
entries-whole = yes
entries-part = in part
entries-none = none
column-sore-on = Sore on that date, 0–10
chart-night = Share of the cramps that began at night
chart-clock-share = by the clock { $percent } %
chart-clock = Onsets on a clock of 24 hours, the night shaded
chart-soreness = Share of legs still sore, by day after the cramp
chart-first-nights = The first nights after the start
chart-first-nights-legend = full: a cramp · ring: none · line: not known
first-nights = Of the first nights from the start of “{ $name }” on, { $cramp } had a cramp, { $free } had none, and of { $unknown } it is not known.

entry-delay-count = { $yes } of { $known } were written down within 24 hours.
entry-delay = { $yes } of { $known } were written down within 24 hours ({ $percent } %).
sites-caption = { $known } of { $episodes } cramps; several places count each
relief-caption = { $known } of { $episodes } cramps
treatments-caption = Cramps a week in up to 90 days before and after the start; a change need not come from it
no-treatments = No treatments are logged for this time.
median-of = { $median }, known of { $known }

and-more = and { $count } more
in-full = { $what }, all of it: { $of }
treatments-others = More treatments
row-intensity = Intensity, 0–10
row-duration = Duration
row-sleep-disturbance = Sleep disturbed, 0–10
row-soreness-peak = Worst soreness, 0–10
short-few_covered_days = few days with an entry
short-cramp_free_days_missing = no entries on days without cramps
short-different_seasons = different seasons
short-over_dispersion = cramps came in clusters
short-overlapping_treatment = another treatment at the time
short-started_in_a_bad_spell = begun in a bad spell
short-usual_rate_unknown = usual rate unknown
short-entered_afterwards = entered afterwards

column-from = From
column-to = To
column-cramps = Cramps
column-at-night = At night
column-covered = Days with entry
column-hour = Hour
column-day = Day
column-at-risk = Watched
column-resolved = Over
column-censored = Last entry, still sore
column-still-sore = Still sore (95 % CI)
column-part = Part
column-left = Left
column-right = Right
column-both = Both
column-side-unknown = Not said
column-measure = Measure
column-tried = Tried
column-median-relief = Median time to relief
short-unknown = too little is known
short-fewer = fewer, { $ratio }
short-more = more, { $ratio }
short-unclear = not clear, { $ratio }
column-treatment = Treatment
column-since = Since
column-until = Until
column-before = Before
column-after = After
column-verdict = Change as a ratio (95 % CI)
column-cautions = Read with care
column-what = What
column-known = Known
column-median = Median
column-middle-half = Middle half
column-most = Max.

note-self-reported = Self-reported in a diary. It describes and supports a conversation; it is not a diagnosis. CI: confidence interval. Rates count days with an entry only.
note-primary = What counts first is the night share beside that of the clock; all else is to be read as a description.
note-primary-treatments = What counts first is before and after the start of a treatment; all else is to be read as a description.
note-methods = Methods: { $methods }. Diary revision { $revision }. Dates and times are those of the place where the person was; the diary's zone is { $zone }.

log-title = The log
log-latest = The latest { $listed } cramps; { $left_out } earlier ones of the period are left out here. For a report with all of them, add log=all to its address, or tick the box before you open a link.
report-back = Back to the diary
report-all = With all { $count } cramps
log-places = { $count } places
log-left-out = The latest { $listed } cramps; { $left_out } earlier ones of the period are not listed.
log-when = When
log-part-of-day = Part of day
log-lasted = Lasted
log-intensity = Intensity
log-where = Where
log-while = While
log-sleep = Sleep broken
log-relief = Tried
log-soreness = Soreness
log-triggers = Triggers

period-night = night
period-evening = evening
period-day = day
part-calf = calf
part-foot = foot
part-toes = toes
part-shin = shin
part-thigh_front = front of thigh
part-thigh_back = back of thigh
part-other = elsewhere
side-left = left
side-right = right
side-both = both
context-asleep = asleep
context-in_bed_awake = awake in bed
context-resting = resting
context-standing = standing
context-walking = walking
context-exercising = exercising
context-after_exercise = after exercise
context-other = something else
trigger-long_walk = a long walk
trigger-long_standing = long standing
trigger-exercise = exercise
trigger-long_sitting = long sitting
trigger-warm_day = a warm day
trigger-little_to_drink = little to drink
trigger-alcohol = alcohol
trigger-tight_shoes = tight shoes
trigger-toes_pointed = toes pointed in bed
sleep-broken = yes
sleep-unbroken = no
soreness-none = none
soreness-peak = up to { $level }/10
soreness-over = gone on day { $day }

## Pages

page-nothing-here = There is nothing here
page-nothing-here-why = The address is wrong, or what was here is over: a link that has expired or was ended opens nothing any more.
page-too-many-tries = Too many tries
page-too-many-tries-why = { $minutes ->
    [one] Wait a minute, and then try again.
   *[other] Wait { $minutes } minutes, and then try again.
}
page-try-again = Try again
page-not-understood = This could not be understood
page-not-understood-why = Go back, and try again.
page-docs = The API
page-home = To the beginning
page-failed = Something went wrong here
page-failed-why = It was not your fault. Try again in a moment.

link-title = Report of a cramp diary
link-what = Somebody shares the report of their cramp diary with you. It describes what they logged and is not a diagnosis.
link-noted = That the report was opened is noted, and they can see it.
link-passcode = Passcode
link-wrong-passcode = This is not the passcode.
link-whole-log = With all cramps of the log, not the latest alone
link-open = Open the report
link-open-pdf = Open as PDF

more = More
nav-label = Pages
nav-patients = Patients
nav-redeem = Redeem a code
nav-sign-out = Sign out

sign-in-title = Sign in
sign-in-what = To your cramp diary, and to those that others share with you.
sign-in-email = E-mail
sign-in-password = Password
sign-in-code = Code of your second factor
sign-in-code-help = Only if you have set one up: the six digits of your app, or a recovery code.
sign-in-button = Sign in
sign-in-new = New here?
sign-in-new-patient = You have cramps: the app for your phone keeps your diary, also without network.
sign-in-new-reader = A patient has given you a code:
register-title = Open an account
register-what = For clinicians, and for everybody else with whom a diary is shared. Then you type the code that your patient has given you.
register-name = Your name, as your patients know you
register-password = Password
register-password-what = At least twelve characters: three or four words that have nothing to do with each other are good.
register-wrong-email = This is no e-mail address.
register-wrong-name = This is too long.
register-taken = There is an account with this e-mail. Sign in with it.
register-button = Open the account
sign-in-wrong = E-mail or password is wrong.
sign-in-code-needed = Your account has a second factor: type the code of your app, too.
sign-in-passkey = Sign in with a passkey
sign-in-passkey-needed = Your account has a passkey: sign in with it below, or type your password with a recovery code.
sign-in-wrong-passkey = This passkey opens no account here: it was removed, or it took too long. Try again, or type your password.
sign-in-wrong-code = This is not the current code, or it was used before.

redeem-title = Redeem a code
redeem-what = Your patient gave you a code of twelve letters and digits. It works once, and then their diary is among your patients.
redeem-code = Code
redeem-button = Redeem
redeem-no-code = A code has 12 letters and digits, as ABCD-EFGH-JKLM. The letters I and O and the digits 0 and 1 are in none.
redeem-opens-nothing = This code opens nothing: it may be mistyped, used, expired or withdrawn. Ask your patient for another one.
redeem-own-diary = This code is for your own diary. Give it to whom you want to share the diary with.

patients-title = Patients
patients-none = Nobody shares a diary with you yet.
patients-period = Rates are of nights of which everything is known; a range says that too few are. A change is that since the latest treatment began, or between the last two blocks of four weeks of the calendar that are over, by a 99 % interval.
patients-search = Name
patients-not-found = Nobody here has such a name.
patients-sort = In the order of
patients-by-group = what to look at first
patients-by-name = Name
patients-by-nights = Cramp nights a week
patients-by-change = Change
patients-by-at_night = At night
patients-by-sleep = Sleep broken
patients-by-worst = Worst, 0–10
patients-by-last = Last entry
patients-covered = { $covered } of { $days } days recorded
patients-no-entry = no entries
patients-weeks = Nights with cramps in each of the last twelve weeks: { $weeks }
patients-unread = not reviewed
patients-read = reviewed
group-worse = More cramps ({ $count })
group-new = Never reviewed ({ $count })
group-few = Too few entries ({ $count })
group-steady = No clear change for the worse ({ $count })
span-label = Over how many days
span-weeks = 4 weeks
span-months = 3 months
span-year = 1 year
span-other = Other dates
figure-cramps = In this period
figure-nights = Cramp nights a week
figure-at-night = At night
figure-sleep = Sleep broken
figure-intensity = Intensity, median
figure-sore = Sore until
figure-treatment = Treatment
figure-no-treatment = none logged
figure-since = since { $name }
figure-rate-since = Cramps a week since { $name }
figure-before-after = { $before } → { $after }
figure-at-least = at least { $number }
figure-few-nights = few nights recorded
figure-of = { $count } of { $of } · { $low }–{ $high }
figure-middle-half = half of { $known } within { $low }–{ $high }
figure-day = day { $day }
figure-days = days { $low }–{ $high }
figure-longer = longer than logged
patient-period = { $from } to { $to } · days with an entry: { $coverage }
patient-answers = In detail
patient-review = Mark as reviewed, up to { $date }
patient-reviewed = You have reviewed everything up to { $date }.
patient-write = You may write in this diary. For that, there is the app:
diary-app = Open the app
glance-fewer = fewer
glance-more = more
glance-none = no clear change
glance-lately = last four weeks and those before
glance-unknown = too little to say

patient-nameless = Without a name
patient-report = Report
patient-report-pdf = Report as PDF
patient-log = Log
patient-log-empty = There are no cramps here.
terms-from = You see what was logged from { $date } on.
terms-no-notes = Notes are not shared.
terms-until = Your access ends on { $date }.
terms-noted = Each look is noted, and the patient can see it.
filter-from = From
filter-to = To
filter-period = Time of day
filter-any = any
filter-intensity = Intensity, at least
filter-wrong-dates = There is no such period: the first day must not lie after the last, nor after today. This is the usual one.
filter-log-button = Filter the log
filter-button = Show

page-one-moment = One moment
page-go-on = Go on

nav-diary = My diary
nav-sharing = Sharing
nav-looks = Who looked
nav-shared-with-me = Shared with me
patient-leave = Give this access back
patient-leave-what = You will not see this diary any more. Only a new code opens it again.
patient-leave-now = Yes, give it back
patient-left = You gave the access back. That diary is not among these any more.

diary-title = My diary
diary-no-diagnosis = These figures describe what you logged. They support a conversation with your clinician and are no diagnosis.
sharing-title = Sharing
sharing-what = Nobody sees your diary unless you share it. You can end everything here, whenever you want, and it ends at once.
sharing-invite = Share with somebody
sharing-link = Make a link to the report
sharing-grants = Who can look
sharing-nobody = Nobody but you.
sharing-invitations = Codes that nobody has redeemed yet
sharing-links = Links to the report that are open
sharing-history = All that I have agreed to
sharing-last-look = Last looked: { $at }.
sharing-no-look = Has not looked yet.
sharing-open-until = The code can be redeemed until { $at }.
sharing-opens-until = The link opens the report until { $at }.
sharing-opened = { $times ->
    [0] Not opened yet.
    [one] Opened once.
   *[other] Opened { $times } times.
}
sharing-unnamed = Without a name
sharing-end = End
sharing-end-whom = End: { $name }
sharing-end-follows = { $name } can look no more, from now on. To share again, you make a new code.
sharing-end-now = Yes, end it now
sharing-ended = It is ended. Nobody can look by it any more.
role-viewer = Reads the diary.
role-contributor = Reads the diary and writes in it.
sharing-from = From { $date } on.
sharing-notes = With notes.
sharing-no-notes = Without notes.
sharing-until = Until { $at }.
sharing-until-ended = Until one of you ends it.

consents-title = All that I have agreed to
consents-what = Each time that you shared your diary, with what you allowed then, in which words, and what became of it.
consents-none = You have not shared your diary yet.
consents-link = A link to the report.
consents-words = The words of { $version }
consents-accepted = Redeemed by { $who }, { $at }.
consents-code-over = Nobody redeemed the code until { $at }.
consents-link-over = The link opened the report until { $at }.
consents-ended-by-owner = Ended by you, { $at }.
consents-ended-by-holder = Given back, { $at }.
consents-ended-by-replacement = Replaced by a later one, { $at }.

ask-optional = (optional)
ask-label = For whom, in your words
ask-role = What they may do
ask-role-viewer = Read, as a clinician does
ask-role-contributor = Read and write, as a parent or carer does: they see all of it, notes too
ask-visible_from = They see nothing before
ask-include-notes = They also see my notes
ask-access_until = How long
ask-until-ended = until one of us ends it
ask-days = { $days ->
    [one] one day
   *[other] { $days } days
}
ask-words-viewer = What I agree to when they read
ask-words-contributor = What I agree to when they write, too
ask-words-report_link = What I agree to
ask-from = The report begins on
ask-to = The report ends on
ask-expires_in_hours = How long it opens
ask-passcode = Passcode that they have to type

wrong-label = This is too long: at most 200 characters.
wrong-role = Choose one of the two.
wrong-visible_from = This date does not do. Whoever writes in the diary sees all of it; and no day before 1970 can be chosen.
wrong-access_until = Choose one of these.
wrong-from = These dates do not do: the first must not lie after the last, nor after today.
wrong-to = This date does not do.
wrong-expires_in_hours = Choose one of these.
wrong-passcode = A passcode has 4 to 64 characters.

invite-title = Share with somebody
invite-what = You get a code to show or to read out. With it somebody who has an account sees your diary; each look is noted, and you can read it.
invite-button = I agree: make the code

invited-title = Your code
invited-what = Show this to them, or read it out. It works once, and it is shown only now.
invited-qr = QR code of the link that redeems the code
invited-or-link = Or send them this link:
invited-until = It can be redeemed until { $at }.

make-link-title = Make a link to the report
make-link-what = Whoever has the link opens the report without an account: for one visit, say. Each time it is opened is noted.
make-link-button = I agree: make the link

link-made-title = Your link
link-made-what = Show this to them, or send it. It is shown only now.
link-made-qr = QR code of the link to the report
health-link-title = For a clinic’s program (SMART Health Link)
health-link-what = A program that reads health links scans this. It gets the report, and what you logged in its period as figures that it can work with. It ends when the link does, and what opens it is in the same list.
health-link-qr = QR code of the health link

looks-title = Who looked
looks-what = Everybody besides you who looked at your diary or wrote in it, or tried to after their access had ended, and every program that did so with a token of yours, the latest first. One line is one person on one day; unfold it to see what they did. What somebody did several times within ten minutes is told once. Nobody can change this list.
looks-filtered = These are the looks of one person, or by one link.
looks-all = Show those of everybody
looks-none = Nobody has looked yet.
looks-when = When
looks-count = { $count ->
    [one] 1 time
   *[other] { $count } times
}
looks-did = What they did
looks-by-link = Somebody with a link to the report
looks-token = by the token { $name }
looks-operator = Who runs this service
looks-only = Only these
looks-only-whose = Only these: what { $name } did
looks-times = { $deed }, { $count } times between { $from } and { $to }
looks-times-at = { $deed }, { $count } times at { $at }
looks-clock-put-right = Put the clock of a cramp right, since a country had changed its clocks
looks-denied-read = Tried to look after their access had ended, and saw nothing
looks-denied-write = Tried to write after their access had ended, and changed nothing
looks-denied-link = Tried to open the report with a wrong passcode, or by a link that is over, and saw nothing
looks-end = See who can look, and end it

deed-listDiaries = Saw it in the list of their diaries; in a browser, with figures of four weeks
deed-getDiary = Looked at the settings
deed-updateDiary = Changed the settings
deed-listEpisodes = Looked at the log; in a browser, with its charts
deed-getEpisode = Looked at a cramp
deed-createEpisode = Logged a cramp
deed-putEpisode = Wrote a cramp
deed-patchEpisode = Changed a cramp
deed-deleteEpisode = Deleted a cramp
deed-listEpisodeVersions = Looked at what a cramp said before
deed-listChanges = Had an app catch up with the diary
deed-importCsv = Brought in cramps from a table
deed-importDiary = Brought in what had been taken away from a diary
deed-pushChanges = Brought what an app had logged
deed-pullWatermelon = Had an app catch up with the diary
deed-pushWatermelon = Brought what an app had logged
deed-pullRxdb = Had an app catch up with the diary
deed-pushRxdb = Brought what an app had logged
deed-streamRevisions = Had an app wait for changes
deed-streamRxdb = Had an app wait for changes
deed-listSoreness = Looked at the soreness after a cramp
deed-putSoreness = Noted how sore the leg was
deed-deleteSoreness = Deleted how sore the leg was
deed-listCheckIns = Looked at the check-ins
deed-putCheckIn = Checked in
deed-deleteCheckIn = Deleted a check-in
deed-listTreatments = Looked at the treatments
deed-getTreatment = Looked at a treatment
deed-createTreatment = Noted a treatment
deed-putTreatment = Wrote a treatment
deed-patchTreatment = Changed a treatment
deed-deleteTreatment = Deleted a treatment
deed-listPrompts = Asked what there is to log
deed-getNightShare = Looked at the night share
deed-getSummary = Looked at the summary
deed-getTrend = Looked at the course
deed-getTimeOfDay = Looked at the times of day
deed-getSorenessCourse = Looked at how long soreness lasts
deed-getTrialBlock = Took fourteen days as a table
deed-getBeforeAfter = Looked at before and after a treatment
deed-getReport = Opened the report
deed-getReportPdf = Opened the report as a PDF
deed-getFhirPatient = Had a program look whose diary it is
deed-getFhirEverything = Had a program read all that is logged
deed-getFhirResource = Had a program read one entry
deed-searchFhirObservations = Had a program read cramps, soreness and check-ins
deed-searchFhirMedications = Had a program read what is taken
deed-searchFhirProcedures = Had a program read the treatments
deed-searchFhirDocuments = Had a program look for the report
looks-by-its-word = { $deed }, “{ $who }” by its own word
deed-openHealthLink = Opened the health link
deed-getHealthLinkFile = Got the file of the health link
deed-listGrants = Looked at their access
deed-revokeGrant = Gave their access back
deed-listReviews = Looked at their reviews
deed-createReview = Said that they have read it

take-away-title = Download your data
take-away-what = All that you logged, all that you agreed to, and who looked, in one file that other programs can read (JSON).
take-away-button = Download everything
take-away-tables-what = What you logged is there as tables as well, for a spreadsheet or for research: CSV files in one zip, with a list of what each column means.
take-away-tables-button = Download tables
take-away-fhir-what = All of it is there in the format that the computer systems of clinics exchange as well (HL7 FHIR R4). It names with whom you share the diary and who looked, and has your notes: give it only to somebody who may know that.
take-away-fhir-button = Download as FHIR

nav-security = Security

confirm-title = Confirm that it is you
confirm-what = You signed in some time ago, and somebody else may sit there now. Before you change how you sign in, or let others see your diary, show once more that it is you.
confirm-passkey = Confirm with a passkey
confirm-wrong-passkey = This passkey is not one of your account, or it took too long.
confirm-late = This came too late: more than ten minutes had passed, and nothing has been done yet. Confirm that it is you, and then fill in the form once more.
confirm-button = Confirm

password-title = Change the password
password-what = At least twelve characters: three or four words that have nothing to do with each other are good. Everybody else who is signed in to your account is signed out.
password-current = Your password now
password-new = New password
password-repeated = New password once more
password-weak = This is too short, too long or easily guessed. Three or four unrelated words are better.
password-not-the-same = This is not the same as the new password.
password-button = Change the password
password-end-button = Change it, and end all of this
password-opened = Opened since { $since }
password-opened-what = If somebody else knew your password, some of this may be theirs.
password-opened-more = There is more, which ends as well.
password-unnamed-device = A device without a name
password-changed = Your password is changed
password-changed-what = Everybody else who was signed in to your account is signed out.
opening-session = Signed in on { $at }.
opening-passkey = A passkey, added on { $at }. Who has it can sign in.
opening-invitation = A code for your diary, made on { $at }. Nobody has redeemed it yet.
opening-grant = Can see your diary since { $at }.
opening-report_link = A link to your report, made on { $at }.
opening-connection = An app, let in on { $at }.
opening-personal_token = A token for a program, made on { $at }.
opening-webhook = A program that is told of changes (webhook), made or changed on { $at }.

tokens-title = Programs with access
tokens-what = A program that you let in can do what you allow it, and nothing else, until you end it. It never learns your password. What it does is listed with its name wherever it says who looked or wrote.
tokens-new = Let a program in
tokens-none = No program has a token of yours.
tokens-ended = Ended. The program has no access any more.
tokens-own-title = Programs with a token of yours
webhooks-title = Programs that are told of changes (webhooks)
webhooks-none = No program is told of changes.
webhooks-off = A program that is told of changes has been switched off.
webhooks-off-look = See which, and why
webhook-at = It is told at { $host }.
webhook-off-owner = Off since { $at }.
webhook-off-failing = Off since { $at }: something could not be delivered, however often it was tried. Whoever looks after the program can switch it on again.
webhook-off-gone = Off since { $at }: the program said that it wants nothing more.
webhook-off-restored = Off since { $at }: the service was restored from a backup. Whoever looks after the program can switch it on again.
webhook-end-which = End what { $name } is told
webhook-end-follows = { $name } is told of nothing any more.
connections-title = Apps that you let in
connections-none = You have let no app in.
connection-made = Let in on { $at }.
connection-end-which = End the access of { $name }
scope-diary-read = Read everything that is logged, with the report and the export
scope-diary-write = Log, change and delete entries
scope-analytics-read = Read the figures
scope-share-manage = See with whom the diary is shared and who looked, and end what was shared
scope-account-manage = Read and change the data of your account, and end sign-ins and tokens
token-all-diaries = For all diaries that you can see.
token-own-diary = For your own diary alone.
token-some-diaries = { $count ->
    [one] For one diary.
   *[other] For { $count } diaries.
}
token-until-ended = Until you end it.
token-made = Made on { $at }.
token-used = Last used on { $at }.
token-unused = Not used yet.
token-end-which = End the token { $name }
token-end-follows = { $name } can do nothing here any more. What it wrote stays.
token-new-what = Give it no more than the program needs. Only a program that you trust should have it: whoever has the token can do what you tick here.
token-name = What the program is called
token-wrong-name = It needs a name of at most 200 characters.
token-scopes = What it may do
token-wrong-scopes = Tick at least one of these.
token-own-alone = For my own diary alone, and not for those that others share with me
token-wrong-end = This is none of the choices.
token-no-end = until I end it
token-make = Make the token
token-made-title = Your token
token-made-what = Copy it into the program now. It is shown only this once; if it gets lost, end it and make another one.
token-kept = I have copied it

oauth-title = Let { $app } in?
oauth-what = { $app } is an app of somebody else. It asks to do what is ticked here in your name. It never learns your password, and what it does is listed with its name wherever it says who looked or wrote.
oauth-back-to = Afterwards you go back to { $host }. If you did not come from there, choose No.
oauth-back-to-device = Afterwards you go back to the program on this device. If you did not start it just now, choose No.
oauth-scopes = What it may do
oauth-diaries = Where it may do that
oauth-own-diary = My own diary
oauth-diary-of = The diary of
oauth-more-diaries = You can see more than these { $number }; for the others, tick the next line.
oauth-wrong-diaries = You can no longer see one of those that you ticked. Look at what is ticked now.
oauth-all-diaries = All diaries that I can see, now and later
oauth-until = It has access until you end it, which you can do at any time under Programs with access; or until it has not come for 90 days.
oauth-allow = Let it in
oauth-deny = No
oauth-mistaken-title = This link does not work
oauth-mistaken-what = The app that brought you here made a mistake. Nothing has happened, and it has no access. This is what its developers need to know:

factor-title = Second factor
factor-off = Your account has no second factor: whoever knows your password can sign in as you.
factor-what = With a second factor, signing in takes a code of an app on your phone, too. A stolen or guessed password alone then opens nothing.
factor-app = You need an authenticator app, of which many are free: FreeOTP, Aegis, or the one that your phone has for passwords.
factor-begin = Set up a second factor
factor-wrong-password = This is not your password.
factor-on = Your second factor is on since { $date }, { $time } (UTC). Signing in takes a code of your app, too.
factor-codes-left = { $left ->
    [0] No recovery code is left: make new ones, else you can't sign in without your phone.
    [one] 1 recovery code is left.
   *[other] { $left } recovery codes are left.
}
factor-replace-title = New recovery codes
factor-replace-what = If few are left, or somebody may have seen them: new ones take the place of those before.
factor-replace-button = Make new recovery codes
factor-passkeys = { $count ->
    [0] There are none.
    [one] There is one.
   *[other] There are { $count }.
}
factor-off-beside-passkeys = Your passkeys are your second factor. Codes of an app can stand beside them.
factor-disable-beside-passkeys = Then your passkeys are your second factor. For another phone, turn it off, and set it up anew.
factor-disable-title = Turn it off
factor-disable-what = Then the password alone is enough to sign in, and the recovery codes open nothing any more. For another phone, turn it off, and set it up anew.
factor-disable-code = Code of your app, or a recovery code
factor-disable-button = Turn the second factor off

passkeys-title = Passkeys
passkeys-what = With a passkey you sign in without typing: your phone or computer asks for your finger, your face or its PIN. Nobody can guess it, and no other site can ask for it. When you sign in with your password, it is your second factor.
passkeys-yours = Your passkeys
passkeys-none = There are none yet.
passkeys-add = Add a passkey
passkeys-add-what = Your browser asks where it is to be kept: on this device, on your phone, or on a security key. One on a second device helps when the first one is lost.
passkeys-first-what = From then on your password alone does not sign in any more, and everybody else who is signed in to your account is signed out. You get recovery codes for when your devices are lost.
passkeys-name = Name
passkeys-default-name = My passkey
passkeys-make = Make the passkey
passkeys-unsupported = This browser can't make passkeys. It takes a browser of the last two years, with scripts turned on.
passkeys-not-here = At the address of this service browsers make no passkeys. Whoever runs it can change that.
passkeys-not-taken = This passkey could not be added: it took too long, or it is there already. Try again.
passkeys-full = You have as many passkeys as fit. Remove one that you no longer use.
passkeys-added = The passkey is added. You can sign in with it from now on.
passkeys-renamed = The passkey has its new name.
passkeys-removed = The passkey is removed. It opens nothing here any more; remove it from your device, too.
passkey-since = Added on { $at }.
passkey-on-several = Can be on several of your devices.
passkey-on-one = Is on one device alone.
passkey-rename = Rename
passkey-rename-which = Rename the passkey { $name }
passkey-rename-what = The name is for you alone.
passkey-rename-now = Save the name
passkey-remove = Remove
passkey-remove-which = Remove the passkey { $name }
passkey-remove-follows = Nobody can sign in with it any more. Where somebody has signed in with it, they stay signed in until you sign them out. With your last passkey your recovery codes go as well, unless you use an app.
passkey-remove-now = Yes, remove it
passkey-trouble = No passkey was used: you stopped, it took too long, or there is none for this service here. Try again, or take another way.

factor-set-up-title = Set up a second factor
factor-scan-title = 1. Tell your app
factor-scan = Scan this with your authenticator app. It is shown only now.
factor-qr = QR code for an authenticator app
factor-same-phone = Is the app on this phone?
factor-open-app = Open the app
factor-type = Or type this key into the app:
factor-code-title = 2. Type the code
factor-code-what = Your app now shows six digits, and others every half minute. Type those of this moment. Then the second factor is on, and everybody else who is signed in to your account is signed out.
factor-code = Code of your app
factor-code-button = Turn it on
factor-code-only = Type the six digits that your app shows at this moment.
factor-code-lost = If the code does not fit however often you try, set the clock of your phone, or begin anew; then your app needs a new key.
factor-begin-anew = Begin anew

factor-codes-title = Your recovery codes
factor-codes-on = Your second factor is on.
factor-codes-what = With each of these codes you can sign in once without your phone. They are shown only now.
factor-codes-keep = Print this page, or write them down, and keep them where you keep papers, not on the phone. Without phone and codes nobody can let you in again.
factor-codes-done = I have kept them
patients-no-second-factor = Diaries that others share with you are safer with a second factor: then a stolen password alone does not open them.

sign-in-forgot = Forgot your password?
forgot-title = Choose another password
forgot-what = Type the e-mail address that you sign in with. A mail goes there, with a link to the page on which you choose another password.
forgot-button = Send the mail
forgot-asked-title = Look into your mail
forgot-asked-what = If there is an account with this address, a mail is on its way to it. Its link works for half an hour.
forgot-asked-none = If none comes: look where your mail keeps what it takes for advertising, and whether you signed in with another address.
reset-title = Choose another password
reset-what = At least twelve characters: three or four words that have nothing to do with each other are good. Everywhere you are signed in, you are signed out. A second factor stays on.
reset-button = Change the password
reset-done-what = Sign in with it. Everybody who was signed in to your account is signed out.
reset-done-look = If somebody else may have known the old one, look on the page “Change the password” what was opened with it.
reset-late-title = This link opens nothing any more
reset-late-what = It works once, and for half an hour. Have another mail sent to you.
no-mail-title = This service sends no mail
no-mail-what = Whoever runs this service has not set up e-mail, so that nothing can be done by it here. Ask them.

register-mail-title = Look into your mail
register-mail-what = A mail is on its way to you. You can sign in at once, and confirm the address later.
register-mail-known = If you already had an account, the mail says so, and your old password still holds.

email-title = E-mail address
email-is = Your address:
email-is-confirmed = It is confirmed: mail reaches you.
email-unconfirmed = Your e-mail address is not confirmed yet. If you forget your password, a mail to it is the way back in.
email-confirm = Confirm it
email-confirm-what = It is not confirmed yet. Leave it as it is, and a mail with a link goes there.
email-change-what = For another one, type that. Mails go to both addresses, and it is changed once you have followed the link in each.
email-change-what-unconfirmed = For another one, type that. A mail goes there, and it is changed once you have followed its link.
email-waits = It is to become:
email-waits-new = The link in the mail to the new address was not followed yet.
email-waits-old = The link in the mail to the present address was not followed yet.
email-button = Send the mail
email-sent-title = Look into your mail
email-sent-what = What there is to confirm is on its way. Links in mails work for three days.
verify-title = E-mail address
verify-what = Press the button if you have followed a link in a mail of ours to come here.
verify-button = Confirm
verified-title = Confirmed
verified-what = Thank you. That is noted.
verify-late-title = This link opens nothing any more
verify-late-what = It works once, and for three days. Have another mail sent to you.

## E-mail

mail-link-works = The link works once, and for three days.
mail-nothing-happened = If it was not you, do nothing. Nothing was changed.
mail-reset-subject = Choose another password
mail-reset-what = Somebody wants to choose another password at { $host }, for the account of { $address }. If it was you, follow this link:
mail-reset-how-long = It works once, and for half an hour.
mail-reset-not-me = If it was not you, do nothing: your password stays what it is.
mail-registered-subject = You already have an account
mail-registered-what = Somebody wants to use { $address } for an account at { $host }. There is one with this address already, and it stays as it is.
mail-registered-forgot = If it was you, sign in with the password that you have. If you have forgotten it, choose another one here:
mail-address-subject = Confirm your address
mail-address-what = Somebody has opened an account at { $host } with { $address }. If it was you, confirm the address by this link:
mail-address-not-me = If it was not you, do nothing: somebody has mistyped their own address.
mail-new-address-what = Somebody wants to use { $address } for their account at { $host }. If it was you, confirm that by this link:
mail-change-subject = Your address is to be changed
mail-change-what = Your account at { $host } is to have another e-mail address: { $label }. If you want exactly that, agree by this link:
mail-change-not-me = If it was not you, somebody knows your password. Do not follow the link, and choose another password here:
mail-not-me = If it was not you, somebody else may have got in. Choose another password at once:
mail-where = You can read more, and turn such mails off, here:
mail-new_device-subject = A new device
mail-new_device-what = Somebody has signed in to your account at { $host } on a new device.
mail-new_device-what-named = Somebody has signed in to your account at { $host } on a new device: { $label }.
mail-password_changed-subject = Your password was changed
mail-password_changed-what = The password of your account at { $host } was changed, and everybody else who was signed in to it is signed out.
mail-email_changed-subject = Your address was changed
mail-email_changed-what = Your account at { $host } has another e-mail address from now on. Mail from here no longer comes to this one.
mail-email_changed-not-me = If it was not you, turn to whoever runs the service.
mail-second_factor_on-subject = A second factor is on
mail-second_factor_on-what = For your account at { $host }, codes of an app are asked for from now on.
mail-second_factor_off-subject = The second factor is off
mail-second_factor_off-what = For your account at { $host }, no codes of an app are asked for any more.
mail-passkey_added-subject = A passkey was added
mail-passkey_added-what = Your account at { $host } has another passkey, which signs in to it.
mail-passkey_added-what-named = Your account at { $host } has another passkey, which signs in to it: { $label }.
mail-passkey_removed-subject = A passkey was removed
mail-passkey_removed-what = A passkey of your account at { $host } was removed.
mail-passkey_removed-what-named = A passkey of your account at { $host } was removed: { $label }.
mail-recovery_codes_replaced-subject = New recovery codes
mail-recovery_codes_replaced-what = There are new recovery codes for your account at { $host }. Those before open nothing any more.
mail-invitation_redeemed-subject = A code was redeemed
mail-invitation_redeemed-what = Somebody has redeemed a code that you gave out at { $host }.
mail-link_made-subject = A link was made
mail-link_made-what = With your account at { $host }, a link was made that shows something to whoever has it.
mail-first_look-subject = Somebody looked
mail-first_look-what = Somebody with whom you share something at { $host } has looked at it for the first time.

## What happened

notices-title = What happened with your account
notices-what = Of the last 90 days. If something was not you, change your password, and end what was opened.
notices-none = Nothing yet.
notices-done = That is noted.
notices-mail-title = By e-mail
notices-mail-what = Also by e-mail:
notices-mail-always = Of what is about how one gets in, everybody gets a mail.
notices-mail-button = Save
notice-new_device = Somebody signed in on a new device
notice-password_changed = The password was changed
notice-email_changed = The e-mail address was changed
notice-second_factor_on = The second factor was turned on
notice-second_factor_off = The second factor was turned off
notice-passkey_added = A passkey was added
notice-passkey_removed = A passkey was removed
notice-recovery_codes_replaced = New recovery codes were made
notice-invitation_redeemed = Somebody redeemed a code for your diary
notice-link_made = A link to your report was made
notice-first_look = Somebody looked at your diary for the first time
