# Was der Dienst zu Menschen sagt, auf Deutsch. Jeder Satz steht für sich und kann vorgelesen werden.

# A number that is not whole: what stands before the mark, and the digits after it.
decimal = { $whole },{ $part }
duration-about = etwa { $length }

date = { $day }. { $month } { $year }
month = { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}

## Überall

coverage-whole = { $days ->
    [one] Der 1 Tag hat
   *[other] Alle { $days } Tage haben
} einen Eintrag.
coverage = { $covered } von { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} ({ $percent } %) haben einen Eintrag; von den übrigen ist nichts bekannt.
no-diagnosis = Dies beschreibt, was aufgezeichnet wurde, und hilft beim Gespräch in der Praxis; es ist keine Diagnose.
no-cramps = Vom { $from } bis zum { $to } sind keine Krämpfe aufgezeichnet.
counted = An { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} mit Eintrag gab es { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfe
}.
too-few = Weniger als { $fewest } Krämpfe: zu wenig, um mehr zu sagen.

## Der Anteil der Nacht

night-share = { $night } von { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfen
} ({ $percent } %, 95-%-KI { $low }–{ $high } %) { $night ->
    [one] begann
   *[other] begannen
} zwischen { $start } und { $end } Uhr.
night-share-count = { $night } von { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfen
} { $night ->
    [one] begann
   *[other] begannen
} zwischen { $start } und { $end } Uhr.
night-share-bouts = Die { $episodes } Krämpfe kamen an { $bouts ->
    [one] 1 Tag, gezählt mit der Nacht danach
   *[other] { $bouts } Tagen, jeder gezählt mit der Nacht danach
}; Krämpfe eines Tages sind nicht unabhängig voneinander, und das Intervall berücksichtigt das.
night-share-too-few = Weniger als { $fewest } Krämpfe oder weniger als { $fewest } Tage und Nächte mit Krämpfen: zu wenig, um zu sagen, wann sie meist kommen.
night-share-clock = Kämen Krämpfe zu jeder Stunde gleich oft, fielen { $percent } % in diese Stunden.
night-share-survey = In einer Befragung hatten { $percent } % (95-%-KI { $low }–{ $high } %) der Menschen mit Krämpfen in Ruhe sie meist nachts; ein hoher Anteil der Nacht ist also häufig.
night-share-soon = Von den { $episodes } Krämpfen, die innerhalb von 24 Stunden aufgeschrieben wurden, { $night ->
    [one] begann { $night }
   *[other] begannen { $night }
} ({ $percent } %, 95-%-KI { $low }–{ $high } %) nachts.
cramp-nights-soon = Aus den Krämpfen allein, die innerhalb von 24 Stunden aufgeschrieben wurden, Nächte mit Krämpfen: { $per_week } je Woche (95-%-KI { $low }–{ $high }), aus { $nights } von { $observed } Nächten, von denen es bekannt ist.
cramp-nights-soon-range = Aus den Krämpfen allein, die innerhalb von 24 Stunden aufgeschrieben wurden, Nächte mit Krämpfen: zwischen { $low } und { $high } je Woche; { $nights } von { $observed } Nächten, von denen es bekannt ist, zu wenige für eine einzelne Zahl.
cramp-nights = Nächte mit Krämpfen: { $per_week } je Woche (95-%-KI { $low }–{ $high }), aus { $nights } von { $observed } Nächten, von denen es bekannt ist.
cramp-nights-range = Nächte mit Krämpfen: zwischen { $low } und { $high } je Woche; { $nights } von { $observed } Nächten, von denen es bekannt ist, zu wenige für eine einzelne Zahl.
cramp-nights-at-least = Kamen in den Nächten, von denen es nicht bekannt ist, keine Krämpfe, sind es über alle Nächte { $at_least } je Woche.
broken-nights = Nächte, in denen ein Krampf den Schlaf unterbrach: { $per_week } je Woche (95-%-KI { $low }–{ $high }), aus { $nights } von { $observed } Nächten, von denen es bekannt ist.
broken-nights-range = Nächte, in denen ein Krampf den Schlaf unterbrach: zwischen { $low } und { $high } je Woche; { $nights } von { $observed } Nächten, von denen es bekannt ist, zu wenige für eine einzelne Zahl.
interrupted-sleep = Von den nächtlichen Krämpfen, bei denen es bekannt ist, { $yes ->
    [one] unterbrach { $yes } von { $known }
   *[other] unterbrachen { $yes } von { $known }
} den Schlaf ({ $percent } %, 95-%-KI { $low }–{ $high } %).
interrupted-sleep-count = Von den nächtlichen Krämpfen, bei denen es bekannt ist, { $yes ->
    [one] unterbrach { $yes } von { $known }
   *[other] unterbrachen { $yes } von { $known }
} den Schlaf.
late-and-interrupted-always = Alle { $known } Krämpfe, bei denen bekannt ist, ob sie den Schlaf unterbrachen, kamen am Abend oder in der Nacht und unterbrachen ihn (95-%-KI { $low }–100 %).
on-the-move = { $episodes ->
    [one] { $episodes } von { $known } Krämpfen, bei denen es bekannt ist, begann
   *[other] { $episodes } von { $known } Krämpfen, bei denen es bekannt ist, begannen
} beim Gehen oder beim Sport.

## Die Übersicht

per-week = An { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} mit Eintrag gab es { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfe
}: { $per_week } je Woche (95-%-KI { $low }–{ $high }).
per-week-range = An { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} mit Eintrag gab es { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfe
}. Für eine einzelne Zahl haben zu wenige Tage einen Eintrag: zwischen { $low } und { $high } je Woche.
at-least = Hatten die Tage ohne Eintrag keine Krämpfe, waren es über alle { $days } Tage { $at_least } Krämpfe je Woche.
at-least-not-checked-in = Kein Tag ohne Krämpfe hat einen Eintrag, die Rate kann also viel zu hoch sein; über alle { $days } Tage lässt sich nur sagen: mindestens { $at_least } je Woche.
ratio-known = { $ratio } (95-%-KI { $low }–{ $high })
ratio-known-and-all = { $ratio } (95-%-KI { $low }–{ $high }), über alle Tage { $all } ({ $all_low }–{ $all_high })
ratio-brief = { $ratio } ({ $low }–{ $high })
ratio-brief-and-all = { $ratio } ({ $low }–{ $high }), über alle Tage { $all } ({ $all_low }–{ $all_high })
change-unknown = Für einen Vergleich mit der Zeit vor diesem Zeitraum ist zu wenig aufgezeichnet.
change-fewer = Es gab weniger Krämpfe als in der Zeit davor: { $before } je Woche an { $days ->
    [one] dem 1 Tag
   *[other] den { $days } Tagen
} mit Eintrag vom { $from } bis zum { $to }; Verhältnis { $ratio }.
change-more = Es gab mehr Krämpfe als in der Zeit davor: { $before } je Woche an { $days ->
    [one] dem 1 Tag
   *[other] den { $days } Tagen
} mit Eintrag vom { $from } bis zum { $to }; Verhältnis { $ratio }.
change-unclear = Gegenüber der Zeit davor gibt es keine klare Veränderung: { $before } Krämpfe je Woche an { $days ->
    [one] dem 1 Tag
   *[other] den { $days } Tagen
} mit Eintrag vom { $from } bis zum { $to }; Verhältnis { $ratio }.
intensity = Die Hälfte von { $known } Krämpfen mit Angabe lag bei { $median } von 10 oder darunter; die mittlere Hälfte liegt zwischen { $low } und { $high }.
intensity-of-few = { $known ->
    [one] Von 1 Krampf ist die Stärke bekannt: { $most } von 10.
   *[other] Von { $known } Krämpfen ist die Stärke bekannt; die größte ist { $most } von 10.
}
duration = Die Hälfte von { $known } Krämpfen mit bekannter Dauer dauerte { $median } oder weniger; { $long ->
    [one] 1 dauerte
   *[other] { $long } dauerten
} länger als 10 Minuten.
relief = Gegen den Krampf versucht: { $measure } ({ $tried }-mal). In der Hälfte der { $timed } Male mit bekannter Zeit half es nach { $median } oder früher.
since-last-cramp = { $days ->
    [0] Der letzte aufgezeichnete Krampf war am { $end }.
    [one] Der letzte aufgezeichnete Krampf war 1 Tag vor dem { $end }; { $covered ->
        [0] der Tag seither hat keinen Eintrag.
       *[other] der Tag seither hat einen Eintrag.
    }
   *[other] Der letzte aufgezeichnete Krampf war { $days } Tage vor dem { $end }; { $covered ->
        [0] keiner der Tage seither hat einen Eintrag.
        [one] 1 der Tage seither hat einen Eintrag.
       *[other] { $covered } der Tage seither haben einen Eintrag.
    }
}
longest-run = Die längste Folge von Tagen mit Eintrag und ohne Krampf hat { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}, vom { $from } bis zum { $to }.
contradictions = An { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} widersprechen sich Tagesmeldung und Aufzeichnung; solche Tage zählen als Tage mit Eintrag und nur dann als krampffrei, wenn beide es sagen.

measure-stretching = Dehnen
measure-massage = Massage
measure-walking = Gehen
measure-standing = Aufstehen
measure-heat = Wärme
measure-cold = Kälte
measure-hydration = Trinken
measure-medication = ein Medikament
measure-elevation = Hochlegen
measure-other = anderes

