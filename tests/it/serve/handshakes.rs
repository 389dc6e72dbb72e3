//! Handshakes of TLS that are begun and never finished.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, Stream,
};

use super::places::{TOKEN, address, config, make_certificate, write};
use super::*;

/// Takes every certificate: it is not what is tried here.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = default_provider();
        provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// A client that has begun a handshake and has the server's answer before it.
struct Begun {
    tls: ClientConnection,
    stream: TcpStream,
}

impl Begun {
    fn at(port: &str) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate))
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut tls = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = connected(port);
        tls.write_tls(&mut stream).unwrap();
        assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
        Self { tls, stream }
    }

    /// Finishes the handshake, if it isn't, and asks with the token.
    fn hash(&mut self) -> String {
        let body = "{\"password\":\"a new one\"}";
        let mut stream = Stream::new(&mut self.tls, &mut self.stream);
        write!(
            stream,
            "POST /v1/hash HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn connected(port: &str) -> TcpStream {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

/// Waits until the server has closed it.
fn await_end(stream: &mut TcpStream) {
    // An end or a reset.
    while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
}

/// A sidecar with TLS in which nothing ends by its time, and its port.
fn started(saltern: &Saltern) -> (Sidecar, String) {
    let folder = saltern.folder();
    write(folder, "token", TOKEN, 0o600);
    make_certificate(folder);
    let serve = format!(
        "{UNLIMITED}listen = \"0.0.0.0:0\"\ntoken_file = \"token\"\ntls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"\nrequest_seconds = 60\n"
    );
    let sidecar = Sidecar::start(saltern, &config(), &serve);
    let port = address(&sidecar).rsplit(':').next().unwrap().to_owned();
    (sidecar, port)
}

#[test]
fn two_hundred_handshakes_at_once_are_all_finished() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let (_sidecar, port) = started(&saltern);
    // All have begun before the first goes on.
    let mut begun: Vec<Begun> = (0..200).map(|_| Begun::at(&port)).collect();
    for client in &mut begun {
        assert_eq!(client.hash(), "HTTP/1.1 200");
        // The token's places are fewer.
        client.stream.shutdown(std::net::Shutdown::Both).unwrap();
    }
}

#[test]
fn who_never_finishes_a_handshake_puts_out_nobody_who_does() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let (_sidecar, port) = started(&saltern);
    let mut known = Begun::at(&port);
    assert_eq!(known.hash(), "HTTP/1.1 200");
    // A crowd that says nothing puts out its own and no handshake.
    let mut handshake = Begun::at(&port);
    let mut silent: Vec<TcpStream> = (0..2 * 256).map(|_| connected(&port)).collect();
    await_end(&mut silent[0]);
    await_end(&mut silent[255]);
    assert_eq!(handshake.hash(), "HTTP/1.1 200");
    silent.drain(..256);
    // A crowd of handshakes puts out its own after a second, and nobody who has finished one.
    let mut begun: Vec<Begun> = (0..256 + 64).map(|_| Begun::at(&port)).collect();
    await_end(&mut begun[0].stream);
    await_end(&mut begun[63].stream);
    let mut another = Begun::at(&port);
    assert_eq!(another.hash(), "HTTP/1.1 200");
    drop(silent);
}
