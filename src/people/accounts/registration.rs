//! Opening an account: the user, for a patient the diary that `me` stands for, and the session that they begin with,
//! whatever carries it on: the tokens of an app, or the cookie of the companion.

use crate::{
    access::{
        self,
        accounts::{
            model::{Email, Kind, Muted, NewPassword, SoughtEmail, User},
            store,
        },
        devices::{self, model::DeviceToken},
        diaries::{self, model::Settings},
        mail::{
            self,
            model::{Letter, Matter, Recipient},
        },
        passwords::PasswordHasher,
        sessions::{
            self,
            model::{Lifetime, Session},
        },
    },
    foundation::{
        clock::Instant,
        fields::Fields,
        ids::Id,
        language::Language,
        party::Asker,
        values::{DeviceName, Name},
        zones::Zone,
    },
    people::recovery::steps::count_letter,
    storage::{Db, Result, refusal::Refusal},
    web::stranger::Stranger,
};

/// What somebody says to get an account.
#[derive(Clone)]
pub struct Registration {
    new: NewUser,
    password: NewPassword,
    device_name: Option<DeviceName>,
}

/// An account, and the session that its person begins with.
pub struct Opened {
    /// Who they are.
    pub user: User,
    /// The session on the device on which they registered.
    pub session: Session,
    /// What that device is known by.
    pub device: DeviceToken,
}

impl Registration {
    /// Reads it; a weak password is told beside all other faults.
    ///
    /// # Errors
    /// With all faults at once.
    pub async fn from_fields(
        mut fields: Fields,
        passwords: &PasswordHasher,
        asker: Asker,
        language: Option<Language>,
    ) -> Result<Self, Refusal> {
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
                Ok(Self { new: NewUser { email, display_name, kind, time_zone, language }, password, device_name })
            }
            _ => Err(faults.into()),
        }
    }

    /// Opens the account, its diary and its first session. `keep` stores in the same transaction what carries the session
    /// on; it may run again, as every write may. `None`: the e-mail is in use.
    ///
    /// # Errors
    /// When the database fails, or too much waits.
    pub async fn open(
        self,
        stranger: &Stranger,
        passwords: &PasswordHasher,
        lifetime: Lifetime,
        keep: impl FnOnce(&mut Db, &Session) -> Result<()> + Clone + Send + 'static,
    ) -> Result<Option<Opened>, Refusal> {
        let now = stranger.now();
        let hash = passwords.hash(stranger.asker, self.password.password().clone()).await?;
        let device = DeviceToken::random();
        let known_by = device.clone();
        let opened = stranger
            .store
            .write(move |db| {
                if store::find_by_email(db, &(&self.new.email).into())?.is_some() {
                    return Ok(None);
                }
                let user = open(db, self.new, hash, now)?;
                let session = Session::begin(user.id.clone(), self.device_name, now, lifetime);
                sessions::store::insert(db, &session)?;
                keep(db, &session)?;
                devices::store::insert(db, &known_by, &session)?;
                Ok::<_, Refusal>(Some((user, session)))
            })
            .await?;
        Ok(opened.map(|(user, session)| Opened { user, session, device }))
    }

    /// Opens the account and its diary where the service sends mail, and has a letter sent to the address: that it is to be
    /// confirmed, or that it has an account already. The answer is the same, and nobody is signed in by it.
    ///
    /// # Errors
    /// That so many letters to the address were asked for that the next one has to wait, that the database fails, or that too
    /// much waits.
    pub async fn open_by_mail(self, stranger: &Stranger, passwords: &PasswordHasher) -> Result<(), Refusal> {
        let now = stranger.now();
        let hash = passwords.hash(stranger.asker, self.password.password().clone()).await?;
        stranger
            .store
            .write(move |db| {
                let (sought, language) = (SoughtEmail::from(&self.new.email), self.new.language);
                count_letter(db, &sought, Matter::Address, now)?;
                let (matter, to) = if store::find_by_email(db, &sought)?.is_some() {
                    (Matter::AlreadyRegistered, Recipient::Whoever(sought))
                } else {
                    (Matter::Address, Recipient::Account(open(db, self.new, hash, now)?.id))
                };
                Ok::<_, Refusal>(mail::store::write(db, &Letter::asking(matter, to, language), now)?)
            })
            .await
    }
}

/// Who a new account is for.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What they sign in with.
    pub email: Email,
    /// How they want to be called.
    pub display_name: Option<Name>,
    /// Patient or clinician.
    pub kind: Kind,
    /// Where they usually are.
    pub time_zone: Zone,
    /// In which language they are written to, if that is known.
    pub language: Option<Language>,
}

/// Adds an account and, for a patient, the diary that `me` stands for.
///
/// # Errors
/// When the database fails; look for the e-mail first.
pub fn open(db: &mut Db, new: NewUser, password_hash: String, now: Instant) -> Result<User> {
    let mut user = User {
        id: Id::random(),
        email: new.email,
        display_name: new.display_name,
        kind: new.kind,
        time_zone: new.time_zone,
        diary_id: None,
        email_verified_at: None,
        language: new.language,
        muted: Muted::default(),
        created_at: now,
        updated_at: now,
    };
    let settings = Settings::new(user.display_name.clone(), user.time_zone);
    let diary_id = (user.kind == Kind::Patient).then(Id::random);
    user.diary_id.clone_from(&diary_id);
    store::insert(db, &user, password_hash)?;
    if let Some(diary_id) = diary_id {
        diaries::store::insert(db, &diary_id, &user.id, &settings, now)?;
        access::grant_owner(db, &diary_id, &user.id, now)?;
    }
    Ok(user)
}
