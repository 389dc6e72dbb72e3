//! What the name of a column says, in the spellings that applications use.

use super::info::{ColumnInfo, TableInfo, TypeFamily};
use super::name_words::plain;
use super::table_guess::TableOf;

/// What is typed at login.
const LOGIN: [&str; 8] = [
    "login",
    "email",
    "emailaddress",
    "mail",
    "username",
    "loginname",
    "user",
    "userid",
];

/// What is typed at login, the likeliest first. Where a table has a user name and an e-mail
/// address, most applications take the name.
const TYPED: [&str; 12] = [
    "login",
    "userlogin",
    "username",
    "uname",
    "loginid",
    "email",
    "useremail",
    "emailaddress",
    "emailaddr",
    "loginname",
    "logonname",
    "logonid",
];

/// Names that say of a table of people alone what is typed at login.
const TYPED_BY_PEOPLE: [&str; 8] = [
    "alias",
    "name",
    "uid",
    "userid",
    "user",
    "account",
    "accountname",
    "nick",
];

/// Beginnings of columns that end like a login and are none.
const NOT_TYPED: [&str; 22] = [
    "last", "first", "failed", "can", "is", "allow", "has", "show", "hide", "pending", "new",
    "old", "notify", "send", "paypal", "smtp", "from", "recovery", "backup", "next", "prev",
    "current",
];

/// The user's name.
pub(in crate::store) const USERNAME: [&str; 9] = [
    "username",
    "nick",
    "nickname",
    "login",
    "loginname",
    "handle",
    "screenname",
    "uname",
    "user",
];

/// The last login.
const LAST_LOGIN: [&str; 24] = [
    "lastlogin",
    "lastloginat",
    "lastlogindate",
    "lastlogintime",
    "lastloggedin",
    "lastloggedinat",
    "currentsigninat",
    "lastsigninat",
    "lastlogon",
    "lastseen",
    "lastseenat",
    "lastvisit",
    "lastaccess",
    "lastactive",
    "lastloginon",
    "userlastlogin",
    "userlastvisit",
    "lastvisitdate",
    "lastloginunix",
    "lastvisitat",
    "lastactivity",
    "lastactivityat",
    "lastauth",
    "lastauthenticatedat",
];

/// Whether a column is called a name that a user goes by.
pub(in crate::store) fn is_user_name(name: &str) -> bool {
    let plain = plain(name);
    LOGIN.contains(&plain.as_str())
        || USERNAME.contains(&plain.as_str())
        || ["email", "username", "loginname"]
            .iter()
            .any(|word| plain.ends_with(word))
}

/// The column whose text is typed at login, by its name and type.
pub(in crate::store) fn login(info: &TableInfo, table: TableOf) -> Option<String> {
    let texts: Vec<(&ColumnInfo, String)> = info
        .columns
        .iter()
        .filter(|c| {
            matches!(
                c.family,
                TypeFamily::Text | TypeFamily::Any | TypeFamily::Bytes
            )
        })
        .map(|c| (c, plain(&c.name)))
        .collect();
    let named = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| texts.iter().find(|(_, plain)| plain == name))
    };
    let of_people = |names: &[&str]| (table == TableOf::People).then(|| named(names)).flatten();
    let ends = |plain: &str| {
        ["login", "username", "email", "mail"]
            .iter()
            .any(|end| plain.ends_with(end))
            && !NOT_TYPED.iter().any(|front| plain.starts_with(front))
    };
    named(&TYPED)
        .or_else(|| of_people(&TYPED_BY_PEOPLE[..2]))
        .or_else(|| named(&["mail"]))
        .or_else(|| texts.iter().find(|(_, plain)| ends(plain)))
        .or_else(|| of_people(&TYPED_BY_PEOPLE))
        .map(|(column, _)| column.name.clone())
}

/// The column that says which user a row belongs to, where the table itself is not one of users.
pub(in crate::store) fn owner(info: &TableInfo) -> Option<String> {
    info.columns
        .iter()
        .find(|c| {
            matches!(
                plain(&c.name).as_str(),
                "userid"
                    | "uid"
                    | "memberid"
                    | "customerid"
                    | "accountid"
                    | "personid"
                    | "employeeid"
            )
        })
        .map(|c| c.name.clone())
}

/// A column that says where a connection goes: its table holds what this platform types elsewhere.
pub(in crate::store) fn connection(info: &TableInfo) -> Option<String> {
    const PLACES: [&str; 20] = [
        "host",
        "hostname",
        "server",
        "servername",
        "port",
        "protocol",
        "endpoint",
        "baseurl",
        "rooturl",
        "url",
        "uri",
        "dsn",
        "basedn",
        "binddn",
        "rootdn",
        "smtpserver",
        "smtphost",
        "mailserver",
        "srcserver",
        "community",
    ];
    info.columns
        .iter()
        .find(|c| PLACES.contains(&plain(&c.name).as_str()))
        .map(|c| c.name.clone())
}

/// Whether a column is called the value of an attribute.
pub(in crate::store) fn is_value(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "value" | "attributevalue" | "attrvalue" | "metavalue" | "propvalue" | "propertyvalue"
    )
}

