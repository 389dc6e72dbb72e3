//! The file of tokens. It has mode 0600 from its first moment.
//!
//! Until it is whole it has a temporary name. It never replaces another file.

use std::fs;
use std::io::{self, Read as _, Seek as _, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cli::age::Sealed;
use crate::cli::args::tokens::TokenForm;
use crate::cli::recipient::Recipient;
use crate::engine::{TokenFile, TokenFor, UnnamedFile};
use crate::report::csv_cell;

const CSV_HEAD: &str = "credential,key,login,token";

/// A file of tokens that is being written.
pub(super) struct NewTokenFile<'a> {
    folder: PathBuf,
    name: String,
    form: TokenForm,
    recipients: &'a [Recipient],
    open: Option<Open>,
}

enum Open {
    Plain(fs::File),
    Sealed(Box<Sealed<fs::File>>),
}

/// A new name for a batch.
pub(super) fn new_batch() -> String {
    uuid::Uuid::new_v4().to_string()
}

impl<'a> NewTokenFile<'a> {
    /// Prepares the file. A name that is taken is refused.
    pub(super) fn new(
        path: &Path,
        form: TokenForm,
        recipients: &'a [Recipient],
    ) -> io::Result<Self> {
        let unfit = || io::Error::new(io::ErrorKind::InvalidInput, "it is no name of a file");
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(unfit)?.to_owned();
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if fs::symlink_metadata(path).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if !fs::metadata(&folder)?.is_dir() {
            return Err(unfit());
        }
        Ok(Self {
            folder,
            name,
            form,
            recipients,
            open: None,
        })
    }

    /// The temporary path of a batch.
    fn part(&self, batch: &str) -> PathBuf {
        self.folder.join(format!("{}.{batch}.part", self.name))
    }

    /// Opens the file of a batch, if it is a plain file of this user's own that nobody else can
    /// read or write.
    ///
    /// The name proves nothing: whoever may write in the folder may have made it.
    fn open_part(&self, batch: &str) -> io::Result<Option<fs::File>> {
        // A link is not followed, and a pipe is not waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let opened = fs::OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(self.part(batch));
        let Ok(file) = opened else { return Ok(None) };
        Ok(is_own_and_private(&file.metadata()?).then_some(file))
    }

    /// Writes the folder's list of names to the disk.
    fn sync_folder(&self) -> io::Result<()> {
        fs::File::open(&self.folder)?.sync_all()
    }

    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        match &mut self.open {
            Some(Open::Plain(file)) => file.write_all(text),
            Some(Open::Sealed(sealed)) => sealed.write_all(text),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl TokenFile for NewTokenFile<'_> {
    fn unnamed(&self) -> io::Result<Vec<UnnamedFile>> {
        let mut batches = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let batch = name
                .to_str()
                .and_then(|name| name.strip_prefix(self.name.as_str()))
                .and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".part"))
                .filter(|batch| uuid::Uuid::try_parse(batch).is_ok());
            let Some(batch) = batch else { continue };
            if let Some(mut file) = self.open_part(batch)? {
                batches.push(UnnamedFile {
                    batch: batch.to_owned(),
                    digest: digest_of(&mut file)?,
                });
            }
        }
        Ok(batches)
    }

    fn discard(&mut self, batch: &str) -> io::Result<()> {
        if let Some(file) = self.open_part(batch)? {
            hold(&file)?;
            fs::remove_file(self.part(batch))?;
        }
        Ok(())
    }

    fn begin(&mut self, batch: &str) -> io::Result<()> {
        let file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.part(batch))?;
        // Some file systems have rights and owners of their own. There no token is made.
        if !is_own_and_private(&file.metadata()?) {
            fs::remove_file(self.part(batch))?;
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the folder's file system gives a new file to another user or lets others read it",
            ));
        }
        hold(&file)?;
        self.open = Some(if self.recipients.is_empty() {
            Open::Plain(file)
        } else {
            Open::Sealed(Box::new(Sealed::new(file, self.recipients)?))
        });
        match self.form {
            TokenForm::Csv => self.put(format!("{CSV_HEAD}\n").as_bytes()),
            TokenForm::Json => Ok(()),
        }
    }

    fn write(&mut self, line: &TokenFor<'_>) -> io::Result<()> {
        let text = line_of(line, self.form)?;
        self.put(text.as_bytes())
    }

    fn finish(&mut self) -> io::Result<String> {
        let mut file = match self.open.take() {
            Some(Open::Plain(file)) => file,
            Some(Open::Sealed(sealed)) => sealed.finish()?,
            None => return Err(io::ErrorKind::NotConnected.into()),
        };
        file.sync_all()?;
        let digest = digest_of(&mut file)?;
        // The lock is held until the file has its name.
        self.open = Some(Open::Plain(file));
        self.sync_folder()?;
        Ok(digest)
    }

    fn publish(&mut self, file: &UnnamedFile) -> io::Result<()> {
        let (part, path) = (self.part(&file.batch), self.folder.join(&self.name));
        let is_other = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not the file that was made", part.display()),
            )
        };
        let mut made = self.open_part(&file.batch)?.ok_or_else(is_other)?;
        if digest_of(&mut made)? != file.digest {
            return Err(is_other());
        }
        // A hard link never replaces a file, on every file system that has links.
        fs::hard_link(&part, &path).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!(
                    "the tokens are good, and their file could not get its name: it is {}; {error}",
                    part.display()
                ),
            )
        })?;
        // The name may have gone to another file meanwhile.
        let (named, made) = (fs::symlink_metadata(&path)?, made.metadata()?);
        if (named.dev(), named.ino()) != (made.dev(), made.ino()) {
            fs::remove_file(&path)?;
            return Err(is_other());
        }
        fs::remove_file(&part)?;
        self.sync_folder()
    }
}

