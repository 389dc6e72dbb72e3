//! A file that becomes one for recipients of age (<https://age-encryption.org/v1>) while it is
//! written. The format and its cryptography are the `age` crate's.

use std::io::{self, Write};

use age::stream::StreamWriter;
use age::x25519;

use super::recipient::Recipient;

/// What is written becomes a file for the recipients. It is one only after [`Sealed::finish`].
pub(super) struct Sealed<W: Write>(StreamWriter<W>);

impl<W: Write> Sealed<W> {
    /// Writes the header.
    pub(super) fn new(out: W, recipients: &[Recipient]) -> io::Result<Self> {
        let mut theirs: Vec<x25519::Recipient> = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            // The crate panics at a key of low order.
            recipient.refuse_low_order()?;
            theirs.push(recipient.text().parse().map_err(io::Error::other)?);
        }
        let theirs = theirs.iter().map(|theirs| theirs as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(theirs).map_err(io::Error::other)?;
        Ok(Self(encryptor.wrap_output(out)?))
    }

    /// Seals what is left, and gives back what was written to.
    pub(super) fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_written_is_decrypted_by_the_age_crate() {
        const CHUNK_BYTES: usize = 64 << 10;
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().expect("its own");
        for bytes in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let text = vec![b'x'; bytes];
            let mut sealed = Sealed::new(Vec::new(), std::slice::from_ref(&recipient))
                .expect("a good recipient");
            sealed.write_all(&text).expect("a Vec takes all");
            let file = sealed.finish().expect("a Vec takes all");
            let decryptor = age::Decryptor::new(&file[..]).expect("a header");
            let identities = std::iter::once(&identity as &dyn age::Identity);
            let mut reader = decryptor.decrypt(identities).expect("its recipient");
            let mut read = Vec::new();
            reader.read_to_end(&mut read).expect("every chunk is whole");
            assert_eq!(read, text);
        }
    }
}
