//! Who is connected, by address: one address can't take all the connections that the process may have. When it has as many
//! as it may, the one of them that has lain idle the longest goes, so that somebody new behind the same address still gets
//! in; and so it is for all together.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Context,
};

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::allowance;

/// Files that the process has open besides connections: databases, logs, exports.
const OTHER_FILES: usize = 256;
/// More than any address needs, whatever the process may have.
const MOST_OF_ONE: usize = 4_096;

/// The connections of a process.
#[derive(Debug)]
pub struct Crowd {
    since: Instant,
    of_all: usize,
    of_one: usize,
    proxies: Vec<IpAddr>,
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    taken: HashMap<IpAddr, HashMap<u64, Arc<State>>>,
    count: usize,
    next: u64,
}

#[derive(Debug)]
struct State {
    is_busy: AtomicBool,
    /// When something last happened, in milliseconds.
    active_at: AtomicU64,
    must_go: AtomicBool,
    waker: AtomicWaker,
}

/// The place of one connection. It is free again when this goes.
#[derive(Debug)]
pub struct Seat {
    crowd: Arc<Crowd>,
    address: IpAddr,
    number: u64,
    state: Arc<State>,
}

impl Crowd {
    /// Of a process that may have so many files open. Behind these proxies are many people: they may take all of them.
    #[must_use]
    pub fn of(open_files: usize, proxies: Vec<IpAddr>) -> Arc<Self> {
        let of_all = open_files.saturating_sub(OTHER_FILES).max(open_files / 2).max(1);
        let of_one = (of_all / 4).clamp(1, MOST_OF_ONE);
        Arc::new(Self { since: Instant::now(), of_all, of_one, proxies, seats: Mutex::default() })
    }

