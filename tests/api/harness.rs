use crate::support::*;

#[actix_web::test]
async fn a_stranger_sees_nothing_of_a_diary() {
    let app = TestApp::start().await;
    let (patient, stranger) = (app.patient().await, app.clinician().await);
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00+01:00").intensity(7)).await;
    patient.get(patient.diary().episodes()).await.lists([&cramp]);
    stranger.get(patient.diary().episodes()).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn a_restart_keeps_all() {
    let mut app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    app.restart().await;
    patient.get(patient.diary().episodes()).await.lists([&cramp]);
}
