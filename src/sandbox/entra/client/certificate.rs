//! Reads what matters of a certificate: its public key, its time and its thumbprints. A reader of the
//! few fields of DER that lead there, not of certificates in general.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64URL};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::digest;

use crate::base::clock::Timestamp;

/// What is known of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The RSA key, as PKCS#1 writes it.
    pub(super) key: Vec<u8>,
    /// When it begins.
    pub(super) begins: Timestamp,
    /// When it ends.
    pub(super) ends: Timestamp,
    /// SHA-1 of the whole, Base64url.
    pub(super) sha1: String,
    /// SHA-256 of the whole, Base64url.
    pub(super) sha256: String,
}

/// Reads a certificate: DER in Base64.
pub(super) fn read(base64: &str) -> Option<Certificate> {
    let der = BASE64_STANDARD.decode(base64).ok()?;
    let mut certificate = Der(Der(&der).value(SEQUENCE)?);
    let mut body = Der(certificate.value(SEQUENCE)?);
    let mut first = body.next()?;
    if first.0 == VERSION {
        first = body.next()?;
    }
    let (INTEGER, _serial) = first else {
        return None;
    };
    body.value(SEQUENCE)?; // algorithm of the signature
    body.value(SEQUENCE)?; // issuer
    let mut validity = Der(body.value(SEQUENCE)?);
    body.value(SEQUENCE)?; // subject
    let mut key = Der(body.value(SEQUENCE)?);
    key.value(SEQUENCE)?; // algorithm of the key
    let (_, key) = key.value(BIT_STRING)?.split_first()?;
    Some(Certificate {
        key: key.to_vec(),
        begins: time(validity.next()?)?,
        ends: time(validity.next()?)?,
        sha1: BASE64URL.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der)),
        sha256: BASE64URL.encode(digest::digest(&digest::SHA256, &der)),
    })
}

/// Returns when a certificate begins and ends, if it is one: DER in Base64.
pub(in crate::sandbox) fn times_of(base64: &str) -> Option<(Timestamp, Timestamp)> {
    let certificate = read(base64)?;
    Some((certificate.begins, certificate.ends))
}

/// Returns the first certificate of a PEM text: DER in Base64.
pub(crate) fn of_pem(pem: &str) -> Option<String> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (base64, _) = rest.split_once("-----END CERTIFICATE-----")?;
    Some(base64.split_whitespace().collect())
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;

/// What is left of a piece of DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// Takes the next value with its tag.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let bytes = length - 0x80;
            let (long, after) = rest.split_at_checked(bytes).filter(|_| bytes <= 4)?;
            length = long
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            rest = after;
        }
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }

    /// Takes the next value, which must have a tag.
    fn value(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let (tag, value) = self.next()?;
        (tag == wanted).then_some(value)
    }
}

/// Reads a time: two digits of the year until 2049, four from then on.
fn time((tag, text): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match tag {
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::entra::seed::{CERTIFICATE, EXPIRED_CERTIFICATE};

    #[test]
    fn key_time_and_thumbprints_are_read() {
        let read = |pem: &str| read(&of_pem(pem).expect("a certificate")).expect("it is read");
        let certificate = read(CERTIFICATE);
        assert_eq!(certificate.begins.to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(certificate.ends.to_string(), "2046-01-01T00:00:00Z");
        assert_eq!((certificate.sha1.len(), certificate.sha256.len()), (27, 43));
        assert_eq!(certificate.key.len(), 270, "an RSA key of 2048 bits");
        assert!(read(EXPIRED_CERTIFICATE).ends < certificate.ends);
    }

    #[test]
    fn what_is_no_certificate_is_not_read() {
        let whole = of_pem(CERTIFICATE).expect("a certificate");
        for length in 0..whole.len() / 4 {
            assert_eq!(super::read(&whole[..length * 4]), None, "{length}");
        }
        assert_eq!(super::read("AAAA"), None);
    }
}
