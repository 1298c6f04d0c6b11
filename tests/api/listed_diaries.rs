//! The list of diaries, for people who look after others: whose each is, and what is new in it.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

fn ids(page: &Answer) -> Vec<String> {
    page.items().iter().map(|diary| diary.id().to_owned()).collect()
}

/// What a list has, page by page, and how long the pages are.
async fn all_pages(caller: &Caller, list: &str) -> (Vec<String>, Vec<usize>) {
    let (mut listed, mut lengths, mut next) = (Vec::new(), Vec::new(), Some(list.to_owned()));
    while let Some(path) = next {
        let page = caller.get(path).await.is(200);
        let on_page = ids(&page);
        lengths.push(on_page.len());
        listed.extend(on_page);
        next = page.next_link();
    }
    (listed, lengths)
}

/// The one diary of a list.
async fn the_only(caller: &Caller, list: &str) -> Row {
    let mut rows = caller.get(list).await.is(200).items();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[actix_web::test]
async fn the_list_says_whose_a_diary_is_as_its_owner_is_called_now() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    patient.shares_with(&carer).await;
    carer.patch("/v1/me", json!({"display_name": "Ana"})).await.is(200);
    let names = async || {
        let own = the_only(&carer, "/v1/diaries?role=owner").await;
        let other = the_only(&carer, "/v1/diaries?role=viewer").await;
        (own["owner_name"].clone(), other["owner_name"].clone())
    };
    assert_eq!(names().await, (json!("Ana"), Value::Null));
    for name in [json!("Kim Larsen"), json!("Kim Müller"), Value::Null] {
        patient.patch("/v1/me", json!({"display_name": name})).await.is(200);
        assert_eq!(names().await, (json!("Ana"), name));
    }
    // What the diary is called is another thing.
    patient.patch(patient.diary().path(), json!({"display_name": "Nights"})).await.is(200);
    let other = the_only(&carer, "/v1/diaries?role=viewer").await;
    assert_eq!((&other["display_name"], &other["owner_name"]), (&json!("Nights"), &Value::Null));
}

#[actix_web::test]
async fn a_role_narrows_the_list_to_those_diaries() {
    let app = TestApp::start().await;
    let (child, neighbour, carer) = (app.patient().await, app.patient().await, app.patient().await);
    child.shares_on(json!({"role": "contributor"}), &carer).await;
    let grant = neighbour.shares_with(&carer).await;
    assert_eq!(carer.get("/v1/diaries").await.is(200).items().len(), 3);
    for (role, whose) in [("owner", &carer), ("contributor", &child), ("viewer", &neighbour)] {
        let listed = the_only(&carer, &format!("/v1/diaries?role={role}")).await;
        assert_eq!((listed.id(), &listed["role"]), (whose.diary().id(), &json!(role)));
    }
    neighbour.revokes(&grant).await;
    carer.get("/v1/diaries?role=viewer").await.lists([]);
    carer.get("/v1/diaries?role=nurse&unreviewed=maybe&label=x").await.has_faults([
        ("/role", "not_one_of"),
        ("/unreviewed", "wrong_type"),
        ("/label", "unknown_field"),
    ]);
}

#[actix_web::test]
async fn a_diary_is_unreviewed_until_it_is_read_and_again_once_it_changes() {
    let app = TestApp::start().await;
    let (patient, clinician, colleague) = (app.patient().await, app.clinician().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    patient.shares_with(&colleague).await;
    let is_unreviewed = async || {
        let new = clinician.get("/v1/diaries?unreviewed=true").await.is(200).items();
        let known = clinician.get("/v1/diaries?unreviewed=false").await.is(200).items();
        assert_eq!(new.len() + known.len(), 1, "in both lists, or in none");
        let listed = the_only(&clinician, "/v1/diaries").await;
        assert_eq!(new.first().or(known.first()), Some(&listed), "all lists say the same");
        (!new.is_empty(), listed["last_reviewed_revision"].clone(), listed["last_reviewed_at"].clone())
    };
    assert_eq!(is_unreviewed().await, (true, Value::Null, Value::Null), "never reviewed");
    colleague.post(patient.diary().reviews(), json!({})).await.is(201);
    assert_eq!(is_unreviewed().await, (true, Value::Null, Value::Null), "reviewed by somebody else");

    let review = clinician.post(patient.diary().reviews(), json!({})).await.is(201).row();
    let reviewed = (review["revision"].clone(), review["reviewed_at"].clone());
    assert_eq!(is_unreviewed().await, (false, reviewed.0.clone(), reviewed.1.clone()), "reviewed");
    patient.logs(a_cramp()).await;
    assert_eq!(is_unreviewed().await, (true, reviewed.0, reviewed.1), "a cramp since");

    patient.logs(a_cramp()).await;
    let review = clinician.post(patient.diary().reviews(), json!({})).await.is(201).row();
    app.advance(Duration::from_mins(1));
    // Who marks an earlier revision afterwards has read the later one all the same.
    let between = json!({"revision": review.revision() - 1});
    clinician.post(patient.diary().reviews(), between).await.is(201);
    let reviewed = (review["revision"].clone(), review["reviewed_at"].clone());
    assert_eq!(is_unreviewed().await, (false, reviewed.0, reviewed.1), "the highest revision counts");
}

#[actix_web::test]
async fn ones_own_diary_is_neither_reviewed_nor_unreviewed() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    patient.shares_with(&carer).await;
    carer.logs(a_cramp()).await;
    assert_eq!(the_only(&carer, "/v1/diaries?unreviewed=true").await.id(), patient.diary().id());
    carer.get("/v1/diaries?unreviewed=false").await.lists([]);
    carer.get("/v1/diaries?unreviewed=true&role=owner").await.lists([]);
}

