//! Imports run only along the allowed arrows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{File, Source};

/// Which layer imports which, from the top down. ARCHITECTURE.md prints this table word for word: an arrow more or less is
/// a change of both.
const ARROWS: &str = "\
service    → pages people exchange sharing reports analytics diary access web storage foundation
pages      → people exchange sharing reports analytics diary access web storage foundation
people     → sharing diary access web storage foundation
exchange   → sharing reports analytics diary access web storage foundation
sharing    → analytics diary access web storage foundation
reports    → analytics diary access web storage foundation
analytics  → diary access web storage foundation
diary      → access web storage foundation
access     → web storage foundation
web        → storage foundation
storage    → foundation
foundation →
";

/// The subjects of each layer, in such an order that each imports only those before it.
const SUBJECTS: &str = "\
foundation: clock faults histogram language parsing precondition private_file public_address public_url qr quota secrets key_file sealed timestamps typed
    zones local_clock fields lenient ids party budget fair_queue lane paging values
storage: error sealing fixed postgres refusal sqlite address db erasing moment stored_date stored_json tables transaction written
    schema ledger vault options engines store transfer
web: allowance counts crowd headers language compressed request_id stopping problem body conditional connection part path query throttle
    stranger json answer observe routes
access: diaries scopes sessions tokens clients connections devices accounts mail notices passkeys grants guesses passwords places visits
diary: table change_log covered_days tombstones versions logged check_ins episodes treatments prompts settings erasing
analytics: period statistics bouts record figures comparison season cautions night_share before_after soreness summary time_of_day trend trial_block http
reports: drawing nights findings charts headline sheet svg log page pdf raster treatments compose printer file printed http
sharing: webhooks deliveries consents reviews grants report_links invitations diaries
exchange: fhir exports change_log changes imports events watermelon rxdb webhooks health_links
people: confirmation recovery emails notices second_factor passkeys openings step_up sign_in tokens connections oauth accounts mail
pages: cookie document ceremony field when span glance failure next store diary form report_links visitor signed_in told emails clinic companion
    confirm me password recovery notices second_factor passkeys tokens oauth register sign_in
service: security_contact open_files config contract health housekeeping ledger made_up app telemetry welcome output secrets restoring audit reclocking registering serving command_line
";

/// The file that owns a table, with a folder of its own if it has one: nobody else names it.
const OWNERS: [(&str, &str); 41] = [
    ("access_chains", "access/visits/store"),
    ("access_entries", "access/visits/store"),
    ("access_log", "access/visits/store"),
    ("address_allowances", "web/allowance"),
    ("check_ins", "diary/check_ins/store"),
    ("clients", "access/clients/store"),
    ("connection_tokens", "access/connections/store"),
    ("connections", "access/connections/store"),
    ("consents", "sharing/consents/store"),
    ("covered_days", "diary/covered_days/store"),
    ("diaries", "access/diaries/store"),
    ("email_changes", "people/emails/store"),
    ("episodes", "diary/episodes/store"),
    ("forgotten", "diary/tombstones"),
    ("former_grants", "access/grants/store"),
    ("grants", "access/grants/store"),
    ("known_devices", "access/devices/store"),
    ("letters", "access/mail/store"),
    ("mail_keys", "access/mail/store"),
    ("notices", "access/notices/store"),
    ("page_keys", "pages/store"),
    ("passkey_challenges", "access/passkeys/store"),
    ("passkeys", "access/passkeys/store"),
    ("personal_tokens", "access/tokens/store"),
    ("recovery_codes", "people/second_factor/store"),
    ("refresh_tokens", "access/sessions/store"),
    ("report_links", "sharing/report_links/store"),
    ("reviews", "sharing/reviews/store"),
    ("second_factors", "people/second_factor/store"),
    ("sessions", "access/sessions/store"),
    ("share_keys", "sharing/consents/store"),
    ("sign_in_failures", "access/guesses"),
    ("soreness", "diary/episodes/soreness/store"),
    ("tombstones", "diary/tombstones"),
    ("treatments", "diary/treatments/store"),
    ("users", "access/accounts/store"),
    ("versions", "diary/versions/store"),
    ("webhook_deliveries", "sharing/deliveries/store"),
    ("webhook_diaries", "sharing/deliveries/changes/store"),
    ("webhooks", "sharing/webhooks/store"),
    ("zone_rules", "diary/episodes/reclock/rules"),
];

/// Where SQL is besides `storage/`, `store.rs` and `rows.rs`. The list may shrink.
const SQL_IS_IN: [(&str, &str); 4] = [
    ("access/guesses.rs", "a store of its own: counts of failures"),
    ("diary/episodes/reclock/rules.rs", "a store of its own: by which rules clocks were worked out"),
    ("diary/tombstones.rs", "a store that the subjects share"),
    ("web/allowance.rs", "a store of its own: what addresses have used up"),
];

