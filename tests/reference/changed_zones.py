"""Computes changed_zones.json: what clocks showed in each zone whose rules another version of the tz database changed,
by CPython's zoneinfo and the data of PyPI's tzdata, of which 2025.2 is 2025b and 2026.6 is 2026f.

pip download --no-deps tzdata==2025.2 tzdata==2026.6   # and unpack each into a folder of its own
python3 changed_zones.py FOLDER_OF_2025.2 FOLDER_OF_2026.6 > changed_zones.json   # some minutes
"""

import json
import pathlib
import sys
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

BEFORE, AFTER = (pathlib.Path(folder) / "tzdata" for folder in sys.argv[1:])
NIGHT_START, NIGHT_END, EVENING = time(22), time(6), time(18)
HOUR = timedelta(hours=1)
# Other names for the same rules.
LINKS = {
    line.split()[2] for line in (AFTER / "zoneinfo" / "tzdata.zi").read_text().splitlines() if line.startswith("L ")
}


def zone(folder, name):
    with open(folder / "zoneinfo" / name, "rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def hours():
    at, end = datetime(1970, 1, 2, tzinfo=timezone.utc), datetime(2027, 12, 31, tzinfo=timezone.utc)
    while at < end:
        yield at
        at += HOUR


def case(name, at, before, after):
    local = at.astimezone(after)
    clock = local.time()
    is_night = clock >= NIGHT_START or clock < NIGHT_END
    night_of = local.date() - timedelta(days=clock < NIGHT_END) if is_night else None
    return {
        "started_at": at.isoformat().replace("+00:00", "Z"),
        "time_zone": name,
        "night_start": "22:00",
        "night_end": "06:00",
        "evening_start": "18:00",
        "local_started_at": local.isoformat(),
        "local_date": local.date().isoformat(),
        "local_time": clock.strftime("%H:%M"),
        "night_of": night_of and night_of.isoformat(),
        "period": "night" if is_night else "evening" if clock >= EVENING else "day",
        "why": "2025b said " + at.astimezone(before).isoformat(),
    }


def main():
    cases = []
    for name in (AFTER / "zones").read_text().split():
        if name in LINKS:
            continue
        before, after = zone(BEFORE, name), zone(AFTER, name)
        differ = [at for at in hours() if at.astimezone(before).utcoffset() != at.astimezone(after).utcoffset()]
        if not differ:
            continue
        # The first and the last hour that changed, the hours around them, a night, and a midnight.
        chosen = {differ[0] - HOUR, differ[0], differ[-1], differ[-1] + HOUR}
        night = [at for at in differ if at.astimezone(after).hour in (22, 5)][:2]
        midnight = [at for at in differ if at.astimezone(after).date() != at.astimezone(before).date()][:2]
        cases += [case(name, at, before, after) for at in sorted(chosen.union(night, midnight))]
    json.dump({"source": "CPython zoneinfo, tzdata 2026.6", "cases": cases}, sys.stdout, indent=1)
    print()


main()
