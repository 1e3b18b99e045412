//! APIs that a user adds: documents that somebody else wrote are read once, and what was read is
//! kept in a folder, from which later starts take it. How documents are understood is the business
//! of `api::document`; where the folder is, that of whoever opens the [`Store`].

mod about;
mod parse;
mod place;
mod sources;
mod store;

use ring::digest::{SHA256, digest};

pub use about::About;
pub use sources::Sources;
pub use store::Store;

/// Returns the digest of bytes, SHA-256 in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    let mut text = String::new();
    for byte in digest.as_ref() {
        let halves = [byte >> 4, byte & 15].map(u32::from);
        text.extend(
            halves
                .into_iter()
                .filter_map(|half| char::from_digit(half, 16)),
        );
    }
    text
}
