//! The spellings of database URLs that operators paste, each as the drivers here read it.
//!
//! Every framework has schemes and parameters of its own for the same databases. What is not
//! understood in full is refused with the spelling to write: a parameter that is skipped could be
//! the one that asks for TLS, or the one that says which user connects.

use zeroize::Zeroizing;

use super::url_error::UrlError;

/// The three forms of URL that the drivers read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UrlFamily {
    Postgres,
    MySql,
    Sqlite,
}

/// Schemes of PostgreSQL: libpq, Django's packages, Laravel, Doctrine, Go's drivers.
const POSTGRES: [&str; 15] = [
    "postgres",
    "postgresql",
    "pgsql",
    "psql",
    "pg",
    "pgx",
    "pgx5",
    "postgis",
    "psqlextra",
    "timescale",
    "timescalegis",
    "pdo-pgsql",
    "pdo_pgsql",
    "jdbcpostgresql",
    "postgresql_psycopg2",
];

/// Schemes of MySQL and MariaDB: Rails, Django's packages, Doctrine.
const MYSQL: [&str; 10] = [
    "mysql",
    "mariadb",
    "mysql2",
    "trilogy",
    "mysqli",
    "mysqlgis",
    "mysql-connector",
    "pdo-mysql",
    "pdo_mysql",
    "jdbcmysql",
];

/// Schemes of SQLite: Rails, Django's packages, Doctrine, Prisma and SQLite itself.
const SQLITE: [&str; 7] = [
    "sqlite",
    "sqlite3",
    "spatialite",
    "pdo-sqlite",
    "pdo_sqlite",
    "jdbcsqlite3",
    "file",
];

/// What stands in front of a URL: Java's and its reactive libraries'.
const FRONTS: [&str; 4] = ["jdbc:", "r2dbc:pool:", "r2dbc:", "vertx-reactive:"];

/// The URL as the drivers here read it.
pub(super) fn canonical(text: &str) -> Result<Zeroizing<String>, UrlError> {
    let text = unquoted(text.trim());
    if text.chars().any(char::is_control) {
        return Err(UrlError::BadCharacter);
    }
    let text = FRONTS
        .iter()
        .find_map(|front| strip_front(text, front))
        .unwrap_or(text);
    let (typed, rest) = text.split_once(':').ok_or(UrlError::NoScheme)?;
    let scheme = typed.to_ascii_lowercase();
    // SQLAlchemy names its driver behind the database.
    let (base, driver) = match scheme.split_once('+') {
        Some((base, driver)) => (base, Some(driver)),
        None => (scheme.as_str(), None),
    };
    let Some(family) = family(base) else {
        return Err(unknown(base, rest));
    };
    match family {
        UrlFamily::Sqlite if driver.is_some_and(|driver| driver.contains("cipher")) => {
            Err(UrlError::Encrypted)
        }
        // SQLAlchemy counts three slashes for a path from here, four for one from the root.
        UrlFamily::Sqlite => {
            let path = match driver {
                Some(_) => rest.strip_prefix("///").ok_or(UrlError::NoScheme)?,
                None => rest,
            };
            Ok(Zeroizing::new(format!("sqlite:{path}")))
        }
        UrlFamily::Postgres | UrlFamily::MySql => {
            let rest = match rest.strip_prefix("//") {
                Some(rest) => rest.to_owned(),
                // Java's form without a host: the database alone.
                None if is_name(rest) => format!("localhost/{rest}"),
                None => return Err(UrlError::DataSourceName),
            };
            let name = if matches!(base, "postgres" | "postgresql" | "mysql" | "mariadb") {
                base
            } else if family == UrlFamily::Postgres {
                "postgres"
            } else {
                "mysql"
            };
            with_parameters(family, name, &Zeroizing::new(rest))
        }
    }
}

/// Without the quotes of a shell or of an `.env` file.
fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

fn strip_front<'a>(text: &'a str, front: &str) -> Option<&'a str> {
    text.get(..front.len())
        .filter(|start| start.eq_ignore_ascii_case(front))
        .map(|_| &text[front.len()..])
}

fn family(scheme: &str) -> Option<UrlFamily> {
    [
        (&POSTGRES[..], UrlFamily::Postgres),
        (&MYSQL[..], UrlFamily::MySql),
        (&SQLITE[..], UrlFamily::Sqlite),
    ]
    .into_iter()
    .find_map(|(names, family)| names.contains(&scheme).then_some(family))
}

/// Why a scheme is refused.
fn unknown(scheme: &str, rest: &str) -> UrlError {
    if scheme.contains('=') {
        UrlError::Assignment
    } else if scheme == "ecto" {
        UrlError::Ecto
    } else if scheme == "mysqlx" {
        UrlError::MySqlX
    } else if scheme == "dbi" || rest.contains("@tcp(") || rest.contains("@unix(") {
        UrlError::DataSourceName
    } else if !rest.starts_with("//") && rest.contains('@') {
        // Perhaps "user:password@host/database": no scheme at all.
        UrlError::NoScheme
    } else {
        UrlError::UnknownScheme
    }
}

