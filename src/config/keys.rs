//! Every key of `saltern.toml`, by section: what the parser accepts, and what the reference page is checked against.

/// The keys of one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The section as it is written in the file.
    pub section: &'static str,
    /// What it may hold.
    pub keys: &'static [&'static str],
    /// What is known and refused as not available yet.
    pub not_yet: &'static [&'static str],
}

/// The top level.
pub const TOP: Keys = Keys {
    section: "the file",
    keys: &[
        "database",
        "credential",
        "target",
        "rule",
        "known",
        "ledger",
        "serve",
    ],
    not_yet: &[],
};

/// `[database]`
pub const DATABASE: Keys = Keys {
    section: "[database]",
    keys: &["url_env", "url_file", "url"],
    not_yet: &[],
};

/// `[[credential]]`
pub const CREDENTIAL: Keys = Keys {
    section: "[[credential]]",
    keys: &[
        "name",
        "schema",
        "table",
        "key",
        "column",
        "scheme",
        "login",
        "username",
        "salt",
        "salt2",
        "last_login",
        "where",
        "except",
        "normalize",
        "marker_column",
        "preserve",
        "readers_ready",
        "on_reset",
    ],
    not_yet: &[],
};

/// `[credential.on_reset]`
pub const ON_RESET: Keys = Keys {
    section: "[credential.on_reset]",
    keys: &["set", "sql", "done", "must_change", "value"],
    not_yet: &[],
};

/// `[target]`
pub const TARGET: Keys = Keys {
    section: "[target]",
    keys: &[
        "algorithm",
        "memory_kib",
        "iterations",
        "parallelism",
        "cost",
        "prefix",
        "dialect",
        "marker_column",
    ],
    not_yet: &[],
};

/// `[[rule]]`
pub const RULE: Keys = Keys {
    section: "[[rule]]",
    keys: &[
        "name", "when", "do", "deadline", "then", "since", "max_rows", "soft",
    ],
    not_yet: &[],
};

/// A rule's `when`.
pub const WHEN: Keys = Keys {
    section: "when",
    keys: &[
        "credential",
        "scheme",
        "class",
        "last_login_before",
        "weak_parameters",
        "wrapped",
        "known",
    ],
    not_yet: &["users"],
};

/// `[known]`
pub const KNOWN: Keys = Keys {
    section: "[known]",
    keys: &["wordlist", "pwned"],
    not_yet: &[],
};

/// `[ledger]`
pub const LEDGER: Keys = Keys {
    section: "[ledger]",
    keys: &["schema", "prefix"],
    not_yet: &[],
};

/// `[serve]`
pub const SERVE: Keys = Keys {
    section: "[serve]",
    keys: &[
        "listen",
        "token_file",
        "tls_certificate",
        "tls_key",
        "kratos_credential",
        "reveal_reset",
        "threads",
        "queue",
        "connections",
        "clients_max",
        "body_kib_max",
        "request_seconds",
        "database_seconds",
        "stop_seconds",
        "logins_burst",
        "logins_per_minute",
        "reset_minutes",
        "resets_burst",
        "resets_per_hour",
        "pad",
    ],
    not_yet: &[],
};

/// Every section, in the order of the reference page.
pub const ALL: [Keys; 10] = [
    TOP, DATABASE, CREDENTIAL, ON_RESET, TARGET, RULE, WHEN, KNOWN, LEDGER, SERVE,
];