    /// Takes a place for a connection from an address, which stands for all of a customer's.
    ///
    /// # Errors
    /// When there is none and nobody idle who could go.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> io::Result<Seat> {
        let is_proxy = self.proxies.contains(&address);
        let address = if is_proxy { address } else { allowance::customer(address) };
        let mut seats = self.lock();
        let of_this = seats.taken.get(&address).map_or(0, HashMap::len);
        if of_this >= self.of_one && !is_proxy {
            seats.send_idle_away(|whose| whose == address)?;
        } else if seats.count >= self.of_all {
            let largest = seats.taken.iter().max_by_key(|(_, of_one)| of_one.len()).map(|(address, _)| *address);
            // Whoever has the most may be busy with all of it.
            seats.send_idle_away(|whose| Some(whose) == largest).or_else(|_| seats.send_idle_away(|_| true))?;
        }
        let state = Arc::new(State {
            is_busy: AtomicBool::new(false),
            active_at: AtomicU64::new(self.now()),
            must_go: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        let number = seats.next;
        seats.next += 1;
        seats.count += 1;
        seats.taken.entry(address).or_default().insert(number, state.clone());
        drop(seats);
        Ok(Seat { crowd: self.clone(), address, number, state })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    /// Of those whose address is meant, the one that has lain idle the longest.
    fn send_idle_away(&mut self, is_meant: impl Fn(IpAddr) -> bool) -> io::Result<()> {
        let meant = self.taken.iter().filter(|(address, _)| is_meant(**address));
        let each = meant.flat_map(|(address, of_one)| of_one.iter().map(|(number, state)| (*address, *number, state)));
        let idle = each.filter(|(.., state)| !state.is_busy.load(Ordering::Relaxed));
        let longest = idle.min_by_key(|(.., state)| state.active_at.load(Ordering::Relaxed));
        let (address, number) =
            longest.map(|(address, number, _)| (address, number)).ok_or(io::ErrorKind::QuotaExceeded)?;
        if let Some(state) = self.remove(address, number) {
            state.must_go.store(true, Ordering::Release);
            state.waker.wake();
        }
        Ok(())
    }

    fn remove(&mut self, address: IpAddr, number: u64) -> Option<Arc<State>> {
        let of_one = self.taken.get_mut(&address)?;
        let state = of_one.remove(&number)?;
        self.count -= 1;
        if of_one.is_empty() {
            self.taken.remove(&address);
        }
        Some(state)
    }
}

impl Seat {
    /// A request is being answered.
    pub fn is_busy(&self) {
        self.state.is_busy.store(true, Ordering::Relaxed);
    }

    /// It is answered, or some of the answer went out.
    pub fn was_busy(&self) {
        self.state.active_at.store(self.crowd.now(), Ordering::Relaxed);
        self.state.is_busy.store(false, Ordering::Relaxed);
    }

    /// Whether the connection has to make room for others; if not yet, the task is woken when it has to.
    #[must_use]
    pub fn must_go(&self, cx: &Context<'_>) -> bool {
        self.state.waker.register(cx.waker());
        self.state.must_go.load(Ordering::Acquire)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.crowd.lock().remove(self.address, self.number);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::{task::Waker, time::Duration};

    use tokio::time::advance;

    use super::*;

    fn address(last: u8) -> IpAddr {
        [198, 51, 100, last].into()
    }

    fn must_go(seat: &Seat) -> bool {
        seat.must_go(&Context::from_waker(Waker::noop()))
    }

    #[tokio::test(start_paused = true)]
    async fn for_one_more_of_an_address_the_one_that_lay_idle_the_longest_goes() {
        let crowd = Crowd::of(OTHER_FILES * 2 + 8, Vec::new());
        let mut seats = Vec::new();
        for _ in 0..crowd.of_one {
            advance(Duration::from_millis(10)).await;
            seats.push(crowd.enter(address(1)).unwrap());
        }
        seats[0].is_busy();
        let (other, one_more) = (crowd.enter(address(2)).unwrap(), crowd.enter(address(1)).unwrap());
        let gone: Vec<_> = seats.iter().map(must_go).enumerate().filter(|(_, gone)| *gone).collect();
        assert_eq!(gone, [(1, true)]);
        assert!(!must_go(&other) && !must_go(&one_more));
        advance(Duration::from_millis(10)).await;
        seats[0].was_busy();
        crowd.enter(address(1)).unwrap();
        assert!(must_go(&seats[2]) && !must_go(&seats[0]));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_being_answered_is_not_sent_away() {
        let crowd = Crowd::of(8, Vec::new());
        let seats: Vec<_> = (0..crowd.of_one).map(|_| crowd.enter(address(1)).unwrap()).collect();
        seats.iter().for_each(Seat::is_busy);
        assert!(crowd.enter(address(1)).is_err());
        crowd.enter(address(2)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_customer_of_ipv6_is_one_however_many_addresses_they_have() {
        let crowd = Crowd::of(64, Vec::new());
        let of_customer = |last: usize| format!("2001:db8:0:1::{last:x}").parse().unwrap();
        let seats: Vec<_> = (0..crowd.of_one).map(|last| crowd.enter(of_customer(last)).unwrap()).collect();
        let _one_more = crowd.enter(of_customer(9_999)).unwrap();
        assert_eq!(seats.iter().filter(|seat| must_go(seat)).count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn when_whoever_has_the_most_is_busy_another_idle_one_makes_room() {
        let crowd = Crowd::of(32, Vec::new());
        let many: Vec<_> = (0..crowd.of_one).map(|_| crowd.enter(address(1)).unwrap()).collect();
        many.iter().for_each(Seat::is_busy);
        let few: Vec<_> = (0..crowd.of_all - crowd.of_one)
            .map(|number| crowd.enter(address(10 + u8::try_from(number).unwrap())).unwrap())
            .collect();
        let _newcomer = crowd.enter(address(200)).unwrap();
        assert_eq!(few.iter().filter(|seat| must_go(seat)).count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_are_taken_whoever_has_the_most_makes_room() {
        let crowd = Crowd::of(32, Vec::new());
        let seats: Vec<_> = (0..4).flat_map(|last| vec![last; crowd.of_one]).collect();
        let mut seats: Vec<_> = seats.into_iter().map(|last| crowd.enter(address(last)).unwrap()).collect();
        seats.truncate(seats.len() - 1);
        let _fifth = crowd.enter(address(5)).unwrap();
        let _sixth = crowd.enter(address(6)).unwrap();
        assert_eq!(seats.iter().filter(|seat| must_go(seat)).count(), 1);
        drop(seats);
        assert_eq!(crowd.lock().count, 2);
    }
}
