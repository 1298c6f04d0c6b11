//! What people type, paste and are told: codes, passwords and addresses, in all the ways in which they may be written.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use cramp_diary::{
    access::accounts::{older, store::Rekeyed},
    storage::{Address, Options, Store},
};
use serde_json::{Value, json};

use super::support::{app::fresh_email, *};

/// What may stand between the groups of a code that went through a letter, a messenger or a word processor.
const BETWEEN: [&str; 12] =
    ["\r\n", "\u{a0}", "\u{2010}", "\u{2011}", "–", "—", "\u{2212}", "－", "\u{ad}", "\u{200b}", "\u{3000}", " - "];

/// The same digits of another script.
fn in_script(nought: char, digits: &str) -> String {
    digits.chars().map(|c| c.to_digit(10).map_or(c, |n| char::from_u32(u32::from(nought) + n).unwrap())).collect()
}

const SCRIPTS: [char; 4] = ['０', '٠', '۰', '०'];

fn account(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

async fn registers(app: &TestApp, email: &str, password: &str) -> Answer {
    app.nobody().post("/v1/auth/register", account(email, password)).await
}

async fn signs_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.nobody().post("/v1/auth/login", account(email, password)).await
}

/// A second connection to the application's database.
fn beside(app: &TestApp) -> Store {
    let file = || Address::Sqlite(app.data_dir().join("cramp-diary.db"));
    let address = app.database_url().map_or_else(file, |url| Address::parse(url).unwrap());
    Store::open(&Options { read_connections: 1, write_connections: 1, ..Options::of(address) }).unwrap()
}

/// What the database keeps of a password that an older version hashed as it was sent.
fn hashed_as_sent(password: &str) -> String {
    let (salt, mut hash) = ([7; 16], [0; 32]);
    let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), &salt, &mut hash).unwrap();
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={},t={},p=1${salt}${hash}", Params::MIN_M_COST, Params::MIN_T_COST)
}

#[actix_web::test]
async fn a_code_of_an_invitation_is_redeemed_however_it_was_pasted() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    for between in BETWEEN {
        let invitation = patient.invites(json!({"role": "viewer"})).await;
        let code = format!("\u{feff}{}\n", invitation["code"].as_str().unwrap().replace('-', between));
        clinician.post("/v1/invitations/redeem", json!({"code": code})).await.is(200);
    }
    for nought in SCRIPTS {
        let invitation = patient.invites(json!({"role": "viewer"})).await;
        let code = in_script(nought, invitation["code"].as_str().unwrap());
        clinician.post("/v1/invitations/redeem", json!({"code": code})).await.is(200);
    }
    for wrong in ["ABCD_EFGH_JKLM", "ABCD.EFGH.JKLM", "ABCD\u{0}EFGHJKLM", "\"ABCDEFGHJKLM\"", "ÄBCD-EFGH-JKLM"] {
        let answer = clinician.post("/v1/invitations/redeem", json!({"code": wrong})).await;
        answer.has_faults([("/code", "malformed")]);
    }
}

#[actix_web::test]
async fn codes_of_a_second_factor_are_read_however_they_were_pasted() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (phone, codes) = patient.has_a_second_factor(app.now()).await;
    let login = |code: String| {
        let body = json!({"email": patient.email(), "password": PASSWORD, "code": code});
        app.nobody().post("/v1/auth/login", body)
    };
    for (code, between) in codes.iter().zip(BETWEEN) {
        login(code.replace('-', between)).await.is(200);
    }
    for nought in SCRIPTS {
        app.advance(std::time::Duration::from_secs(90));
        let code = in_script(nought, &phone.code(app.now()));
        let (first, last) = code.split_at(3 * nought.len_utf8());
        login(format!("{first}\u{202f}{last}\r\n")).await.is(200);
    }
    app.advance(std::time::Duration::from_secs(90));
    login(phone.wrong_code(app.now())).await.is_problem(401, "invalid_second_factor");
}

