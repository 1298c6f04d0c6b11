"""A first cramp with what the generator `python` of openapi-generator makes of the contract."""

import datetime
import importlib
import pkgutil
import sys

import openapi_client
from openapi_client import AccountsApi, ApiClient, Configuration, EpisodesApi
from openapi_client.exceptions import UnprocessableEntityException
from openapi_client.models import EpisodeContext, EpisodeInput, EpisodePatch, Period, Problem, RegisterRequest

STARTED_AT = datetime.datetime.fromisoformat("2026-03-29T03:10:00+02:00")


def equal(one: object, other: object) -> None:
    assert one == other, f"{one!r} is not {other!r}"


def main(origin: str, tomorrow: str) -> None:
    """Logs a cramp at `origin`, and reads it at `tomorrow`, with a context that the contract does not know."""
    for module in pkgutil.walk_packages(openapi_client.__path__, "openapi_client."):
        importlib.import_module(module.name)

    account = RegisterRequest(
        email="kim@example.org", password="seven quiet herons at dusk", time_zone="Europe/Berlin"
    )
    registration = AccountsApi(ApiClient(Configuration(host=origin))).register(account)
    token = registration.tokens.access_token
    client = EpisodesApi(ApiClient(Configuration(host=origin, access_token=token)))

    logged = client.create_episode("me", EpisodeInput(started_at=STARTED_AT, intensity=8, note="Twice."))
    equal(logged.period, Period.NIGHT)
    client.patch_episode("me", logged.id, EpisodePatch(context=EpisodeContext.ASLEEP))

    [read] = client.list_episodes("me").items
    equal((read.context, read.note), (EpisodeContext.ASLEEP, "Twice."))
    equal(read.started_at, STARTED_AT)

    # The guide says so, and what to do about it.
    client_of_tomorrow = EpisodesApi(ApiClient(Configuration(host=tomorrow, access_token=token)))
    try:
        client_of_tomorrow.list_episodes("me")
    except ValueError as refused:
        assert "levitating" in str(refused), refused
    else:
        raise AssertionError("it reads a value that it does not know: the guide need not warn of it any longer")

    try:
        client.create_episode("me", EpisodeInput.model_construct(started_at=STARTED_AT, intensity=11))
    except UnprocessableEntityException as refused:
        equal([fault.pointer for fault in Problem.from_json(refused.body).errors], ["/intensity"])
    else:
        raise AssertionError("an intensity of 11 was taken")


if __name__ == "__main__":
    main(*sys.argv[1:])
