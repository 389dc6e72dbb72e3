//! An expression as code of a platform's language.

use super::formula::{SaltFrom, expression_of};
use super::language::ReaderLanguage;
use crate::scheme::expression::{Algorithm, Encoding, Expression, Node, Output, TextChange};
use crate::scheme::value::InnerId;

use ReaderLanguage::{MySql, Node as Js, Php, Postgres, Python, Ruby};

/// One label's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderLine {
    /// The whole line, as it stands in a page's table of labels.
    pub line: String,
    /// The code that makes the inner text.
    pub code: String,
    /// What it needs beside the password, by the names in the code.
    pub needs: Vec<&'static str>,
}

/// A piece of code, and what it gives.
struct Code {
    text: String,
    /// Whether it gives text, which JavaScript and SQL keep apart from bytes.
    is: Gives,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Text,
    Bytes,
}

/// Whoever writes one expression.
struct LineWriter {
    language: ReaderLanguage,
    salt_from: SaltFrom,
    needs: Vec<&'static str>,
}

/// The line of a label; none where the language can't say it in one line, or where no expression
/// says it.
pub fn reader_line(language: ReaderLanguage, label: &InnerId) -> Option<ReaderLine> {
    let (base, is_long) = match label.short() {
        Some(base) => (base, true),
        None => (*label, false),
    };
    let mut writer = LineWriter {
        language,
        salt_from: SaltFrom::Row,
        needs: Vec::new(),
    };
    let code = if base == InnerId::SHA384_B64 {
        let password = Code {
            text: language.inputs()[0].to_owned(),
            is: Gives::Text,
        };
        long(language, &password)?
    } else {
        let (expression, from) = expression_of(&base)?;
        writer.salt_from = from;
        let text = writer.hex_text(&expression)?;
        if is_long {
            long(language, &text)?
        } else {
            text.text
        }
    };
    let needs = writer.needs;
    Some(ReaderLine {
        line: line(language, label.as_str(), (&code, &needs)),
        code,
        needs,
    })
}

/// The line around the code.
fn line(language: ReaderLanguage, label: &str, (code, needs): (&str, &[&str])) -> String {
    let arguments = [&["password"], needs].concat().join(", ");
    match language {
        Php => format!("'{label}' => {code},"),
        // A function of the password alone needs no other around it.
        Python => match code.strip_suffix("(password)") {
            Some(function) if function.matches('(').count() == 1 => {
                format!("\"{label}\": {function},")
            }
            _ => format!("\"{label}\": lambda {arguments}: {code},"),
        },
        Ruby => format!("'{label}' => ->({arguments}) {{ {code} }},"),
        Js => {
            let key = if label.contains('-') {
                format!("'{label}'")
            } else {
                label.to_owned()
            };
            match code.strip_suffix("(password)") {
                Some(function) if function.matches('(').count() == 1 => {
                    format!("{key}: {function},")
                }
                _ => format!("{key}: ({arguments}) => {code},"),
            }
        }
        Postgres | MySql => format!("WHEN '{label}' THEN {code}"),
    }
}

/// Base64 without padding of the SHA-384: the way of a text that bcrypt can't take.
fn long(language: ReaderLanguage, of: &Code) -> Option<String> {
    let text = &of.text;
    Some(match language {
        Php => format!("rtrim(base64_encode(hash('sha384', {text}, true)), '=')"),
        Python => format!("base64.b64encode(hashlib.sha384({text}).digest()).rstrip(b\"=\")"),
        Ruby => format!("[Digest::SHA384.digest({text})].pack('m0').delete('=')"),
        Js => format!("createHash('sha384').update({text}).digest('base64').replace(/=+$/, '')"),
        Postgres => format!(
            "rtrim(translate(encode(sha384(convert_to({text}, 'UTF8')), 'base64'), chr(10), ''), '=')"
        ),
        MySql => format!("TRIM(TRAILING '=' FROM TO_BASE64(UNHEX(SHA2({text}, 384))))"),
    })
}

