//! The report in a file, beside the service and without it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use serde_json::json;

use crate::support::{Home, cramp, drill};

/// What somebody gets who selects all of a PDF's text and copies it.
fn text_of(pdf: &Path) -> String {
    let output = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(pdf).arg("-").output();
    let output = output.expect("pdftotext: ./scripts/test installs it");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn fonts_of(pdf: &Path) -> String {
    let output = Command::new("pdffonts").arg(pdf).output().expect("pdffonts: ./scripts/test installs it");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_report_in_a_file_is_the_one_that_the_service_answers_with() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let kim = server.patient("kim@example.org").await;
        let diary = kim.settings().await;
        let name = json!({"display_name": "Zoë Łukasz Σοφία Юрий"});
        kim.patch("/v1/diaries/me", name).if_match(diary.etag()).await.is(200);
        for number in 0..12 {
            kim.logs(cramp(&format!("cramp-{number}"), number)).await;
        }
        let (out, page) = (home.path("report.pdf"), home.path("report.html"));
        let period = ["--from", "2024-01-01", "--to", "2024-06-30"];
        let write = |diary: &str, file: &Path| {
            let file = file.to_str().unwrap();
            home.run(&[&["report", "--diary", diary, "--out", file], &period[..]].concat())
        };
        // While the service runs, by the owner's e-mail and by the diary's id.
        write("kim@example.org", &out).succeeds();
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600, "health data is for its owner");
        let asked = kim.diary().report("from=2024-01-01&to=2024-06-30&format=pdf");
        let answer = kim.get(asked).await.is(200);
        assert!(answer.body == fs::read(&out).unwrap(), "the same revision gives the same bytes");
        write(diary.id(), &page).succeeds();
        assert!(fs::read_to_string(&page).unwrap().starts_with("<!DOCTYPE html>"));

        // The text can be selected, whatever it is written in, and every font is in the file.
        let text = text_of(&out);
        for part in ["Leg cramps", "Zoë Łukasz Σοφία Юрий", "it is not a diagnosis", "Page 1 of"] {
            assert!(text.contains(part), "{part:?} is not in:\n{text}");
        }
        let fonts = fonts_of(&out);
        let fonts: Vec<_> = fonts.lines().skip(2).collect();
        let embedded = |line: &&str| line.split_whitespace().rev().nth(4) == Some("yes");
        assert!(!fonts.is_empty() && fonts.iter().all(embedded), "{fonts:?}");

        // Nothing is written over, and what can't be done is said in a line.
        write("kim@example.org", &out).is_refused_over("report.pdf");
        write("nobody@example.org", &home.path("other.pdf")).is_refused_over("nobody@example.org");
        write("kim@example.org", &home.path("report.docx")).is_refused_over(".pdf or .html");
    });
}