/// What the names of modules must not be: they say nothing.
const SAY_NOTHING: [&str; 8] = ["util", "utils", "common", "helper", "helpers", "misc", "manager", "shared"];

const LONGEST_FILE: usize = 500;

fn found_is_listed(found: &BTreeSet<&str>, listed: impl IntoIterator<Item = &'static str>) {
    let listed: BTreeSet<_> = listed.into_iter().collect();
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "new exceptions: {new:?}");
    let old: Vec<_> = listed.difference(found).collect();
    assert!(old.is_empty(), "these are no exceptions any more, take them off the list: {old:?}");
}

#[test]
fn the_source_is_read_as_it_is_written() {
    let source = Source::read();
    let named = |path: &str| {
        let file = source.files.iter().find(|file| file.path == path).unwrap();
        source.named_by(file).into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let app = named("service/app.rs");
    assert!(
        app.contains("diary/episodes/http.rs")
            && app.contains("service/mod.rs")
            && app.contains("service/housekeeping.rs"),
        "{app:?}"
    );
    assert!(named("service/housekeeping.rs").contains("access/sessions/store.rs"));
    let http = named("diary/episodes/http.rs");
    for expected in [
        "access/visits/visit.rs",
        "diary/episodes/store.rs",
        "diary/episodes/model.rs",
        "diary/episodes/view.rs",
        "web/answer.rs",
    ] {
        assert!(http.contains(expected), "{expected} in {http:?}");
    }
    assert!(named("diary/episodes/view.rs").contains("diary/episodes/soreness/model.rs"));
    assert!(named("access/visits/caller.rs").contains("access/sessions/keys.rs"));
    assert!(!named("diary/episodes/model.rs").contains("diary/episodes/store.rs"));
}

/// The layer of a file, and its subject in it.
fn place(path: &str) -> Option<(&str, Option<&str>)> {
    let (layer, rest) = path.split_once('/')?;
    let subject = rest.split('/').next().map(|piece| piece.trim_end_matches(".rs"));
    Some((layer, subject.filter(|subject| *subject != "mod")))
}

/// Each import, as a pair of paths, but for those of `lib.rs` and `main.rs`.
fn imports(source: &Source) -> impl Iterator<Item = (&str, &str)> {
    let pairs = |file| source.named_by(file).into_iter().map(|named| (file.path.as_str(), named));
    source.files.iter().flat_map(pairs).filter(|(file, named)| place(file).is_some() && place(named).is_some())
}

#[test]
fn layers_import_only_along_the_arrows() {
    let source = Source::read();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (layer, _) in source.files.iter().filter_map(|file| place(&file.path)) {
        found.entry(layer).or_default();
    }
    for (file, named) in imports(&source) {
        let ((from, _), (to, _)) = (place(file).unwrap(), place(named).unwrap());
        if from != to {
            found.get_mut(from).unwrap().insert(to);
        }
    }
    let mut below: Vec<&str> = Vec::new();
    for line in ARROWS.lines().rev() {
        let (layer, named) = line.split_once('→').unwrap();
        let (layer, named) = (layer.trim(), named.split_whitespace().collect::<BTreeSet<_>>());
        let up: Vec<_> = named.iter().filter(|named| !below.contains(*named)).collect();
        assert!(up.is_empty(), "{layer} stands below {up:?} in the table");
        assert_eq!(found.remove(layer), Some(named), "{layer} imports other layers than the table says");
        below.push(layer);
    }
    assert!(found.is_empty(), "these layers are not in the table: {found:?}");
    assert!(below.len() <= 12, "more layers than anybody remembers");
}

#[test]
fn the_architecture_prints_the_arrows() {
    let document = include_str!("../ARCHITECTURE.md");
    assert!(document.contains(ARROWS), "ARCHITECTURE.md has another table of arrows");
}

fn subjects() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut subjects: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut layer = "";
    for word in SUBJECTS.split_whitespace() {
        match word.strip_suffix(':') {
            Some(name) => layer = name,
            None => subjects.entry(layer).or_default().push(word),
        }
    }
    subjects
}

#[test]
fn subjects_import_only_those_before_them() {
    let source = Source::read();
    let all: BTreeSet<_> = source.files.iter().filter_map(|file| place(&file.path)).collect();
    let subjects = subjects();
    for (layer, listed) in &subjects {
        let of_it = all.iter().filter(|(of, _)| of == layer).filter_map(|(_, subject)| *subject);
        assert_eq!(of_it.collect::<BTreeSet<_>>(), listed.iter().copied().collect(), "the subjects of {layer}");
    }
    for (file, named) in imports(&source) {
        if let ((from, Some(subject)), (to, Some(other))) = (place(file).unwrap(), place(named).unwrap())
            && from == to
        {
            let at = |name| subjects[from].iter().position(|subject| *subject == name);
            assert!(at(other) <= at(subject), "{file} imports {named}, which comes after it in {from}");
        }
    }
}