#[actix_web::test]
async fn a_passcode_opens_a_link_however_it_is_typed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let link =
        patient.post(patient.diary().report_links(), json!({"passcode": "blue heron-47 11"})).await.is(201).row();
    let url = link["url"].as_str().unwrap();
    let path = url[url.find("/r/").unwrap()..].to_owned();
    let opens = |passcode: &str| {
        let body =
            format!("passcode={}", percent_encoding::utf8_percent_encode(passcode, percent_encoding::NON_ALPHANUMERIC));
        let request = app.nobody().request(reqwest::Method::POST, path.clone());
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    for typed in ["blue heron-47 11", "blueheron4711", "blue\u{a0}heron–47\u{2011}11\n", "ｂｌｕｅ heron ٤٧١١"]
    {
        opens(typed).await.is(200);
    }
    for wrong in ["Blue heron-47 11", "blue heron 4712", ""] {
        opens(wrong).await.is(403);
    }
    // One that was hashed as it was sent, a week ago at the most.
    app.sql(&format!("UPDATE report_links SET passcode_hash = '{}'", hashed_as_sent("grey – 47 11")));
    opens("grey – 47 11").await.is(200);
    opens("grey - 47 11").await.is(403);
    for (short, code) in [("----", "too_short"), ("4 7\u{a0}1 ", "too_short"), ("471", "too_short")] {
        let answer = patient.post(patient.diary().report_links(), json!({"passcode": short})).await;
        answer.has_faults([("/passcode", code)]);
    }
}

#[actix_web::test]
async fn a_password_is_the_same_whatever_the_keyboard() {
    let app = TestApp::start().await;
    let email = fresh_email();
    registers(&app, &email, "crêpe ünder brücke ﬀ").await.is(201);
    for typed in [
        "crêpe ünder brücke ﬀ",
        "cre\u{302}pe u\u{308}nder bru\u{308}cke ff",
        "crêpe\u{a0}ünder\u{3000}brücke ff",
        "ｃrêpe ünder brücke ﬀ",
    ] {
        signs_in(&app, &email, typed).await.is(200);
    }
    for other in ["Crêpe ünder brücke ff", "crepe under brucke ff", " crêpe ünder brücke ff", "crêpeünderbrücke ff"]
    {
        signs_in(&app, &email, other).await.is_problem(401, "invalid_credentials");
    }
    // Wherever it is asked for, and wherever it is chosen.
    let tokens = Tokens::of(&signs_in(&app, &email, "crêpe ünder brücke ff").await.is(200).json());
    let person = app.nobody().with(tokens);
    person.post("/v1/auth/step-up", json!({"password": "cre\u{302}pe ünder brücke ff"})).await.is(204);
    let change =
        json!({"current_password": "crêpe ünder bru\u{308}cke ff", "new_password": "fünf stille re\u{301}iher"});
    person.put("/v1/auth/password", change).await.is(204);
    signs_in(&app, &email, "fu\u{308}nf stille réiher").await.is(200);
    let leave = person.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": "ｆünf stille réiher"}));
    leave.await.is(204);
}

#[actix_web::test]
async fn the_length_of_a_password_is_that_of_what_is_meant() {
    let app = TestApp::start().await;
    // Eleven letters in 22 characters, 128 in 256, and a ligature that is three.
    let eleven = "a\u{308}o\u{308}u\u{308}e\u{301}i\u{301}n\u{303}c\u{327}s\u{30c}z\u{30c}r\u{30c}y\u{301}";
    registers(&app, &fresh_email(), eleven).await.has_faults([("/password", "too_short")]);
    registers(&app, &fresh_email(), &format!("{eleven}q")).await.is(201);
    let long: String = "seven qui\u{308}et herons at dusk over re\u{301}eds ".chars().cycle().take(132).collect();
    registers(&app, &fresh_email(), &long).await.is(201);
    let ligatures = format!("heron{}", "ﬃ".repeat(42));
    registers(&app, &fresh_email(), &ligatures).await.has_faults([("/password", "too_long")]);
    for control in ["seven\tquiet herons", "seven quiet\nherons", "seven quiet\u{7f}herons"] {
        registers(&app, &fresh_email(), control).await.has_faults([("/password", "malformed")]);
    }
}

#[actix_web::test]
async fn a_password_that_was_hashed_as_it_was_sent_still_signs_in_and_is_hashed_anew() {
    const SENT: &str = "cre\u{302}pe u\u{308}nder\u{a0}bru\u{308}cke";
    let app = TestApp::start().await;
    let patient = app.patient().await;
    app.sql(&format!("UPDATE users SET password_hash = '{}'", hashed_as_sent(SENT)));
    let meant = "crêpe ünder brücke";
    signs_in(&app, patient.email(), meant).await.is_problem(401, "invalid_credentials");
    patient.post("/v1/auth/step-up", json!({"password": SENT})).await.is(204);
    signs_in(&app, patient.email(), SENT).await.is(200);
    for typed in [SENT, meant] {
        signs_in(&app, patient.email(), typed).await.is(200);
    }
}

