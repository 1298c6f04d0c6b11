//! Many who write at once.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    client::Row,
    support::{Home, cramp, drill},
};

const WRITERS: u32 = 32;
const CRAMPS_EACH: u32 = 20;
const CHANGES_EACH: u32 = 5;

#[test]
fn writers_at_once_lose_no_update_and_each_change_has_a_revision_of_its_own() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let person = server.patient("me@example.org").await;
        let first_revision = person.settings().await.revision();
        let shared = "/v1/diaries/me/episodes/shared";
        let mut start = cramp("shared", 0);
        start["duration_seconds"] = 0.into();
        let mut revisions = vec![person.logs(start).await.revision()];

        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let person = person.clone();
            writers.spawn(async move {
                let (mut revisions, mut stale) = (Vec::new(), 0);
                for number in 0..CRAMPS_EACH {
                    let row = person.logs(cramp(&format!("w{writer}-{number}"), number * WRITERS + writer)).await;
                    revisions.push(row.revision());
                    if number % (CRAMPS_EACH / CHANGES_EACH) != 0 {
                        continue;
                    }
                    loop {
                        let present = person.get(shared).await.is(200);
                        let longer = present.row()["duration_seconds"].as_u64().unwrap() + 1;
                        let change = json!({"duration_seconds": longer});
                        let answer = person.patch(shared, change).if_match(present.etag()).await;
                        match answer.status {
                            200 => {
                                assert_eq!(answer.row()["duration_seconds"], longer);
                                revisions.push(answer.row().revision());
                                break;
                            }
                            412 => stale += 1,
                            _ => panic!("{answer}"),
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

        let changes = i64::from(1 + WRITERS * (CRAMPS_EACH + CHANGES_EACH));
        let expected: BTreeSet<i64> = (first_revision + 1..=first_revision + changes).collect();
        assert_eq!(revisions.len(), expected.len());
        assert_eq!(revisions.into_iter().collect::<BTreeSet<_>>(), expected);
        assert_eq!(person.settings().await.revision(), first_revision + changes);
        assert_eq!(person.learns(shared).await["duration_seconds"], WRITERS * CHANGES_EACH);
        let rows = person.cramps().await;
        let stored: BTreeSet<_> = rows.iter().map(Row::revision).collect();
        assert_eq!(stored.len(), rows.len(), "two rows have one revision");
        assert_eq!(rows.len(), usize::try_from(1 + WRITERS * CRAMPS_EACH).unwrap());
        assert_eq!(person.counted_cramps().await, rows.len());
        println!("{WRITERS} writers: {changes} changes, {refused} refused as stale and repeated");
    });
}
