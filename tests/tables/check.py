"""The tables that people take away, as a study reads them: frictionless holds the files against what the data package
says of them.

usage: check.py PATH_OF_THE_BINARY
"""

import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

from frictionless import Package

PASSWORD = "seven quiet herons at dusk"
# What a reader of CSV trips over, and what a spreadsheet would work out.
NOTES = ["Ärger, \"laut\";\r\nund 🐓", "=1+1", "+49", "-", "@home", "\tindented", "'=1", "", "\ufeff", "\u2028"]


def asks(base, path, body=None, token=None, method=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def learns(*asked, **how):
    return json.loads(asks(*asked, **how))


def newcomer(base):
    """Somebody whose texts and times are hard to read."""
    account = {"email": "tables@example.org", "password": PASSWORD, "time_zone": "Europe/Berlin"}
    token = learns(base, "/v1/auth/register", account)["tokens"]["access_token"]
    for minute, note in enumerate(NOTES):
        cramp = {"id": f"-{minute}", "started_at": f"2025-10-26T02:{minute:02}:00.25+02:00", "note": note}
        cramp["relief"] = [{"measure": "walking", "seconds_to_relief": 5}, {"measure": "heat"}]
        cramp["sites"] = [{"part": "calf", "side": "left"}, {"part": "foot"}]
        cramp["triggers"] = ["wine", "heat"]
        learns(base, "/v1/diaries/me/episodes", cramp, token)
    asks(base, "/v1/diaries/me/episodes/-1/soreness/2025-10-27", {"level": 2}, token, method="PUT")
    asks(base, "/v1/diaries/me/check-ins/2025-10-28", {"cramp_free": True, "note": NOTES[0]}, token, method="PUT")
    return token


def taken(base, token, folder):
    files = zipfile.ZipFile(io.BytesIO(asks(base, "/v1/diaries/me/export.zip", token=token)))
    files.extractall(folder)
    return Package(str(folder / "datapackage.json"))


def is_valid(package):
    report = package.validate()
    if not report.valid:
        sys.exit(f"the tables are not what they say: {report.flatten(['name', 'rowNumber', 'fieldName', 'message'])}")


def main():
    environment = {**os.environ, "CRAMP_DIARY_LISTEN": "127.0.0.1:0"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen([sys.argv[1], "serve", "--demo"], env=environment, **streams) as service,
    ):
        try:
            home = pathlib.Path(folder)
            told = ""
            while not (people := re.findall(r"^  (\w+@example\.org)  ", told, re.M)) or not told.endswith("\n\n"):
                line = service.stdout.readline()
                if not line:
                    sys.exit(f"the service did not start: {told}")
                told += line
            base = re.search(r"listens on (\S+)", told)[1]
            password = re.search(r"the password  (.*)", told)[1]
            tokens = {"newcomer": newcomer(base)}
            for email in people[:3]:
                signed_in = learns(base, "/v1/auth/login", {"email": email, "password": password})
                tokens[email] = signed_in["access_token"]
            for name, token in tokens.items():
                package = taken(base, token, home / name)
                is_valid(package)
                everything = learns(base, "/v1/diaries/me/export", token=token)
                for table in ["episodes", "soreness", "check_ins", "treatments"]:
                    rows = package.get_resource(table).read_rows()
                    assert len(rows) == len(everything[table]), f"{name}: {table}"
            described = str(home / "newcomer/datapackage.json")
            notes = [row["note"] for row in Package(described).get_resource("episodes").read_rows()]
            bare = [note[1:] if note and re.match(r"'+[=+\-@\t\r\n]", note) else note for note in notes]
            assert bare == [note or None for note in NOTES], notes

            # And it would be found if they were not what they say.
            soreness = home / "newcomer/soreness.csv"
            soreness.write_bytes(soreness.read_bytes().replace(b"'-1,", b"nowhere,"))
            assert not Package(described).validate().valid, "soreness of no cramp is taken"
        finally:
            service.terminate()
    print(f"the tables of {len(tokens)} people are what they say")


main()