fn is_name(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    !path.is_empty()
        && path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-/.".contains(c))
        && !path.starts_with('/')
}

/// Puts the parameters into the driver's own words.
fn with_parameters(
    family: UrlFamily,
    scheme: &str,
    rest: &str,
) -> Result<Zeroizing<String>, UrlError> {
    let Some((front, query)) = rest.split_once('?') else {
        return Ok(Zeroizing::new(format!("{scheme}://{rest}")));
    };
    let mut user = None;
    let mut password = None;
    let mut kept: Vec<Zeroizing<String>> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (family, name) {
            (UrlFamily::MySql, "user" | "username") => user = Some(value),
            (UrlFamily::MySql, "password") => password = Some(value),
            (UrlFamily::MySql, _) => kept.extend(mysql_parameter(name, value, pair)?),
            _ => kept.extend(postgres_parameter(name, value, pair)),
        }
    }
    let mut url = Zeroizing::new(String::with_capacity(2 * rest.len() + 80));
    url.push_str(scheme);
    url.push_str("://");
    match user {
        // A user in front of the host goes first: nobody types both.
        Some(user) if !front.contains('@') => {
            url.push_str(&as_user_info(user));
            if let Some(password) = password {
                url.push(':');
                url.push_str(&as_user_info(password));
            }
            url.push('@');
        }
        None if password.is_some() => return Err(UrlError::PasswordApart),
        _ => {}
    }
    url.push_str(front);
    for (n, pair) in kept.iter().enumerate() {
        url.push(if n == 0 { '?' } else { '&' });
        url.push_str(pair);
    }
    Ok(url)
}

/// A value of a query as a part in front of the host: there a plus sign is no blank.
fn as_user_info(value: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(3 * value.len()));
    for c in value.chars() {
        match c {
            '+' => text.push_str("%20"),
            '/' => text.push_str("%2F"),
            ':' => text.push_str("%3A"),
            '@' => text.push_str("%40"),
            '#' => text.push_str("%23"),
            '?' => text.push_str("%3F"),
            c => text.push(c),
        }
    }
    text
}

fn kept(name: &str, value: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{name}={value}"))
}

fn is_true(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "1" | "true" | "yes" | "on"
    )
}

/// A parameter of a PostgreSQL URL.
fn postgres_parameter(name: &str, value: &str, pair: &str) -> Option<Zeroizing<String>> {
    match name {
        // pgjdbc checks the certificate then.
        "ssl" if is_true(value) => Some(kept("sslmode", "verify-full")),
        "ssl" => Some(kept("sslmode", "disable")),
        "sslMode" | "ssl_mode" => Some(kept("sslmode", &value.to_ascii_lowercase())),
        "currentSchema" | "schema" => Some(Zeroizing::new(format!(
            "options=-c%20search_path%3D{value}"
        ))),
        "ApplicationName" => None,
        _ => Some(Zeroizing::new(pair.to_owned())),
    }
}

/// A parameter of a MySQL URL. The driver skips every parameter that it does not know.
fn mysql_parameter(
    name: &str,
    value: &str,
    pair: &str,
) -> Result<Option<Zeroizing<String>>, UrlError> {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Ok(match plain.as_str() {
        "sslmode" => Some(kept("ssl-mode", mysql_ssl_mode(value)?)),
        "usessl" | "requiressl" | "ssl" if is_true(value) => Some(kept("ssl-mode", "REQUIRED")),
        "usessl" => Some(kept("ssl-mode", "DISABLED")),
        "requiressl" | "ssl" if matches!(value, "0" | "false" | "no" | "off") => None,
        "sslverifyidentity" | "verifyservercertificate" if is_true(value) => {
            Some(kept("ssl-mode", "VERIFY_IDENTITY"))
        }
        "sslverifyidentity" | "verifyservercertificate" => None,
        "sslca" => Some(kept("ssl-ca", value)),
        "sslcert" => Some(kept("ssl-cert", value)),
        "sslkey" => Some(kept("ssl-key", value)),
        "socket" | "unixsocket" | "localsocket" => Some(kept("socket", value)),
        _ if plain.contains("ssl") || plain.contains("tls") => return Err(UrlError::UnknownTls),
        _ => Some(Zeroizing::new(pair.to_owned())),
    })
}