#[actix_web::test]
async fn pages_of_a_filtered_list_are_full_and_lead_through_all_of_it() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    app.has_diaries_shared_with(&clinician, 8);
    for reviewed in ["z2", "z3", "z7"] {
        clinician.post(DiaryPath::of(reviewed).reviews(), json!({})).await.is(201);
    }
    let (new, lengths) = all_pages(&clinician, "/v1/diaries?unreviewed=true&limit=4&role=viewer").await;
    assert_eq!(new, [patient.diary().id(), "z1", "z4", "z5", "z6", "z8"]);
    assert_eq!(lengths, [4, 2]);
    let (known, lengths) = all_pages(&clinician, "/v1/diaries?unreviewed=false&limit=2").await;
    assert_eq!((known, lengths), (["z2", "z3", "z7"].map(str::to_owned).to_vec(), vec![2, 1]));
    let (all, lengths) = all_pages(&clinician, "/v1/diaries?limit=3").await;
    assert_eq!((all.len(), lengths), (9, vec![3, 3, 3]), "the last page says that it is the last");
}

#[actix_web::test]
async fn what_a_limited_token_does_not_see_leaves_no_gaps() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    app.has_diaries_shared_with(&clinician, 6);
    let limited = json!({"name": "Two", "scopes": ["diary:read"], "diary_ids": ["z2", "z5"]});
    let secret = clinician.post("/v1/tokens", limited).await.is(201).json()["secret"].as_str().unwrap().to_owned();
    let program = clinician.with_access_token(secret);
    let (listed, lengths) = all_pages(&program, "/v1/diaries?limit=2").await;
    assert_eq!((listed, lengths[0]), (["z2", "z5"].map(str::to_owned).to_vec(), 2));
    program.get("/v1/diaries?role=owner").await.lists([]);
}

#[actix_web::test]
async fn only_diaries_that_are_shown_are_noted() {
    let app = TestApp::start().await;
    let (read, new, clinician) = (app.patient().await, app.patient().await, app.clinician().await);
    read.shares_with(&clinician).await;
    new.shares_on(json!({"role": "contributor"}), &clinician).await;
    clinician.post(read.diary().reviews(), json!({})).await.is(201);
    let looks = async |patient: &Caller| {
        let looks = patient.get(patient.diary().looks()).await.is(200).items();
        looks.iter().filter(|look| look["what"] == "listDiaries").count()
    };
    for (list, of_read, of_new) in [
        ("/v1/diaries?unreviewed=true", 0, 1),
        ("/v1/diaries?unreviewed=false", 1, 1),
        ("/v1/diaries?role=contributor", 1, 2),
        ("/v1/diaries?role=owner", 1, 2),
        ("/v1/diaries", 2, 3),
    ] {
        clinician.get(list).await.is(200);
        assert_eq!((looks(&read).await, looks(&new).await), (of_read, of_new), "after {list}");
    }
    // What a page is cut off before is not shown either.
    let first = the_only(&clinician, "/v1/diaries?limit=1").await;
    let is_first = |patient: &Caller| usize::from(patient.diary().id() == first.id());
    assert_eq!((looks(&read).await, looks(&new).await), (2 + is_first(&read), 3 + is_first(&new)));
}

#[actix_web::test]
async fn one_request_looks_through_so_many_diaries_and_the_cursor_goes_on() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    app.has_diaries_shared_with(&clinician, 1_100);
    // All but the last, in the order of ids.
    app.sql(&format!(
        "INSERT INTO reviews (diary_id, id, user_id, revision, reviewed_at)
         SELECT id, 'all', '{}', revision, created_at FROM diaries WHERE id <> 'z999'",
        clinician.user_id()
    ));
    let list = "/v1/diaries?unreviewed=true&limit=200";
    let page = clinician.get(list).await.is(200);
    assert!(page.items().is_empty(), "it looked through more than 1,000 diaries");
    let page = clinician.get(page.next_link().expect("it goes on")).await.is(200);
    assert_eq!((ids(&page), page.next_link()), (vec!["z999".to_owned()], None));
    assert_eq!(app.sql("SELECT count(*) FROM access_log WHERE what = 'listDiaries'"), "1");
}