## Der Verlauf

trend-unknown = Es ist zu wenig aufgezeichnet, um zu sagen, ob es mit der Zeit mehr oder weniger Krämpfe gab.
trend-fewer = Es gab weniger Krämpfe: von { $earlier } je Woche ({ $earlier_from } bis { $earlier_to }) auf { $later } je Woche ({ $later_from } bis { $later_to }); Verhältnis { $ratio }.
trend-more = Es gab mehr Krämpfe: von { $earlier } je Woche ({ $earlier_from } bis { $earlier_to }) auf { $later } je Woche ({ $later_from } bis { $later_to }); Verhältnis { $ratio }.
trend-unclear = Es gibt keinen klaren Verlauf: { $earlier } Krämpfe je Woche vom { $earlier_from } bis zum { $earlier_to }, { $later } vom { $later_from } bis zum { $later_to }; Verhältnis { $ratio }.
trend-slope = Über { $weeks } Wochen mit Einträgen änderten sich die Krämpfe je Woche um { $percent } % im Monat (95-%-KI { $low } bis { $high } %).
control-chart = Nach den ersten { $weeks } Wochen mit Einträgen an den meisten Tagen sind { $low } bis { $high } Krämpfe je Woche üblich; { $outside ->
    [0] keine Woche liegt
    [one] 1 Woche liegt
   *[other] { $outside } Wochen liegen
} außerhalb.

## Die Tageszeit

time-concentrated = Die Krämpfe halten sich an eine Tageszeit: an { $bouts } Tagen, jeder gezählt mit der Nacht danach, kamen sie im Mittel um { $time } Uhr, ± { $hours } Stunden (95-%-KI).
time-concentrated-roughly = Die Krämpfe halten sich an einen Teil des Tages: an { $bouts } Tagen, jeder gezählt mit der Nacht danach, kamen sie im Mittel um { $time } Uhr, wenn auch weit verstreut.
time-too-few-bouts = Die { $episodes } Krämpfe kamen an { $bouts ->
    [one] 1 Tag, gezählt mit der Nacht danach
   *[other] { $bouts } Tagen, jeder gezählt mit der Nacht danach
}. Weniger als { $fewest } solche Tage: zu wenig, um zu sagen, wann sie kommen.
time-too-few-with-mean = An { $with ->
    [0] keinem
   *[other] nur { $with }
} der { $bouts } Tage mit Krämpfen, jeder gezählt mit der Nacht danach, liegen sie um eine Tageszeit. Weniger als { $fewest }: zu wenig, um zu sagen, wann sie kommen.
time-no-peak = An { $bouts } Tagen, jeder gezählt mit der Nacht danach, sammeln sich die Krämpfe nicht klar um eine Tageszeit.

## Schmerz danach

soreness-followed = Nach { $followed } von { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfen
} ist aufgezeichnet, wie das Bein danach schmerzte.
soreness-too-few = Weniger als { $fewest } Krämpfe mit Angaben dazu: zu wenig, um zu sagen, wie lange es dauert.
soreness-median = Nach mindestens der Hälfte der Krämpfe schmerzte das Bein nicht mehr ab { $days ->
    [0] dem Tag des Krampfs
    [one] Tag 1
   *[other] Tag { $days }
} (95-%-KI Tag { $low }–{ $high }).
soreness-median-not-reached = Nach mehr als der Hälfte der Krämpfe schmerzte das Bein beim letzten Eintrag noch; wie lange es dauert, lässt sich nicht sagen.
soreness-day = am Tag { $day }: { $percent } % ({ $low }–{ $high } %)
soreness-days = Noch schmerzende Beine, mit 95-%-KI, { $days }.

## Vor und nach einer Behandlung

before-after = „{ $name }“, begonnen am { $start }: davor { $before } Krämpfe je Woche ({ $before_days } Tage mit Eintrag), danach { $after } ({ $after_days } Tage).
before-after-unknown = Für einen Vergleich von vorher und nachher ist zu wenig aufgezeichnet.
before-after-fewer = Nach dem Beginn gab es weniger Krämpfe als davor: das Verhältnis ist { $ratio }.
before-after-more = Nach dem Beginn gab es mehr Krämpfe als davor: das Verhältnis ist { $ratio }.
before-after-unclear = Zwischen davor und danach gibt es keinen klaren Unterschied: das Verhältnis ist { $ratio }.
before-after-soon = Aus den { $episodes } Krämpfen allein, die innerhalb von 24 Stunden aufgeschrieben wurden, ist das Verhältnis von danach zu davor { $ratio }.
before-after-nights = Nächte mit Krämpfen: davor { $before } je Woche (bekannt von { $before_nights } Nächten), danach { $after } (von { $after_nights }); Unterschied { $difference }.
difference-known = { $low } bis { $high } (95-%-KI)
difference-known-and-all = { $low } bis { $high }, über alle Nächte { $all_low } bis { $all_high } (95-%-KI)
response-fewer = Von den vier Wochen davor zu den ersten vier danach: { $change } % weniger Krämpfe (95-%-KI { $low } bis { $high } %; { $before } auf { $after } je Woche); unter Placebo in Studien { $placebo } % weniger im Mittel, und mindestens ein Viertel weniger bei { $responders } % der Menschen.
response-more = Von den vier Wochen davor zu den ersten vier danach: { $change } % mehr Krämpfe (95-%-KI { $low } bis { $high } %; { $before } auf { $after } je Woche); unter Placebo in Studien { $placebo } % weniger im Mittel, und mindestens ein Viertel weniger bei { $responders } % der Menschen.
legs = Krämpfe in einem Bein allein: { $treated_before } davor und { $treated_after } danach im behandelten Bein, { $untreated_before } und { $untreated_after } im anderen (95-%-KI des Quotenverhältnisses { $low }–{ $high }).
before-after-no-cause = Eine Veränderung nach einer Behandlung muss nicht von ihr kommen; das lässt sich hier nicht sagen.
caution-few-covered-days = Nur wenige Tage haben einen Eintrag: davor { $before } von { $before_days }, danach { $after } von { $after_days }.
caution-cramp-free-days-missing = Davor oder danach hat kein Tag ohne Krämpfe einen Eintrag; die Rate ist dort zu hoch.
caution-different-seasons = Vorher und nachher liegen in verschiedenen Jahreszeiten, und im Sommer scheinen Krämpfe häufiger: die Jahreszeit allein ließe ein Verhältnis von etwa { $season } erwarten; hier ist es { $ratio }.
caution-over-dispersion = Die Krämpfe kamen gehäuft: Wochen streuen { $index }-mal so stark, wie der Zufall sie ließe, und das Intervall ist deshalb breiter.
caution-overlapping-treatment = In dieser Zeit begann oder endete eine andere Behandlung: { $names }.
caution-bad-spell = Die Behandlung begann in einer schlechten Phase ({ $spell } Krämpfe je Woche in den vier Wochen davor, { $usual } im Jahr vor diesen): etwas Rückgang ist ohnehin zu erwarten.
caution-usual-rate-unknown = Vom Jahr davor ist wenig bekannt; ob die Behandlung in einer schlechten Phase begann, nach der etwas Rückgang ohnehin zu erwarten ist, lässt sich nicht sagen.
caution-entered-afterwards = Die Behandlung wurde { $days } Tage nach ihrem Beginn eingetragen, als sich schon wissen ließ, wie es ging.

## Der Bericht

report-title = Beinkrämpfe: was das Tagebuch sagt
report-flags = Eine Frage wert
report-numbers = Die Zahlen hinter den Bildern
report-further-on = Auf den nächsten Seiten: { $what }.
report-answers = Weitere Antworten
report-page-of = Seite { $page } von { $pages }
# In eckigen Klammern, anstelle dessen, wofür die Schriften des PDFs keine Zeichen haben.
pdf-unprintable = hier nicht druckbar: { $count } Zeichen
pdf-unprintable-note = Wo [hier nicht druckbar] steht, oder […] in einem Bild, hat dieses PDF für das Geschriebene keine Schrift, zum Beispiel für Emojis; der Bericht als Webseite zeigt es.
in-numbers = { $what }, in Zahlen
from-to = { $from } – { $to }
none = keine
count-of = { $count } von { $of } ({ $percent } %)
as-of = { $date }, Stand { $revision }
day = Tag
not-recorded = Dazu ist nichts aufgezeichnet.

fact-period = Zeitraum
fact-coverage = Tage mit Eintrag
fact-night = Nacht, Zeitzone
fact-as-of = Stand

flag-over-10-minutes = { $long } von { $known } Krämpfen mit bekannter Dauer { $long ->
    [one] dauerte
   *[other] dauerten
} länger als 10 Minuten.
flag-only-moving = { $known ->
    [one] Der 1 Krampf, von dem es bekannt ist, begann
   *[other] Alle { $known } Krämpfe, von denen es bekannt ist, begannen
} beim Gehen oder beim Sport.
flag-both-legs = { $legs } von { $known } Krämpfen mit bekanntem Ort waren in beiden Beinen zugleich.
flag-stood-still = Von { $moving } Krämpfen beim Gehen oder beim Sport ist bei { $timed } bekannt, wie bald Stehenbleiben half; { $gone } davon waren innerhalb von 10 Minuten weg.
card-over-time = Nächte und Krämpfe im Lauf der Zeit

