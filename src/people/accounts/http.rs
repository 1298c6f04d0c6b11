//! `/v1/auth/register`, `/v1/auth/password`, `/v1/me`.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use super::{
    erasure,
    password::{self, Change},
    registration::{self, NewUser},
};
use crate::{
    access::{
        Caller,
        accounts::{
            model::{Email, Kind, NewPassword, Password, User},
            store::{self as accounts, Account},
            view::UserView,
        },
        devices::{self, model::DeviceToken},
        passwords::PasswordHasher,
        sessions::{
            self,
            keys::SigningKeys,
            model::{OF_AN_APP, RefreshToken, Session},
        },
    },
    foundation::{
        clock::Instant,
        fields::{self, Fields},
        party::Asker,
        values::{DeviceName, Name},
        zones::Zone,
    },
    people::{confirmation::confirm, sign_in::tokens::Tokens},
    storage::{self, Store, refusal::Refusal},
    web::{
        answer,
        body::Body,
        problem::{Code, Problem},
        routes::Routes,
        stranger::Stranger,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/auth/register").post(register).limited().end();
    routes.at("/v1/auth/password").put(change_password).limited().end();
    routes.at("/v1/me").get(get_me).patch(update_me).delete(delete_me).end();
}

/// What somebody says to get an account.
#[derive(Clone)]
struct Registration {
    email: Email,
    password: NewPassword,
    display_name: Option<Name>,
    kind: Kind,
    time_zone: Zone,
    device_name: Option<DeviceName>,
}

impl Registration {
    /// Reads a body; a weak password is told beside all other faults.
    async fn from_body(body: Body, passwords: &PasswordHasher, asker: Asker) -> Result<Self, Problem> {
        let mut fields = Fields::open(body.0)?;
        let (email, password) = (fields.required::<Email>("email"), fields.required::<NewPassword>("password"));
        let display_name = fields.optional("display_name");
        let kind = fields.optional("kind").unwrap_or(Kind::Patient);
        let time_zone = fields.optional("time_zone").unwrap_or(Zone::UTC);
        let device_name = fields.optional("device_name");
        let mut faults = fields.close();
        if let (Some(email), Some(password)) = (&email, &password) {
            faults.add(passwords.judge(asker, password.clone(), email.clone()).await?.under("password"));
        }
        match (email, password) {
            (Some(email), Some(password)) if faults.is_empty() => {
                Ok(Self { email, password, display_name, kind, time_zone, device_name })
            }
            _ => Err(faults.into()),
        }
    }
}

#[derive(Serialize)]
struct Registered<'a> {
    user: UserView<'a>,
    tokens: Tokens,
}

async fn register(
    stranger: Stranger,
    passwords: Data<PasswordHasher>,
    keys: Data<SigningKeys>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Stranger { store, asker } = stranger;
    let registration = Registration::from_body(body, &passwords, asker).await?;
    let now = asker.now;
    let hash = passwords.hash(asker, registration.password.password().clone()).await?;
    let (token, device) = (RefreshToken::random(), DeviceToken::random());
    let stored = (token.clone(), device.clone());
    let opened =
        store.write(move |db| open_account(db, registration, hash, &stored, now).map_err(Refusal::from)).await?;
    let Some((user, session)) = opened else { return Err(Problem::new(Code::EmailTaken)) };
    let tokens = Tokens::of(&keys, &session, &token, now)?.on(&device);
    Ok(HttpResponse::Created().json(Registered { user: UserView::from(&user), tokens }))
}

/// Makes the account, its diary and its first session; `None` when the e-mail is in use.
fn open_account(
    db: &mut storage::Db,
    registration: Registration,
    hash: String,
    (token, device): &(RefreshToken, DeviceToken),
    now: Instant,
) -> storage::Result<Option<(User, Session)>> {
    if accounts::find_by_email(db, &(&registration.email).into())?.is_some() {
        return Ok(None);
    }
    let device_name = registration.device_name.clone();
    let user = registration::open(db, registration.into(), hash, now)?;
    let session = Session::begin(user.id.clone(), device_name, now, OF_AN_APP);
    sessions::store::insert(db, &session)?;
    sessions::store::insert_token(db, &session, token)?;
    devices::store::insert(db, device, &session)?;
    Ok(Some((user, session)))
}

impl From<Registration> for NewUser {
    fn from(registration: Registration) -> Self {
        let Registration { email, display_name, kind, time_zone, .. } = registration;
        Self { email, display_name, kind, time_zone }
    }
}

async fn own_account(caller: &Caller) -> Result<Account, Problem> {
    Ok(caller.read(Ok(()), |db, me, ()| accounts::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)).await?)
}

async fn get_me(caller: Caller) -> Result<HttpResponse, Problem> {
    let account = own_account(&caller).await?;
    Ok(HttpResponse::Ok().json(UserView::from(&account.user)))
}

async fn update_me(caller: Caller, body: Body) -> Result<HttpResponse, Problem> {
    let user = caller
        .write(fields::open_patch(body.0), |db, me, patch| {
            let mut user = accounts::find_locked(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
            let present = serde_json::json!({"display_name": user.display_name, "time_zone": user.time_zone.name()});
            let serde_json::Value::Object(present) = present else { return Err(Refusal::NotFound) };
            let mut fields = Fields::open(fields::merge(present, patch))?;
            fields.fixed("id", user.id.as_str());
            fields.fixed("email", user.email.as_str());
            fields.fixed("kind", user.kind.as_str());
            fields.ignore(&["created_at", "updated_at"]);
            let display_name = fields.optional("display_name");
            let time_zone = fields.required("time_zone");
            let faults = fields.close();
            let Some(time_zone) = time_zone.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
            if (&user.display_name, user.time_zone) != (&display_name, time_zone) {
                (user.display_name, user.time_zone, user.updated_at) = (display_name, time_zone, me.now());
                accounts::update(db, &user)?;
            }
            Ok(user)
        })
        .await?;
    Ok(HttpResponse::Ok().json(UserView::from(&user)))
}

async fn change_password(caller: Caller, passwords: Data<PasswordHasher>, body: Body) -> Result<HttpResponse, Problem> {
    password::change(&caller, &passwords, Fields::open(body.0).and_then(Change::from_fields)).await?;
    Ok(answer::nothing())
}

async fn delete_me(
    caller: Caller,
    store: Data<Store>,
    passwords: Data<PasswordHasher>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let said = Fields::open(body.0)
        .and_then(|fields| fields.said(|fields| Some((fields.required::<Password>("password")?, ()))));
    let (account, ()) = confirm(&caller, &passwords, "password", said).await?;
    // It goes on when the client has gone: nobody wants half an account.
    let erasing = actix_web::rt::spawn(async move {
        erasure::erase(&caller, account.user).await?;
        store.forget_the_past_soon();
        Ok::<_, Refusal>(())
    });
    erasing.await.map_err(|error| Problem::internal(error.to_string()))??;
    Ok(answer::nothing())
}
