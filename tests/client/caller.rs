//! Those who call the API.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    answer::{Answer, Row},
    authenticator::Authenticator,
    cramps::a_cramp,
    days::days_after,
    device::Passkey,
    paths::DiaryPath,
    request::{Check, Request},
};

/// What everybody's password is.
pub const PASSWORD: &str = "seven quiet herons at dusk";

/// The address by which browsers know the service, whichever it listens at.
pub const ORIGIN: &str = "http://localhost:8080";

/// What a session gave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
}

impl Tokens {
    pub fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// Somebody who talks to the server: with a token, or without.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    address: SocketAddr,
    check: Check,
    tokens: Option<Tokens>,
    email: String,
    user_id: String,
    diary: Option<DiaryPath>,
}

impl Caller {
    /// Somebody without an account, whose every answer is checked.
    pub fn new(http: reqwest::Client, address: SocketAddr, check: Check) -> Self {
        Self { http, address, check, tokens: None, email: String::new(), user_id: String::new(), diary: None }
    }

    /// The same person, who reads no answer.
    pub fn unchecked(&self) -> Self {
        Self { check: |_, _| Ok(()), ..self.clone() }
    }

    /// The same person with another client, at the same server or another one.
    pub fn over(&self, http: reqwest::Client, address: SocketAddr) -> Self {
        Self { http, address, ..self.clone() }
    }

    /// Opens an account, and learns the id of its diary.
    pub async fn registers(self, account: Value) -> Self {
        let is_patient = account["kind"] == "patient";
        let somebody = self.opens_an_account(account).await;
        if !is_patient {
            return somebody;
        }
        let diary = somebody.get("/v1/diaries/me").await.is(200).row();
        somebody.keeps(DiaryPath::of(diary.id()))
    }

    /// Opens an account, and asks for nothing more.
    pub async fn opens_an_account(self, account: Value) -> Self {
        let answer = self.post("/v1/auth/register", account.clone()).await;
        if answer.status() == 202 {
            // The service sends mail: nobody is signed in by it.
            let text = |name: &str| account[name].as_str().unwrap().to_owned();
            return self.signs_in_as(&text("email"), &text("password")).await;
        }
        let answer = answer.is(201).json();
        let user = |name: &str| answer["user"][name].as_str().unwrap().to_owned();
        Self { email: user("email"), user_id: user("id"), ..self.with(Tokens::of(&answer["tokens"])) }
    }

    /// The same person, whose diary this is.
    pub fn keeps(self, diary: DiaryPath) -> Self {
        Self { diary: Some(diary), ..self }
    }

    /// Somebody who has an account already.
    pub async fn signs_in_as(self, email: &str, password: &str) -> Self {
        let credentials = json!({"email": email, "password": password});
        let answer = self.post("/v1/auth/login", credentials).await.is(200).json();
        Self { email: email.to_owned(), ..self.with(Tokens::of(&answer)) }
    }

    /// The same person with other tokens.
    pub fn with(&self, tokens: Tokens) -> Self {
        Self { tokens: Some(tokens), ..self.clone() }
    }

    /// The same person with another access token.
    pub fn with_access_token(&self, access: impl Into<String>) -> Self {
        let refresh = self.tokens.as_ref().map(|tokens| tokens.refresh.clone()).unwrap_or_default();
        self.with(Tokens { access: access.into(), refresh })
    }

    /// The same person without a token.
    pub fn signed_out(&self) -> Self {
        Self { tokens: None, ..self.clone() }
    }

    /// The same person in a new session.
    pub async fn signs_in(&self) -> Self {
        let credentials = json!({"email": self.email, "password": PASSWORD});
        let answer = self.signed_out().post("/v1/auth/login", credentials).await.is(200).json();
        self.with(Tokens::of(&answer))
    }

    /// Shows once more that it is they, by the password alone.
    pub async fn steps_up(&self) {
        self.post("/v1/auth/step-up", json!({"password": PASSWORD})).await.is(204);
    }

    /// What a browser is asked to have a passkey sign.
    pub async fn is_asked_for_a_passkey(&self) -> Value {
        let asked = self.signed_out().request(Method::POST, "/v1/auth/passkey/begin").await.is(200).json();
        asked["public_key"].clone()
    }

    /// What a browser is asked to make a passkey.
    pub async fn begins_a_passkey(&self) -> Value {
        self.request(Method::POST, "/v1/me/passkeys/begin").await.is(200).json()["public_key"].clone()
    }

    /// Adds a passkey, and answers with what is told of it.
    pub async fn adds_a_passkey(&self, name: &str) -> (Passkey, Row) {
        let (passkey, answering) = Passkey::asked_for(&self.begins_a_passkey().await, ORIGIN);
        let said = json!({"name": name, "credential": passkey.made(&answering)});
        (passkey, self.post("/v1/me/passkeys/finish", said).await.is(201).row())
    }

    /// Whoever has a passkey signs in with it alone.
    pub async fn comes_with(&self, passkey: &Passkey) -> Answer {
        let signed = passkey.signs(&self.is_asked_for_a_passkey().await);
        self.signed_out().post("/v1/auth/passkey/finish", json!({"credential": signed})).await
    }

    /// The same in the session that it begins.
    pub async fn signs_in_by(&self, passkey: &Passkey) -> Self {
        self.with(Tokens::of(&self.comes_with(passkey).await.is(200).json()))
    }