card-night = Nacht und Schlaf
card-time-of-day = Tageszeit
card-severity = Wie stark und wie lang
card-soreness = Schmerz danach
card-sites = Wo
card-relief = Was versucht wurde
card-treatments-details = Behandlungen im Einzelnen
card-treatments = Behandlungen
headline-cramps = { $episodes ->
    [one] 1 Krampf
   *[other] { $episodes } Krämpfe
}
headline-count = { $count } von { $of }
headline-at-least = Mindestens { $per_week } Krämpfe je Woche
headline-range = Zwischen { $low } und { $high } Krämpfe je Woche
headline-nights-range = Zwischen { $low } und { $high } Nächten je Woche mit Krämpfen
headline-nights = { $per_week } Nächte je Woche mit Krämpfen · { $low }–{ $high }

chart-weeks = Krämpfe im Lauf der Zeit
chart-weeks-legend = kräftig: nachts · blass: abends und tags · Streifen: Tage mit Eintrag · gestrichelt: Krämpfe im Mittel aller Tage jeder Hälfte
card-nights = Nacht für Nacht
raster-says = { $nights ->
    [one] 1 Nacht von Mittag bis Mittag, { $from }
   *[other] { $nights } Nächte untereinander, jede von Mittag bis Mittag, { $from } – { $to }, die jüngste unten
}, { $cramps ->
    [0] ohne Krampf
    [one] mit 1 Krampf
   *[other] mit { $cramps } Krämpfen
}.
raster-woke = Schlaf unterbrochen
raster-slept = Schlaf nicht unterbrochen
raster-sleep-unknown = ohne Angabe zum Schlaf
raster-how-bad = wie stark: 0–3, 4–6, 7–10
raster-how-bad-unknown = ohne Angabe, wie stark
raster-how-long = wie lang: bis 2 min oder ohne Angabe, bis 10, länger
raster-sore = schmerzt nach, dicker: stärker
raster-night = Nacht
raster-unknown = kein Eintrag, oder ein Krampf, der nicht aufgezeichnet ist
raster-treatment = Behandlung beginnt; gestrichelt: endet
raster-ends = { $name }: Ende
raster-more-treatments = und { $count } weitere in der Tabelle
day-and-month = { $day }. { $month }
column-night = Nacht vom
column-entries = Einträge
entries-whole = ja
entries-part = teilweise
entries-none = keine
column-sore-on = Schmerz an diesem Tag, 0–10
chart-night = Anteil der Krämpfe, die nachts begannen
chart-clock-share = nach der Uhr { $percent } %
chart-clock = Beginn der Krämpfe auf einer Uhr mit 24 Stunden, die Nacht hinterlegt
chart-soreness = Anteil der Beine, die noch schmerzen, nach Tagen seit dem Krampf
chart-first-nights = Die ersten Nächte nach dem Beginn
chart-first-nights-legend = voll: ein Krampf · Ring: keiner · Strich: nicht bekannt
first-nights = Von den ersten Nächten ab dem Beginn von „{ $name }“ brachten { $cramp } einen Krampf, { $free } keinen, und von { $unknown } ist es nicht bekannt.

entry-delay-count = { $yes } von { $known } { $yes ->
    [one] wurde
   *[other] wurden
} innerhalb von 24 Stunden aufgeschrieben.
entry-delay = { $yes } von { $known } { $yes ->
    [one] wurde
   *[other] wurden
} innerhalb von 24 Stunden aufgeschrieben ({ $percent } %).
sites-caption = { $known } von { $episodes } Krämpfen; mehrere Orte zählen einzeln
relief-caption = { $known } von { $episodes } Krämpfen
treatments-caption = Krämpfe je Woche in bis zu 90 Tagen vor und nach dem Beginn; eine Veränderung muss nicht daher kommen
no-treatments = Für diese Zeit sind keine Behandlungen aufgezeichnet.
median-of = { $median }, bekannt von { $known }

and-more = und { $count } weitere
in-full = { $what }, vollständig: { $of }
treatments-others = Weitere Behandlungen
row-intensity = Stärke, 0–10
row-duration = Dauer
row-sleep-disturbance = Schlaf gestört, 0–10
row-soreness-peak = Stärkster Schmerz danach, 0–10
short-few_covered_days = wenige Tage mit Eintrag
short-cramp_free_days_missing = keine Einträge an Tagen ohne Krämpfe
short-different_seasons = verschiedene Jahreszeiten
short-over_dispersion = Krämpfe kamen gehäuft
short-overlapping_treatment = zugleich andere Behandlung
short-started_in_a_bad_spell = begonnen in schlechter Phase
short-usual_rate_unknown = übliche Rate unbekannt
short-entered_afterwards = nachträglich eingetragen

column-from = Von
column-to = Bis
column-cramps = Krämpfe
column-at-night = Nachts
column-covered = Tage mit Eintrag
column-hour = Stunde
column-day = Tag
column-at-risk = Beobachtet
column-resolved = Vorbei
column-censored = Letzter Eintrag, noch schmerzhaft
column-still-sore = Noch schmerzhaft (95-%-KI)
column-part = Ort
column-left = Links
column-right = Rechts
column-both = Beide
column-side-unknown = Ohne Angabe
column-measure = Mittel
column-tried = Versucht
column-median-relief = Zeit bis zur Linderung, Median
short-unknown = zu wenig bekannt
short-fewer = weniger, { $ratio }
short-more = mehr, { $ratio }
short-unclear = nicht klar, { $ratio }
column-treatment = Behandlung
column-since = Seit
column-until = Bis
column-before = Davor
column-after = Danach
column-verdict = Veränderung als Verhältnis (95-%-KI)
column-cautions = Mit Vorsicht
column-what = Was
column-known = Bekannt
column-median = Median
column-middle-half = Mittlere Hälfte
column-most = Max.

note-self-reported = Selbst aufgezeichnet in einem Tagebuch. Es beschreibt und hilft beim Gespräch; es ist keine Diagnose. KI: Konfidenzintervall. Raten zählen nur Tage mit Eintrag.
note-primary = Zuerst zählt der Anteil der Nacht neben dem nach der Uhr; alles andere ist als Beschreibung zu lesen.
note-primary-treatments = Zuerst zählt der Vergleich von davor und danach bei einer Behandlung; alles andere ist als Beschreibung zu lesen.
note-methods = Verfahren: { $methods }. Stand { $revision } des Tagebuchs. Daten und Zeiten sind die des Ortes, an dem die Person war; die Zeitzone des Tagebuchs ist { $zone }.

log-title = Die Aufzeichnungen
log-latest = Die letzten { $listed } Krämpfe; { $left_out } frühere aus dem Zeitraum fehlen hier. Für einen Bericht mit allen hängen Sie log=all an seine Adresse an, oder setzen Sie das Häkchen, bevor Sie einen Link öffnen.
report-back = Zurück zum Tagebuch
report-all = Mit allen { $count } Krämpfen
log-places = { $count } Stellen
log-left-out = Die letzten { $listed } Krämpfe; { $left_out } frühere aus dem Zeitraum sind nicht aufgeführt.
log-when = Wann
log-part-of-day = Tageszeit
log-lasted = Dauer
log-intensity = Stärke
log-where = Wo
log-while = Wobei
log-sleep = Schlaf unterbrochen
log-relief = Versucht
log-soreness = Schmerz danach
log-triggers = Auslöser

period-night = Nacht
period-evening = Abend
period-day = Tag
part-calf = Wade
part-foot = Fuß
part-toes = Zehen
part-shin = Schienbein
part-thigh_front = Oberschenkel vorn
part-thigh_back = Oberschenkel hinten
part-other = anderswo
side-left = links
side-right = rechts
side-both = beide
context-asleep = im Schlaf
context-in_bed_awake = wach im Bett
context-resting = in Ruhe
context-standing = im Stehen
context-walking = beim Gehen
context-exercising = beim Sport
context-after_exercise = nach dem Sport
context-other = anderes
trigger-long_walk = langer Spaziergang
trigger-long_standing = langes Stehen
trigger-exercise = Sport
trigger-long_sitting = langes Sitzen
trigger-warm_day = warmer Tag
trigger-little_to_drink = wenig getrunken
trigger-alcohol = Alkohol
trigger-tight_shoes = enge Schuhe
trigger-toes_pointed = Zehen gestreckt im Bett
sleep-broken = ja
sleep-unbroken = nein
soreness-none = keiner
soreness-peak = bis { $level }/10
soreness-over = vorbei an Tag { $day }

## Seiten

page-nothing-here = Hier ist nichts
page-nothing-here-why = Die Adresse stimmt nicht, oder was hier war, ist vorbei: Ein Link, der abgelaufen ist oder beendet wurde, öffnet nichts mehr.
page-too-many-tries = Zu viele Versuche
page-too-many-tries-why = { $minutes ->
    [one] Warten Sie eine Minute und versuchen Sie es dann noch einmal.
   *[other] Warten Sie { $minutes } Minuten und versuchen Sie es dann noch einmal.
}
page-try-again = Noch einmal versuchen
page-not-understood = Das war nicht zu verstehen
page-not-understood-why = Gehen Sie zurück und versuchen Sie es noch einmal.
page-docs = Die API
page-home = Zur Startseite
page-failed = Hier ist etwas schiefgegangen
page-failed-why = Es lag nicht an Ihnen. Versuchen Sie es gleich noch einmal.

