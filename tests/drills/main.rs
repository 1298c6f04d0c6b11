//! What the service promises for bad days: kills, full disks, locked databases, storms and slow clients. Each drill runs
//! the real binary in processes of its own. `cargo test --test drills -- --nocapture` shows the figures;
//! `DRILL_ROUNDS=100` kills more often.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../client/mod.rs"]
mod client;
#[path = "../postgres/mod.rs"]
mod postgres;
mod support;

mod apps;
mod audit;
mod backups;
mod command_line;
mod disk_full;
mod endings;
mod floods;
mod kills;
mod litestream;
mod locked_database;
mod login_storm;
mod long_answers;
mod mail;
mod moves;
mod newcomer;
mod nodes;
mod older_emails;
mod pooler;
mod postgres_failover;
mod postgres_outage;
mod read_replica;
mod reclock;
mod report_file;
mod round_trips;
mod secrets;
mod shared_folder;
mod slow_clients;
mod stops;
mod tls;
mod untallied_days;
mod watching;
mod webhooks;
mod writers;
mod writing;
