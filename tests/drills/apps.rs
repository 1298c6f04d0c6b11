//! Apps of others that the operator registers, people let in, and a restore ends.

use reqwest::Method;

use crate::{
    client::{Browser, Caller, PASSWORD, encoded},
    support::{Home, Server, drill},
};

const CALLBACK: &str = "https://app.example/callback";
/// Those of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn line_of(said: &str, name: &str) -> String {
    let line = said.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {said}"));
    line.split_whitespace().nth(1).unwrap().to_owned()
}

fn after<'a>(text: &'a str, words: &str) -> &'a str {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words} in {text}"));
    rest.split(['"', '&']).next().unwrap()
}

/// Somebody lets an app in, and it has an access token.
async fn is_let_in(server: &Server, person: &Caller, id: &str) -> String {
    let fields = [("email", person.email()), ("password", PASSWORD)];
    let browser = Browser::of(server.nobody()).signs_in(&fields).await;
    let callback = encoded(CALLBACK);
    let page = format!(
        "/oauth/authorize?response_type=code&client_id={id}&redirect_uri={callback}&scope=diary%3Aread\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let shown = browser.opens(&page).await.is(200).text();
    let offered = after(&shown, "name=\"offered\" value=\"");
    let ticked = [("answer", "yes"), ("diary:read", "yes"), ("offered", offered), ("diary_0", "yes")];
    let answer = browser.submits(&page, &page, &ticked).await.is(303);
    let code = after(answer.header("location").unwrap(), "code=").replace("%5F", "_").replace("%2D", "-");
    let form = format!("grant_type=authorization_code&client_id={id}&code={code}&code_verifier={VERIFIER}");
    let request = server.nobody().request(Method::POST, "/oauth/token").body(form);
    let tokens = request.header("content-type", "application/x-www-form-urlencoded").await.is(200).json();
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn the_operator_registers_apps_and_takes_them_off() {
    drill(async {
        let home = Home::new();
        let said = home.run(&["client", "list"]).succeeds();
        assert_eq!(said, "no app is registered\n");
        let server = home.start();
        let added = home.run(&["client", "add", "Sleep Log", "--redirect", CALLBACK, "--public"]).succeeds();
        let id = line_of(&added, "id");
        let on_a_server = home.run(&["client", "add", "Clinic", "--redirect", CALLBACK]).succeeds();
        let secret = line_of(&on_a_server, "secret");
        assert!(secret.starts_with("crs_"), "{on_a_server}");
        let listed = home.run(&["client", "list"]).succeeds();
        for said in [&format!("{id}  Sleep Log  public"), "Clinic  keeps a secret", CALLBACK] {
            assert!(listed.contains(said), "{said} in {listed}");
        }
        assert!(!listed.contains(&secret));
        home.run(&["client", "remove", "nobody"]).is_refused_over("there is no app nobody");
        let person = server.patient("me@example.org").await;
        let app = person.with_access_token(is_let_in(&server, &person, &id).await);
        app.get("/v1/diaries/me").await.is(200);
        let removed = home.run(&["client", "remove", &id]).succeeds();
        assert!(removed.ends_with("connections ended: 1\n"), "{removed}");
        app.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
        assert!(!home.run(&["client", "list"]).succeeds().contains(&id));
    });
}

/// Which were ended after the backup is not in it, so all of them end.
#[test]
fn a_restore_ends_the_access_of_every_app() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let added = home.run(&["client", "add", "Sleep Log", "--redirect", CALLBACK, "--public"]).succeeds();
        let id = line_of(&added, "id");
        let person = server.patient("me@example.org").await;
        let token = is_let_in(&server, &person, &id).await;
        home.run(&["backup", "copy.db"]).succeeds();
        server.kill();
        home.loses_its_database();
        let out = home.run(&["restore", "copy.db"]).succeeds();
        assert!(out.contains("apps' access ended           1"), "{out}");
        let server = home.start();
        person.at(&server).with_access_token(token).get("/v1/me").await.is_problem(401, "unauthenticated");
        // The app is there, and asks anew.
        let again = person.at(&server).with_access_token(is_let_in(&server, &person, &id).await);
        again.get("/v1/diaries/me").await.is(200);
    });
}