#[test]
fn each_table_has_one_owner() {
    let source = Source::read();
    let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for file in source.files.iter().filter(|file| !file.path.starts_with("storage/")) {
        assert!(!file.code.iter().any(|token| token == "sql_query"), "{} hides its tables in text", file.path);
        for table in file.tables() {
            owners.entry(table).or_default().insert(file.path.as_str());
        }
    }
    let named: BTreeSet<_> = owners.keys().map(String::as_str).collect();
    assert_eq!(named, OWNERS.iter().map(|(table, _)| *table).collect(), "the tables");
    for (table, owner) in OWNERS {
        let is_owner =
            |path: &&str| path.strip_prefix(owner).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
        let others: Vec<_> = owners[table].iter().filter(|path| !is_owner(path)).collect();
        assert!(others.is_empty(), "{table} belongs to {owner}, and {others:?} name it too");
    }
}

#[test]
fn no_file_names_itself_through_others() {
    let source = Source::read();
    // A `mod.rs` that hands on what its own folder has needs none of it.
    let is_handed_on =
        |file: &File, named: &str| file.path.strip_suffix("mod.rs").is_some_and(|own| named.starts_with(own));
    let needed = |file| source.named_by(file).into_iter().filter(|named| !is_handed_on(file, named)).collect();
    let named: BTreeMap<&str, BTreeSet<&str>> =
        source.files.iter().map(|file| (file.path.as_str(), needed(file))).collect();
    let mut clear = BTreeSet::new();
    for start in named.keys() {
        let mut way = Vec::new();
        if let Some(cycle) = cycle_from(start, &named, &mut way, &mut clear) {
            panic!("these files import one another: {}", cycle.join(" → "));
        }
    }
}

fn cycle_from<'a>(
    file: &'a str,
    named: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    way: &mut Vec<&'a str>,
    clear: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    if clear.contains(file) {
        return None;
    }
    if let Some(start) = way.iter().position(|before| *before == file) {
        return Some([&way[start..], &[file]].concat());
    }
    way.push(file);
    for next in &named[file] {
        if let Some(cycle) = cycle_from(next, named, way, clear) {
            return Some(cycle);
        }
    }
    way.pop();
    clear.insert(file);
    None
}

#[test]
fn only_the_application_names_the_http_modules() {
    let source = Source::read();
    for file in source.files.iter().filter(|file| file.path != "service/app.rs") {
        let named: Vec<_> = source.named_by(file).into_iter().filter(|named| named.ends_with("/http.rs")).collect();
        assert!(named.is_empty(), "{} names {named:?}", file.path);
    }
}

#[test]
fn models_know_neither_http_nor_sql() {
    let source = Source::read();
    let models: Vec<_> = source.files.iter().filter(|file| file.name() == "model").collect();
    assert!(models.len() >= 6);
    for model in models {
        for name in ["actix_web", "diesel"] {
            assert!(!model.names_crate(name), "{} names {name}", model.path);
        }
        let beyond = |named: &&str| ["/http.rs", "/store.rs", "/rows.rs"].iter().any(|end| named.ends_with(end));
        let beyond: Vec<_> = source.named_by(model).into_iter().filter(beyond).collect();
        assert!(beyond.is_empty(), "{} names {beyond:?}", model.path);
    }
}

#[test]
fn sql_is_in_the_stores_alone() {
    let source = Source::read();
    let is_a_store = |file: &&File| file.path.starts_with("storage/") || ["store", "rows"].contains(&file.name());
    let elsewhere = source.files.iter().filter(|file| file.names_crate("diesel") && !is_a_store(file));
    found_is_listed(&elsewhere.map(|file| file.path.as_str()).collect(), SQL_IS_IN.map(|(path, _)| path));
}

#[test]
fn rights_are_given_without_a_session_by_a_few_files_alone() {
    let source = Source::read();
    let named = |name: &str| -> Vec<_> {
        let outside = source.files.iter().filter(|file| !file.path.starts_with("access/") && file.text.contains(name));
        outside.map(|file| file.path.as_str()).collect()
    };
    assert_eq!(named("own_diary"), ["service/made_up/crowd.rs", "service/made_up/year.rs"]);
    // What an older version left uncounted, what a backup brought back, and the operator's own commands.
    assert_eq!(named("any_diary"), ["diary/episodes/backfill.rs", "diary/episodes/reclock/mod.rs"]);
    assert_eq!(named("any_erasable"), ["people/accounts/erasure.rs"]);
    assert_eq!(named("in_place_of"), ["people/accounts/erasure.rs"]);
    assert_eq!(named("any_readable"), ["diary/episodes/reclock/mod.rs", "reports/file.rs"]);
    assert_eq!(named("grant_owner"), ["people/accounts/registration.rs"]);
    // A redeemed code, and an open link.
    assert_eq!(named("access::grant("), ["sharing/invitations/store.rs"]);
    assert_eq!(named("through_link"), ["sharing/report_links/store.rs"]);
    // Who has seen the password, and a code.
    assert_eq!(named("store::prove("), ["people/step_up/steps.rs"]);
}

