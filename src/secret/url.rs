//! The URL of a database, which may hold a password.
//!
//! It is parsed only as far as needed to show it without its secrets. The driver parses it in full.

use std::fmt;

use zeroize::Zeroizing;

use super::url_error::UrlError;
use super::url_spelling::canonical;

/// A database URL, shown only as [`DatabaseUrl::redacted`].
#[derive(Clone)]
pub struct DatabaseUrl {
    text: Zeroizing<String>,
}

/// The parameters of a query that are shown. The value of every other parameter is hidden.
const SHOWN_PARAMETERS: [&str; 12] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-ca",
    "host",
    "port",
    "dbname",
    "charset",
    "collation",
    "socket",
    "mode",
    "cache",
];

impl DatabaseUrl {
    /// Checks a URL, and puts it into the spelling of the drivers here. Whether the database exists
    /// is not looked at.
    ///
    /// # Errors
    /// Where it is no URL of a supported database.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Self {
            text: canonical(text)?,
        };
        if url.scheme() != "sqlite" {
            if url.text.contains(' ') {
                return Err(UrlError::BadCharacter);
            }
            let parts = UrlParts::of(url.rest());
            if parts.host.contains(',') {
                return Err(UrlError::SeveralHosts);
            }
            // A password with a bare `/` moves the `@` into the path. Then the password could be
            // shown as a part of the host, so the URL is refused.
            if !parts.authority_is_plain() || parts.path.contains('@') {
                return Err(UrlError::BadAuthority);
            }
        }
        Ok(url)
    }

    /// The URL as it is. Only the driver may get it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Which database: `postgres`, `postgresql`, `mysql`, `mariadb` or `sqlite`.
    pub fn scheme(&self) -> &str {
        self.text.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// Whether the URL itself holds a password.
    pub fn has_password(&self) -> bool {
        let parts = UrlParts::of(self.rest());
        self.scheme() != "sqlite"
            && (parts.user_info.is_some_and(|info| info.contains(':'))
                || parts.parameters().any(|(name, _)| {
                    name.eq_ignore_ascii_case("password")
                        || name.eq_ignore_ascii_case("sslpassword")
                }))
    }

    /// The URL for people: without the password. A parameter that is not known to be harmless is
    /// shown without its name and value.
    pub fn redacted(&self) -> String {
        if self.scheme() == "sqlite" {
            return self.text.split('?').next().unwrap_or_default().to_owned();
        }
        let parts = UrlParts::of(self.rest());
        let mut shown = format!("{}://", self.scheme());
        if let Some(info) = parts.user_info {
            match info.split_once(':') {
                Some((user, _)) => shown.extend([user, ":***@"]),
                None => shown.extend([info, "@"]),
            }
        }
        shown.extend([parts.host, parts.path]);
        for (n, (name, value)) in parts.parameters().enumerate() {
            let known = SHOWN_PARAMETERS.contains(&name);
            shown.push(if n == 0 { '?' } else { '&' });
            shown.extend(if known {
                [name, "=", value]
            } else {
                ["…", "=", "***"]
            });
        }
        shown
    }

    /// The text behind `scheme://`.
    fn rest(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, rest)| rest)
    }
}

/// Blind: the redacted form must be asked for.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(..)")
    }
}

/// The parts of the text behind `scheme://`.
struct UrlParts<'a> {
    user_info: Option<&'a str>,
    host: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> UrlParts<'a> {
    fn of(rest: &'a str) -> Self {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (user_info, host) = match authority.rsplit_once('@') {
            Some((info, host)) => (Some(info), host),
            None => (None, authority),
        };
        let tail = tail.split('#').next().unwrap_or_default();
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        Self {
            user_info,
            host,
            path,
            query,
        }
    }

    /// Whether the host is a name, an address in brackets or nothing, and its port a number.
    fn authority_is_plain(&self) -> bool {
        let (name, port) = match self.host.strip_prefix('[') {
            Some(inner) => match inner.split_once(']') {
                Some((name, port)) => (name, port.strip_prefix(':').unwrap_or(port)),
                None => return false,
            },
            None => self.host.split_once(':').unwrap_or((self.host, "")),
        };
        !name.contains(['@', '(', ')', '=']) && (port.is_empty() || port.parse::<u16>().is_ok())
    }

    fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or(("", pair)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, redacted: &str) {
        let parsed = DatabaseUrl::parse(url).expect(url);
        assert_eq!(parsed.redacted(), redacted);
        assert_eq!(parsed.expose(), url);
        assert_eq!(format!("{parsed:?}"), "DatabaseUrl(..)");
    }

    #[test]
    fn redacting_hides_the_password_and_keeps_the_rest() {
        check(
            "postgres://app:s3cret@db.example:5432/shop",
            "postgres://app:***@db.example:5432/shop",
        );
        check("mysql://app@[::1]:3306/shop", "mysql://app@[::1]:3306/shop");
        check("mysql://a:b%40c@h/shop", "mysql://a:***@h/shop");
        check("mysql://a:b@c@h/shop", "mysql://a:***@h/shop");
    }

    #[test]
    fn redacting_hides_every_parameter_that_is_not_known_to_be_harmless() {
        check(
            "postgres://h/db?sslmode=require&password=s3cret&options=x",
            "postgres://h/db?sslmode=require&…=***&…=***",
        );
        check("postgres:///db?s3cret@h", "postgres:///db?…=***");
        check("sqlite:/tmp/a b.db?key=s3cret", "sqlite:/tmp/a b.db");
    }

    #[test]
    fn has_password_looks_at_the_user_and_at_the_query() {
        let has = |url| DatabaseUrl::parse(url).expect("a good URL").has_password();
        assert!(has("postgres://u:p@h/db"));
        assert!(has("postgres://h/db?user=u&password=p"));
        assert!(!has("postgres://u@h/db?sslmode=require"));
        assert!(!has("sqlite://a:b@c.db"));
    }

    #[test]
    fn a_password_that_breaks_the_url_is_refused_and_not_shown() {
        for url in [
            "postgres://u:zq/xw@h/db",
            "postgres://u:zq#xw@h/db",
            "postgres://u:zq?xw@h/db",
        ] {
            let error = DatabaseUrl::parse(url).expect_err(url);
            assert_eq!(error, UrlError::BadAuthority);
            assert!(!error.to_string().contains("zq"), "{error}");
        }
    }

    #[test]
    fn what_is_no_database_url_is_refused() {
        assert_eq!(DatabaseUrl::parse("shop").err(), Some(UrlError::NoScheme));
        assert_eq!(
            DatabaseUrl::parse("http://h/").err(),
            Some(UrlError::UnknownScheme)
        );
        assert_eq!(
            DatabaseUrl::parse("mysql://h/\u{1}").err(),
            Some(UrlError::BadCharacter)
        );
    }
}