impl LineWriter {
    /// The digest in lowercase hex, as it goes into the outer hash.
    fn hex_text(&mut self, expression: &Expression) -> Option<Code> {
        match (&expression.output, &expression.root) {
            (
                Output::Hex(_),
                Node::Hash {
                    encoding: Encoding::Hex,
                    ..
                }
                | Node::Hmac {
                    encoding: Encoding::Hex,
                    ..
                },
            ) => self.code(&expression.root),
            (Output::Bytes(_), root) => self.in_hex(root),
            (
                Output::Base64(_),
                Node::Change {
                    change: TextChange::Base64,
                    input,
                },
            ) => self.in_hex(input),
            _ => None,
        }
    }

    /// Bytes in hex.
    fn in_hex(&mut self, node: &Node) -> Option<Code> {
        match node {
            Node::Hash {
                algorithm, input, ..
            } => {
                let input = self.code(input)?;
                self.digest(*algorithm, Encoding::Hex, &input)
            }
            _ => None,
        }
    }

    fn code(&mut self, node: &Node) -> Option<Code> {
        let text = |text: String| {
            Some(Code {
                text,
                is: Gives::Text,
            })
        };
        match node {
            Node::Pass => text(self.language.inputs()[0].to_owned()),
            Node::Salt if self.salt_from == SaltFrom::Setting => self.input(5),
            Node::Salt => self.input(1),
            Node::Salt2 => self.input(2),
            Node::Username => self.input(3),
            Node::UserId => self.input(4),
            Node::Literal(literal) => text(self.literal(literal)?),
            Node::Concat(terms) => self.joined(terms),
            Node::Hash {
                algorithm,
                encoding,
                input,
            } => {
                let input = self.code(input)?;
                self.digest(*algorithm, *encoding, &input)
            }
            Node::Hmac {
                algorithm,
                encoding,
                key,
                data,
            } => {
                let (key, data) = (self.code(key)?, self.code(data)?);
                self.hmac((*algorithm, *encoding), (&key.text, &data.text))
            }
            Node::Change { change, input } => {
                let input = self.code(input)?;
                self.change(*change, &input)
            }
            // They take more than a line, or more than these languages bring along.
            Node::It | Node::Site(_) | Node::Cut { .. } | Node::Repeat { .. } => None,
        }
    }

    fn input(&mut self, number: usize) -> Option<Code> {
        let name = self.language.inputs()[number];
        if !self.needs.contains(&name) {
            self.needs.push(name);
        }
        Some(Code {
            text: name.to_owned(),
            is: Gives::Text,
        })
    }

    fn literal(&self, literal: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(literal).ok()?;
        let plain = text
            .chars()
            .all(|c| c.is_ascii_graphic() && !['\'', '"', '\\', '#'].contains(&c) || c == ' ');
        plain.then(|| match self.language {
            Python => format!("b\"{text}\""),
            _ => format!("'{text}'"),
        })
    }

    fn joined(&mut self, terms: &[Node]) -> Option<Code> {
        let terms: Vec<Code> = terms
            .iter()
            .map(|term| self.code(term))
            .collect::<Option<_>>()?;
        let has_bytes = terms.iter().any(|term| term.is == Gives::Bytes);
        let texts: Vec<&str> = terms.iter().map(|term| term.text.as_str()).collect();
        let text = match self.language {
            Php => texts.join(" . "),
            Python | Ruby => texts.join(" + "),
            Js if has_bytes => {
                let parts: Vec<String> = texts
                    .iter()
                    .map(|text| format!("Buffer.from({text})"))
                    .collect();
                format!("Buffer.concat([{}])", parts.join(", "))
            }
            Js => texts.join(" + "),
            Postgres | MySql if has_bytes => return None,
            Postgres => texts.join(" || "),
            MySql => format!("CONCAT({})", texts.join(", ")),
        };
        Some(Code {
            text,
            is: if has_bytes { Gives::Bytes } else { Gives::Text },
        })
    }