link-title = Bericht aus einem Krampftagebuch
link-what = Jemand teilt mit Ihnen den Bericht aus dem eigenen Krampftagebuch. Er beschreibt, was eingetragen wurde, und ist keine Diagnose.
link-noted = Dass der Bericht geöffnet wurde, wird festgehalten, und die Person kann es sehen.
link-passcode = Zugangscode
link-wrong-passcode = Das ist nicht der Zugangscode.
link-whole-log = Mit allen Krämpfen, nicht nur den letzten
link-open = Bericht öffnen
link-open-pdf = Als PDF öffnen

more = Mehr
nav-label = Seiten
nav-patients = Patienten
nav-redeem = Code einlösen
nav-sign-out = Abmelden

sign-in-title = Anmelden
sign-in-what = Zu Ihrem Krampftagebuch und zu denen, die andere mit Ihnen teilen.
sign-in-email = E-Mail
sign-in-password = Passwort
sign-in-code = Code des zweiten Faktors
sign-in-code-help = Nur, wenn Sie einen eingerichtet haben: die sechs Ziffern Ihrer App oder ein Wiederherstellungscode.
sign-in-button = Anmelden
sign-in-new = Neu hier?
sign-in-new-patient = Sie haben Krämpfe: Die App für Ihr Telefon führt Ihr Tagebuch, auch ohne Netz.
sign-in-new-reader = Ihre Patientin oder Ihr Patient hat Ihnen einen Code gegeben:
register-title = Konto eröffnen
register-what = Für Ärztinnen, Ärzte und alle anderen, mit denen ein Tagebuch geteilt wird. Danach geben Sie den Code ein, den Sie bekommen haben.
register-name = Ihr Name, wie Ihre Patienten Sie kennen
register-password = Passwort
register-password-what = Mindestens zwölf Zeichen: Gut sind drei oder vier Wörter, die nichts miteinander zu tun haben.
register-wrong-email = Das ist keine E-Mail-Adresse.
register-wrong-name = Das ist zu lang.
register-taken = Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich damit an.
register-button = Konto eröffnen
sign-in-wrong = E-Mail oder Passwort ist falsch.
sign-in-code-needed = Ihr Konto hat einen zweiten Faktor: Geben Sie auch den Code Ihrer App ein.
sign-in-passkey = Mit einem Passkey anmelden
sign-in-passkey-needed = Ihr Konto hat einen Passkey: Melden Sie sich unten mit ihm an, oder geben Sie Ihr Passwort mit einem Wiederherstellungscode ein.
sign-in-wrong-passkey = Dieser Passkey öffnet hier kein Konto: Er wurde entfernt, oder es hat zu lange gedauert. Versuchen Sie es noch einmal, oder geben Sie Ihr Passwort ein.
sign-in-wrong-code = Das ist nicht der aktuelle Code, oder er wurde schon benutzt.

redeem-title = Code einlösen
redeem-what = Ihre Patientin oder Ihr Patient hat Ihnen einen Code aus zwölf Buchstaben und Ziffern gegeben. Er gilt einmal; danach finden Sie das Tagebuch unter Ihren Patienten.
redeem-code = Code
redeem-button = Einlösen
redeem-no-code = Ein Code hat 12 Buchstaben und Ziffern, wie ABCD-EFGH-JKLM. Die Buchstaben I und O und die Ziffern 0 und 1 kommen nicht vor.
redeem-opens-nothing = Dieser Code öffnet nichts: Vielleicht ist er vertippt, benutzt, abgelaufen oder zurückgenommen. Bitten Sie um einen neuen.
redeem-own-diary = Dieser Code ist für Ihr eigenes Tagebuch. Geben Sie ihn denen, mit denen Sie es teilen möchten.

patients-title = Patienten
patients-none = Noch teilt niemand ein Tagebuch mit Ihnen.
patients-period = Raten gelten für Nächte, von denen alles bekannt ist; eine Spanne sagt, dass es zu wenige sind. Eine Veränderung ist die seit Beginn der letzten Behandlung oder die zwischen den letzten beiden abgeschlossenen Blöcken von vier Kalenderwochen, nach einem 99-%-Intervall.
patients-search = Name
patients-not-found = Hier heißt niemand so.
patients-sort = Reihenfolge
patients-by-group = Wichtigstes zuerst
patients-by-name = Name
patients-by-nights = Krampfnächte je Woche
patients-by-change = Veränderung
patients-by-at_night = Nachts
patients-by-sleep = Schlaf unterbrochen
patients-by-worst = Stärkster, 0–10
patients-by-last = Letzter Eintrag
patients-covered = { $covered } von { $days } Tagen erfasst
patients-no-entry = keine Einträge
patients-weeks = Nächte mit Krämpfen in jeder der letzten zwölf Wochen: { $weeks }
patients-unread = noch nicht gelesen
patients-read = gelesen
group-worse = Mehr Krämpfe ({ $count })
group-new = Noch nie gelesen ({ $count })
group-few = Zu wenige Einträge ({ $count })
group-steady = Keine klare Verschlechterung ({ $count })
span-label = Zeitraum
span-weeks = 4 Wochen
span-months = 3 Monate
span-year = 1 Jahr
span-other = Anderer Zeitraum
figure-cramps = In diesem Zeitraum
figure-nights = Krampfnächte je Woche
figure-at-night = Nachts
figure-sleep = Schlaf unterbrochen
figure-intensity = Stärke, Median
figure-sore = Schmerz danach bis
figure-treatment = Behandlung
figure-no-treatment = keine eingetragen
figure-since = seit { $name }
figure-rate-since = Krämpfe je Woche seit { $name }
figure-before-after = { $before } → { $after }
figure-at-least = mindestens { $number }
figure-few-nights = wenige Nächte erfasst
figure-of = { $count } von { $of } · { $low }–{ $high }
figure-middle-half = die Hälfte von { $known } bei { $low }–{ $high }
figure-day = Tag { $day }
figure-days = Tag { $low }–{ $high }
figure-longer = länger als eingetragen
patient-period = { $from } bis { $to } · Tage mit Eintrag: { $coverage }
patient-answers = Im Einzelnen
patient-review = Als gelesen markieren, bis { $date }
patient-reviewed = Sie haben alles bis { $date } gelesen.
patient-write = Sie dürfen in dieses Tagebuch schreiben. Dafür gibt es die App:
diary-app = App öffnen
glance-fewer = weniger
glance-more = mehr
glance-none = keine klare Veränderung
glance-lately = letzte vier Wochen und die davor
glance-unknown = zu wenig für eine Aussage

patient-nameless = Ohne Namen
patient-report = Bericht
patient-report-pdf = Bericht als PDF
patient-log = Einträge
patient-log-empty = Hier sind keine Krämpfe.
terms-from = Sie sehen, was ab dem { $date } eingetragen wurde.
terms-no-notes = Notizen werden nicht geteilt.
terms-until = Ihr Zugang endet am { $date }.
terms-noted = Jeder Blick wird festgehalten, und die Person kann es sehen.
filter-from = Von
filter-to = Bis
filter-period = Tageszeit
filter-any = alle
filter-intensity = Stärke, mindestens
filter-wrong-dates = Diesen Zeitraum gibt es nicht: Der erste Tag darf nicht nach dem letzten liegen und nicht nach heute. Das ist der übliche.
filter-log-button = Einträge filtern
filter-button = Anzeigen

page-one-moment = Einen Augenblick
page-go-on = Weiter

nav-diary = Mein Tagebuch
nav-sharing = Teilen
nav-looks = Zugriffe
nav-shared-with-me = Mit mir geteilt
patient-leave = Zugang zurückgeben
patient-leave-what = Sie sehen dieses Tagebuch dann nicht mehr. Nur ein neuer Code öffnet es wieder.
patient-leave-now = Ja, zurückgeben
patient-left = Sie haben den Zugang zurückgegeben. Das Tagebuch steht nicht mehr in dieser Liste.

diary-title = Mein Tagebuch
diary-no-diagnosis = Diese Zahlen beschreiben, was Sie eingetragen haben. Sie helfen im Gespräch mit Ihrer Ärztin oder Ihrem Arzt und sind keine Diagnose.
sharing-title = Teilen
sharing-what = Niemand sieht Ihr Tagebuch, wenn Sie es nicht teilen. Hier können Sie alles beenden, wann immer Sie wollen, und es endet sofort.
sharing-invite = Mit jemandem teilen
sharing-link = Link zum Bericht erstellen
sharing-grants = Wer schauen kann
sharing-nobody = Niemand außer Ihnen.
sharing-invitations = Codes, die noch niemand eingelöst hat
sharing-links = Links zum Bericht, die offen sind
sharing-history = Alles, dem ich zugestimmt habe
sharing-last-look = Letzter Zugriff: { $at }.
sharing-no-look = Noch kein Zugriff.
sharing-open-until = Der Code lässt sich bis { $at } einlösen.
sharing-opens-until = Der Link öffnet den Bericht bis { $at }.
sharing-opened = { $times ->
    [0] Noch nicht geöffnet.
    [one] Einmal geöffnet.
   *[other] { $times }-mal geöffnet.
}
sharing-unnamed = Ohne Namen
sharing-end = Beenden
sharing-end-whom = Beenden: { $name }
sharing-end-follows = { $name } kann ab sofort nichts mehr sehen. Um wieder zu teilen, erstellen Sie einen neuen Code.
sharing-end-now = Ja, jetzt beenden
sharing-ended = Der Zugang ist beendet. Niemand kann damit noch etwas sehen.
role-viewer = Liest das Tagebuch.
role-contributor = Liest das Tagebuch und schreibt darin.
sharing-from = Ab dem { $date }.
sharing-notes = Mit Notizen.
sharing-no-notes = Ohne Notizen.
sharing-until = Bis { $at }.
sharing-until-ended = Bis eine Seite es beendet.

