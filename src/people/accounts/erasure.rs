//! Taking an account away with all that hangs on it.

use crate::{
    access::{
        self, Caller, ErasableDiary, Proved, Visit,
        accounts::{model::User, store as accounts},
        connections::store as connections,
        guesses::{self, Guesser},
        sessions::store as sessions,
        tokens::store as tokens,
    },
    diary,
    sharing::{consents::store as consents, deliveries::store as deliveries, reviews::store as reviews},
    storage::{self, Db, Store, ledger::Line, refusal::Refusal},
};

/// How many rows a step ends or erases.
const STEP: i64 = 200;

/// Ends or erases the first so many rows, and says how many those were.
type First<P> = fn(&mut Db, &P, i64) -> storage::Result<usize>;

/// What others see of a diary ends before anything of it is erased.
const OF_THE_DIARY: [First<ErasableDiary>; 4] =
    [consents::withdraw_first, consents::forget_first, reviews::erase_first, consents::erase_first];

/// What there may be much of besides the diary.
const OF_THE_PERSON: [First<Proved>; 5] = [
    |db, me, most| consents::leave_first(db, me.user_id(), me.now(), most),
    tokens::erase_first,
    connections::erase_first,
    deliveries::erase_first,
    sessions::erase_first,
];

/// Erases the caller's account, with the diary that they keep. However much is in it, no transaction is long: what others
/// see of it ends first, then it is emptied step by step, then the account goes. If that is cut off, the account is still
/// there, and to erase it again goes on.
///
/// # Errors
/// That the session is over, the proof of who they are is too old, or the database fails.
pub async fn erase(caller: &Caller, user: User) -> Result<(), Refusal> {
    if let Some(diary_id) = user.diary_id.clone() {
        let visit = Visit::of(caller.clone(), diary_id);
        while visit.erase(empty_some).await? > 0 {}
    }
    while caller.write_proved(Ok(()), |db, me, ()| leave_some(db, me)).await? > 0 {}
    caller.write_proved(Ok(()), move |db, me, ()| erase_account(db, &user, me)).await
}

/// Erases once more an account that a restored backup brought back, in the same steps. `false` when it is not there.
///
/// # Errors
/// When the database fails.
pub async fn erase_again(store: &Store, line: Line) -> Result<bool, Refusal> {
    let (id, now) = (line.id.clone(), line.at);
    let Some(account) = store.read(move |db| accounts::find(db, &id)).await? else { return Ok(false) };
    let user = account.user;
    if let Some(diary_id) = user.diary_id.clone() {
        loop {
            let some = diary_id.clone();
            let step = move |db: &mut Db| {
                let diary = access::any_erasable(db, some.as_str(), now)?;
                empty_some(db, &diary)
            };
            if store.write(step).await? == 0 {
                break;
            }
        }
    }
    loop {
        let id = user.id.clone();
        if store.write(move |db| leave_some(db, &access::in_place_of(&id, now)?)).await? == 0 {
            break;
        }
    }
    let erase = move |db: &mut Db| erase_account(db, &user, &access::in_place_of(&user.id, now)?);
    store.write(erase).await?;
    Ok(true)
}

/// Takes the next few hundred rows out of what is given and kept of a diary, and says how many; none, when nothing is left.
fn empty_some(db: &mut Db, diary: &ErasableDiary) -> Result<usize, Refusal> {
    match first_of(&OF_THE_DIARY, db, diary)? {
        0 => diary::erasing::erase_some(db, diary),
        ended => Ok(ended),
    }
}

/// The same of what a person was given, and of where they are signed in.
fn leave_some(db: &mut Db, me: &Proved) -> Result<usize, Refusal> {
    Ok(first_of(&OF_THE_PERSON, db, me)?)
}

fn first_of<P>(steps: &[First<P>], db: &mut Db, proof: &P) -> storage::Result<usize> {
    for first in steps {
        let ended = first(db, proof, STEP)?;
        if ended > 0 {
            return Ok(ended);
        }
    }
    Ok(0)
}

/// Erases an account of which little is left.
fn erase_account(db: &mut Db, user: &User, me: &Proved) -> Result<(), Refusal> {
    // Whoever gives them something in this moment waits, and then finds them gone.
    accounts::find_locked(db, &user.id)?;
    while leave_some(db, me)? > 0 {}
    accounts::erase(db, me)?;
    guesses::forget(db, &Guesser::signing_in(&(&user.email).into()))?;
    guesses::forget(db, &Guesser::confirming(me))?;
    guesses::forget(db, &Guesser::redeeming(&user.id))?;
    Ok(guesses::forget(db, &Guesser::typing_codes(me))?)
}
