//! Redeeming a code.

use super::model::InvitationCode;
use crate::{
    access::{
        self, Role, SignedIn,
        accounts::{self, model::Notice},
        guesses::{self, Guesser},
        notices::store as notices,
    },
    foundation::faults::{FaultCode, Faults},
    sharing::{
        consents::{
            model::{Kind, WithdrawnBy},
            store as consents,
        },
        deliveries::{self, store::Happening},
        grants::{model::SharedGrant, store as grants},
        webhooks::model::Event,
    },
    storage::{Db, refusal::Refusal},
};

/// What came of a code.
#[derive(Debug)]
pub enum Redeemed {
    /// A grant, in place of what the person had before.
    Granted(Box<SharedGrant>),
    /// It opens nothing: it never did, was used, has expired or was withdrawn. Which of them, nobody learns.
    Unknown,
}

/// Redeems a code for a grant to the person who is signed in. Whoever did so before, and has the grant, gets it again, since
/// the answer may never have come. Codes that open nothing are counted against them for a day,
/// and a right one does not have them forgotten: anybody can make right ones.
///
/// # Errors
/// When the diary is their own, or they tried too many that opened nothing and have to wait.
pub fn redeem(db: &mut Db, who: &SignedIn, code: &InvitationCode) -> Result<Redeemed, Refusal> {
    let guesser = Guesser::redeeming(who.user_id());
    if let Some(wait) = guesses::wait(db, &guesser, who.now())? {
        return Err(Refusal::Held(wait));
    }
    // Locked, so that the account is not erased in between.
    let user = accounts::store::find_locked(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
    let open = consents::find_open(db, &code.hash(), Kind::Invitation, who.now())?;
    let Some((diary_id, consent)) = open else {
        if let Some(grant) = held(db, who, code)? {
            return Ok(Redeemed::Granted(Box::new(grant)));
        }
        guesses::settle(db, &guesser, false, who.now())?;
        return Ok(Redeemed::Unknown);
    };
    if access::role_of(db, &diary_id, who)? == Some(Role::Owner) {
        let why = "is for your own diary; give it to whom you want to share it with";
        return Err(Faults::at("code", FaultCode::Contradiction, why).into());
    }
    if !consents::accept(db, &code.hash(), (&diary_id, &consent.id), &user, who.now())? {
        guesses::settle(db, &guesser, false, who.now())?;
        return Ok(Redeemed::Unknown);
    }
    consents::withdraw_from(db, diary_id.as_str(), who.user_id(), WithdrawnBy::Replacement, who.now())?;
    access::grant(db, &diary_id, who.user_id(), consent.terms.right(consent.id.clone()), who.now())?;
    let what = Happening { event: Event::GrantCreated, diary_id: &diary_id, subject_id: &consent.id, holder: None };
    deliveries::store::announce(db, what, who.now())?;
    if let Some(owner) = access::diaries::store::owners(db, &[diary_id.as_str()])?.remove(&diary_id) {
        notices::tell(db, &owner, Notice::InvitationRedeemed, Some(user.called()), who.now())?;
    }
    let grant = grants::find(db, diary_id.as_str(), &consent.id)?.ok_or(Refusal::NotFound)?;
    Ok(Redeemed::Granted(Box::new(grant)))
}

/// What somebody has by a code that they redeemed.
fn held(db: &mut Db, who: &SignedIn, code: &InvitationCode) -> Result<Option<SharedGrant>, Refusal> {
    let Some((diary_id, consent_id)) = consents::find_known(db, &code.hash(), Kind::Invitation)? else {
        return Ok(None);
    };
    let grant = grants::find(db, diary_id.as_str(), &consent_id)?;
    let holds = |grant: &SharedGrant| {
        grant.user_id == *who.user_id() && grant.access_until.is_none_or(|until| who.now() < until)
    };
    Ok(grant.filter(holds))
}
