//! Whom an encrypted connection trusts: the certificates of the profile's own file first, the
//! system's when those do not fit. Nothing is read before the first handshake needs it, since reading
//! the system's certificates costs more than a whole call.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
    SignatureScheme,
};

use crate::error::{Code, Error};

/// Returns a configuration that trusts nobody, for connections that are not encrypted.
pub(crate) fn trusting_nobody() -> Result<ClientConfig, Error> {
    Ok(builder(&Arc::new(ring::default_provider()))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// Returns a configuration that trusts a profile's own certificates and the system's.
pub(crate) fn trusting(own: Option<&Own>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let roots = Roots {
        provider: Arc::clone(&provider),
        own: own.cloned(),
        system: OnceLock::new(),
    };
    let mut config = builder(&provider)?
        .dangerous() // the verifier below verifies in full; it only reads its roots late
        .with_custom_certificate_verifier(Arc::new(roots))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: &Arc<CryptoProvider>) -> Result<Builder, Error> {
    ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(|reason| Error::new(Code::HttpTls, reason.to_string()))
}

/// The certificates that a profile trusts.
pub(crate) type Own = Arc<WebPkiServerVerifier>;

/// Reads the certificates that a profile trusts.
pub(crate) fn own(path: &Path) -> Result<Own, Error> {
    let wrong = |why: String| {
        Error::new(
            Code::UsageFile,
            format!(
                "the certificates in `{}` cannot be used: {why}",
                path.display()
            ),
        )
        .help("give a file of PEM certificates as TENANTRY_CA_FILE")
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| wrong(e.to_string()))? {
        let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there are none".to_owned()));
    }
    verifier(roots, &Arc::new(ring::default_provider())).map_err(wrong)
}

fn verifier(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|reason| reason.to_string())
}

/// Trusts the profile's own certificates and the system's.
#[derive(Debug)]
struct Roots {
    provider: Arc<CryptoProvider>,
    own: Option<Own>,
    system: OnceLock<Result<Arc<WebPkiServerVerifier>, String>>,
}

impl Roots {
    fn system(&self) -> Result<&Arc<WebPkiServerVerifier>, TlsError> {
        let read = || {
            let found = rustls_native_certs::load_native_certs();
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(found.certs);
            verifier(roots, &self.provider)
                .map_err(|why| format!("the system's certificates cannot be used: {why}"))
        };
        self.system
            .get_or_init(read)
            .as_ref()
            .map_err(|why| TlsError::General(why.clone()))
    }
}

impl ServerCertVerifier for Roots {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if let Some(own) = &self.own {
            match own.verify_server_cert(leaf, chain, name, ocsp, now) {
                Err(TlsError::InvalidCertificate(CertificateError::UnknownIssuer)) => {}
                verdict => return verdict,
            }
        }
        self.system()?
            .verify_server_cert(leaf, chain, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
