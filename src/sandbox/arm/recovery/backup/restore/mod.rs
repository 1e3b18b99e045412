//! Restores: `check` reads what is asked, `make` makes it when the job's time has come. Source:
//! recovery reference §6.2.

mod check;
mod make;
#[cfg(test)]
mod tests;

pub(super) use check::restore;
pub(super) use make::make;
