//! A queue in which parties take turns: whoever has much waiting waits behind themselves, and holds up nobody else.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::{BuildHasherDefault, Hasher},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    budget::{OverBudget, Policy},
    party::Party,
};

/// When somebody whose places are all taken may ask again.
const SOON: Duration = Duration::from_secs(1);

/// How much there may be of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What may wait of all together.
    pub all: usize,
    /// What may wait of one party.
    pub each: usize,
    /// What may be under way of one party.
    pub at_once: usize,
}

/// Why something may not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoom {
    /// So much of this party waits already. Others are let in.
    OfParty(OverBudget),
    /// So much of everybody waits already.
    OfAll,
    /// Nothing is let in any more.
    Closed,
}

/// Things that wait, by whose they are.
pub struct FairQueue<T> {
    name: &'static str,
    room: Room,
    lines: Mutex<Lines<T>>,
    changed: Condvar,
}

struct Lines<T> {
    /// Those of whom something waits, the next one first.
    turns: VecDeque<Party>,
    /// Those of whom something waits or is under way.
    of_each: HashMap<Party, Line<T>, BuildHasherDefault<Mixed>>,
    waiting: usize,
    closed: bool,
}

/// Mixes numbers. A party is a hash already, and each thing that waits has three of them looked up.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

struct Line<T> {
    things: VecDeque<T>,
    under_way: usize,
}

impl<T> FairQueue<T> {
    /// An empty one. Whoever has no place in it is told its name.
    #[must_use]
    pub fn new(name: &'static str, room: Room) -> Self {
        let lines = Lines { turns: VecDeque::new(), of_each: HashMap::default(), waiting: 0, closed: false };
        Self { name, room, lines: Mutex::new(lines), changed: Condvar::new() }
    }

    /// Puts something behind what else waits of its party. When so much waits of everybody that there is no room, the
    /// newest thing of the longest line makes room, as long as that line does not become the shorter one by it. It is
    /// given back: whose it is must be told that it is not done.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn push(&self, party: Party, thing: T) -> Result<Option<T>, NoRoom> {
        let mut lines = self.lock();
        if lines.closed {
            return Err(NoRoom::Closed);
        }
        if lines.of_each.get(&party).is_some_and(|line| line.things.len() >= self.room.each) {
            let policy = Policy { name: self.name, quota: self.room.each, period: None };
            return Err(NoRoom::OfParty(OverBudget { policy, wait: SOON }));
        }
        let is_full = lines.waiting >= self.room.all;
        let pushed_out = if is_full { Some(lines.make_room_for(party).ok_or(NoRoom::OfAll)?) } else { None };
        let may_be_taken = lines.push(party, thing) < self.room.at_once;
        drop(lines);
        // Otherwise whoever has something of this party under way takes it next.
        if may_be_taken {
            self.changed.notify_one();
        }
        Ok(pushed_out)
    }

    /// Waits for the next thing of a party that has less under way than it may. It is under way until [`FairQueue::done`].
    /// `None` when the queue is closed and empty.
    pub fn next(&self) -> Option<(Party, T)> {
        let mut lines = self.lock();
        loop {
            if let Some(next) = lines.pop(self.room.at_once) {
                return Some(next);
            }
            if lines.closed && lines.waiting == 0 {
                return None;
            }
            lines = self.wait(lines);
        }
    }

    /// Waits until there is something, and takes what is there by then: of each party in turn, and no more of one than may
    /// be under way. `most` bounds it altogether. Nothing of it is under way any more when it is [`FairQueue::done`]. Empty
    /// when the queue is closed and empty.
    pub fn next_group(&self, most: usize) -> Vec<(Party, T)> {
        let mut lines = self.lock();
        while lines.waiting == 0 && !lines.closed {
            lines = self.wait(lines);
        }
        std::iter::from_fn(|| lines.pop(self.room.at_once)).take(most).collect()
    }

    /// All that waits now. Nothing of it is under way.
    pub fn take_all(&self) -> Vec<T> {
        let mut lines = self.lock();
        lines.waiting = 0;
        lines.turns.clear();
        let things = lines.of_each.values_mut().flat_map(|line| line.things.drain(..)).collect();
        lines.of_each.retain(|_, line| line.under_way > 0);
        things
    }

    /// What was taken out of these parties' lines is not under way any more. Whoever says so asks for the next thing
    /// then: nobody else is woken for what may go on.
    pub fn done(&self, parties: impl IntoIterator<Item = Party>) {
        let mut lines = self.lock();
        for party in parties {
            lines.done(party);
        }
        let closed = lines.closed;
        drop(lines);
        if closed {
            // Whoever could take nothing when it was closed waits on, and this may be the last that they hear.
            self.changed.notify_all();
        }
    }

    /// Lets nothing more in. What waits is still taken out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Lines<T>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, lines: MutexGuard<'a, Lines<T>>) -> MutexGuard<'a, Lines<T>> {
        self.changed.wait(lines).unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for FairQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairQueue").field("name", &self.name).field("room", &self.room).finish_non_exhaustive()
    }
}