fn mysql_ssl_mode(value: &str) -> Result<&'static str, UrlError> {
    Ok(
        match value.to_ascii_lowercase().replace('-', "_").as_str() {
            "disabled" | "disable" => "DISABLED",
            "preferred" | "prefer" | "allow" => "PREFERRED",
            "required" | "require" | "trust" => "REQUIRED",
            "verify_ca" => "VERIFY_CA",
            "verify_identity" | "verify_full" => "VERIFY_IDENTITY",
            _ => return Err(UrlError::UnknownTls),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_other_frameworks_are_understood() {
        for (typed, url) in [
            // SQLAlchemy
            (
                "postgresql+psycopg2://u:p@h:5432/d",
                "postgresql://u:p@h:5432/d",
            ),
            ("postgresql+asyncpg://u@h/d", "postgresql://u@h/d"),
            (
                "mysql+pymysql://u:p@h/d?charset=utf8mb4",
                "mysql://u:p@h/d?charset=utf8mb4",
            ),
            (
                "mysql+mysqldb://h/d?unix_socket=/run/s",
                "mysql://h/d?socket=/run/s",
            ),
            ("mariadb+mariadbconnector://h/d", "mariadb://h/d"),
            ("sqlite+aiosqlite:///app.db", "sqlite:app.db"),
            ("sqlite+pysqlite:////var/app.db", "sqlite:/var/app.db"),
            // Rails
            ("mysql2://u:p@h/d", "mysql://u:p@h/d"),
            (
                "mysql2://u@h/d?ssl_mode=verify_identity&sslca=/ca",
                "mysql://u@h/d?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca",
            ),
            ("trilogy://h/d", "mysql://h/d"),
            ("sqlite3:db/app.sqlite3", "sqlite:db/app.sqlite3"),
            ("postgis://h/d", "postgres://h/d"),
            // Django
            ("pgsql://h/d", "postgres://h/d"),
            ("mysqlgis://h/d", "mysql://h/d"),
            ("spatialite:///var/app.db", "sqlite:///var/app.db"),
            // JDBC and R2DBC
            (
                "jdbc:postgresql://h:5432/d?user=u&password=p&ssl=true",
                "postgresql://h:5432/d?user=u&password=p&sslmode=verify-full",
            ),
            ("jdbc:postgresql:d", "postgresql://localhost/d"),
            (
                "jdbc:postgresql://h/d?currentSchema=app",
                "postgresql://h/d?options=-c%20search_path%3Dapp",
            ),
            (
                "jdbc:mysql://h:3306/d?user=u&password=a%40b+c/d&useSSL=true",
                "mysql://u:a%40b%20c%2Fd@h:3306/d?ssl-mode=REQUIRED",
            ),
            (
                "jdbc:mariadb://h/d?user=u&sslMode=verify-full",
                "mariadb://u@h/d?ssl-mode=VERIFY_IDENTITY",
            ),
            ("jdbc:sqlite:/var/app.db", "sqlite:/var/app.db"),
            ("r2dbc:pool:postgresql://h/d", "postgresql://h/d"),
            // Doctrine, Laravel, Prisma, Go
            ("pdo-mysql://u:p@h/d", "mysql://u:p@h/d"),
            ("mysqli://h/d", "mysql://h/d"),
            (
                "postgresql://h/d?schema=shop",
                "postgresql://h/d?options=-c%20search_path%3Dshop",
            ),
            ("file:./dev.db", "sqlite:./dev.db"),
            ("pgx5://h/d", "postgres://h/d"),
            // As pasted
            ("\"postgres://h/d\"", "postgres://h/d"),
            ("'MySQL://h/d'", "mysql://h/d"),
        ] {
            let canonical = canonical(typed).unwrap_or_else(|e| panic!("{typed}: {e}"));
            assert_eq!(*canonical, url, "{typed}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_the_spelling_to_write() {
        for (typed, error) in [
            ("u:zq@tcp(h:3306)/d", UrlError::DataSourceName),
            ("mysql:host=h;dbname=d", UrlError::DataSourceName),
            (
                "pgsql:host=h;dbname=d;password=zq",
                UrlError::DataSourceName,
            ),
            ("dbi:Pg:dbname=d", UrlError::DataSourceName),
            ("u:zq@h/d", UrlError::NoScheme),
            ("host=h dbname=d password=zq", UrlError::NoScheme),
            ("DATABASE_URL=postgres://u:zq@h/d", UrlError::Assignment),
            ("ecto://u:zq@h/d", UrlError::Ecto),
            ("mysqlx://u:zq@h/d", UrlError::MySqlX),
            ("jdbc:oracle:thin:zq", UrlError::UnknownScheme),
            ("jdbc:sqlserver://h;password=zq", UrlError::UnknownScheme),
            ("mongodb://u:zq@h/d", UrlError::UnknownScheme),
            ("sqlite+pysqlcipher://:zq@/d", UrlError::Encrypted),
            ("mysql://h/d?tls=zq", UrlError::UnknownTls),
            ("mysql://h/d?sslmode=zq", UrlError::UnknownTls),
            ("jdbc:mysql://h/d?password=zq", UrlError::PasswordApart),
        ] {
            let refused = canonical(typed).err();
            assert_eq!(refused, Some(error), "{typed}");
            let text = error.to_string();
            assert!(!text.contains("zq"), "{text}");
            assert!(
                text.contains("://") || text.contains("sqlite") || text.contains("ssl-mode"),
                "{text}"
            );
        }
    }
}
