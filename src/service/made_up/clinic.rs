//! The clinician of the demo: what the patients share with her, and what she looks at. Everybody signs in and does it by
//! what apps and pages call, only earlier. So the consents, the access log and the reviews are as the service makes them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    account,
    people::{ABIGAIL, MARGARETE, TIAGO},
    year::Revisions,
};
use crate::{
    access::{
        Caller, Visit,
        accounts::model::Kind,
        sessions::{
            self,
            keys::{Bearer, Credential},
            model::Lifetime,
        },
        visits::operation::Operation,
    },
    analytics::period::Asked,
    diary::episodes::store::{self as episodes, Filter},
    foundation::{
        clock::Instant, fields::FromJson, ids::Id, language::Language, paging::PageRequest, values::Name, zones::Zone,
    },
    people::{
        accounts::registration::NewUser,
        sign_in::steps::{Credentials, NotSignedIn, sign_in},
    },
    reports::findings::{Findings, LogLength, ReportAsked},
    service::Service,
    sharing::{
        diaries::{self, model::DiariesAsked},
        invitations::{self, model::Draft},
        reviews,
    },
    storage::refusal::Refusal,
    web::stranger::Stranger,
};

pub const EMAIL: &str = "okafor@example.org";
pub const ABOUT: &str = "the clinician with whom they share: has reviewed one diary, finds new entries in two";
const NAME: &str = "Dr. Ifeoma Okafor";

const YEAR: Duration = Duration::from_hours(365 * 24);

/// A year that a patient lived.
pub struct Lived {
    pub email: &'static str,
    pub diary: Id,
    pub revisions: Revisions,
}

/// Her account, and when she opened it.
///
/// # Errors
/// When the e-mail is none.
pub fn account(now: Instant) -> Result<(NewUser, Instant), String> {
    let new = NewUser {
        email: account::email(EMAIL)?,
        display_name: Name::from_json(&NAME.into()).ok(),
        kind: Kind::Clinician,
        time_zone: Zone::named("Europe/London").unwrap_or(Zone::UTC),
        language: None,
    };
    Ok((new, now.minus(YEAR)))
}

enum Deed {
    /// The patient gives her a code on these terms, and she redeems it.
    Share(Value),
    /// She looks at the list of her patients, then at this one's page and report.
    Read,
    /// She says that she has read what is there.
    Review,
}

/// What happens, with whom, in this order. The last of it is now, so that nothing is new after it.
fn story(now: Instant) -> Vec<(Instant, &'static str, Deed)> {
    let ago = |days: u64, minutes: u64| now.minus(Duration::from_mins(days * 24 * 60 + minutes));
    let label = "Dr. Okafor";
    let of_margarete = json!({"role": "viewer", "label": label, "include_notes": true, "language": "de"});
    let first_day = ago(100, 0).utc().date_naive();
    let of_tiago = json!({"role": "viewer", "label": label, "visible_from": first_day, "include_notes": false});
    let end = now.plus(Duration::from_hours(90 * 24));
    let of_abigail = json!({"role": "viewer", "label": label, "include_notes": true, "access_until": end});
    vec![
        (ago(130, 30), MARGARETE, Deed::Share(of_margarete)),
        (ago(130, 25), MARGARETE, Deed::Read),
        (ago(130, 15), MARGARETE, Deed::Review),
        (ago(44, 30), TIAGO, Deed::Share(of_tiago)),
        (ago(44, 25), TIAGO, Deed::Read),
        (ago(16, 12), TIAGO, Deed::Read),
        (ago(16, 5), TIAGO, Deed::Review),
        (ago(3, 30), ABIGAIL, Deed::Share(of_abigail)),
        (ago(3, 25), ABIGAIL, Deed::Read),
        (ago(0, 8), MARGARETE, Deed::Read),
        (ago(0, 0), MARGARETE, Deed::Review),
    ]
}

