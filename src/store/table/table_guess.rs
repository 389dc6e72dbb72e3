//! What the name of a table says that its rows are.

use super::name_words::{ELSEWHERE, plain, words};

/// What a table's name says that its rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableOf {
    /// People who log in.
    People,
    /// Things, or connections to elsewhere.
    Things,
    /// Nothing is said.
    Unknown,
}

/// Words of people who log in.
const PEOPLE: [&str; 48] = [
    "user",
    "usr",
    "member",
    "account",
    "customer",
    "client",
    "staff",
    "employee",
    "person",
    "people",
    "parent",
    "student",
    "pupil",
    "teacher",
    "admin",
    "administrator",
    "subscriber",
    "player",
    "login",
    "mailbox",
    "kid",
    "child",
    "children",
    "patient",
    "author",
    "operator",
    "agent",
    "profile",
    "auth",
    "credential",
    "passwd",
    "password",
    "shadow",
    "owner",
    "guest",
    "seller",
    "vendor",
    "driver",
    "doctor",
    "contact",
    "principal",
    "identity",
    "moderator",
    "voter",
    "donor",
    "tenant",
    "logon",
    "radcheck",
];

/// Words of things and connections.
const THINGS: [&str; 90] = [
    "reset",
    "radpostauth",
    "source",
    "repository",
    "repo",
    "fetchmail",
    "media",
    "medium",
    "host",
    "item",
    "device",
    "collector",
    "mailcollector",
    "config",
    "configuration",
    "setting",
    "option",
    "preference",
    "server",
    "service",
    "connection",
    "datasource",
    "storage",
    "mount",
    "proxy",
    "gateway",
    "webhook",
    "hook",
    "integration",
    "provider",
    "plugin",
    "module",
    "extension",
    "post",
    "page",
    "article",
    "node",
    "forum",
    "topic",
    "board",
    "course",
    "enrol",
    "quiz",
    "lesson",
    "room",
    "meeting",
    "conference",
    "share",
    "link",
    "file",
    "attachment",
    "document",
    "album",
    "gallery",
    "token",
    "session",
    "oauth",
    "job",
    "task",
    "script",
    "httptest",
    "interface",
    "network",
    "printer",
    "camera",
    "router",
    "domain",
    "cache",
    "log",
    "audit",
    "history",
    "archive",
    "backup",
    "import",
    "export",
    "template",
    "message",
    "newsletter",
    "factor",
    "mirror",
    "registry",
    "endpoint",
    "transport",
    "target",
    "scanner",
    "probe",
    "monitor",
    "bot",
    "app",
    "application",
];

impl TableOf {
    /// What a name says: the last of its words that says something.
    pub(in crate::store) fn named(table: &str) -> Self {
        let plain = plain(table);
        if ELSEWHERE.iter().any(|word| plain.contains(word)) || plain.ends_with("token") {
            return Self::Things;
        }
        words(table)
            .iter()
            .rev()
            .find_map(|word| {
                let ends = |known: &str| word.len() > known.len() + 1 && word.ends_with(known);
                if PEOPLE.contains(&word.as_str()) {
                    Some(Self::People)
                } else if THINGS.contains(&word.as_str()) {
                    Some(Self::Things)
                } else if ["user", "member", "customer", "account"]
                    .into_iter()
                    .any(ends)
                {
                    // "ftpuser", "webaccount".
                    Some(Self::People)
                } else {
                    None
                }
            })
            .unwrap_or(Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_people_are_known_by_their_names() {
        for name in [
            "users",
            "wp_users",
            "mdl_user",
            "auth_user",
            "users_field_data",
            "ftpuser",
            "mailbox",
            "forum_members",
            "employees",
            "Customers",
            "appUser",
            "radcheck",
        ] {
            assert_eq!(TableOf::named(name), TableOf::People, "{name}");
        }
        for name in [
            "auth_sources",
            "repositories",
            "fetchmail",
            "media_type",
            "glpi_authldaps",
            "hosts",
            "user_sessions",
            "user_password_history",
            "oc_authtoken",
            "oauth_clients",
            "wp_posts",
        ] {
            assert_eq!(TableOf::named(name), TableOf::Things, "{name}");
        }
        assert_eq!(TableOf::named("t"), TableOf::Unknown);
    }
}
