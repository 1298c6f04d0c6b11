//! Pages for people, made on the server. None needs a script but the app, and what a passkey does.
//!
//! What they share: [`cookie`], [`store`] and [`visitor`] (who looks at them), [`document`], [`signed_in`] and [`when`]
//! (how one is laid out), [`field`], [`form`] and [`ceremony`] (what is asked for and comes back), [`failure`] (how one says that
//! something went wrong), [`next`] (where one goes on), [`span`] (over how many days figures are) and [`told`] (which
//! programs are told of changes). Then a folder for each group of them: [`sign_in`], [`register`], [`confirm`],
//! [`password`], [`recovery`] (without it), [`emails`], [`notices`], [`second_factor`], [`passkeys`], [`tokens`], [`oauth`],
//! [`clinic`] for those with whom diaries are shared, and [`me`] for those who keep one. These two look at a diary through
//! [`diary`] and [`glance`]. And [`companion`], the app, which is
//! nothing but script.

pub mod ceremony;
pub mod clinic;
pub mod companion;
pub mod confirm;
pub mod cookie;
pub mod diary;
pub mod document;
pub mod emails;
pub mod failure;
pub mod field;
pub mod form;
pub mod glance;
pub mod me;
pub mod next;
pub mod notices;
pub mod oauth;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod register;
pub mod report_links;
pub mod second_factor;
pub mod sign_in;
pub mod signed_in;
pub mod span;
pub mod store;
pub mod tokens;
pub mod told;
pub mod visitor;
pub mod when;