consents-title = Alles, dem ich zugestimmt habe
consents-what = Jedes Mal, dass Sie Ihr Tagebuch geteilt haben: was Sie erlaubt haben, in welchen Worten, und was daraus wurde.
consents-none = Sie haben Ihr Tagebuch noch nicht geteilt.
consents-link = Ein Link zum Bericht.
consents-words = Die Worte vom { $version }
consents-accepted = Eingelöst von { $who }, { $at }.
consents-code-over = Niemand hat den Code bis { $at } eingelöst.
consents-link-over = Der Link öffnete den Bericht bis { $at }.
consents-ended-by-owner = Von Ihnen beendet, { $at }.
consents-ended-by-holder = Zurückgegeben, { $at }.
consents-ended-by-replacement = Durch eine spätere ersetzt, { $at }.

ask-optional = (optional)
ask-label = Für wen, in Ihren Worten
ask-role = Was erlaubt ist
ask-role-viewer = Lesen, wie eine Ärztin oder ein Arzt
ask-role-contributor = Lesen und schreiben, wie Eltern oder Pflegende: Sie sehen alles, auch Notizen
ask-visible_from = Zu sehen ist nichts vor dem
ask-include-notes = Auch meine Notizen sind zu sehen
ask-access_until = Wie lange
ask-until-ended = bis eine Seite es beendet
ask-days = { $days ->
    [one] einen Tag
   *[other] { $days } Tage
}
ask-words-viewer = Dem stimme ich zu, wenn gelesen wird
ask-words-contributor = Dem stimme ich zu, wenn auch geschrieben wird
ask-words-report_link = Dem stimme ich zu
ask-from = Der Bericht beginnt am
ask-to = Der Bericht endet am
ask-expires_in_hours = Wie lange er sich öffnet
ask-passcode = Zugangscode, der einzugeben ist

wrong-label = Das ist zu lang: höchstens 200 Zeichen.
wrong-role = Wählen Sie eines von beiden.
wrong-visible_from = Dieses Datum geht nicht. Wer im Tagebuch schreibt, sieht alles; und kein Tag vor 1970 lässt sich wählen.
wrong-access_until = Wählen Sie eines davon.
wrong-from = Diese Daten gehen nicht: Das erste darf nicht nach dem letzten liegen und nicht nach heute.
wrong-to = Dieses Datum geht nicht.
wrong-expires_in_hours = Wählen Sie eines davon.
wrong-passcode = Ein Zugangscode hat 4 bis 64 Zeichen.

invite-title = Mit jemandem teilen
invite-what = Sie bekommen einen Code zum Zeigen oder Vorlesen. Damit sieht jemand mit einem Konto Ihr Tagebuch; jeder Blick wird festgehalten, und Sie können es sehen.
invite-button = Ich stimme zu: Code erstellen

invited-title = Ihr Code
invited-what = Zeigen Sie ihn oder lesen Sie ihn vor. Er gilt einmal und ist nur jetzt zu sehen.
invited-qr = QR-Code des Links, der den Code einlöst
invited-or-link = Oder schicken Sie diesen Link:
invited-until = Er lässt sich bis { $at } einlösen.

make-link-title = Link zum Bericht erstellen
make-link-what = Wer den Link hat, öffnet den Bericht ohne Konto: etwa für einen Besuch. Jedes Öffnen wird festgehalten.
make-link-button = Ich stimme zu: Link erstellen

link-made-title = Ihr Link
link-made-what = Zeigen oder schicken Sie ihn. Er ist nur jetzt zu sehen.
link-made-qr = QR-Code des Links zum Bericht
health-link-title = Für ein Programm der Praxis (SMART Health Link)
health-link-what = Ein Programm, das Gesundheitslinks liest, scannt diesen Code. Es bekommt den Bericht, und was Sie in dessen Zeitraum eingetragen haben, als Zahlen, mit denen es rechnen kann. Er endet mit dem Link, und wer ihn öffnet, steht in derselben Liste.
health-link-qr = QR-Code des Gesundheitslinks

looks-title = Zugriffe
looks-what = Alle außer Ihnen, die Ihr Tagebuch gelesen oder darin geschrieben haben oder es nach dem Ende ihres Zugangs versucht haben, und jedes Programm, das es mit einem Token von Ihnen getan hat, die letzten zuerst. Eine Zeile ist eine Person an einem Tag; klappen Sie sie auf, um zu sehen, was sie getan hat. Was jemand in zehn Minuten mehrmals getan hat, steht dort einmal. Niemand kann diese Liste ändern.
looks-filtered = Das hat eine Person getan, oder jemand mit einem bestimmten Link.
looks-all = Alle anzeigen
looks-none = Noch keine Zugriffe.
looks-when = Wann
looks-count = { $count }-mal
looks-did = Was
looks-by-link = Jemand mit einem Link zum Bericht
looks-token = über das Token { $name }
looks-operator = Wer diesen Dienst betreibt
looks-only = Nur diese
looks-only-whose = Nur diese: was { $name } getan hat
looks-times = { $deed }, { $count }-mal zwischen { $from } und { $to }
looks-times-at = { $deed }, { $count }-mal um { $at }
looks-clock-put-right = Hat die Uhrzeit eines Krampfes berichtigt, da ein Land seine Uhren geändert hatte
looks-denied-read = Wollte nach dem Ende des Zugangs hineinsehen und hat nichts gesehen
looks-denied-write = Wollte nach dem Ende des Zugangs hineinschreiben und hat nichts geändert
looks-denied-link = Wollte den Bericht mit einem falschen Zugangscode oder über einen beendeten Link öffnen und hat nichts gesehen
looks-end = Sehen, wer schauen kann, und es beenden

deed-listDiaries = Hat es in der eigenen Liste gesehen, im Browser mit den Zahlen aus vier Wochen
deed-getDiary = Hat die Einstellungen angesehen
deed-updateDiary = Hat die Einstellungen geändert
deed-listEpisodes = Hat die Einträge angesehen, im Browser mit den Diagrammen
deed-getEpisode = Hat einen Krampf angesehen
deed-createEpisode = Hat einen Krampf eingetragen
deed-putEpisode = Hat einen Krampf geschrieben
deed-patchEpisode = Hat einen Krampf geändert
deed-deleteEpisode = Hat einen Krampf gelöscht
deed-listEpisodeVersions = Hat angesehen, was früher bei einem Krampf stand
deed-listChanges = Hat eine App auf den Stand des Tagebuchs gebracht
deed-importCsv = Hat Krämpfe aus einer Tabelle eingelesen
deed-importDiary = Hat eingelesen, was aus einem Tagebuch mitgenommen worden war
deed-pushChanges = Hat gebracht, was in einer App eingetragen war
deed-pullWatermelon = Hat eine App auf den Stand des Tagebuchs gebracht
deed-pushWatermelon = Hat gebracht, was in einer App eingetragen war
deed-pullRxdb = Hat eine App auf den Stand des Tagebuchs gebracht
deed-pushRxdb = Hat gebracht, was in einer App eingetragen war
deed-streamRevisions = Hat eine App auf Änderungen warten lassen
deed-streamRxdb = Hat eine App auf Änderungen warten lassen
deed-listSoreness = Hat den Muskelschmerz nach einem Krampf angesehen
deed-putSoreness = Hat den Muskelschmerz eingetragen
deed-deleteSoreness = Hat einen Eintrag zum Muskelschmerz gelöscht
deed-listCheckIns = Hat die Tagesmeldungen angesehen
deed-putCheckIn = Hat einen Tag gemeldet
deed-deleteCheckIn = Hat eine Tagesmeldung gelöscht
deed-listTreatments = Hat die Behandlungen angesehen
deed-getTreatment = Hat eine Behandlung angesehen
deed-createTreatment = Hat eine Behandlung eingetragen
deed-putTreatment = Hat eine Behandlung geschrieben
deed-patchTreatment = Hat eine Behandlung geändert
deed-deleteTreatment = Hat eine Behandlung gelöscht
deed-listPrompts = Hat gefragt, was einzutragen ist
deed-getNightShare = Hat den Anteil der Nacht angesehen
deed-getSummary = Hat die Zusammenfassung angesehen
deed-getTrend = Hat den Verlauf angesehen
deed-getTimeOfDay = Hat die Tageszeiten angesehen
deed-getSorenessCourse = Hat angesehen, wie lange der Muskelschmerz bleibt
deed-getTrialBlock = Hat vierzehn Tage als Tabelle geholt
deed-getBeforeAfter = Hat angesehen, was vor und nach einer Behandlung war
deed-getReport = Hat den Bericht geöffnet
deed-getReportPdf = Hat den Bericht als PDF geöffnet
deed-getFhirPatient = Hat ein Programm nachsehen lassen, wessen Tagebuch es ist
deed-getFhirEverything = Hat ein Programm alle Einträge lesen lassen
deed-getFhirResource = Hat ein Programm einen Eintrag lesen lassen
deed-searchFhirObservations = Hat ein Programm Krämpfe, Nachschmerz und Tageseinträge lesen lassen
deed-searchFhirMedications = Hat ein Programm lesen lassen, was eingenommen wird
deed-searchFhirProcedures = Hat ein Programm die Behandlungen lesen lassen
deed-searchFhirDocuments = Hat ein Programm nach dem Bericht sehen lassen
looks-by-its-word = { $deed }, nach eigenen Worten „{ $who }“
deed-openHealthLink = Hat den Gesundheitslink geöffnet
deed-getHealthLinkFile = Hat die Datei des Gesundheitslinks geholt
deed-listGrants = Hat den eigenen Zugang angesehen
deed-revokeGrant = Hat den Zugang zurückgegeben
deed-listReviews = Hat die eigenen Lesevermerke angesehen
deed-createReview = Hat das Tagebuch als gelesen markiert

