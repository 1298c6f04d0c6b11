//! Many who write at once.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Home, cramp, drill};

const WRITERS: u32 = 32;
const CRAMPS_EACH: u32 = 20;
const CHANGES_EACH: u32 = 5;

#[test]
fn writers_at_once_lose_no_update_and_each_change_has_a_revision_of_its_own() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let person = server.register("me@example.org").await;
        let first_revision = person.get("/v1/diaries/me").await.revision();
        let shared = "/v1/diaries/me/episodes/shared";
        let mut start = cramp("shared", 0);
        start["duration_seconds"] = 0.into();
        let mut revisions = vec![person.log(&start).await.revision()];

        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let person = person.clone();
            writers.spawn(async move {
                let (mut revisions, mut stale) = (Vec::new(), 0);
                for number in 0..CRAMPS_EACH {
                    let answer = person.log(&cramp(&format!("w{writer}-{number}"), number * WRITERS + writer)).await;
                    assert_eq!(answer.status, 201, "{answer:?}");
                    revisions.push(answer.revision());
                    if number % (CRAMPS_EACH / CHANGES_EACH) != 0 {
                        continue;
                    }
                    loop {
                        let present = person.get(shared).await;
                        assert_eq!(present.status, 200, "{present:?}");
                        let longer = present.body["duration_seconds"].as_u64().unwrap() + 1;
                        let tag = present.header("etag").unwrap();
                        let answer = person.patch(shared, tag, &json!({"duration_seconds": longer})).await;
                        match answer.status {
                            200 => {
                                assert_eq!(answer.body["duration_seconds"], longer);
                                revisions.push(answer.revision());
                                break;
                            }
                            412 => stale += 1,
                            _ => panic!("{answer:?}"),
                        }
                    }
                }
                (revisions, stale)
            });
        }
        let mut refused = 0;
        for (of_writer, stale) in writers.join_all().await {
            assert!(of_writer.is_sorted(), "a writer saw revisions go back: {of_writer:?}");
            revisions.extend(of_writer);
            refused += stale;
        }

        let changes = u64::from(1 + WRITERS * (CRAMPS_EACH + CHANGES_EACH));
        let expected: BTreeSet<u64> = (first_revision + 1..=first_revision + changes).collect();
        assert_eq!(revisions.len(), expected.len());
        assert_eq!(revisions.into_iter().collect::<BTreeSet<_>>(), expected);
        assert_eq!(person.get("/v1/diaries/me").await.revision(), first_revision + changes);
        assert_eq!(person.get(shared).await.body["duration_seconds"], WRITERS * CHANGES_EACH);
        let rows = person.cramps().await;
        let stored: BTreeSet<_> = rows.iter().map(|row| row["revision"].as_u64().unwrap()).collect();
        assert_eq!(stored.len(), rows.len(), "two rows have one revision");
        assert_eq!(rows.len(), usize::try_from(1 + WRITERS * CRAMPS_EACH).unwrap());
        assert_eq!(person.counted_cramps().await, rows.len());
        println!("{WRITERS} writers: {changes} changes, {refused} refused as stale and repeated");
    });
}