    fn digest(&self, algorithm: Algorithm, encoding: Encoding, of: &Code) -> Option<Code> {
        let input = &of.text;
        let name = self.name_of(algorithm)?;
        let text = match (self.language, encoding) {
            (Php, Encoding::Hex) if matches!(name, "md5" | "sha1") => format!("{name}({input})"),
            (Php, Encoding::Hex) => format!("hash('{name}', {input})"),
            (Php, Encoding::Bytes) => format!("hash('{name}', {input}, true)"),
            (Python, Encoding::Hex) => format!("hexed(\"{name}\")({input})"),
            (Python, Encoding::Bytes) => {
                format!("hashlib.new(\"{name}\", {input}).digest()")
            }
            (Ruby, Encoding::Hex) => format!("{name}.hexdigest({input})"),
            (Ruby, Encoding::Bytes) => format!("{name}.digest({input})"),
            (Js, Encoding::Hex) => format!("hex('{name}')({input})"),
            (Js, Encoding::Bytes) => format!("createHash('{name}').update({input}).digest()"),
            (Postgres, Encoding::Hex) if of.is == Gives::Text => match name {
                "md5" => format!("md5({input})"),
                // Its name in pgcrypto; the others are the server's own.
                "sha1" => format!("encode(digest({input}, 'sha1'), 'hex')"),
                _ => format!("encode({name}(convert_to({input}, 'UTF8')), 'hex')"),
            },
            (MySql, Encoding::Hex) if of.is == Gives::Text => match name.strip_prefix("sha") {
                Some(bits) if bits != "1" => format!("SHA2({input}, {bits})"),
                _ => format!("{}({input})", name.to_uppercase()),
            },
            (Postgres | MySql, _) => return None,
        };
        Some(Code {
            text,
            is: match encoding {
                Encoding::Hex => Gives::Text,
                Encoding::Bytes => Gives::Bytes,
            },
        })
    }

    fn hmac(
        &self,
        (algorithm, encoding): (Algorithm, Encoding),
        (key, data): (&str, &str),
    ) -> Option<Code> {
        if encoding == Encoding::Bytes {
            return None;
        }
        let name = self.name_of(algorithm)?;
        let text = match self.language {
            Php => format!("hash_hmac('{name}', {data}, {key})"),
            Python => format!("hmac.new({key}, {data}, \"{name}\").hexdigest().encode()"),
            Ruby => format!(
                "OpenSSL::HMAC.hexdigest('{}', {key}, {data})",
                name.rsplit(':').next()?
            ),
            Js => format!("createHmac('{name}', {key}).update({data}).digest('hex')"),
            Postgres => format!("encode(hmac({data}, {key}, '{name}'), 'hex')"),
            MySql => return None,
        };
        Some(Code {
            text,
            is: Gives::Text,
        })
    }

    fn change(&self, change: TextChange, of: &Code) -> Option<Code> {
        let input = &of.text;
        let text = match (change, self.language) {
            (TextChange::Upper, Php) => format!("mb_strtoupper({input}, 'UTF-8')"),
            (TextChange::Upper, Python) => format!("{input}.decode().upper().encode()"),
            (TextChange::Upper, Ruby) => format!("{input}.upcase"),
            (TextChange::Upper, Js) => format!("{input}.toUpperCase()"),
            (TextChange::Lower, Php) => format!("mb_strtolower({input}, 'UTF-8')"),
            (TextChange::Lower, Python) => format!("{input}.decode().lower().encode()"),
            (TextChange::Lower, Ruby) => format!("{input}.downcase"),
            (TextChange::Lower, Js) => format!("{input}.toLowerCase()"),
            (TextChange::Upper, Postgres) => format!("upper({input})"),
            (TextChange::Lower, Postgres) => format!("lower({input})"),
            (TextChange::Upper, MySql) => format!("UPPER({input})"),
            (TextChange::Lower, MySql) => format!("LOWER({input})"),
            (TextChange::Utf16le, Php) => {
                format!("mb_convert_encoding({input}, 'UTF-16LE', 'UTF-8')")
            }
            (TextChange::Utf16le, Python) => format!("{input}.decode().encode(\"utf-16-le\")"),
            (TextChange::Utf16le, Ruby) => format!("{input}.encode('UTF-16LE').b"),
            (TextChange::Utf16le, Js) => format!("Buffer.from({input}, 'utf16le')"),
            _ => return None,
        };
        Some(Code {
            text,
            is: match change {
                TextChange::Utf16le => Gives::Bytes,
                _ => Gives::Text,
            },
        })
    }

