//! A device that makes passkeys and signs with them, written from WebAuthn Level 3 and not from the service's library.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The flags of authenticator data (section 6.1).
pub const PRESENT: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
pub const BACKUP_ELIGIBLE: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
const NEW_KEY: u8 = 0x40;

/// A key of somebody's device, beside which the device has noted whose it is.
pub struct Passkey {
    key: EcdsaKeyPair,
    id: [u8; 16],
    user_handle: String,
    rp_id: String,
    origin: String,
    pub counter: u32,
}

/// What a browser and a device are about to answer. A test changes what a wrong one would say.
pub struct Answering {
    pub origin: String,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    pub challenge: String,
    pub kind: &'static str,
    pub user_handle: Option<String>,
    pub is_cross_origin: bool,
}

impl Answering {
    fn client_data(&self) -> Vec<u8> {
        let Self { kind, challenge, origin, is_cross_origin, .. } = self;
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": is_cross_origin})
            .to_string()
            .into_bytes()
    }

    fn header(&self, more: u8) -> Vec<u8> {
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Passkey {
    /// What a device has that was asked to make one, by a page at an origin, and what it is about to answer.
    pub fn asked_for(options: &Value, origin: &str) -> (Self, Answering) {
        let passkey = Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: rand::random(),
            user_handle: text(&options["user"]["id"]),
            rp_id: text(&options["rp"]["id"]),
            origin: origin.to_owned(),
            counter: 0,
        };
        let answering = passkey.answering("webauthn.create", options);
        (passkey, answering)
    }

    fn answering(&self, kind: &'static str, options: &Value) -> Answering {
        Answering {
            origin: self.origin.clone(),
            rp_id: self.rp_id.clone(),
            flags: PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP,
            counter: self.counter,
            challenge: text(&options["challenge"]),
            kind,
            user_handle: Some(self.user_handle.clone()),
            is_cross_origin: false,
        }
    }

    /// The id by which the device knows it.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }

    /// What the browser answers that had it made (section 6.5), without a word of who made the device.
    pub fn made(&self, answering: &Answering) -> Value {
        let point = self.key.public_key().as_ref();
        let number = |n: i64| Cbor::Integer(n.into());
        let key = Cbor::Map(vec![
            (number(1), number(2)),
            (number(3), number(-7)),
            (number(-1), number(1)),
            (number(-2), Cbor::Bytes(point[1..33].to_vec())),
            (number(-3), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = answering.header(NEW_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(self.id);
        ciborium::into_writer(&key, &mut data).unwrap();
        let named = |name: &str, value| (Cbor::Text(name.into()), value);
        let object = Cbor::Map(vec![
            named("fmt", Cbor::Text("none".into())),
            named("attStmt", Cbor::Map(Vec::new())),
            named("authData", Cbor::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        json!({
            "id": self.id(),
            "rawId": self.id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(answering.client_data()),
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
                "transports": ["internal", "hybrid", "by-owl"],
                "publicKeyAlgorithm": -7,
            },
        })
    }

    /// What it is about to answer that is asked to sign.
    pub fn asked_to_sign(&self, options: &Value) -> Answering {
        assert_eq!(text(&options["rpId"]), self.rp_id);
        self.answering("webauthn.get", options)
    }

    /// What the browser answers that had it sign (section 6.3.3).
    pub fn signed(&self, answering: &Answering) -> Value {
        let (client_data, data) = (answering.client_data(), answering.header(0));
        let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": self.id(),
            "rawId": self.id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": answering.user_handle,
            },
        })
    }

    /// The same of an honest device.
    pub fn signs(&self, options: &Value) -> Value {
        self.signed(&self.asked_to_sign(options))
    }
}
