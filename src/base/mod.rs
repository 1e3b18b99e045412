//! What every layer stands on: time, durations, ids, randomness, secrets, text, files. It knows nothing of the
//! product.

pub mod cancel;
pub mod clock;
pub mod duration;
pub mod fiber;
pub mod file;
pub mod random;
pub mod secret;
pub mod text;