    /// The hash function's name where every installation of the language has it.
    fn name_of(&self, algorithm: Algorithm) -> Option<&'static str> {
        use Algorithm as A;
        Some(match (self.language, algorithm) {
            (Php | Python | Js | Postgres | MySql, A::Md5) => "md5",
            (Php | Python | Js | Postgres | MySql, A::Sha1) => "sha1",
            (Php | Python | Js | Postgres | MySql, A::Sha224) => "sha224",
            (Php | Python | Js | Postgres | MySql, A::Sha256) => "sha256",
            (Php | Python | Js | Postgres | MySql, A::Sha384) => "sha384",
            (Php | Python | Js | Postgres | MySql, A::Sha512) => "sha512",
            (Php, A::Md4) => "md4",
            (Php, A::Ripemd160) => "ripemd160",
            (Php, A::Whirlpool) => "whirlpool",
            (Php, A::Sha3_224) | (Js, A::Sha3_224) => "sha3-224",
            (Php, A::Sha3_256) | (Js, A::Sha3_256) => "sha3-256",
            (Php, A::Sha3_384) | (Js, A::Sha3_384) => "sha3-384",
            (Php, A::Sha3_512) | (Js, A::Sha3_512) => "sha3-512",
            (Python, A::Sha3_224) => "sha3_224",
            (Python, A::Sha3_256) => "sha3_256",
            (Python, A::Sha3_384) => "sha3_384",
            (Python, A::Sha3_512) => "sha3_512",
            (Python, A::Blake2b512) => "blake2b",
            (Python, A::Blake2s256) => "blake2s",
            (Js, A::Blake2b512) => "blake2b512",
            (Js, A::Blake2s256) => "blake2s256",
            (Ruby, A::Md5) => "Digest::MD5",
            (Ruby, A::Sha1) => "Digest::SHA1",
            (Ruby, A::Sha256) => "Digest::SHA256",
            (Ruby, A::Sha384) => "Digest::SHA384",
            (Ruby, A::Sha512) => "Digest::SHA512",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: ReaderLanguage, label: &str, line: &str) {
        let label = InnerId::parse(label).unwrap();
        let made = reader_line(language, &label).unwrap();
        assert_eq!(made.line, line);
    }

    #[test]
    fn a_line_is_the_expression_in_the_pages_words() {
        check(Php, "md5", "'md5' => md5($password),");
        check(
            Php,
            "sha1-s-sha1",
            "'sha1-s-sha1' => sha1($salt . sha1($password)),",
        );
        check(Python, "md5", "\"md5\": hexed(\"md5\"),");
        check(
            Python,
            "md5-md5",
            "\"md5-md5\": lambda password: hexed(\"md5\")(hexed(\"md5\")(password)),",
        );
        check(
            Ruby,
            "md5-ps",
            "'md5-ps' => ->(password, salt) { Digest::MD5.hexdigest(password + salt) },",
        );
        check(
            Js,
            "md5-md5",
            "'md5-md5': (password) => hex('md5')(hex('md5')(password)),",
        );
        check(
            Postgres,
            "sha256",
            "WHEN 'sha256' THEN encode(sha256(convert_to(:password, 'UTF8')), 'hex')",
        );
        check(
            MySql,
            "md5-sp",
            "WHEN 'md5-sp' THEN MD5(CONCAT(:salt, :password))",
        );
        check(
            Php,
            "mw-b",
            "'mw-b' => md5($setting . '-' . md5($password)),",
        );
    }

    #[test]
    fn what_takes_more_than_a_line_has_none() {
        for label in ["authlogic", "phpass", "sha512crypt"] {
            let label = InnerId::parse(label).unwrap();
            assert_eq!(reader_line(Php, &label), None, "{label}");
        }
    }
}
