//! TLS to the database, as libpq's `sslmode` has it.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How far a server is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Whoever answers: nobody listens in, but who answers may be anybody.
    Anybody,
    /// Who has a certificate from one of these authorities, whatever name is in it.
    Chain(String),
    /// Who has a certificate from one of these authorities for the host's name.
    ChainAndName(String),
}

/// How connections are encrypted, once certificates are read.
#[derive(Clone)]
pub struct Tls(MakeRustlsConnect);

impl Tls {
    /// Reads the authorities' certificates. Without trust no connection is encrypted, and none are read.
    ///
    /// # Errors
    /// When there are none, or they can't be read.
    pub fn new(trust: Option<Trust>) -> Result<Self, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous();
        let verifier: Arc<dyn ServerCertVerifier> = match trust {
            None | Some(Trust::Anybody) => Arc::new(Lenient { authorities: None, provider }),
            Some(Trust::Chain(from)) => {
                Arc::new(Lenient { authorities: Some(authorities(&from, provider.clone())?), provider })
            }
            Some(Trust::ChainAndName(from)) => authorities(&from, provider)?,
        };
        Ok(Self(MakeRustlsConnect::new(builder.with_custom_certificate_verifier(verifier).with_no_client_auth())))
    }

    /// What the driver makes connections with.
    #[must_use]
    pub fn connector(&self) -> MakeRustlsConnect {
        self.0.clone()
    }
}

fn authorities(from: &str, provider: Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut roots = RootCertStore::empty();
    if from == "system" {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        let certificates = CertificateDer::pem_file_iter(from).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let certificates = certificates.map_err(|error| format!("sslrootcert ({from}): {error}"))?;
        roots.add_parsable_certificates(certificates);
    }
    if roots.is_empty() {
        return Err(format!("sslrootcert ({from}): there is no certificate"));
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(|error| error.to_string())
}

/// What libpq looks at less closely than a browser would: with authorities, the chain and no name (`verify-ca`); without
/// them, nothing (`prefer` and `require`).
#[derive(Debug)]
struct Lenient {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Lenient {
    /// Whoever answers is believed: that they hold the key of a certificate which nobody vouches for says nothing, and the
    /// certificate may be of a kind that can't be read, such as one of version 1.
    const fn believes_anybody(&self) -> bool {
        self.authorities.is_none()
    }
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(authorities) = &self.authorities else { return Ok(ServerCertVerified::assertion()) };
        match authorities.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.believes_anybody() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.believes_anybody() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
