//! A pooler that gives each transaction another connection: nothing may rest on the session.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    postgres::{Durability, Server, owner},
    support::{Home, drill},
    writing::Writers,
};

struct Pooler {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// With so few connections that nobody gets the same one twice in a row.
    fn before(postgres: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let users = folder.path().join("users.txt");
        fs::write(&users, "\"cramp\" \"\"\n").unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        fs::write(
            &settings,
            format!(
                "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
                 auth_type = trust\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = 3\n\
                 unix_socket_dir =\nmax_client_conn = 200\nlog_connections = 0\nlog_disconnections = 0\n",
                postgres.port(),
                users.display()
            ),
        )
        .unwrap();
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|file| fs::exists(file).unwrap());
        let mut command = Command::new(program.expect("there is no pgbouncer: apt-get install pgbouncer"));
        command.arg("-q").arg(&settings).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = owner() {
            for file in [folder.path(), &users, &settings] {
                chown(file, Some(user), Some(group)).unwrap();
            }
            command.uid(user).gid(group);
        }
        let process = command.spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, port, _folder: folder }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn two_nodes_work_behind_a_pooler_of_transactions() {
    drill(async {
        let postgres = Server::start(Durability::None);
        postgres.create_database("diary");
        let pooler = Pooler::before(&postgres);
        let url = format!("postgres://cramp@127.0.0.1:{}/diary", pooler.port);
        let homes = [Home::of_node(&url), Home::of_node(&url)];
        let nodes = homes.each_ref().map(|home| home.start_with(&[("PREPARED_STATEMENTS", "off")]));
        let mut writing = Vec::new();
        for number in 0..4 {
            let person = nodes[0].patient(&format!("person{number}@example.org")).await;
            let at_both = [person.clone(), person.at(&nodes[1])];
            writing.push((Writers::start(6, &at_both), at_both));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        for (writers, at_both) in writing {
            let written = writers.stop().await;
            assert_eq!((written.refusals.len(), written.broken), (0, 0));
            assert!(written.acknowledged.len() > 10);
            at_both[1].has_exactly(&written.cramps(), &written.open).await;
        }
    });
}