impl<T> Lines<T> {
    /// Answers with how much of the party is under way.
    fn push(&mut self, party: Party, thing: T) -> usize {
        let line = self.of_each.entry(party).or_insert_with(|| Line { things: VecDeque::new(), under_way: 0 });
        if line.things.is_empty() {
            self.turns.push_back(party);
        }
        line.things.push_back(thing);
        self.waiting += 1;
        line.under_way
    }

    /// Takes the newest thing out of the longest line, unless this party would have more waiting then than is left there.
    fn make_room_for(&mut self, party: Party) -> Option<T> {
        let own = self.of_each.get(&party).map_or(0, |line| line.things.len());
        let longest = self.of_each.values_mut().max_by_key(|line| line.things.len())?;
        if longest.things.len() < own + 2 {
            return None;
        }
        self.waiting -= 1;
        longest.things.pop_back()
    }

    fn pop(&mut self, at_once: usize) -> Option<(Party, T)> {
        let may = |party: &Party| self.of_each.get(party).is_some_and(|line| line.under_way < at_once);
        let turn = self.turns.iter().position(may)?;
        let party = self.turns.remove(turn)?;
        let line = self.of_each.get_mut(&party)?;
        let thing = line.things.pop_front()?;
        line.under_way += 1;
        self.waiting -= 1;
        if !line.things.is_empty() {
            self.turns.push_back(party);
        }
        Some((party, thing))
    }

