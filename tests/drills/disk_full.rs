//! No room left on the disk.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::Value;

use crate::{
    client::Caller,
    support::{Home, cramp, drill},
};

/// How many clients write at the same time.
const AT_ONCE: u32 = 32;

/// A small file system of its own. Emptied of its ballast, it has room for what the log takes in the half second until it
/// is moved into the database: some 20 kB for each cramp that is written alone.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(folder.path());
        let said = mount.output().expect("the program mount");
        // Who can't mount leaves the drill out on purpose, so that nobody takes it for passed.
        assert!(
            said.status.success(),
            "a small file system is to be mounted, as root may; without: -- --skip on_a_full_disk\n{}",
            String::from_utf8_lossy(&said.stderr)
        );
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.path()).status());
    }
}

/// Fills the disk but for so many bytes.
fn write_ballast(file: &Path, room: u64) {
    let mut file = File::create(file).unwrap();
    let mut length = 0;
    while file.write_all(&[0x55; 4096]).is_ok() {
        length += 4096;
    }
    file.set_len(length - room).unwrap();
}

fn long_cramp(number: u32) -> Value {
    let mut cramp = cramp(&format!("n{number}"), number);
    cramp["note"] = "it hurts ".repeat(200).trim().into();
    cramp
}

async fn can_read(person: &Caller) {
    for path in ["/health/ready", "/v1/diaries/me/episodes", "/v1/diaries/me/analytics/night-share"] {
        person.get(path).await.is(200);
    }
}

#[test]
fn on_a_full_disk_reads_go_on_and_writes_work_again_as_soon_as_there_is_room() {
    let disk = SmallDisk::mount();
    drill(async {
        let home = Home::with_data_in(disk.path());
        let server = home.start();
        let person = server.patient("me@example.org").await;
        let ballast = home.data("ballast");
        write_ballast(&ballast, 256 * 1024);

        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        let mut codes = std::collections::BTreeMap::<String, u32>::new();
        // Many at once, so that they share commits: what fails one of them must not half-do the others.
        for burst in 0.. {
            assert!(burst < 200, "the disk did not fill up");
            let cramps: Vec<_> = (burst * AT_ONCE..(burst + 1) * AT_ONCE).map(long_cramp).collect();
            let answers = join_all(cramps.iter().map(|cramp| person.sends(cramp).into_future())).await;
            for (cramp, answer) in cramps.into_iter().zip(answers) {
                match answer.status {
                    201 => kept.push(cramp),
                    503 | 507 => {
                        assert!(answer.retry_after() > 0, "{answer}");
                        *codes.entry(answer.code()).or_default() += 1;
                        refused.push(cramp);
                    }
                    _ => panic!("{answer}"),
                }
            }
            if !refused.is_empty() {
                can_read(&person).await;
            }
            if refused.len() > 40 {
                break;
            }
        }
        person.has_exactly(&kept, &[]).await;
        let kept_while_full = kept.len();

        fs::remove_file(&ballast).unwrap();
        let room = Instant::now();
        let mut tries = 1;
        while person.sends(&refused[0]).await.status != 201 {
            assert!(room.elapsed() < Duration::from_secs(10), "there is room, but writes are still refused");
            tokio::time::sleep(Duration::from_millis(20)).await;
            tries += 1;
        }
        println!(
            "disk full: {kept_while_full} kept, then {codes:?}; with room again written after {:?}, {tries} tries",
            room.elapsed()
        );
        for cramp in &refused[1..] {
            person.logs(cramp.clone()).await;
        }
        kept.extend(refused);
        person.has_exactly(&kept, &[]).await;

        drop(server);
        let server = home.start();
        person.at(&server).signs_in().await.has_exactly(&kept, &[]).await;
    });
}