take-away-title = Ihre Daten herunterladen
take-away-what = Alles, was Sie eingetragen haben, dem Sie zugestimmt haben, und alle Zugriffe, in einer Datei, die andere Programme lesen können (JSON).
take-away-button = Alles herunterladen
take-away-tables-what = Was Sie eingetragen haben, gibt es auch als Tabellen, für eine Tabellenkalkulation oder für die Forschung: CSV-Dateien in einer Zip-Datei, mit einer Liste auf Englisch, was jede Spalte bedeutet.
take-away-tables-button = Tabellen herunterladen
take-away-fhir-what = Alles gibt es auch in dem Format, das die Computersysteme von Praxen austauschen (HL7 FHIR R4), mit Texten auf Englisch. Darin steht, mit wem Sie das Tagebuch teilen und wer hineingesehen hat, und Ihre Notizen: Geben Sie es nur jemandem, der das wissen darf.
take-away-fhir-button = Als FHIR herunterladen

nav-security = Sicherheit

confirm-title = Bestätigen Sie, dass Sie es sind
confirm-what = Sie haben sich vor einiger Zeit angemeldet, und jetzt könnte jemand anderes hier sitzen. Bevor Sie ändern, wie Sie sich anmelden, oder andere Ihr Tagebuch sehen lassen, zeigen Sie noch einmal, dass Sie es sind.
confirm-passkey = Mit einem Passkey bestätigen
confirm-wrong-passkey = Dieser Passkey gehört nicht zu Ihrem Konto, oder es hat zu lange gedauert.
confirm-late = Das kam zu spät: Mehr als zehn Minuten waren vergangen, und es ist noch nichts geschehen. Bestätigen Sie, dass Sie es sind, und füllen Sie das Formular dann noch einmal aus.
confirm-button = Bestätigen

password-title = Passwort ändern
password-what = Mindestens zwölf Zeichen: Gut sind drei oder vier Wörter, die nichts miteinander zu tun haben. Alle anderen, die in Ihrem Konto angemeldet sind, werden abgemeldet.
password-current = Ihr jetziges Passwort
password-new = Neues Passwort
password-repeated = Neues Passwort noch einmal
password-weak = Das ist zu kurz, zu lang oder leicht zu erraten. Besser sind drei oder vier Wörter ohne Zusammenhang.
password-not-the-same = Das ist nicht dasselbe wie das neue Passwort.
password-button = Passwort ändern
password-end-button = Ändern und all das beenden
password-opened = Geöffnet seit { $since }
password-opened-what = Wenn jemand anderes Ihr Passwort kannte, könnte manches davon von dieser Person sein.
password-opened-more = Es gibt noch mehr, das ebenfalls endet.
password-unnamed-device = Ein Gerät ohne Namen
password-changed = Ihr Passwort ist geändert
password-changed-what = Alle anderen, die in Ihrem Konto angemeldet waren, sind abgemeldet.
opening-session = Angemeldet am { $at }.
opening-passkey = Ein Passkey, hinzugefügt am { $at }. Wer ihn hat, kann sich anmelden.
opening-invitation = Ein Code für Ihr Tagebuch, erstellt am { $at }. Noch hat ihn niemand eingelöst.
opening-grant = Sieht Ihr Tagebuch seit { $at }.
opening-report_link = Ein Link zu Ihrem Bericht, erstellt am { $at }.
opening-connection = Eine App, hereingelassen am { $at }.
opening-personal_token = Ein Token für ein Programm, erstellt am { $at }.
opening-webhook = Ein Programm, das von Änderungen benachrichtigt wird (Webhook), erstellt oder geändert am { $at }.

tokens-title = Programme mit Zugang
tokens-what = Ein Programm, das Sie hereinlassen, kann tun, was Sie ihm erlauben, und sonst nichts, bis Sie es beenden. Ihr Passwort erfährt es nie. Was es tut, steht mit seinem Namen überall, wo steht, wer gelesen oder geschrieben hat.
tokens-new = Ein Programm hereinlassen
tokens-none = Kein Programm hat ein Token von Ihnen.
tokens-ended = Beendet. Das Programm hat keinen Zugang mehr.
tokens-own-title = Programme mit einem Token von Ihnen
webhooks-title = Programme, die von Änderungen erfahren (Webhooks)
webhooks-none = Kein Programm erfährt von Änderungen.
webhooks-off = Ein Programm, das von Änderungen erfährt, ist abgeschaltet worden.
webhooks-off-look = Sehen, welches und warum
webhook-at = Es erfährt davon bei { $host }.
webhook-off-owner = Aus seit { $at }.
webhook-off-failing = Aus seit { $at }: Etwas kam nicht an, so oft es auch versucht wurde. Wer sich um das Programm kümmert, kann es wieder einschalten.
webhook-off-gone = Aus seit { $at }: Das Programm sagt, dass es nichts mehr will.
webhook-off-restored = Aus seit { $at }: Der Dienst wurde aus einer Sicherung wiederhergestellt. Wer sich um das Programm kümmert, kann es wieder einschalten.
webhook-end-which = Beenden, was { $name } erfährt
webhook-end-follows = { $name } erfährt nichts mehr.
connections-title = Apps, die Sie hereingelassen haben
connections-none = Sie haben keine App hereingelassen.
connection-made = Hereingelassen am { $at }.
connection-end-which = Den Zugang von { $name } beenden
scope-diary-read = Alles lesen, was eingetragen ist, mit Bericht und Export
scope-diary-write = Einträge machen, ändern und löschen
scope-analytics-read = Die Zahlen lesen
scope-share-manage = Sehen, mit wem das Tagebuch geteilt ist und wer hineingesehen hat, und Geteiltes beenden
scope-account-manage = Die Daten Ihres Kontos lesen und ändern, Anmeldungen und Token beenden
token-all-diaries = Für alle Tagebücher, die Sie sehen.
token-own-diary = Nur für Ihr eigenes Tagebuch.
token-some-diaries = { $count ->
    [one] Für ein Tagebuch.
   *[other] Für { $count } Tagebücher.
}
token-until-ended = Bis Sie es beenden.
token-made = Erstellt am { $at }.
token-used = Zuletzt benutzt am { $at }.
token-unused = Noch nicht benutzt.
token-end-which = Das Token { $name } beenden
token-end-follows = { $name } kann hier nichts mehr tun. Was es geschrieben hat, bleibt.
token-new-what = Geben Sie nicht mehr, als das Programm braucht. Nur ein Programm, dem Sie vertrauen, sollte es haben: Wer das Token hat, kann tun, was Sie hier ankreuzen.
token-name = Wie das Programm heißt
token-wrong-name = Es braucht einen Namen mit höchstens 200 Zeichen.
token-scopes = Was es darf
token-wrong-scopes = Kreuzen Sie mindestens eines an.
token-own-alone = Nur für mein eigenes Tagebuch, nicht für die, die andere mit mir teilen
token-wrong-end = Das steht nicht zur Wahl.
token-no-end = bis ich es beende
token-make = Das Token erstellen
token-made-title = Ihr Token
token-made-what = Kopieren Sie es jetzt in das Programm. Es wird nur dieses eine Mal gezeigt; geht es verloren, beenden Sie es und erstellen Sie ein anderes.
token-kept = Ich habe es kopiert

