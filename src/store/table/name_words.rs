//! The words of a name, and those that speak of elsewhere.

/// Parts of a name that say wherever they stand what is not typed by a user of the table.
pub(super) const ELSEWHERE: [&str; 15] = [
    "oauth",
    "snmp",
    "smtp",
    "imap",
    "ldap",
    "ipmi",
    "rootdn",
    "binddn",
    "mysql",
    "postgres",
    "sqlserver",
    "keystore",
    "truststore",
    "paypal",
    "httptest",
];

/// Words of a column's name that say it.
pub(super) const ELSEWHERE_WORDS: [&str; 46] = [
    "bind",
    "proxy",
    "ftp",
    "sftp",
    "ssh",
    "sudo",
    "src",
    "remote",
    "repo",
    "repository",
    "smb",
    "wifi",
    "wlan",
    "psk",
    "api",
    "webhook",
    "http",
    "https",
    "jdbc",
    "db",
    "database",
    "ssl",
    "tls",
    "key",
    "cert",
    "certificate",
    "pfx",
    "pem",
    "zip",
    "pdf",
    "archive",
    "post",
    "forum",
    "room",
    "meeting",
    "share",
    "link",
    "enrol",
    "quiz",
    "course",
    "album",
    "gallery",
    "mqtt",
    "sms",
    "gateway",
    "pop3",
];

/// The words of a name in lower case, in the singular.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
            *word = format!("{stem}y");
        } else if word.ends_with("xes") || word.ends_with("sses") {
            word.truncate(word.len() - 2);
        } else if word.ends_with('s') && !word.ends_with("ss") && word.len() > 3 {
            word.truncate(word.len() - 1);
        }
    }
    words
}

/// Lowercase letters and digits alone: `last_login`, `lastLogin` and `LASTLOGIN` are one name.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