#[test]
fn whoever_answers_requests_has_work_done_in_the_line_of_who_asks() {
    let source = Source::read();
    let naming = |text: &str| -> Vec<_> {
        let naming = source.files.iter().filter(|file| file.text.contains(text));
        naming.map(|file| file.path.as_str()).collect()
    };
    // Who erases an account says that the log is to be emptied; routes count requests in the line of their address; and
    // what has become of diaries is looked up for all who listen at once.
    assert_eq!(
        naming("Data<Store>"),
        ["exchange/events/hub.rs", "people/accounts/http.rs", "service/mod.rs", "web/routes.rs"]
    );
    // Those who ask, with an account and without one.
    assert_eq!(naming("part::<Store>"), ["access/visits/caller.rs", "web/stranger.rs"]);
}

#[test]
fn below_http_nobody_knows_http() {
    let source = Source::read();
    for file in source.files.iter().filter(|file| ["model", "store", "rows"].contains(&file.name())) {
        assert!(!file.names_crate("actix_web"), "{} names actix_web", file.path);
        let web: Vec<_> = source.named_by(file).into_iter().filter(|named| named.starts_with("web/")).collect();
        assert!(web.is_empty(), "{} names {web:?}", file.path);
    }
}

#[test]
fn names_of_modules_say_what_is_in_them() {
    for file in Source::read().files {
        let empty = file.module.iter().find(|name| SAY_NOTHING.contains(&name.as_str()));
        assert!(empty.is_none(), "{} says nothing about what is in it", file.path);
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    for file in Source::read().files {
        let lines = file.text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", file.path);
    }
}

/// What the head of a function says that it answers with, up to its arguments: `Result`, and whether it names its error.
fn fails_with(head: &str) -> Option<(&str, bool)> {
    let (_, answer) = head.rsplit_once(") -> ")?;
    let (name, arguments) = answer.split(" where ").next()?.split_once('<')?;
    let mut depth = 0;
    let two = arguments.chars().any(|sign| {
        depth += i32::from("<([".contains(sign)) - i32::from(">)]".contains(sign));
        sign == ',' && depth == 0
    });
    name.ends_with("Result").then_some((name, two))
}

#[test]
fn who_fails_for_another_reason_than_the_database_says_why() {
    let source = Source::read();
    let mut seen = 0;
    for file in &source.files {
        let (mut about, mut lines) = (String::new(), file.text.lines().map(str::trim));
        while let Some(line) = lines.next() {
            if line.starts_with("pub fn ") || line.starts_with("pub async fn ") || line.starts_with("pub const fn ") {
                let mut head = line.to_owned();
                while !head.ends_with(['{', ';', '}']) {
                    head = format!("{head} {}", lines.next().unwrap());
                }
                if let Some((name, names_error)) = fails_with(&head) {
                    seen += 1;
                    let of_storage = !names_error && ["Result", "storage::Result"].contains(&name);
                    assert!(of_storage || about.contains("# Errors"), "{}: {head}", file.path);
                }
            }
            if line.starts_with("///") {
                about.push_str(line);
            } else if !line.starts_with("#[") {
                about.clear();
            }
        }
    }
    assert!(seen > 200, "{seen} functions can fail");
}

/// Else a value that is none leaves its column out, and the statement of the next row is another one: [`fixed!`] would take
/// it for the same.
#[test]
fn rows_are_written_with_all_their_columns() {
    let mut seen = 0;
    for file in Source::read().files {
        for declaration in file.text.split("#[derive(").skip(1) {
            let (derived, rest) = declaration.split_once(")]").unwrap();
            let attributes = rest.split_once("struct ").map_or("", |(attributes, _)| attributes);
            for (name, whole) in
                [("Insertable", "treat_none_as_default_value = false"), ("AsChangeset", "treat_none_as_null = true")]
            {
                if derived.split(", ").any(|one| one == name) {
                    seen += 1;
                    assert!(attributes.contains(whole), "{}: {name} without {whole}", file.path);
                }
            }
        }
    }
    assert!(seen >= 10, "{seen} rows are written");
}
