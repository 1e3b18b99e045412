//! The certificate of a sandbox that is served over HTTPS: an authority of its own and the leaf that
//! it signed once, kept in a folder until they end. The authority's key is never written: nothing
//! else can be signed by whom the user trusts, and it may speak for this machine alone.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, Error as TlsError, RootCertStore, ServerConfig};

use crate::base::clock::{Clock, RealClock, Timestamp, later};
use crate::base::file::{Readers, write_whole};
use crate::error::{Code, Error};

/// What the leaf is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const DAY: u64 = 24 * 3600;
/// How long both are valid; more than 825 days is not trusted everywhere.
const LIFETIME: Duration = Duration::from_secs(800 * DAY);
/// What has to be left of that when a sandbox starts.
const LEFT: Duration = Duration::from_secs(30 * DAY);
/// How far a client's clock may be behind.
const SKEW: Duration = Duration::from_secs(DAY);

/// The authority's certificate, for everyone.
const AUTHORITY: &str = "ca.pem";
/// The leaf and its key, for their owner.
const SERVER: &str = "server.pem";
/// Held while the others are looked at or written.
const LOCK: &str = "lock";

/// A certificate that is served.
#[derive(Debug)]
pub(crate) struct Kept {
    /// How connections are encrypted.
    pub(crate) config: Arc<ServerConfig>,
    /// Whom clients have to trust.
    pub(crate) ca_file: PathBuf,
}

/// Takes the certificate that a folder keeps, or makes one if there is none or it ends soon.
pub(crate) fn keep_in(folder: &Path) -> Result<Kept, Error> {
    keep(folder, RealClock::default().now())
}

fn keep(folder: &Path, now: Timestamp) -> Result<Kept, Error> {
    let folder = std::path::absolute(folder).map_err(|error| unusable(folder, &error))?;
    let refused = |error: io::Error| unusable(&folder, &error);
    fs::create_dir_all(&folder).map_err(refused)?;
    let lock = File::create(folder.join(LOCK)).map_err(refused)?;
    lock.lock().map_err(refused)?; // given back when it is closed
    let (authority, server) = (folder.join(AUTHORITY), folder.join(SERVER));
    let there = authority.exists() && server.exists();
    if !there || ends_soon(&folder, now).map_err(|why| damaged(&folder, &why))? {
        make(&authority, &server, now).map_err(refused)?;
    }
    let config = config(&server).map_err(|why| damaged(&folder, &why))?;
    Ok(Kept {
        config: Arc::new(config),
        ca_file: authority,
    })
}

/// Tells whether a client that trusts the authority will soon refuse the leaf for its age. Fails with
/// the reason when it would refuse it for another.
fn ends_soon(folder: &Path, now: Timestamp) -> Result<bool, String> {
    let mut roots = RootCertStore::empty();
    let authority = read(&folder.join(AUTHORITY))?;
    roots
        .add(authority)
        .map_err(|why| because(AUTHORITY, why))?;
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|why| because(AUTHORITY, why))?;
    let leaf = read(&folder.join(SERVER))?;
    let then = later(now, LEFT).as_second().unsigned_abs();
    let then = UnixTime::since_unix_epoch(Duration::from_secs(then));
    for name in NAMES {
        let name = ServerName::try_from(name).expect("a name");
        match verifier.verify_server_cert(&leaf, &[], &name, &[], then) {
            Ok(_) => {}
            Err(TlsError::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            )) => return Ok(true),
            Err(why) => return Err(because(SERVER, why)),
        }
    }
    Ok(false)
}

fn read(file: &Path) -> Result<CertificateDer<'static>, String> {
    let name = file.file_name().unwrap_or_default().display();
    CertificateDer::from_pem_file(file).map_err(|why| because(name, why))
}

fn because(name: impl std::fmt::Display, why: impl std::fmt::Display) -> String {
    format!("`{name}`: {why}")
}

fn config(server: &Path) -> Result<ServerConfig, String> {
    let leaf = read(server)?;
    let key = PrivateKeyDer::from_pem_file(server).map_err(|why| because(SERVER, why))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![leaf], key)
        })
        .map_err(|why| because(SERVER, why))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Writes both anew. The old leaf goes first: halfway, there is none rather than a wrong one.
fn make(authority: &Path, server: &Path, now: Timestamp) -> io::Result<()> {
    let (ca, leaf) = sign(now).map_err(io::Error::other)?;
    if server.exists() {
        fs::remove_file(server)?;
    }
    write_whole(authority, ca.as_bytes(), Readers::Default)?;
    write_whole(server, leaf.as_bytes(), Readers::Owner)
}

