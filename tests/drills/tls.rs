//! The way to PostgreSQL is encrypted, as far as `sslmode` says.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    postgres::{Durability, Server, sql},
    support::{Home, drill},
};

/// An authority, and a certificate that it gave to a host.
pub struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    pub fn for_host(host: &str) -> Self {
        let certificates = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(certificates.file("extensions"), format!("subjectAltName = {host}\n")).unwrap();
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let authority =
            ["req", "-x509", "-subj", "/CN=authority", "-days", "30", "-keyout", "ca.key", "-out", "ca.crt"];
        certificates.openssl(&[&authority[..], &curve].concat());
        let server = ["req", "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr"];
        certificates.openssl(&[&server[..], &curve].concat());
        certificates.openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "30",
            "-extfile",
            "extensions",
            "-out",
            "server.crt",
        ]);
        certificates
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let ended = Command::new("openssl").args(arguments).current_dir(&self.folder).output();
        let ended = ended.expect("there is no openssl: apt-get install openssl");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

fn with(url: &str, mode: &str, roots: Option<&Path>) -> String {
    let roots = roots.map(|roots| format!("&sslrootcert={}", roots.display())).unwrap_or_default();
    format!("{url}?sslmode={mode}{roots}")
}

#[test]
fn sslmode_says_how_far_a_server_is_believed() {
    drill(async {
        let (certificates, others) = (Certificates::for_host("IP:127.0.0.1"), Certificates::for_host("IP:127.0.0.1"));
        let postgres = Server::start(Durability::None);
        let url = postgres.create_database("diary");
        postgres.demand_tls(&certificates.file("server.crt"), &certificates.file("server.key"));
        let (ours, theirs) = (certificates.file("ca.crt"), others.file("ca.crt"));
        for (mode, roots) in [
            ("prefer", None),
            ("require", None),
            ("require", Some(&*ours)),
            ("verify-ca", Some(&*ours)),
            ("verify-full", Some(&*ours)),
        ] {
            let home = Home::of_node(&with(&url, mode, roots));
            let node = home.start();
            assert_eq!(node.patient(&format!("{mode}{}@example.org", roots.is_some())).await.cramps().await.len(), 0);
            let encrypted = sql(
                &format!("{url}?sslmode=require"),
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                 WHERE application_name = 'cramp-diary'",
            );
            assert_eq!(encrypted, "t", "{mode}");
        }
        for (mode, roots) in [
            ("disable", None),
            ("require", Some(&*theirs)),
            ("verify-ca", Some(&*theirs)),
            ("verify-full", Some(&*theirs)),
            ("verify-full", None),
        ] {
            Home::of_node(&with(&url, mode, roots)).run(&["migrate"]).is_refused_over("DATABASE_URL");
        }
    });
}

#[test]
fn a_certificate_for_another_host_is_enough_for_verify_ca_alone() {
    drill(async {
        let certificates = Certificates::for_host("DNS:elsewhere.example");
        let postgres = Server::start(Durability::None);
        let url = postgres.create_database("diary");
        postgres.demand_tls(&certificates.file("server.crt"), &certificates.file("server.key"));
        let roots = certificates.file("ca.crt");
        Home::of_node(&with(&url, "verify-full", Some(&roots))).run(&["migrate"]).is_refused_over("DATABASE_URL");
        drop(Home::of_node(&with(&url, "verify-ca", Some(&roots))).start());
    });
}

#[test]
fn a_certificate_that_nobody_looks_at_may_be_of_the_first_version() {
    drill(async {
        let certificates = Certificates::for_host("IP:127.0.0.1");
        // Without extensions it is one of version 1, as Citus makes itself one.
        let signed = ["x509", "-req", "-in", "server.csr", "-signkey", "server.key", "-days", "30", "-out", "v1.crt"];
        certificates.openssl(&signed);
        let postgres = Server::start(Durability::None);
        let url = postgres.create_database("diary");
        postgres.demand_tls(&certificates.file("v1.crt"), &certificates.file("server.key"));
        for mode in ["prefer", "require"] {
            drop(Home::of_node(&with(&url, mode, None)).start());
        }
        let roots = certificates.file("v1.crt");
        Home::of_node(&with(&url, "verify-ca", Some(&roots))).run(&["migrate"]).is_refused_over("DATABASE_URL");
    });
}
