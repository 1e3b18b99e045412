//! Ids that follow from other ids, so that they are the same whenever they are looked at.

use ring::digest;

/// Returns the GUID that follows from some parts.
pub(crate) fn guid(parts: &[&str]) -> String {
    let digest = digest::digest(&digest::SHA256, parts.join("/").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    let builder = uuid::Builder::from_bytes(bytes).with_version(uuid::Version::Random);
    builder.into_uuid().to_string()
}