/// Lets it happen with the patients who lived a year.
///
/// # Errors
/// When somebody is refused.
pub async fn look_after(service: &Service, patients: &[Lived], now: Instant) -> Result<(), NotSignedIn> {
    let story = story(now);
    let began = story.first().map_or(now, |(when, ..)| *when);
    let clinician = Somebody::signs_in(service, EMAIL, began).await?;
    for (when, whose, deed) in story {
        let Some(patient) = patients.iter().find(|patient| patient.email == whose) else { continue };
        match deed {
            Deed::Share(terms) => share(service, patient, terms, &clinician, when).await?,
            Deed::Read => read(&clinician, patient, when).await?,
            Deed::Review => review(&clinician, patient, when).await?,
        }
    }
    Ok(clinician.signs_out(now).await?)
}

async fn share(
    service: &Service,
    patient: &Lived,
    terms: Value,
    clinician: &Somebody<'_>,
    when: Instant,
) -> Result<(), NotSignedIn> {
    let owner = Somebody::signs_in(service, patient.email, when).await?;
    let visit = Visit::of(owner.at(when)?, patient.diary.clone());
    let code = invitations::steps::invite(&visit, Draft::from_json(terms, when)).await?.code;
    owner.signs_out(when).await?;
    let later = when.plus(Duration::from_mins(2));
    clinician.at(later)?.write(Ok(code), |db, me, code| invitations::store::redeem(db, me, &code)).await?;
    Ok(())
}

async fn read(clinician: &Somebody<'_>, patient: &Lived, when: Instant) -> Result<(), Refusal> {
    let visit = |minutes| {
        let when = when.plus(Duration::from_mins(minutes));
        Ok::<_, Refusal>(Visit::of(clinician.at(when)?, patient.diary.clone()))
    };
    clinician
        .at(when)?
        .diaries(Ok(DiariesAsked::default()), |db, open, asked| diaries::store::page(db, open, &asked))
        .await?;
    visit(1)?
        .read(Operation::ListEpisodes, Ok(PageRequest::longest()), |db, diary, asked| {
            Ok(episodes::page(db, diary, &Filter::default(), &asked).map(drop)?)
        })
        .await?;
    let about = Asked { from: None, to: None, language: Language::English };
    let asked = ReportAsked { about, log: LogLength::Latest };
    visit(2)?.read(Operation::GetReport, Ok(asked), Findings::read).await.map(drop)
}

async fn review(clinician: &Somebody<'_>, patient: &Lived, when: Instant) -> Result<(), Refusal> {
    let visit = Visit::of(clinician.at(when)?, patient.diary.clone());
    reviews::steps::mark(visit, Ok(patient.revisions.at(when).into())).await.map(drop)
}

/// Somebody who is signed in.
struct Somebody<'a> {
    service: &'a Service,
    bearer: Bearer,
}

impl<'a> Somebody<'a> {
    async fn signs_in(service: &'a Service, email: &str, when: Instant) -> Result<Self, NotSignedIn> {
        let password = account::password().map_err(|_| NotSignedIn::InvalidCredentials)?;
        let email = email.to_owned();
        let credentials = Credentials {
            email,
            password,
            second: None,
            device_name: None,
            device: None,
            lifetime: Lifetime { idle: YEAR, longest: YEAR },
        };
        let service_itself = Stranger { store: (**service.store).clone(), asker: account::itself(when) };
        let begun = sign_in(&service_itself, &service.passwords, credentials, |_, _| Ok(())).await?;
        let session = begun.session;
        Ok(Self {
            service,
            bearer: Bearer {
                user_id: session.user_id,
                session_id: session.id,
                credential: Credential::Session,
                owns: None,
            },
        })
    }

    fn at(&self, when: Instant) -> Result<Caller, Refusal> {
        let Service { store, budgets, .. } = self.service;
        Ok(Caller::of(store, budgets.clone(), self.bearer.clone(), when)?)
    }

    async fn signs_out(&self, when: Instant) -> Result<(), Refusal> {
        self.at(when)?.write(Ok(()), |db, me, ()| Ok(sessions::store::end(db, me.session_id(), me.now())?)).await
    }
}