/// Whether it is a plain file of this user's own that nobody else can read or write.
fn is_own_and_private(about: &fs::Metadata) -> bool {
    let is_own = about.uid() == rustix::process::geteuid().as_raw();
    about.is_file() && is_own && about.mode() & 0o077 == 0
}

/// The digest of a file, as the ledger has room for it: the first 160 bits of its SHA-256 in hex.
fn digest_of(file: &mut fs::File) -> io::Result<String> {
    use std::fmt::Write as _;
    const HEX_CHARS: usize = 40;
    file.rewind()?;
    let mut digest = Sha256::new();
    let mut some = Zeroizing::new(vec![0; 64 << 10]);
    loop {
        match file.read(&mut some) {
            Ok(0) => break,
            Ok(read) => digest.update(&some[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut hex = String::with_capacity(64);
    for byte in digest.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex.truncate(HEX_CHARS);
    Ok(hex)
}

/// Locks the temporary file as long as it is open.
///
/// A call for other columns may use the same name. It must not take this file for one of a dead
/// process.
fn hold(file: &fs::File) -> io::Result<()> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another call is writing a file of that name",
        )),
        other => other.map_err(io::Error::from),
    }
}

fn line_of(line: &TokenFor<'_>, form: TokenForm) -> io::Result<Zeroizing<String>> {
    let token = std::str::from_utf8(line.token.as_bytes())
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let key = line.key.to_ledger();
    // The text gets its whole room at once. A text that grows leaves copies of the token in freed
    // memory.
    let login = line.login.unwrap_or_default();
    let room = line.credential.len() + 2 * key.len() + 6 * login.len() + token.len() + 80;
    let mut text = Zeroizing::new(String::with_capacity(room));
    match form {
        TokenForm::Json => {
            let string = |text: &str| serde_json::Value::from(text).to_string();
            text.push_str("{\"credential\":");
            text.push_str(&string(line.credential));
            text.push_str(",\"key\":");
            text.push_str(&string(&key));
            text.push_str(",\"login\":");
            text.push_str(&line.login.map_or_else(|| "null".to_owned(), string));
            text.push_str(",\"token\":\"");
            text.push_str(token);
            text.push_str("\"}\n");
        }
        TokenForm::Csv => {
            for cell in [line.credential, &key, login] {
                text.push_str(&csv_cell(cell));
                text.push(',');
            }
            // A token has letters, digits, - and _ only, so it needs no quotes. A mark in front of
            // it would become part of it.
            text.push_str(token);
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::secret::Token;
    use crate::store::{Key, KeyPart};

    const BATCH: &str = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";

    fn line(file: &mut NewTokenFile<'_>, login: Option<&str>) {
        let key = Key(vec![KeyPart::Int(7), KeyPart::Text("a\"b".to_owned())]);
        let token = Token::new("-tok_en");
        let line = TokenFor {
            credential: "parents",
            key: &key,
            login,
            token: &token,
        };
        file.write(&line).expect("written");
    }

    fn write(path: &Path, form: TokenForm) -> String {
        let mut file = NewTokenFile::new(path, form, &[]).expect("a free name");
        file.begin(BATCH).expect("begun");
        line(&mut file, Some("=a,\"n"));
        line(&mut file, None);
        let mode = fs::metadata(file.part(BATCH))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert!(!path.exists(), "before it is whole it has no name");
        let unnamed = UnnamedFile {
            batch: BATCH.to_owned(),
            digest: file.finish().expect("on the disk"),
        };
        assert_eq!(
            file.unnamed().expect("listed"),
            std::slice::from_ref(&unnamed)
        );
        let mut other = NewTokenFile::new(path, form, &[]).expect("a free name");
        assert!(other.discard(BATCH).is_err(), "it is being written");
        file.publish(&unnamed).expect("named");
        assert!(file.unnamed().expect("listed").is_empty());
        fs::read_to_string(path).expect("readable")
    }

    #[test]
    fn a_line_is_an_object_or_a_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let json = write(&folder.path().join("a.jsonl"), TokenForm::Json);
        let lines: Vec<serde_json::Value> = json
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(
            lines[0],
            serde_json::json!({ "credential": "parents", "key": "[\"7\",\"a\\\"b\"]", "login": "=a,\"n", "token": "-tok_en" })
        );
        assert_eq!(lines[1]["login"], serde_json::Value::Null);
        assert_eq!(
            write(&folder.path().join("a.csv"), TokenForm::Csv),
            "credential,key,login,token\n\
             parents,\"[\"\"7\"\",\"\"a\\\"\"b\"\"]\",\"'=a,\"\"n\",-tok_en\n\
             parents,\"[\"\"7\"\",\"\"a\\\"\"b\"\"]\",,-tok_en\n"
        );
    }

    #[test]
    fn what_somebody_else_put_there_is_neither_read_nor_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let mut file = NewTokenFile::new(&path, TokenForm::Json, &[]).expect("a free name");
        let part = file.part(BATCH);
        let absent = || fs::remove_file(&part).expect("removed");
        // A pipe, a link, a file that others may read or write.
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &part,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .expect("a pipe");
        assert!(file.unnamed().expect("listed").is_empty());
        file.discard(BATCH).expect("nothing of ours");
        absent();
        let foreign = folder.path().join("foreign");
        fs::write(&foreign, "foreign").expect("written");
        fs::set_permissions(&foreign, fs::Permissions::from_mode(0o600)).expect("set");
        std::os::unix::fs::symlink(&foreign, &part).expect("made");
        assert!(file.unnamed().expect("listed").is_empty());
        absent();
        fs::write(&part, "foreign").expect("written");
        fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).expect("set");
        assert!(file.unnamed().expect("listed").is_empty());
        absent();
        // One in the place of ours has another digest.
        file.begin(BATCH).expect("begun");
        let unnamed = UnnamedFile {
            batch: BATCH.to_owned(),
            digest: file.finish().expect("on the disk"),
        };
        absent();
        fs::write(&part, "foreign").expect("written");
        fs::set_permissions(&part, fs::Permissions::from_mode(0o600)).expect("set");
        assert!(file.publish(&unnamed).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn a_name_that_is_taken_is_refused_at_the_beginning_and_at_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let mut file = NewTokenFile::new(&path, TokenForm::Json, &[]).expect("a free name");
        file.begin(BATCH).expect("begun");
        let unnamed = UnnamedFile {
            batch: BATCH.to_owned(),
            digest: file.finish().expect("on the disk"),
        };
        fs::write(&path, "precious").expect("written");
        let error = file.publish(&unnamed).expect_err("it is taken");
        assert!(error.to_string().contains(BATCH), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("there"), "precious");
        assert!(NewTokenFile::new(&path, TokenForm::Json, &[]).is_err());
        assert!(NewTokenFile::new(&folder.path().join("none/a"), TokenForm::Json, &[]).is_err());
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).expect("made");
        assert!(NewTokenFile::new(&folder.path().join("link"), TokenForm::Json, &[]).is_err());
    }
}
