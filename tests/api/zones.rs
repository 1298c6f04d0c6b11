//! The wall clock where the person was, by the rules of today.

use serde_json::json;

use super::support::*;

#[actix_web::test]
async fn clocks_are_those_of_the_present_rules() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (started_at, zone, date, time, period) in [
        // Since 2026, these do without the change to winter time.
        ("2026-11-20T06:30:00-07:00", "America/Vancouver", "2026-11-20", "06:30", "day"),
        ("2026-11-20T23:30:00+00:00", "Africa/Casablanca", "2026-11-20", "23:30", "night"),
        ("2026-03-29T03:10:00+02:00", "Europe/Berlin", "2026-03-29", "03:10", "night"),
    ] {
        let cramp = patient.logs(a_cramp().at(started_at).r#in(zone)).await;
        let clock =
            ["local_date", "local_time", "period", "started_at"].map(|name| cramp[name].as_str().unwrap().to_owned());
        assert_eq!(clock, [date, time, period, started_at].map(str::to_owned), "{started_at} in {zone}");
    }
}

#[actix_web::test]
async fn a_zone_is_called_what_it_is_called_now() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (number, (said, name)) in [
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Etc/UTC", "UTC"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),
    ]
    .into_iter()
    .enumerate()
    {
        let cramp = json!({"id": format!("zone-{number}"), "started_at": "2026-03-01T02:30:00Z", "time_zone": said});
        let first = patient.post(patient.diary().episodes(), cramp.clone()).await.is(201).row();
        assert_eq!(first["time_zone"], name, "{said}");
        // Tried again, and by its present name.
        assert_eq!(patient.post(patient.diary().episodes(), cramp.clone()).await.is(200).row(), first);
        let mut present = cramp;
        present["time_zone"] = name.into();
        assert_eq!(patient.post(patient.diary().episodes(), present).await.is(200).row(), first);
    }
    for unknown in ["Etc/Unknown", "GMT+3", "+01:00", "CEST", "../UTC"] {
        let account = json!({"email": "new@example.org", "password": PASSWORD, "time_zone": unknown});
        let answer = patient.signed_out().post("/v1/auth/register", account).await;
        let answer = answer.has_faults([("/time_zone", "not_one_of")]);
        assert!(answer.text().contains("as Europe/Berlin, and not an offset"), "{answer}");
    }
}