oauth-title = { $app } hereinlassen?
oauth-what = { $app } ist eine App von jemand anderem. Sie bittet darum, in Ihrem Namen zu tun, was hier angekreuzt ist. Ihr Passwort erfährt sie nie, und was sie tut, steht mit ihrem Namen überall, wo steht, wer hineingesehen oder geschrieben hat.
oauth-back-to = Danach kommen Sie zurück zu { $host }. Wenn Sie nicht von dort kommen, wählen Sie Nein.
oauth-back-to-device = Danach kommen Sie zurück zu dem Programm auf diesem Gerät. Wenn Sie es nicht gerade gestartet haben, wählen Sie Nein.
oauth-scopes = Was sie darf
oauth-diaries = Wo sie das darf
oauth-own-diary = Mein eigenes Tagebuch
oauth-diary-of = Das Tagebuch von
oauth-more-diaries = Sie sehen mehr als diese { $number }; für die anderen kreuzen Sie die nächste Zeile an.
oauth-wrong-diaries = Eines der angekreuzten sehen Sie nicht mehr. Prüfen Sie, was jetzt angekreuzt ist.
oauth-all-diaries = Alle Tagebücher, die ich sehe, jetzt und später
oauth-until = Sie hat Zugang, bis Sie ihn beenden, was jederzeit unter Programme mit Zugang geht; oder bis sie 90 Tage nicht gekommen ist.
oauth-allow = Hereinlassen
oauth-deny = Nein
oauth-mistaken-title = Dieser Link führt nirgendwohin
oauth-mistaken-what = Die App, die Sie hierher gebracht hat, hat einen Fehler gemacht. Es ist nichts geschehen, und sie hat keinen Zugang. Das müssen ihre Entwickler wissen:

factor-title = Zweiter Faktor
factor-off = Ihr Konto hat keinen zweiten Faktor: Wer Ihr Passwort kennt, kann sich als Sie anmelden.
factor-what = Mit einem zweiten Faktor braucht die Anmeldung auch einen Code von einer App auf Ihrem Telefon. Ein gestohlenes oder erratenes Passwort allein öffnet dann nichts.
factor-app = Sie brauchen eine Authenticator-App, wie es viele kostenlos gibt: FreeOTP, Aegis, oder die Ihres Telefons für Passwörter.
factor-begin = Zweiten Faktor einrichten
factor-wrong-password = Das ist nicht Ihr Passwort.
factor-on = Ihr zweiter Faktor ist an seit { $date }, { $time } (UTC). Die Anmeldung braucht auch einen Code Ihrer App.
factor-codes-left = { $left ->
    [0] Kein Wiederherstellungscode ist übrig: Erstellen Sie neue, sonst können Sie sich ohne Ihr Telefon nicht anmelden.
    [one] 1 Wiederherstellungscode ist übrig.
   *[other] { $left } Wiederherstellungscodes sind übrig.
}
factor-replace-title = Neue Wiederherstellungscodes
factor-replace-what = Wenn wenige übrig sind oder jemand sie gesehen haben könnte: Neue treten an die Stelle der bisherigen.
factor-replace-button = Neue Wiederherstellungscodes erstellen
factor-passkeys = { $count ->
    [0] Es gibt keine.
    [one] Es gibt einen.
   *[other] Es gibt { $count }.
}
factor-off-beside-passkeys = Ihre Passkeys sind Ihr zweiter Faktor. Codes einer App können daneben stehen.
factor-disable-beside-passkeys = Dann sind Ihre Passkeys Ihr zweiter Faktor. Für ein anderes Telefon schalten Sie ihn aus und richten ihn neu ein.
factor-disable-title = Ausschalten
factor-disable-what = Dann genügt das Passwort allein zur Anmeldung, und die Wiederherstellungscodes öffnen nichts mehr. Für ein anderes Telefon schalten Sie ihn aus und richten ihn neu ein.
factor-disable-code = Code Ihrer App oder ein Wiederherstellungscode
factor-disable-button = Zweiten Faktor ausschalten

passkeys-title = Passkeys
passkeys-what = Mit einem Passkey melden Sie sich an, ohne etwas einzugeben: Ihr Telefon oder Computer fragt nach Ihrem Finger, Ihrem Gesicht oder seiner PIN. Niemand kann ihn erraten, und keine andere Seite kann nach ihm fragen. Melden Sie sich mit dem Passwort an, ist er Ihr zweiter Faktor.
passkeys-yours = Ihre Passkeys
passkeys-none = Es gibt noch keine.
passkeys-add = Passkey hinzufügen
passkeys-add-what = Ihr Browser fragt, wo er liegen soll: auf diesem Gerät, auf Ihrem Telefon oder auf einem Sicherheitsschlüssel. Einer auf einem zweiten Gerät hilft, wenn das erste verloren geht.
passkeys-first-what = Von da an genügt Ihr Passwort allein nicht mehr zur Anmeldung, und alle anderen, die in Ihrem Konto angemeldet sind, werden abgemeldet. Sie erhalten Wiederherstellungscodes für den Fall, dass Ihre Geräte verloren gehen.
passkeys-name = Name
passkeys-default-name = Mein Passkey
passkeys-make = Passkey erstellen
passkeys-unsupported = Dieser Browser kann keine Passkeys erstellen. Es braucht einen Browser der letzten zwei Jahre mit eingeschalteten Skripten.
passkeys-not-here = Unter der Adresse dieses Dienstes erstellen Browser keine Passkeys. Wer ihn betreibt, kann das ändern.
passkeys-not-taken = Dieser Passkey konnte nicht hinzugefügt werden: Es hat zu lange gedauert, oder es gibt ihn schon. Versuchen Sie es noch einmal.
passkeys-full = Sie haben so viele Passkeys, wie Platz haben. Entfernen Sie einen, den Sie nicht mehr benutzen.
passkeys-added = Der Passkey ist hinzugefügt. Sie können sich ab jetzt mit ihm anmelden.
passkeys-renamed = Der Passkey hat seinen neuen Namen.
passkeys-removed = Der Passkey ist entfernt. Er öffnet hier nichts mehr; entfernen Sie ihn auch von Ihrem Gerät.
passkey-since = Hinzugefügt am { $at }.
passkey-on-several = Kann auf mehreren Ihrer Geräte sein.
passkey-on-one = Ist auf einem Gerät allein.
passkey-rename = Umbenennen
passkey-rename-which = Den Passkey { $name } umbenennen
passkey-rename-what = Der Name ist nur für Sie.
passkey-rename-now = Namen speichern
passkey-remove = Entfernen
passkey-remove-which = Den Passkey { $name } entfernen
passkey-remove-follows = Niemand kann sich mehr mit ihm anmelden. Wo sich jemand mit ihm angemeldet hat, bleibt es dabei, bis Sie die Anmeldung beenden. Mit Ihrem letzten Passkey gehen auch Ihre Wiederherstellungscodes, es sei denn, Sie benutzen eine App.
passkey-remove-now = Ja, jetzt entfernen
passkey-trouble = Es wurde kein Passkey benutzt: Sie haben abgebrochen, es hat zu lange gedauert, oder hier gibt es keinen für diesen Dienst. Versuchen Sie es noch einmal, oder nehmen Sie einen anderen Weg.

factor-set-up-title = Zweiten Faktor einrichten
factor-scan-title = 1. Die App einrichten
factor-scan = Scannen Sie das mit Ihrer Authenticator-App. Es ist nur jetzt zu sehen.
factor-qr = QR-Code für eine Authenticator-App
factor-same-phone = Ist die App auf diesem Telefon?
factor-open-app = App öffnen
factor-type = Oder tippen Sie diesen Schlüssel in die App:
factor-code-title = 2. Den Code eingeben
factor-code-what = Ihre App zeigt nun sechs Ziffern, jede halbe Minute andere. Geben Sie die dieses Augenblicks ein. Dann ist der zweite Faktor an, und alle anderen, die in Ihrem Konto angemeldet sind, werden abgemeldet.
factor-code = Code Ihrer App
factor-code-button = Einschalten
factor-code-only = Geben Sie die sechs Ziffern ein, die Ihre App gerade zeigt.
factor-code-lost = Wenn der Code trotz mehrerer Versuche nicht passt, stellen Sie die Uhr Ihres Telefons, oder beginnen Sie neu; dann braucht Ihre App einen neuen Schlüssel.
factor-begin-anew = Neu beginnen

factor-codes-title = Ihre Wiederherstellungscodes
factor-codes-on = Ihr zweiter Faktor ist an.
factor-codes-what = Mit jedem dieser Codes können Sie sich einmal ohne Ihr Telefon anmelden. Sie sind nur jetzt zu sehen.
factor-codes-keep = Drucken Sie diese Seite, oder schreiben Sie die Codes ab, und bewahren Sie sie bei Ihren Papieren auf, nicht auf dem Telefon. Ohne Telefon und Codes kann niemand Sie wieder hereinlassen.
factor-codes-done = Ich habe sie verwahrt
patients-no-second-factor = Tagebücher, die andere mit Ihnen teilen, sind mit einem zweiten Faktor sicherer: Dann öffnet sie ein gestohlenes Passwort allein nicht.

sign-in-forgot = Passwort vergessen?
forgot-title = Neues Passwort wählen
forgot-what = Geben Sie die E-Mail-Adresse ein, mit der Sie sich anmelden. Dorthin geht eine E-Mail mit einem Link zu der Seite, auf der Sie ein neues Passwort wählen.
forgot-button = E-Mail schicken
forgot-asked-title = Sehen Sie in Ihr Postfach
forgot-asked-what = Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail dorthin unterwegs. Ihr Link gilt eine halbe Stunde.
forgot-asked-none = Wenn keine kommt: Sehen Sie nach, wo Ihr Postfach Werbung ablegt, und ob Sie sich mit einer anderen Adresse angemeldet haben.
reset-title = Neues Passwort wählen
reset-what = Mindestens zwölf Zeichen: Gut sind drei oder vier Wörter, die nichts miteinander zu tun haben. Überall, wo Sie angemeldet sind, werden Sie abgemeldet. Ein zweiter Faktor bleibt eingeschaltet.
reset-button = Passwort ändern
reset-done-what = Melden Sie sich damit an. Alle, die in Ihrem Konto angemeldet waren, sind abgemeldet.
reset-done-look = Wenn jemand anderes das alte gekannt haben könnte, sehen Sie auf der Seite „Passwort ändern“ nach, was damit geöffnet wurde.
reset-late-title = Dieser Link öffnet nichts mehr
reset-late-what = Er gilt einmal und eine halbe Stunde lang. Lassen Sie sich eine neue E-Mail schicken.
no-mail-title = Dieser Dienst verschickt keine E-Mails
no-mail-what = Wer diesen Dienst betreibt, hat keine E-Mail eingerichtet, deshalb geht hier nichts auf diesem Weg. Fragen Sie dort nach.

