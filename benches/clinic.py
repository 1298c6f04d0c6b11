"""How long a clinician waits for the list of patients, and others for the clinician.

clinic.py ADDRESS PEOPLE: of the people that `seed` made, the last is the clinician, and all others share with them. The
answers come one after the other over one connection, so that nobody waits for a turn.
"""

import http.client
import json
import re
import sys
import threading
import time
import urllib.parse

ADDRESS = urllib.parse.urlsplit(sys.argv[1]).netloc
PEOPLE = int(sys.argv[2])
PASSWORD = "seven cramps before breakfast"


class Client:
    """One connection, with what it sends each time."""

    def __init__(self, **headers):
        self.connection, self.headers = http.client.HTTPConnection(ADDRESS), headers

    def ask(self, method, path, body=None, kind="application/json"):
        headers = {**self.headers, **({"Content-Type": kind} if body is not None else {})}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]}")
        return answer, content

    def json(self, method, path, body=None):
        content = self.ask(method, path, None if body is None else json.dumps(body))[1]
        return json.loads(content) if content else None


def credentials(number):
    return {"email": f"person-{number}@load.example", "password": PASSWORD}


def app(number):
    token = Client().json("POST", "/v1/auth/login", credentials(number))["access_token"]
    return Client(Authorization=f"Bearer {token}")


def browser(number):
    """Signed in with the pages' form."""
    guest = Client()
    answer, page = guest.ask("GET", "/sign-in")
    guest.headers["Cookie"] = (answer.getheader("Set-Cookie") or "").split(";")[0]
    token = re.search(r'name="form_token" value="([^"]*)"', page.decode())
    form = {**credentials(number), **({"form_token": token[1]} if token else {})}
    answer, _ = guest.ask("POST", "/sign-in", urllib.parse.urlencode(form), "application/x-www-form-urlencoded")
    guest.headers["Cookie"] = answer.getheader("Set-Cookie").split(";")[0]
    return guest


def times(work, count):
    took = []
    for _ in range(count):
        since = time.perf_counter()
        work()
        took.append((time.perf_counter() - since) * 1000)
    return sorted(took)


def say(name, took):
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    print(f"{name:34} {at(0.5):8.1f} {at(0.99):8.1f} {took[-1]:8.1f}")


clinician = app(PEOPLE - 1)
for number in range(PEOPLE - 1):
    code = app(number).json("POST", "/v1/diaries/me/invitations", {"role": "viewer"})["code"]
    clinician.json("POST", "/v1/invitations/redeem", {"code": code})
page = browser(PEOPLE - 1)
page.ask("GET", "/clinic")

print(f"{f'{PEOPLE - 1} patients, ms':34} {'p50':>8} {'p99':>8} {'most':>8}")
say("the list is opened", times(lambda: page.ask("GET", "/clinic"), 30))
say("it is sorted", times(lambda: page.ask("GET", "/clinic?sort=nights"), 30))

other = app(0)
create = lambda: other.json("POST", "/v1/diaries/me/episodes", {"started_at": "2026-01-01T00:00:00Z", "intensity": 5})
say("somebody logs a cramp, alone", times(create, 300))
done = threading.Event()


def keep_opening():
    while not done.is_set():
        page.ask("GET", "/clinic")


opening = threading.Thread(target=keep_opening)
opening.start()
say("the same while the list is opened", times(create, 300))
done.set()
opening.join()
