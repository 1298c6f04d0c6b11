//! Access tokens: signed JWTs of 15 minutes. One algorithm, pinned for every key; keys rotate by their `kid`.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::foundation::{
    clock::Instant,
    ids::Id,
    key_file::{self, Key, KeyFileError},
    secrets,
};

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_mins(15);
/// How far the clock of the node that signed may be ahead of ours.
const LEEWAY_SECONDS: i64 = 5;
const ALGORITHM: Algorithm = Algorithm::HS256;
const AUDIENCE: &str = "cramp-diary";
const TYPE: &str = "access";

/// All claims are required and checked, but for `own`, which many have not.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    exp: i64,
    nbf: i64,
    iat: i64,
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    typ: String,
    jti: String,
    /// The diary that the account owns, which spares each request the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<String>,
}

/// What somebody shows in the place of a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session's access token, or the cookie of a page.
    Session,
    /// A personal access token, of which this is the hash.
    Token(Box<[u8; 32]>),
    /// An access token of a connected app, of which this is the hash.
    Connection(Box<[u8; 32]>),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session => "Session",
            Self::Token(_) => "Token(…)",
            Self::Connection(_) => "Connection(…)",
        })
    }
}

/// Who a genuine token speaks for. Whether the session, the personal token or the connection still lives, the database says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The user.
    pub user_id: Id,
    /// The session, the personal token, or the connection of an app.
    pub session_id: Id,
    /// Which of them.
    pub credential: Credential,
    /// The diary that the user owns, where it is known: nothing takes that from an account.
    pub owns: Option<Id>,
}

/// The keys that sign and verify access tokens, as a file has them that may change. Debug shows none of them.
pub struct SigningKeys {
    file: PathBuf,
    issuer: String,
    present: RwLock<Arc<Keys>>,
}

/// What the file says.
struct Keys {
    /// By which it is seen that it says something else.
    fingerprint: [u8; 32],
    signing: (String, EncodingKey),
    verifying: HashMap<String, DecodingKey>,
    validation: Validation,
    issuer: String,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys").field("file", &self.file).finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Reads the keys of a file, and makes the file with one new key when there is none (mode 0600).
    ///
    /// The first key signs, all of them verify: to rotate, add a new line, put it on top once every node knows it, and
    /// drop the old one after 15 minutes.
    ///
    /// # Errors
    /// When the file can't be used, or signing with the key does not work.
    pub fn load_or_create(file: &Path, issuer: &str) -> Result<Self, KeyFileError> {
        let text = match key_file::read(file)? {
            Some(text) => text,
            None => key_file::create(file)?,
        };
        let present = RwLock::new(Arc::new(Keys::usable(&text, issuer)?));
        Ok(Self { file: file.to_owned(), issuer: issuer.to_owned(), present })
    }

    /// Reads the file again. When it says something else than before that can be used, that holds from now on; the answer is
    /// the id of the key that signs then, and how many verify. `None` when nothing has changed.
    ///
    /// # Errors
    /// When the file can't be used: what it said before goes on to hold.
    pub fn read_again(&self) -> Result<Option<(String, usize)>, KeyFileError> {
        let gone = || KeyFileError::Unusable("it is not there any more".into());
        let text = key_file::read(&self.file)?.ok_or_else(gone)?;
        if Keys::fingerprint(&text) == self.present().fingerprint {
            return Ok(None);
        }
        let keys = Keys::usable(&text, &self.issuer)?;
        let told = (keys.signing.0.clone(), keys.verifying.len());
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(Some(told))
    }

    /// Where they stand.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn present(&self) -> Arc<Keys> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Signs an access token.
    ///
    /// # Errors
    /// When the crypto back end fails.
    pub fn sign(&self, bearer: &Bearer, now: Instant) -> Result<String, jsonwebtoken::errors::Error> {
        self.present().sign(bearer, now)
    }

    /// Reads a token. `None` for every flaw alike: what exactly is wrong is nobody's business.
    #[must_use]
    pub fn verify(&self, token: &str, now: Instant) -> Option<Bearer> {
        self.present().verify(token, now)
    }
}

impl Keys {
    fn fingerprint(text: &str) -> [u8; 32] {
        secrets::fingerprint("signing keys", text.as_bytes())
    }

    fn usable(text: &str, issuer: &str) -> Result<Self, KeyFileError> {
        let keys = Self::parse(text, issuer)?;
        keys.self_test()?;
        Ok(keys)
    }

