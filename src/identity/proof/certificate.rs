//! The application's certificate: a PEM or PFX file with an RSA key, and the assertions signed with
//! it. All that can be wrong with it is found before anything is sent. Source: Microsoft identity
//! platform, "Application authentication certificate credentials".

use std::fmt;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p12_keystore::Pkcs12Archive;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use crate::base::clock::{Timestamp, later};
use crate::base::random;
use crate::base::secret::Secret;
use crate::error::{Code, Error};

/// How long an assertion is good for; the service takes at most ten minutes.
const LIFE: Duration = Duration::from_secs(600);

/// A certificate with its key. Its `Debug` shows only the file.
pub(crate) struct Certificate {
    /// Its file, for errors.
    place: String,
    pub(super) key: RsaKeyPair,
    /// SHA-256 of the certificate, as the header `x5t#S256` has it.
    thumbprint: String,
    from: Timestamp,
    until: Timestamp,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.place)
    }
}

impl Certificate {
    /// Reads a PEM or PFX file.
    pub(crate) fn read(path: &Path, password: Option<&Secret<String>>) -> Result<Self, Error> {
        let place = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|reason| {
            unfit(&place, &format!("it cannot be read: {reason}"))
                .help("look whether the profile names the right file and whether you may read it")
        })?;
        let is_pem = bytes.windows(11).any(|part| part == b"-----BEGIN ");
        let (key, certificates) = if is_pem {
            from_pem(&place, &bytes)?
        } else {
            from_pfx(&place, &bytes, password)?
        };
        Self::of(place, key, &certificates)
    }

    /// Finds the certificate of a key.
    fn of(place: String, key: RsaKeyPair, certificates: &[Vec<u8>]) -> Result<Self, Error> {
        let public = key.public_key().as_ref();
        for der in certificates {
            let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else {
                continue;
            };
            if certificate.public_key().subject_public_key.data.as_ref() != public {
                continue;
            }
            let validity = certificate.validity();
            let at = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
            return Ok(Self {
                place,
                thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
                from: at(validity.not_before.timestamp()),
                until: at(validity.not_after.timestamp()),
                key,
            });
        }
        Err(unfit(
            &place,
            "none of its certificates belongs to its private key",
        )
        .help("put the certificate and its own private key into one file"))
    }

    /// Returns an assertion that `client` makes to `audience` at this time of the service.
    pub(crate) fn assertion(
        &self,
        client: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Secret<String>, Error> {
        self.in_force(now)?;
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": audience,
            "iss": client,
            "sub": client,
            "jti": random::guid(),
            "nbf": now.as_second(),
            "iat": now.as_second(),
            "exp": later(now, LIFE).as_second(),
        });
        let encode = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let signing = self.key.sign(
            &RSA_PSS_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        );
        signing.map_err(|_| unfit(&self.place, "its key cannot sign"))?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(Secret::new(format!("{signed}.{signature}")))
    }

    fn in_force(&self, now: Timestamp) -> Result<(), Error> {
        let wrong = |why: String| {
            Err(unfit(&self.place, &why).help(
                "make a new certificate, register it with the application, and give the profile its file",
            ))
        };
        if now >= self.until {
            return wrong(format!("it expired at {}", self.until));
        }
        if now < self.from {
            return wrong(format!("it is not valid before {}", self.from));
        }
        Ok(())
    }
}

type KeyAndCertificates = (RsaKeyPair, Vec<Vec<u8>>);

fn from_pem(place: &str, bytes: &[u8]) -> Result<KeyAndCertificates, Error> {
    let text = String::from_utf8_lossy(bytes);
    let locked = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENC");
    if locked {
        return Err(unfit(
            place,
            "its private key is encrypted, which is only read from PFX files",
        )
        .help("make a PFX file of it: openssl pkcs12 -export -in FILE.pem -out FILE.pfx"));
    }
    let key = PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
        unfit(place, "it holds no private key")
            .help("put the private key into the same file as the certificate")
    })?;
    let key = match &key {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        _ => return Err(not_rsa(place, "it is of another kind")),
    };
    let key = key.map_err(|reason| not_rsa(place, &reason.to_string()))?;
    let certificates = CertificateDer::pem_slice_iter(bytes)
        .filter_map(Result::ok)
        .map(|certificate| certificate.to_vec());
    Ok((key, certificates.collect()))
}

fn from_pfx(
    place: &str,
    bytes: &[u8],
    password: Option<&Secret<String>>,
) -> Result<KeyAndCertificates, Error> {
    let given = password.map_or("", |password| password.expose());
    let archive = Pkcs12Archive::from_pkcs12(bytes, given).map_err(|reason| {
        use p12_keystore::error::Error as Pfx;
        match reason {
            Pfx::MacError(_) | Pfx::UnpadError | Pfx::Pkcs5Error(_) => {
                let why = match password {
                    Some(_) => "its password is wrong",
                    None => "it has a password, and the profile has none",
                };
                unfit(place, why).help(super::super::remedy::CERTIFICATE_PASSWORD)
            }
            reason => unfit(place, &format!("it is neither PEM nor PFX: {reason}"))
                .help("give a PEM or PFX file that holds the certificate and its private key"),
        }
    })?;
    let Some(bag) = archive.keys.first() else {
        return Err(unfit(place, "it holds no private key")
            .help("export the certificate together with its private key"));
    };
    let key = RsaKeyPair::from_pkcs8(bag.key.as_der())
        .map_err(|reason| not_rsa(place, &reason.to_string()))?;
    let certificates = archive.certs.iter().map(|bag| bag.cert.as_der().to_vec());
    Ok((key, certificates.collect()))
}

fn not_rsa(place: &str, why: &str) -> Error {
    unfit(
        place,
        &format!("its private key is no RSA key of 2048 to 4096 bits ({why})"),
    )
    .help("make a certificate with an RSA key: openssl req -x509 -newkey rsa:2048 …")
}

fn unfit(place: &str, why: &str) -> Error {
    Error::new(
        Code::AuthCertificate,
        format!("the application's certificate `{place}` cannot be used: {why}"),
    )
}
