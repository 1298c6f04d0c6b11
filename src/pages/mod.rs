//! Pages for people, made on the server. They need no script.
//!
//! What they share: [`cookie`], [`store`] and [`visitor`] (who looks at them), [`document`], [`signed_in`] and [`when`]
//! (how one is laid out), [`field`] and [`form`] (what is asked for and comes back), [`failure`] (how one says that
//! something went wrong) and [`next`] (where one goes on). Then a folder for each group of them: [`sign_in`], [`confirm`],
//! [`password`], [`second_factor`], [`clinic`] for those with whom diaries are shared, and [`me`] for those who keep one.
//! These two look at a diary through [`diary`] and [`glance`].

pub mod clinic;
pub mod confirm;
pub mod cookie;
pub mod diary;
pub mod document;
pub mod failure;
pub mod field;
pub mod form;
pub mod glance;
pub mod me;
pub mod next;
pub mod password;
pub mod report_links;
pub mod second_factor;
pub mod sign_in;
pub mod signed_in;
pub mod store;
pub mod visitor;
pub mod when;