/// The columns of a table of attributes and values: the attribute's name, and its value.
pub(in crate::store) fn attribute_and_value(info: &TableInfo) -> Option<(String, String)> {
    let attribute = info.columns.iter().find(|c| {
        matches!(
            plain(&c.name).as_str(),
            "attribute"
                | "attr"
                | "attributename"
                | "attrname"
                | "metakey"
                | "property"
                | "propname"
        )
    })?;
    let value = info.columns.iter().find(|c| is_value(&c.name))?;
    Some((attribute.name.clone(), value.name.clone()))
}

/// Whether a column is one of text.
pub(in crate::store) fn is_text(info: &TableInfo, name: &str) -> bool {
    info.column(name).is_some_and(|c| {
        matches!(
            c.family,
            TypeFamily::Text | TypeFamily::Any | TypeFamily::Bytes
        )
    })
}

/// The time of the last login, by its name. Drupal's `login` is one where it is a number.
pub(in crate::store) fn last_login(info: &TableInfo) -> Option<String> {
    first(info, &LAST_LOGIN).or_else(|| {
        let number = |c: &&ColumnInfo| {
            plain(&c.name) == "login" && matches!(c.family, TypeFamily::Int | TypeFamily::Uint)
        };
        info.columns.iter().find(number).map(|c| c.name.clone())
    })
}

/// Whether a column is called an id of the user.
pub(in crate::store) fn is_id(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "id" | "uid" | "userid" | "memberid" | "customerid" | "accountid"
    )
}

/// Whether a column is called a salt.
pub(in crate::store) fn is_salt(name: &str) -> bool {
    plain(name).contains("salt")
}

/// Whether a column is called a date or a time.
pub(in crate::store) fn is_date(name: &str) -> bool {
    const WORDS: [&str; 16] = [
        "date",
        "time",
        "created",
        "updated",
        "modified",
        "changed",
        "joined",
        "register",
        "signup",
        "signedup",
        "since",
        "lastlogin",
        "lastseen",
        "lastvisit",
        "lastactive",
        "expire",
    ];
    let plain = plain(name);
    name.to_ascii_lowercase().ends_with("_at")
        || name.ends_with("At")
        || WORDS.iter().any(|word| plain.contains(word))
}

/// Whether a column is called something that tells one scheme from another: `hash_type`, `algo`,
/// `password_format`.
pub(in crate::store) fn speaks_of_schemes(name: &str) -> bool {
    // Such a word says it alone.
    const ALONE: [&str; 13] = [
        "algo",
        "hashtype",
        "hashmethod",
        "hashversion",
        "hashformat",
        "hashscheme",
        "hashkind",
        "hashfunction",
        "scheme",
        "encryptionmethod",
        "encryption",
        "cipher",
        "kdf",
    ];
    // Such a word says it of a password, or as the whole name.
    const KINDS: [&str; 10] = [
        "type", "method", "format", "version", "kind", "mode", "legacy", "encoding", "encoder",
        "crypt",
    ];
    const OF: [&str; 9] = [
        "pass",
        "passwd",
        "password",
        "pw",
        "pwd",
        "hash",
        "digest",
        "crypt",
        "credential",
    ];
    let plain = plain(name);
    let is_dated = name.to_ascii_lowercase().ends_with("_at") || plain.ends_with("date");
    if is_dated {
        return false;
    }
    ALONE.iter().any(|word| plain.contains(word))
        || matches!(
            plain.as_str(),
            "method" | "format" | "version" | "attribute" | "hasher"
        )
        || (KINDS
            .iter()
            .any(|kind| plain.ends_with(kind) || plain.starts_with(kind))
            && OF.iter().any(|of| plain.contains(of)))
}

/// The first column that has one of the names, in the order of the names.
pub(in crate::store) fn first(info: &TableInfo, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| info.columns.iter().find(|c| plain(&c.name) == *name))
        .map(|c| c.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_salted_a_digest_is_known_by_its_name() {
        for name in ["username", "user_email", "Login", "nick", "loginName"] {
            assert!(is_user_name(name), "{name}");
        }
        for name in ["last_login", "user_group", "email_verified", "name_day"] {
            assert!(!is_user_name(name), "{name}");
        }
        assert!(is_id("user_id") && is_id("UID") && !is_id("group_id"));
        assert!(is_salt("pw_salt") && is_salt("passwordSalt"));
    }

    #[test]
    fn what_tells_one_scheme_from_another_is_known_by_its_name() {
        for name in [
            "hash_type",
            "hashType",
            "algo",
            "pass_algorithm",
            "scheme",
            "password_format",
            "encryption_method",
            "pw_version",
            "passwordVersion",
            "format",
            "hash_method",
            "pass_type",
            "crypt_type",
            "version",
            "legacy_password",
        ] {
            assert!(speaks_of_schemes(name), "{name}");
        }
        for name in [
            "user_type",
            "account_kind",
            "color_scheme_id_at",
            "password",
            "created_at",
            "status",
            "password_changed_at",
            "type",
            "tenant",
            "is_bot",
        ] {
            assert!(!speaks_of_schemes(name), "{name}");
        }
        assert!(is_date("created_at") && is_date("joinDate") && is_date("registered_on"));
        assert!(!is_date("status") && !is_date("tenant") && !is_date("hash_type"));
    }
}
