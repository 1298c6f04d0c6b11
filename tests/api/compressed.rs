//! Long answers, compressed for who takes that.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::*;

fn unzipped(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.header("content-encoding"), Some("gzip"), "{}", answer.path);
    let mut whole = Vec::new();
    GzDecoder::new(answer.body.as_slice()).read_to_end(&mut whole).unwrap();
    whole
}

/// Somebody who has logged forty cramps, at a phone that takes gzip; its answers are read here.
async fn somebody(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    for minute in 10..50 {
        patient.logs(a_cramp().at(&format!("2026-03-01T02:{minute}:00Z")).note("a stretch helped")).await;
    }
    patient.unchecked()
}

#[actix_web::test]
async fn lists_and_changes_are_sent_in_a_fraction_of_their_length() {
    let app = TestApp::start().await;
    let phone = somebody(&app).await;
    for path in [phone.diary().episodes(), phone.diary().changes(), phone.diary().watermelon()] {
        let plain = phone.get(&path).await.is(200);
        assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")), "{path}");
        let zipped = phone.get(&path).header("accept-encoding", "br, gzip").await.is(200);
        assert_eq!(zipped.header("vary"), Some("accept-encoding"), "{path}");
        assert_eq!(unzipped(&zipped), plain.body, "{path}");
        assert!(zipped.body.len() * 5 < plain.body.len(), "{path}: {} of {}", zipped.body.len(), plain.body.len());
    }
}

#[actix_web::test]
async fn who_knows_the_compressed_list_is_told_so() {
    let app = TestApp::start().await;
    let phone = somebody(&app).await;
    let list = phone.get(phone.diary().episodes()).header("accept-encoding", "gzip").await.is(200);
    assert!(list.etag().starts_with("W/\""), "{}", list.etag());
    let again = phone.get(phone.diary().episodes()).header("accept-encoding", "gzip");
    again.header("if-none-match", list.etag()).await.is(304);
}

#[actix_web::test]
async fn a_row_keeps_the_tag_by_which_it_is_changed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().note(&"long ".repeat(390))).await;
    let path = patient.diary().episode(cramp.id());
    let row = patient.get(&path).header("accept-encoding", "gzip").await.is(200);
    assert_eq!((row.header("content-encoding"), row.etag()), (None, cramp.etag()));
    patient.patch(&path, json!({"intensity": 3})).header("if-match", row.etag()).await.is(200);
}

#[actix_web::test]
async fn an_export_has_the_length_and_checksum_of_what_is_sent() {
    let app = TestApp::start().await;
    let phone = somebody(&app).await;
    let export = phone.get(phone.diary().export()).header("accept-encoding", "gzip").await.is(200);
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&export.body)));
    assert_eq!(export.header("repr-digest"), Some(digest.as_str()));
    assert_eq!(export.header("content-length"), Some(export.body.len().to_string().as_str()));
    let document: Value = serde_json::from_slice(&unzipped(&export)).unwrap();
    assert_eq!(document["episodes"].as_array().unwrap().len(), 40);
}

#[actix_web::test]
async fn what_is_short_a_page_or_not_wanted_so_is_sent_as_it_is() {
    let app = TestApp::start().await;
    let phone = somebody(&app).await;
    let diary = phone.diary();
    for path in [diary.path().to_owned(), diary.episodes_where("limit=1"), diary.report("")] {
        let answer = phone.get(&path).header("accept-encoding", "gzip").await.is(200);
        assert_eq!(answer.header("content-encoding"), None, "{path}");
    }
    for not_gzip in ["identity", "gzip;q=0", "br", "*;q=0, identity", "nonsense;;"] {
        let answer = phone.get(diary.episodes()).header("accept-encoding", not_gzip).await.is(200);
        assert_eq!(answer.header("content-encoding"), None, "{not_gzip}");
    }
    let contract = app.nobody().unchecked().get("/openapi.yaml").header("accept-encoding", "gzip").await.is(200);
    assert!(unzipped(&contract).starts_with(b"openapi: 3.1"));
}