/// Returns the authority's certificate, and the leaf with its key, as PEM.
fn sign(now: Timestamp) -> Result<(String, String), rcgen::Error> {
    let mut params = valid_from(now, CertificateParams::default());
    params
        .distinguished_name
        .push(DnType::CommonName, "Tenantry sandbox authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 32)),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(
                Ipv6Addr::LOCALHOST.into(),
                128,
            )),
        ],
        excluded_subtrees: Vec::new(),
    });
    let key = KeyPair::generate()?;
    let ca = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);

    let names = NAMES.map(str::to_owned).to_vec();
    let mut params = valid_from(now, CertificateParams::new(names)?);
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let leaf = params.signed_by(&key, &issuer)?.pem();
    Ok((ca, leaf + key.serialize_pem().as_str()))
}

fn valid_from(now: Timestamp, mut params: CertificateParams) -> CertificateParams {
    let day = |at: Timestamp| {
        let date = at.to_zoned(TimeZone::UTC).date();
        date_time_ymd(
            date.year().into(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    params.not_before = day(now.checked_sub(SKEW).unwrap_or(now));
    params.not_after = day(later(now, LIFETIME));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

fn unusable(folder: &Path, error: &io::Error) -> Error {
    let message = format!(
        "the sandbox cannot keep its certificate in `{}`: {error}",
        folder.display()
    );
    Error::new(Code::UsageState, message)
        .help("make the folder writable, or name a state file elsewhere with --state FILE")
}

fn damaged(folder: &Path, why: &str) -> Error {
    let message = format!(
        "the sandbox's certificate in `{}` is damaged: {why}",
        folder.display()
    );
    Error::new(Code::UsageState, message)
        .help("remove the folder: a new certificate is made, which clients have to trust anew")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(count: u64) -> Timestamp {
        let start = Timestamp::constant(1_772_442_000, 0);
        later(start, Duration::from_secs(count * DAY))
    }

    fn files(folder: &Path) -> [Vec<u8>; 2] {
        [AUTHORITY, SERVER].map(|name| fs::read(folder.join(name)).expect("a file"))
    }

    #[test]
    fn a_certificate_is_made_once_and_renewed_before_it_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("new").join("tls");
        let kept = keep(&inner, days(0)).expect("made");
        assert_eq!(kept.ca_file, inner.join(AUTHORITY));
        let first = files(&inner);
        for day in [0, 1, 768] {
            keep(&inner, days(day)).expect("kept");
            assert!(files(&inner) == first, "day {day}");
        }
        keep(&inner, days(771)).expect("renewed");
        let second = files(&inner);
        assert!(second[0] != first[0] && second[1] != first[1]);
        keep(&inner, days(772)).expect("kept");
        assert!(files(&inner) == second);
    }

    #[test]
    fn a_lost_half_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [AUTHORITY, SERVER] {
            keep(folder.path(), days(0)).expect("made");
            fs::remove_file(folder.path().join(name)).expect("removed");
            keep(folder.path(), days(0)).expect("made anew");
            assert_eq!(ends_soon(folder.path(), days(0)), Ok(false));
        }
    }

    #[test]
    fn damage_is_named_and_nothing_is_overwritten() {
        let other = tempfile::tempdir().expect("a folder");
        keep(other.path(), days(0)).expect("made");
        let [foreign, server] = files(other.path());
        let server = String::from_utf8(server).expect("text");
        let leaf = &server[..server.find("-----BEGIN PRIVATE").expect("a key")];
        let check = |name: &str, content: &[u8], says: &str| {
            let folder = tempfile::tempdir().expect("a folder");
            keep(folder.path(), days(0)).expect("made");
            fs::write(folder.path().join(name), content).expect("written");
            let before = files(folder.path());
            let error = keep(folder.path(), days(0)).expect_err(says);
            assert_eq!(error.code(), Code::UsageState);
            assert!(error.to_string().contains(says), "{error}");
            assert!(files(folder.path()) == before);
        };
        check(AUTHORITY, b"", "`ca.pem`: ");
        check(AUTHORITY, &foreign, "`server.pem`: ");
        check(SERVER, b"nonsense", "`server.pem`: ");
        check(SERVER, server.as_bytes(), "`server.pem`: ");
        let folder = tempfile::tempdir().expect("a folder");
        keep(folder.path(), days(0)).expect("made");
        let own = fs::read_to_string(folder.path().join(SERVER)).expect("a file");
        let own = &own[..own.find("-----BEGIN PRIVATE").expect("a key")];
        for content in [own.to_owned(), format!("{own}{}", &server[leaf.len()..])] {
            fs::write(folder.path().join(SERVER), content).expect("written");
            let error = keep(folder.path(), days(0)).expect_err("no key, or another's");
            assert!(error.to_string().contains("`server.pem`: "), "{error}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("written");
        let error = keep(&file, days(0)).expect_err("a file");
        assert_eq!(error.code(), Code::UsageState);
        assert!(error.to_string().contains("file`: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        keep(folder.path(), days(0)).expect("made");
        let mode = |name| {
            let data = fs::metadata(folder.path().join(name)).expect("a file");
            data.permissions().mode() & 0o777
        };
        assert_eq!((mode(AUTHORITY), mode(SERVER)), (0o644, 0o600));
    }
}
