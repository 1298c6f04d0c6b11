# What the service says to people, in English. Each sentence stands alone and can be read out.

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

## Everywhere

coverage = { $covered } of { $days ->
    [one] 1 day
   *[other] { $days } days
} ({ $percent } %) have an entry; nothing is known of the others.
no-diagnosis = This describes what was logged and supports a conversation with your clinician; it is not a diagnosis.
no-cramps = No cramps are logged from { $from } to { $to }.
too-few = Fewer than { $fewest } cramps: not enough data to say more.

## The night share

night-share = { $night } of { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
} ({ $percent } %, 95 % CI { $low }–{ $high } %) began between { $start } and { $end }.
night-share-too-few = Fewer than { $fewest } cramps: not enough data to say when they mostly come.
night-share-clock = If cramps came at any hour alike, { $percent } % would fall in these hours.
night-share-survey = In a survey, { $percent } % of people with cramps at rest usually had them at night, so a high night share is common.
interrupted-sleep = Sleep was interrupted by { $yes } of { $known ->
    [one] 1 cramp
   *[other] { $known } cramps
} for which it is known ({ $percent } %, 95 % CI { $low }–{ $high } %).
late-and-interrupted-always = Each of these came in the evening or at night and interrupted sleep.
on-the-move = { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
} began while walking or exercising.

## The summary

per-week = On { $days ->
    [one] 1 day
   *[other] { $days } days
} with an entry there { $episodes ->
    [one] was 1 cramp
   *[other] were { $episodes } cramps
}: { $per_week } a week (95 % CI { $low }–{ $high }).
change-unknown = Too little is recorded to compare with the period before.
change-fewer = That is fewer than in the same time before ({ $before } a week from { $from } to { $to }; ratio { $ratio }).
change-more = That is more than in the same time before ({ $before } a week from { $from } to { $to }; ratio { $ratio }).
change-unclear = In the same time before it was { $before } a week ({ $from } to { $to }; ratio { $ratio }): no clear change.
intensity = Half of { $known } cramps with a rating were at { $median } of 10 or less; the middle half lies between { $low } and { $high }.
duration = Half of { $known } cramps with a known duration lasted { $median } or less; { $long } lasted over 10 minutes.
relief = Tried against the cramp: { $measure } ({ $tried } times). In half of the { $timed } times with a known time to relief it took { $median } or less.

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

trend-unknown = Too little is recorded to say whether cramps became more or fewer.
trend-fewer = Cramps became fewer: { $earlier } a week in the first half of the period, { $later } since { $since } ({ $p }).
trend-more = Cramps became more: { $earlier } a week in the first half of the period, { $later } since { $since } ({ $p }).
trend-unclear = There is no clear trend: { $earlier } a week in the first half of the period, { $later } since { $since } ({ $p }).

## The time of day

time-concentrated = The { $episodes } cramps lie closer together than chance would bring them, around { $time } on average ({ $p }).
time-no-peak = The { $episodes } cramps do not clearly gather around one time of day ({ $p }).

## Soreness

soreness-followed = Soreness was logged after { $followed } of { $episodes ->
    [one] 1 cramp
   *[other] { $episodes } cramps
}.
soreness-too-few = Fewer than { $fewest } cramps with soreness logged: not enough data to say how long it lasts.
soreness-median = After half of the cramps, the leg was no longer sore by { $days ->
    [0] the day of the cramp
    [one] day 1
   *[other] day { $days }
}.
soreness-median-not-reached = After more than half of the cramps, the leg was still sore when last logged, so it can't be said how long it lasts.
soreness-day = On day { $day } it was still sore after { $sore } of the { $of } cramps of which that is known ({ $percent } %).

## Before and after a treatment

before-after = “{ $name }”, begun on { $start }: { $before } cramps a week before ({ $before_days } days with an entry), { $after } after ({ $after_days } days).
before-after-unknown = Too little is recorded to compare before and after.
before-after-fewer = That is fewer after than before (95 % CI of the ratio { $low }–{ $high }, { $p }).
before-after-more = That is more after than before (95 % CI of the ratio { $low }–{ $high }, { $p }).
before-after-no-clear-change = The difference may be chance (95 % CI of the ratio { $low }–{ $high }, { $p }).
before-after-no-cause = A change after a treatment need not come from it; this can't tell.
caution-few-covered-days = Few days have an entry: { $before } of { $before_days } before, { $after } of { $after_days } after.
caution-different-seasons = Before and after lie in different seasons, and cramps are commoner in summer.
caution-over-dispersion = Cramps came in spells (variation { $index } times that of chance), so the interval is narrower than it should be.
caution-overlapping-treatment = Another treatment was under way at the time: { $names }.
caution-bad-spell = It was begun in a bad spell ({ $spell } cramps a week in the four weeks before, { $usual } in the year before them): some fall is expected anyway.
caution-usual-rate-unknown = Little is known of the year before, so it can't be said whether it was begun in a bad spell, after which some fall is expected anyway.
