"""Authlib as an app of others: it prints where the person has to go, reads where they came back to, and uses what it gets."""

import sys

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.common.security import generate_token
import requests

origin, client_id, secret, callback = sys.argv[1:]
at = requests.get(f"{origin}/.well-known/oauth-authorization-server", timeout=10).json()

session = OAuth2Session(
    client_id,
    secret,
    scope="diary:read diary:write",
    redirect_uri=callback,
    code_challenge_method="S256",
    token_endpoint=at["token_endpoint"],
)
verifier = generate_token(48)
url, state = session.create_authorization_url(at["authorization_endpoint"], code_verifier=verifier)
print(url, flush=True)
back = sys.stdin.readline().strip()

token = session.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
logged = session.post(f"{origin}/v1/diaries/me/episodes", json={"started_at": "2026-03-01T02:30:00+01:00"})
assert logged.status_code == 201, logged.text
assert len(session.get(f"{origin}/v1/diaries/me/episodes").json()["items"]) == 1

after = session.refresh_token(at["token_endpoint"], refresh_token=token["refresh_token"])
assert after["refresh_token"] != token["refresh_token"]
assert session.introspect_token(at["introspection_endpoint"], token=after["access_token"]).json()["active"]
assert session.revoke_token(at["revocation_endpoint"], token=after["refresh_token"]).status_code == 200
try:
    session.refresh_token(at["token_endpoint"], refresh_token=after["refresh_token"])
except OAuthError as error:
    assert error.error == "invalid_grant", error
else:
    raise AssertionError("what was given back goes on")
print("let in, used, carried on and ended")