    fn done(&mut self, party: Party) {
        if let Some(line) = self.of_each.get_mut(&party) {
            line.under_way = line.under_way.saturating_sub(1);
            if line.under_way == 0 && line.things.is_empty() {
                self.of_each.remove(&party);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ROOM: Room = Room { all: 5, each: 3, at_once: 1 };
    const A: Party = Party::Account(1);
    const B: Party = Party::Account(2);
    const C: Party = Party::Address(1);
    const D: Party = Party::Service;

    fn queue(room: Room, things: &[(Party, &'static str)]) -> FairQueue<&'static str> {
        let queue = FairQueue::new("things", room);
        for &(party, thing) in things {
            assert_eq!(queue.push(party, thing), Ok(None));
        }
        queue
    }

    #[test]
    fn parties_take_turns_however_much_one_has_waiting() {
        let queue = queue(Room { at_once: 3, ..ROOM }, &[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1"), (C, "c1")]);
        let things: Vec<_> = queue.next_group(9).into_iter().map(|(_, thing)| thing).collect();
        assert_eq!(things, ["a1", "b1", "c1", "a2", "a3"]);
    }

    #[test]
    fn a_group_has_no_more_of_one_party_than_may_be_under_way_and_the_next_group_goes_on() {
        let queue = queue(Room { at_once: 2, ..ROOM }, &[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1")]);
        let group = queue.next_group(9);
        assert_eq!(group, [(A, "a1"), (B, "b1"), (A, "a2")]);
        queue.done(group.into_iter().map(|(party, _)| party));
        assert_eq!(queue.next_group(9), [(A, "a3")]);
    }

    #[test]
    fn a_party_that_has_its_share_waiting_is_refused_and_others_are_not() {
        let queue = queue(ROOM, &[(A, "a1"), (A, "a2"), (A, "a3")]);
        let NoRoom::OfParty(over) = queue.push(A, "a4").unwrap_err() else { panic!("others have no room either") };
        assert_eq!(over.policy, Policy { name: "things", quota: 3, period: None });
        assert_eq!((queue.push(B, "b1"), queue.push(C, "c1")), (Ok(None), Ok(None)));
    }

    #[test]
    fn who_has_nothing_waiting_in_a_full_queue_takes_the_place_of_the_newest_of_whoever_has_most() {
        let queue = queue(ROOM, &[(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1"), (B, "b2")]);
        assert_eq!(queue.push(C, "c1"), Ok(Some("a3")));
        // Now A and B have two each, and who has one gets no other for it.
        assert_eq!(queue.push(C, "c2"), Err(NoRoom::OfAll));
        assert_eq!(queue.push(A, "a3"), Err(NoRoom::OfAll), "nobody pushes out who has no more");
        assert!(matches!(queue.push(D, "d1"), Ok(Some("a2" | "b2"))));
        let things: Vec<_> = std::iter::from_fn(|| queue.lock().pop(9)).map(|(_, thing)| thing).collect();
        assert_eq!(things[..4], ["a1", "b1", "c1", "d1"]);
        assert_eq!(things.len(), 5);
    }

    #[test]
    fn where_nobody_has_more_than_one_waiting_a_full_queue_is_full() {
        let queue = queue(Room { all: 3, ..ROOM }, &[(A, "a1"), (B, "b1"), (C, "c1")]);
        assert_eq!(queue.push(D, "d1"), Err(NoRoom::OfAll));
        assert_eq!(queue.next(), Some((A, "a1")));
        assert_eq!(queue.push(D, "d1"), Ok(None));
    }

    #[test]
    fn a_party_that_has_its_share_under_way_lets_others_pass() {
        let queue = queue(ROOM, &[(A, "a1"), (A, "a2"), (B, "b1")]);
        assert_eq!((queue.next(), queue.next()), (Some((A, "a1")), Some((B, "b1"))));
        queue.done([A, B]);
        assert_eq!(queue.next(), Some((A, "a2")));
    }

    #[test]
    fn everything_is_taken_once_though_nobody_is_woken_for_what_has_to_wait() {
        const EACH: usize = 200;
        let queue = FairQueue::new("things", Room { all: 4 * EACH, each: EACH, at_once: 2 });
        let taken = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some((party, thing)) = queue.next() {
                        taken.lock().unwrap().push((party, thing));
                        queue.done([party]);
                    }
                });
            }
            for number in 0..EACH {
                for party in [A, B, C] {
                    queue.push(party, number).unwrap();
                }
                // Now and then all of them sleep.
                if number % 20 == 0 {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            while queue.lock().waiting > 0 {
                std::thread::yield_now();
            }
            queue.close();
        });
        let taken = taken.into_inner().unwrap();
        let of_each = [A, B, C].map(|party| taken.iter().filter(|(other, _)| *other == party).count());
        assert_eq!((taken.len(), of_each), (3 * EACH, [EACH; 3]));
    }

    #[test]
    fn a_closed_queue_is_emptied_before_it_ends() {
        let queue = queue(ROOM, &[(A, "a1")]);
        queue.close();
        assert_eq!(queue.push(A, "a2"), Err(NoRoom::Closed));
        assert_eq!((queue.next(), queue.next()), (Some((A, "a1")), None));
        assert_eq!(queue.next_group(9), []);
    }

    #[test]
    fn all_who_wait_learn_that_a_closed_queue_is_empty_also_when_it_was_not_at_first() {
        let queue = std::sync::Arc::new(queue(ROOM, &[(A, "a1"), (A, "a2")]));
        assert_eq!(queue.next(), Some((A, "a1")));
        let (ended, ends) = std::sync::mpsc::channel();
        for _ in 0..3 {
            let (queue, ended) = (queue.clone(), ended.clone());
            std::thread::spawn(move || {
                while let Some((party, _)) = queue.next() {
                    queue.done([party]);
                }
                ended.send(()).unwrap();
            });
        }
        let all_sleep = || std::thread::sleep(Duration::from_millis(100));
        all_sleep();
        queue.close();
        all_sleep();
        queue.done([A]);
        for _ in 0..3 {
            ends.recv_timeout(Duration::from_secs(5)).unwrap();
        }
    }

    #[test]
    fn nobody_is_remembered_who_has_nothing_there() {
        let queue = queue(ROOM, &[(A, "a1"), (B, "b1")]);
        assert_eq!(queue.next(), Some((A, "a1")));
        assert_eq!(queue.take_all(), ["b1"]);
        queue.done([A]);
        assert!(queue.lock().of_each.is_empty());
    }
}
