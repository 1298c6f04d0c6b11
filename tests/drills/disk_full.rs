//! No room left on the disk.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{Home, Person, cramp, drill, write_ballast};

/// A small file system of its own.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting is not allowed.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
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

fn long_cramp(number: u32) -> Value {
    let mut cramp = cramp(&format!("n{number}"), number);
    cramp["note"] = "it hurts ".repeat(200).trim().into();
    cramp
}

async fn can_read(person: &Person) {
    for path in ["/health/ready", "/v1/diaries/me/episodes", "/v1/diaries/me/analytics/night-share"] {
        let answer = person.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[test]
fn on_a_full_disk_reads_go_on_and_writes_work_again_as_soon_as_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        println!("skipped: this user may not mount a small file system");
        return;
    };
    drill(async {
        let home = Home::with_data_in(disk.path());
        let server = home.start();
        let person = server.register("me@example.org").await;
        let ballast = home.data("ballast");
        write_ballast(&ballast, 256 * 1024);

        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        let mut codes = std::collections::BTreeMap::<String, u32>::new();
        for number in 0.. {
            assert!(number < 5_000, "the disk did not fill up");
            let cramp = long_cramp(number);
            let answer = person.log(&cramp).await;
            match answer.status {
                201 => kept.push(cramp),
                503 | 507 => {
                    assert!(answer.retry_after().is_some(), "{answer:?}");
                    *codes.entry(answer.code().to_owned()).or_default() += 1;
                    refused.push(cramp);
                }
                _ => panic!("{answer:?}"),
            }
            if !refused.is_empty() {
                can_read(&person).await;
            }
            if refused.len() == 20 {
                break;
            }
        }
        person.has_exactly(&kept, &[]).await;
        let kept_while_full = kept.len();

        fs::remove_file(&ballast).unwrap();
        let room = Instant::now();
        let mut tries = 1;
        while person.log(&refused[0]).await.status != 201 {
            assert!(room.elapsed() < Duration::from_secs(10), "there is room, but writes are still refused");
            tokio::time::sleep(Duration::from_millis(20)).await;
            tries += 1;
        }
        println!(
            "disk full: {kept_while_full} kept, then {codes:?}; with room again written after {:?}, {tries} tries",
            room.elapsed()
        );
        for cramp in &refused[1..] {
            let answer = person.log(cramp).await;
            assert_eq!(answer.status, 201, "{answer:?}");
        }
        kept.extend(refused);
        person.has_exactly(&kept, &[]).await;

        drop(server);
        let server = home.start();
        server.sign_in("me@example.org").await.has_exactly(&kept, &[]).await;
    });
}
