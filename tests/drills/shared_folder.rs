//! Several processes on one folder.

use std::thread;

use crate::support::{Home, Server, cramp, drill};

#[test]
fn processes_that_start_at_once_on_an_empty_folder_all_come_up_and_serve_the_same() {
    drill(async {
        for round in 0..4_u32 {
            let home = Home::new();
            let servers: Vec<Server> = thread::scope(|scope| {
                let starts: Vec<_> = (0..3).map(|_| scope.spawn(|| home.start())).collect();
                starts.into_iter().map(|start| start.join().unwrap()).collect()
            });
            let person = servers[0].patient("me@example.org").await;
            let mut written = Vec::new();
            for (number, server) in (round..).zip(&servers) {
                let cramp = cramp(&format!("n{number}"), number);
                person.at(server).logs(cramp.clone()).await;
                written.push(cramp);
            }
            for server in &servers {
                person.at(server).has_exactly(&written, &[]).await;
            }
        }
    });
}
