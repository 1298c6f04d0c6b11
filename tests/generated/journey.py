"""What an app does from its first day on, against the client that openapi-python-client makes of the contract.

That mypy accepts it is half of the test: what may be a problem, absent or null has to be looked at.
"""

import datetime
import sys
from collections.abc import Sequence
from typing import TypeVar

from cramp_diary_client import AuthenticatedClient, Client
from cramp_diary_client.api.accounts import register
from cramp_diary_client.api.analytics import get_night_share
from cramp_diary_client.api.diaries import list_diaries
from cramp_diary_client.api.episodes import create_episode, delete_episode, get_episode, list_episodes, patch_episode
from cramp_diary_client.api.exports import export_diary
from cramp_diary_client.api.reports import get_report_pdf
from cramp_diary_client.api.sharing import create_invitation, redeem_invitation
from cramp_diary_client.api.soreness import put_soreness
from cramp_diary_client.models import (
    AccountKind,
    BodyPart,
    BodySide,
    DiaryExport,
    DiaryPage,
    Episode,
    EpisodeContext,
    EpisodeInput,
    EpisodePage,
    EpisodePatch,
    Grant,
    InvitationInput,
    LanguageCode,
    NewInvitation,
    NightShare,
    NightShareVerdict,
    Problem,
    ProblemCode,
    Redemption,
    RegisterRequest,
    Registration,
    SharedRole,
    SiteInput,
    Soreness,
    SorenessInput,
)
from cramp_diary_client.types import File, Unset

Expected = TypeVar("Expected")

ID = "0198c0de-0001-7000-8000-000000000001"
STARTED_AT = datetime.datetime.fromisoformat("2026-03-29T03:10:00+02:00")
FROM, TO = datetime.date(2026, 1, 1), datetime.date(2026, 3, 31)


def good(kind: type[Expected], answer: object) -> Expected:
    """What was answered, which must be of this kind."""
    assert isinstance(answer, kind), answer
    return answer


def equal(one: object, other: object) -> None:
    assert one == other, f"{one!r} is not {other!r}"


def registered(origin: str, account: RegisterRequest) -> AuthenticatedClient:
    with Client(base_url=origin, raise_on_unexpected_status=True) as nobody:
        registration = good(Registration, register.sync(client=nobody, body=account))
    equal(registration.user.email, account.email)
    token = registration.tokens.access_token
    return AuthenticatedClient(base_url=origin, token=token, raise_on_unexpected_status=True)


def logs_a_cramp(patient: AuthenticatedClient) -> None:
    episode = EpisodeInput(id=ID, started_at=STARTED_AT, intensity=8)
    logged = good(Episode, create_episode.sync("me", client=patient, body=episode))
    equal((logged.id, logged.period, logged.note), (ID, "night", None))

    patch = EpisodePatch(
        context=EpisodeContext.ASLEEP,
        interrupted_sleep=True,
        sites=[SiteInput(part=BodyPart.CALF, side=BodySide.LEFT)],
    )
    seen = f'"{logged.revision}"'
    answer = patch_episode.sync_detailed("me", ID, client=patient, body=patch, if_match=seen)
    patched = good(Episode, answer.parsed)
    equal(answer.headers["ETag"], f'"{patched.revision}"')
    equal((patched.sites[0].part, patched.intensity), (BodyPart.CALF, 8))

    day = datetime.date(2026, 3, 31)
    soreness = good(Soreness, put_soreness.sync("me", ID, day, client=patient, body=SorenessInput(level=2)))
    equal((soreness.level, soreness.limits_walking), (2, None))


def looks_at_it(patient: AuthenticatedClient) -> None:
    share = good(
        NightShare, get_night_share.sync("me", client=patient, from_=FROM, to=TO, lang=LanguageCode.DE)
    )
    equal((share.episodes, share.night, share.verdict), (1, 1, NightShareVerdict.INSUFFICIENT_DATA))
    assert share.statements

    everything = good(DiaryExport, export_diary.sync("me", client=patient))
    equal([episode.id for episode in everything.episodes], [ID])
    equal(everything.soreness[0].date, datetime.date(2026, 3, 31))

    report = good(File, get_report_pdf.sync("me", client=patient, from_=FROM, to=TO))
    equal(report.payload.read(4), b"%PDF")


def is_told_of_faults(patient: AuthenticatedClient) -> None:
    wrong = EpisodeInput(started_at=STARTED_AT, intensity=11, duration_seconds=-1)
    problem = good(Problem, create_episode.sync("me", client=patient, body=wrong))
    equal((problem.status, problem.code), (422, ProblemCode.VALIDATION_FAILED))
    assert not isinstance(problem.errors, Unset)
    faults = sorted((fault.pointer, fault.code) for fault in problem.errors)
    equal(faults, [("/duration_seconds", "out_of_range"), ("/intensity", "out_of_range")])

    absent = good(Problem, get_episode.sync("me", "nothing", client=patient))
    equal(absent.code, ProblemCode.NOT_FOUND)


def shares(patient: AuthenticatedClient, clinician: AuthenticatedClient) -> None:
    terms = InvitationInput(role=SharedRole.VIEWER, label="Dr. Amara Okafor, vein clinic", language=LanguageCode.EN)
    invitation = good(NewInvitation, create_invitation.sync("me", client=patient, body=terms))
    grant = good(Grant, redeem_invitation.sync(client=clinician, body=Redemption(code=invitation.code)))

    diaries = good(DiaryPage, list_diaries.sync(client=clinician))
    equal([(diary.id, diary.role) for diary in diaries.items], [(grant.diary_id, "viewer")])
    cramps = good(EpisodePage, list_episodes.sync(grant.diary_id, client=clinician, limit=10))
    equal([(episode.id, episode.soreness.days_logged) for episode in cramps.items], [(ID, 1)])

    refused = good(Problem, delete_episode.sync(grant.diary_id, ID, client=clinician))
    equal(refused.code, ProblemCode.FORBIDDEN)


def main(arguments: Sequence[str]) -> None:
    [origin] = arguments
    account = RegisterRequest(
        email="kim@example.org", password="seven quiet herons at dusk", time_zone="Europe/Berlin"
    )
    patient = registered(origin, account)
    logs_a_cramp(patient)
    looks_at_it(patient)
    is_told_of_faults(patient)
    account = RegisterRequest(
        email="okafor@clinic.example", password="nine slow otters by noon", kind=AccountKind.CLINICIAN
    )
    shares(patient, registered(origin, account))


if __name__ == "__main__":
    main(sys.argv[1:])