    fn parse(text: &str, issuer: &str) -> Result<Self, KeyFileError> {
        let keys = key_file::parse(text)?;
        let verifying = keys.iter().map(|key| (key.id.clone(), DecodingKey::from_secret(&key.bytes))).collect();
        let signing = keys.into_iter().next().map(|Key { id, bytes }| (id, EncodingKey::from_secret(&bytes)));
        let signing = signing.ok_or_else(|| KeyFileError::Unusable("there is no key in it".into()))?;
        let mut validation = Validation::new(ALGORITHM);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are checked against our own clock, below, and more strictly than the library does.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self { fingerprint: Self::fingerprint(text), signing, verifying, validation, issuer: issuer.to_owned() })
    }

    /// A crypto back end that is missing shows at the first use: better now than at the first sign-in.
    fn self_test(&self) -> Result<(), KeyFileError> {
        let bearer = Bearer {
            user_id: Id::random(),
            session_id: Id::random(),
            credential: Credential::Session,
            owns: Some(Id::random()),
        };
        let now = Instant::EPOCH.plus(ACCESS_TOKEN_LIFE);
        let verified = self.sign(&bearer, now).ok().and_then(|token| self.verify(&token, now));
        if verified.as_ref() == Some(&bearer) {
            Ok(())
        } else {
            Err(KeyFileError::Unusable("a token signed with it does not verify".into()))
        }
    }

    fn sign(&self, bearer: &Bearer, now: Instant) -> Result<String, jsonwebtoken::errors::Error> {
        let (id, key) = &self.signing;
        let claims = Claims {
            exp: now.plus(ACCESS_TOKEN_LIFE).seconds(),
            nbf: now.seconds(),
            iat: now.seconds(),
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: bearer.user_id.to_string(),
            sid: bearer.session_id.to_string(),
            typ: TYPE.to_owned(),
            jti: Id::random().to_string(),
            own: bearer.owns.as_ref().map(ToString::to_string),
        };
        encode(&Header { kid: Some(id.clone()), ..Header::new(ALGORITHM) }, &claims, key)
    }

    fn verify(&self, token: &str, now: Instant) -> Option<Bearer> {
        let header = decode_header(token).ok()?;
        // What has to be understood (RFC 7515, section 4.1.11) is not: the service knows no extension.
        if header.crit.is_some() {
            return None;
        }
        let key = self.verifying.get(&header.kid?)?;
        let claims = decode::<Claims>(token, key, &self.validation).ok()?.claims;
        let now = now.seconds();
        let timely = now < claims.exp && claims.nbf <= now + LEEWAY_SECONDS && claims.iat <= now + LEEWAY_SECONDS;
        // The service gives no token that lives longer: somebody else has a key.
        let timely = timely && claims.exp <= now + LEEWAY_SECONDS + ACCESS_TOKEN_LIFE.as_secs().cast_signed();
        if !timely || claims.typ != TYPE {
            return None;
        }
        let owns = match claims.own {
            Some(own) => Some(Id::parse(&own)?),
            None => None,
        };
        let (user_id, session_id) = (Id::parse(&claims.sub)?, Id::parse(&claims.sid)?);
        Some(Bearer { user_id, session_id, credential: Credential::Session, owns })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const ISSUER: &str = "https://diary.example";
    const NOW: i64 = 1_800_000_000;

    fn keys() -> Keys {
        Keys::parse(KEY, ISSUER).unwrap()
    }

    fn now() -> Instant {
        Instant::from_micros(NOW * 1_000_000)
    }

    fn claims() -> Value {
        json!({"exp": NOW + 900, "nbf": NOW, "iat": NOW, "iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "sid": "s1", "typ": "access", "jti": "t1"})
    }

    fn token(header: &Header, claims: &Value) -> String {
        encode(header, claims, &EncodingKey::from_secret(&[0; 32])).unwrap()
    }

    fn header() -> Header {
        Header { kid: Some("k1".into()), ..Header::new(ALGORITHM) }
    }

    fn somebody() -> Bearer {
        Bearer { user_id: Id::random(), session_id: Id::random(), credential: Credential::Session, owns: None }
    }

    #[test]
    fn a_whole_token_is_accepted_until_the_second_it_expires() {
        let token = token(&header(), &claims());
        assert!(keys().verify(&token, now()).is_some());
        assert!(keys().verify(&token, now().plus(Duration::from_secs(899))).is_some());
        assert!(keys().verify(&token, now().plus(Duration::from_mins(15))).is_none());
    }

    #[test]
    fn every_claim_is_required() {
        for claim in ["exp", "nbf", "iat", "iss", "aud", "sub", "sid", "typ", "jti"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(claim);
            assert!(keys().verify(&token(&header(), &claims), now()).is_none(), "{claim}");
        }
    }

    #[test]
    fn every_claim_is_checked() {
        for (claim, value) in [
            ("exp", json!(NOW)),
            ("exp", json!("never")),
            ("exp", json!(NOW + 906)),
            ("exp", json!(i64::MAX)),
            ("nbf", json!(NOW + 6)),
            ("iat", json!(NOW + 6)),
            ("iss", json!("https://other.example")),
            ("aud", json!("other")),
            ("typ", json!("refresh")),
            ("sub", json!("no/id")),
        ] {
            let mut claims = claims();
            claims[claim] = value;
            assert!(keys().verify(&token(&header(), &claims), now()).is_none(), "{claim}");
        }
    }

    #[test]
    fn another_algorithm_key_or_no_signature_is_refused() {
        let other_algorithm = Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS512) };
        assert!(keys().verify(&token(&other_algorithm, &claims()), now()).is_none());
        assert!(keys().verify(&token(&Header::new(ALGORITHM), &claims()), now()).is_none(), "no kid");
        let forged = encode(&header(), &claims(), &EncodingKey::from_secret(&[1; 32])).unwrap();
        assert!(keys().verify(&forged, now()).is_none());
        let genuine = token(&header(), &claims());
        let (head, signature) = genuine.rsplit_once('.').unwrap();
        assert!(keys().verify(&format!("{head}."), now()).is_none());
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","kid":"k1"}"#);
        let body = head.split_once('.').unwrap().1;
        assert!(keys().verify(&format!("{none}.{body}."), now()).is_none());
        assert!(keys().verify(&format!("{none}.{body}.{signature}"), now()).is_none());
    }

    #[test]
    fn a_token_that_demands_to_be_understood_is_refused() {
        for crit in [vec![], vec!["exp"], vec!["b64", "x"]] {
            let crit = Some(crit.into_iter().map(str::to_owned).collect());
            assert!(keys().verify(&token(&Header { crit, ..header() }, &claims()), now()).is_none());
        }
    }

    #[test]
    fn a_clock_that_is_five_seconds_ahead_signs_tokens_that_are_taken() {
        let token = keys().sign(&somebody(), now().plus(Duration::from_secs(5)));
        assert!(keys().verify(&token.unwrap(), now()).is_some());
    }

    #[test]
    fn during_a_rotation_both_keys_verify_and_the_first_signs() {
        let old = keys().sign(&somebody(), now()).unwrap();
        let rotated = Keys::parse(&format!("k2 {}\n{KEY}\n", "B".repeat(42) + "A"), ISSUER).unwrap();
        assert!(rotated.verify(&old, now()).is_some());
        let new = rotated.sign(&somebody(), now()).unwrap();
        assert_eq!(decode_header(&new).unwrap().kid.as_deref(), Some("k2"));
        assert!(keys().verify(&new, now()).is_none());
    }

    #[test]
    fn a_file_that_changes_is_read_again_and_one_that_is_wrong_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("signing.key");
        let keys = SigningKeys::load_or_create(&file, ISSUER).unwrap();
        let old = keys.sign(&somebody(), now()).unwrap();
        assert_eq!(keys.read_again().unwrap(), None);
        let first = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{KEY}\n{first}")).unwrap();
        assert_eq!(keys.read_again().unwrap(), Some(("k1".to_owned(), 2)));
        assert!(keys.verify(&old, now()).is_some());
        let new = keys.sign(&somebody(), now()).unwrap();
        for wrong in ["", "k1 short", &format!("{KEY}\n{KEY}")] {
            fs::write(&file, wrong).unwrap();
            assert!(keys.read_again().is_err(), "{wrong}");
        }
        fs::remove_file(&file).unwrap();
        assert!(keys.read_again().is_err());
        assert!(!file.exists() && keys.verify(&old, now()).is_some() && keys.verify(&new, now()).is_some());
        fs::write(&file, KEY).unwrap();
        assert!(keys.read_again().is_err(), "others can read it");
    }
}
