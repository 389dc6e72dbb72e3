//! A file that becomes one for recipients of age (<https://age-encryption.org/v1>) while it is
//! written.
//!
//! With the feature `age` it is the `age` crate that writes it. Without, it is our own writer,
//! which needs no crate that is not linked anyway (docs/decisions/dependencies.md).

#[cfg(feature = "age")]
pub(super) use by_crate::Sealed;

#[cfg(not(feature = "age"))]
pub(super) use super::age_writer::Sealed;

#[cfg(feature = "age")]
mod by_crate {
    use std::io::{self, Write};

    use age::stream::StreamWriter;
    use age::x25519;

    use crate::cli::recipient::Recipient;

    /// What is written becomes a file for the recipients. It is one only after [`Sealed::finish`].
    pub(in crate::cli) struct Sealed<W: Write>(StreamWriter<W>);

    impl<W: Write> Sealed<W> {
        /// Writes the header.
        pub(in crate::cli) fn new(out: W, recipients: &[Recipient]) -> io::Result<Self> {
            let mut theirs: Vec<x25519::Recipient> = Vec::with_capacity(recipients.len());
            for recipient in recipients {
                // The crate panics at a key of low order.
                recipient.agree(|_, _| ())?;
                theirs.push(recipient.text().parse().map_err(io::Error::other)?);
            }
            let theirs = theirs.iter().map(|theirs| theirs as &dyn age::Recipient);
            let encryptor = age::Encryptor::with_recipients(theirs).map_err(io::Error::other)?;
            Ok(Self(encryptor.wrap_output(out)?))
        }

        /// Seals what is left, and gives back what was written to.
        pub(in crate::cli) fn finish(self) -> io::Result<W> {
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
}