register-mail-title = Sehen Sie in Ihr Postfach
register-mail-what = Eine E-Mail ist zu Ihnen unterwegs. Sie können sich sofort anmelden und die Adresse später bestätigen.
register-mail-known = Wenn Sie schon ein Konto hatten, steht das darin, und Ihr altes Passwort gilt weiter.

email-title = E-Mail-Adresse
email-is = Ihre Adresse:
email-is-confirmed = Sie ist bestätigt: E-Mails erreichen Sie.
email-unconfirmed = Ihre E-Mail-Adresse ist noch nicht bestätigt. Wenn Sie Ihr Passwort vergessen, führt eine E-Mail dorthin wieder hinein.
email-confirm = Bestätigen
email-confirm-what = Sie ist noch nicht bestätigt. Lassen Sie sie, wie sie ist, und eine E-Mail mit einem Link geht dorthin.
email-change-what = Wenn Sie eine andere möchten, geben Sie die neue ein. E-Mails gehen an beide Adressen, und sie gilt, sobald Sie dem Link in jeder gefolgt sind.
email-change-what-unconfirmed = Wenn Sie eine andere möchten, geben Sie die neue ein. Eine E-Mail geht dorthin, und sie gilt, sobald Sie ihrem Link gefolgt sind.
email-waits = Sie soll werden:
email-waits-new = Dem Link in der E-Mail an die neue Adresse sind Sie noch nicht gefolgt.
email-waits-old = Dem Link in der E-Mail an die jetzige Adresse sind Sie noch nicht gefolgt.
email-button = E-Mail schicken
email-sent-title = Sehen Sie in Ihr Postfach
email-sent-what = Was zu bestätigen ist, ist unterwegs. Links in E-Mails gelten drei Tage.
verify-title = E-Mail-Adresse
verify-what = Drücken Sie auf den Knopf, wenn Sie einem Link in einer E-Mail von uns hierher gefolgt sind.
verify-button = Bestätigen
verified-title = Bestätigt
verified-what = Danke. Das ist vermerkt.
verify-late-title = Dieser Link öffnet nichts mehr
verify-late-what = Er gilt einmal und drei Tage lang. Lassen Sie sich eine neue E-Mail schicken.

## E-Mail

mail-link-works = Der Link gilt einmal und drei Tage lang.
mail-nothing-happened = Wenn Sie das nicht waren, tun Sie nichts. Es wurde nichts geändert.
mail-reset-subject = Neues Passwort wählen
mail-reset-what = Jemand möchte bei { $host } ein neues Passwort für das Konto von { $address } wählen. Wenn Sie das sind, folgen Sie diesem Link:
mail-reset-how-long = Er gilt einmal und eine halbe Stunde lang.
mail-reset-not-me = Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
mail-registered-subject = Sie haben schon ein Konto
mail-registered-what = Jemand möchte { $address } für ein Konto bei { $host } verwenden. Es gibt schon eines mit dieser Adresse, und es bleibt, wie es ist.
mail-registered-forgot = Wenn Sie das waren, melden Sie sich mit Ihrem Passwort an. Wenn Sie es vergessen haben, wählen Sie hier ein neues:
mail-address-subject = Bestätigen Sie Ihre Adresse
mail-address-what = Jemand hat bei { $host } ein Konto mit { $address } eröffnet. Wenn Sie das waren, bestätigen Sie die Adresse mit diesem Link:
mail-address-not-me = Wenn Sie das nicht waren, tun Sie nichts: Jemand hat sich bei der eigenen Adresse vertippt.
mail-new-address-what = Jemand möchte { $address } für das eigene Konto bei { $host } verwenden. Wenn Sie das sind, bestätigen Sie es mit diesem Link:
mail-change-subject = Ihre Adresse soll geändert werden
mail-change-what = Ihr Konto bei { $host } soll eine andere E-Mail-Adresse bekommen: { $label }. Wenn Sie genau das möchten, stimmen Sie mit diesem Link zu:
mail-change-not-me = Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Folgen Sie dem Link nicht, und wählen Sie hier ein neues Passwort:
mail-not-me = Wenn Sie das nicht waren, ist vielleicht jemand anderes hineingekommen. Wählen Sie sofort ein neues Passwort:
mail-where = Mehr dazu lesen und solche E-Mails abbestellen können Sie hier:
mail-new_device-subject = Ein neues Gerät
mail-new_device-what = Jemand hat sich auf einem neuen Gerät in Ihrem Konto bei { $host } angemeldet.
mail-new_device-what-named = Jemand hat sich auf einem neuen Gerät in Ihrem Konto bei { $host } angemeldet: { $label }.
mail-password_changed-subject = Ihr Passwort wurde geändert
mail-password_changed-what = Das Passwort Ihres Kontos bei { $host } wurde geändert, und alle anderen, die darin angemeldet waren, sind abgemeldet.
mail-email_changed-subject = Ihre Adresse wurde geändert
mail-email_changed-what = Ihr Konto bei { $host } hat ab jetzt eine andere E-Mail-Adresse. An die Adresse, an die diese E-Mail ging, kommt keine Post mehr.
mail-email_changed-not-me = Wenn Sie das nicht waren, wenden Sie sich an die Stelle, die den Dienst betreibt.
mail-second_factor_on-subject = Ein zweiter Faktor ist eingeschaltet
mail-second_factor_on-what = Für Ihr Konto bei { $host } werden ab jetzt Codes einer App verlangt.
mail-second_factor_off-subject = Der zweite Faktor ist ausgeschaltet
mail-second_factor_off-what = Für Ihr Konto bei { $host } werden keine Codes einer App mehr verlangt.
mail-passkey_added-subject = Ein Passkey ist dazugekommen
mail-passkey_added-what = Ihr Konto bei { $host } hat einen weiteren Passkey, mit dem man sich anmelden kann.
mail-passkey_added-what-named = Ihr Konto bei { $host } hat einen weiteren Passkey, mit dem man sich anmelden kann: { $label }.
mail-passkey_removed-subject = Ein Passkey wurde entfernt
mail-passkey_removed-what = Ein Passkey Ihres Kontos bei { $host } wurde entfernt.
mail-passkey_removed-what-named = Ein Passkey Ihres Kontos bei { $host } wurde entfernt: { $label }.
mail-recovery_codes_replaced-subject = Neue Wiederherstellungscodes
mail-recovery_codes_replaced-what = Für Ihr Konto bei { $host } gibt es neue Wiederherstellungscodes. Die bisherigen öffnen nichts mehr.
mail-invitation_redeemed-subject = Ein Code wurde eingelöst
mail-invitation_redeemed-what = Jemand hat einen Code eingelöst, den Sie bei { $host } ausgegeben haben.
mail-link_made-subject = Ein Link wurde erstellt
mail-link_made-what = Mit Ihrem Konto bei { $host } wurde ein Link erstellt, der allen etwas zeigt, die ihn haben.
mail-first_look-subject = Jemand hat nachgesehen
mail-first_look-what = Jemand, mit dem Sie bei { $host } etwas teilen, hat es sich zum ersten Mal angesehen.

## Was geschehen ist

notices-title = Was mit Ihrem Konto geschehen ist
notices-what = In den letzten 90 Tagen. Wenn etwas davon nicht von Ihnen ist, ändern Sie Ihr Passwort und beenden Sie, was geöffnet wurde.
notices-none = Noch nichts.
notices-done = Das ist vermerkt.
notices-mail-title = Per E-Mail
notices-mail-what = Auch per E-Mail mitteilen:
notices-mail-always = Wenn es darum geht, wie man hineinkommt, bekommen alle eine E-Mail.
notices-mail-button = Speichern
notice-new_device = Jemand hat sich auf einem neuen Gerät angemeldet
notice-password_changed = Das Passwort wurde geändert
notice-email_changed = Die E-Mail-Adresse wurde geändert
notice-second_factor_on = Der zweite Faktor wurde eingeschaltet
notice-second_factor_off = Der zweite Faktor wurde ausgeschaltet
notice-passkey_added = Ein Passkey ist dazugekommen
notice-passkey_removed = Ein Passkey wurde entfernt
notice-recovery_codes_replaced = Neue Wiederherstellungscodes wurden erstellt
notice-invitation_redeemed = Jemand hat einen Code für Ihr Tagebuch eingelöst
notice-link_made = Ein Link zu Ihrem Bericht wurde erstellt
notice-first_look = Jemand hat Ihr Tagebuch zum ersten Mal angesehen