    /// Trades a refresh token.
    pub async fn refreshes(&self, refresh_token: &str) -> Answer {
        self.signed_out().post("/v1/auth/refresh", json!({"refresh_token": refresh_token})).await
    }

    /// Shows the password and scans the secret of a second factor, but types no code yet.
    pub async fn begins_a_second_factor(&self) -> Authenticator {
        let setup = self.post("/v1/me/second-factor", json!({"password": PASSWORD})).await.is(201).json();
        Authenticator::scans(&setup)
    }

    /// Turns a second factor on; the code of this moment is used then. Answers with the recovery codes.
    pub async fn has_a_second_factor(&self, now: DateTime<Utc>) -> (Authenticator, Vec<String>) {
        let phone = self.begins_a_second_factor().await;
        let confirmed =
            self.post("/v1/me/second-factor/confirm", json!({"code": phone.code(now)})).await.is(200).json();
        let codes = confirmed["recovery_codes"].as_array().unwrap();
        (phone, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    pub fn tokens(&self) -> &Tokens {
        self.tokens.as_ref().expect("the caller is signed in")
    }

    /// The caller's own diary.
    pub fn diary(&self) -> &DiaryPath {
        self.diary.as_ref().expect("the caller has a diary")
    }

    /// Logs a cramp that is new.
    pub async fn logs(&self, cramp: impl Into<Value>) -> Row {
        self.post(self.diary().episodes(), cramp.into()).await.is(201).row()
    }

    /// Says that a day is fully recorded.
    pub async fn checks_in(&self, date: &str) -> Row {
        self.put(self.diary().check_in(date), json!({"cramp_free": true})).await.is(201).row()
    }

    /// Notes how sore the leg is on a date that had no entry.
    pub async fn is_sore(&self, cramp: &Row, date: &str, level: i32) -> Row {
        self.put(self.diary().soreness_on(cramp.id(), date), json!({"level": level})).await.is(201).row()
    }

    /// Notes a treatment that began on a date.
    pub async fn begins(&self, treatment: &str, on: &str) -> Row {
        let body = json!({"id": treatment, "kind": "supplement", "name": treatment, "started_on": on});
        self.post(self.diary().treatments(), body).await.is(201).row()
    }

    /// Lives through days that are fully recorded, with so many cramps about noon, UTC, on each.
    pub async fn lives_through(&self, from: &str, cramps: impl IntoIterator<Item = usize>) {
        for (day, cramps) in (0..).zip(cramps) {
            let date = days_after(from, day);
            for minute in 0..cramps {
                self.logs(a_cramp().at(&format!("{date}T12:{minute:02}:00Z"))).await;
            }
            if cramps == 0 {
                self.checks_in(&date).await;
            }
        }
    }

    /// Invites somebody, on terms, and gets a code.
    pub async fn invites(&self, terms: Value) -> Row {
        self.post(self.diary().invitations(), terms).await.is(201).row()
    }

    /// Redeems a code.
    pub async fn redeems(&self, invitation: &Row) -> Answer {
        self.post("/v1/invitations/redeem", json!({"code": invitation["code"]})).await
    }

    /// Shares the whole diary with somebody who is to read it.
    pub async fn shares_with(&self, other: &Self) -> Row {
        self.shares_on(json!({"role": "viewer", "include_notes": true}), other).await
    }

    /// Shares the diary with somebody on terms.
    pub async fn shares_on(&self, terms: Value, other: &Self) -> Row {
        let invitation = self.invites(terms).await;
        other.redeems(&invitation).await.is(200).row()
    }

    /// Takes a grant back.
    pub async fn revokes(&self, grant: &Row) {
        self.delete(self.diary().grant(grant.id())).await.is(204);
    }

    /// Asks a question, and takes the answer.
    pub async fn learns(&self, path: impl Into<String>) -> Value {
        self.get(path).await.is(200).json()
    }

    /// Every row of a list, page by page.
    pub async fn lists_all(&self, path: String) -> Vec<Row> {
        let more = if path.contains('?') { '&' } else { '?' };
        let (mut rows, mut next) = (Vec::new(), Some(format!("{path}{more}limit=200")));
        while let Some(path) = next {
            let page = self.get(path).await.is(200);
            rows.extend(page.items());
            next = page.next_link();
        }
        rows
    }

    /// The diary's settings and revision.
    pub async fn settings(&self) -> Row {
        self.get(self.diary().path()).await.is(200).row()
    }

    pub fn get(&self, path: impl Into<String>) -> Request {
        self.request(Method::GET, path)
    }

    pub fn delete(&self, path: impl Into<String>) -> Request {
        self.request(Method::DELETE, path)
    }

    pub fn post(&self, path: impl Into<String>, body: impl Into<Value>) -> Request {
        self.request(Method::POST, path).json(&body.into())
    }

    pub fn put(&self, path: impl Into<String>, body: impl Into<Value>) -> Request {
        self.request(Method::PUT, path).json(&body.into())
    }

    pub fn patch(&self, path: impl Into<String>, body: impl Into<Value>) -> Request {
        let request = self.request(Method::PATCH, path).json(&body.into());
        request.header("content-type", "application/merge-patch+json")
    }

    /// Any request; the other methods are short for this one.
    pub fn request(&self, method: Method, path: impl Into<String>) -> Request {
        let request = Request::new(self.http.clone(), self.address, self.check, method, path.into());
        match &self.tokens {
            Some(tokens) => request.header("authorization", format!("Bearer {}", tokens.access)),
            None => request,
        }
    }
}