#[actix_web::test]
async fn an_email_is_the_same_however_it_is_written() {
    let app = TestApp::start().await;
    let made = registers(&app, " Rene\u{301}.Kim@Straße.example\u{200b}", PASSWORD).await.is(201).json();
    assert_eq!(made["user"]["email"], "René.Kim@Straße.example");
    for same in [
        "rené.kim@straße.example",
        "RENE\u{301}.KIM@STRASSE.EXAMPLE",
        "\u{feff}rené.kim@straße.example",
        "rené.\u{ad}kim@straße.example",
        "rené.kim\u{2060}@straße.example\u{202e}",
        "rené．ｋｉｍ＠straße．ｅｘａｍｐｌｅ\u{2800}",
    ] {
        registers(&app, same, PASSWORD).await.is_problem(409, "email_taken");
        signs_in(&app, same, PASSWORD).await.is(200);
    }
    signs_in(&app, "rene.kim@straße.example", PASSWORD).await.is_problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn what_is_no_address_opens_no_account() {
    let app = TestApp::start().await;
    for wrong in ["a@@b.c", "<a@b.c>", "Kim <kim@b.c>", "a@b@c.d", "a b@c.d", "a@b..c", "a@b.c,d@e.f", "\u{200b}@b.c"] {
        registers(&app, wrong, PASSWORD).await.has_faults([("/email", "malformed")]);
        signs_in(&app, wrong, PASSWORD).await.is_problem(401, "invalid_credentials");
    }
    for right in ["o'neil+diary@mail.example.org", "用户@例子.公司", "a..b@docomo.example"] {
        registers(&app, right, PASSWORD).await.is(201);
        signs_in(&app, right, PASSWORD).await.is(200);
    }
}

#[actix_web::test]
async fn guesses_at_one_account_count_together_however_its_email_is_written() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for round in 0..14 {
        let email = format!("{}{}", "\u{200b}".repeat(round), patient.email());
        signs_in(&app, &email, "not the password").await;
    }
    signs_in(&app, patient.email(), "not the password").await.is_problem(429, "too_many_requests");
}

/// Has an account a stored e-mail and a key as an older version left them.
fn was_stored(app: &TestApp, person: &Caller, email: &str) {
    let key = email.to_lowercase();
    app.sql(&format!("UPDATE users SET email = '{email}', email_key = '{key}' WHERE id = '{}'", person.user_id()));
}

#[actix_web::test]
async fn accounts_of_an_older_version_are_found_and_none_loses_its_own() {
    let mut app = TestApp::start().await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(app.patient().await);
    }
    let [kim, shadow, rene, at, brackets, plain] = [0, 1, 2, 3, 4, 5].map(|index: usize| people[index].clone());
    let stored = [
        (&kim, "Kim@older.example"),
        (&shadow, "kim@older.example\u{200b}"),
        (&rene, "Rene\u{301}@older.example"),
        (&at, "a@@older.example"),
        (&brackets, "<a@older.example>"),
    ];
    for (person, email) in stored {
        was_stored(&app, person, email);
    }
    let user_of = async |app: &TestApp, email: &str| {
        let tokens = Tokens::of(&signs_in(app, email, PASSWORD).await.is(200).json());
        // The contract promises nothing of addresses that are older than it.
        app.nobody().unchecked().with(tokens).get("/v1/me").await.is(200).json()["id"].as_str().unwrap().to_owned()
    };
    let is_found = async |app: &TestApp| {
        for (person, email) in stored {
            assert_eq!(user_of(app, email).await, person.user_id(), "{email}");
        }
        assert_eq!(user_of(app, plain.email()).await, plain.user_id());
    };
    is_found(&app).await;
    signs_in(&app, "rené@older.example", PASSWORD).await.is_problem(401, "invalid_credentials");

    app.close();
    let store = beside(&app);
    assert_eq!(older::run(&store).await.unwrap(), Rekeyed { changed: 1, shadowed: 1 });
    assert_eq!(older::run(&store).await.unwrap(), Rekeyed { changed: 0, shadowed: 1 });
    drop(store);
    app.restart().await;
    is_found(&app).await;
    assert_eq!(user_of(&app, "RENÉ@older.example").await, rene.user_id());
    assert_eq!(user_of(&app, "kim@older.example").await, kim.user_id());
    for taken in ["rené@older.example", "KIM@older.example", "kim@older.example\u{200b}"] {
        registers(&app, taken, PASSWORD).await.is_problem(409, "email_taken");
    }
}
