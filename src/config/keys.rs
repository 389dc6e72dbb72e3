//! Every key of `saltern.toml`, a type for each section. What a key's value means is not here.
//!
//! The parser knows these keys and no others. The reference page is checked against them.

/// The keys of one section.
pub(super) trait SectionKey: Copy + PartialEq + 'static {
    /// The section as it is written in the file.
    const SECTION: &'static str;
    /// Every key, in the order of the reference page.
    const ALL: &'static [Self];

    /// The key as it is written in the file.
    fn as_str(self) -> &'static str;
}

/// Defines the type of one section's keys.
macro_rules! section_keys {
    ($(#[$about:meta])* $name:ident of $section:literal { $($key:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name {
            $($key,)*
        }

        impl SectionKey for $name {
            const SECTION: &'static str = $section;
            const ALL: &'static [Self] = &[$(Self::$key,)*];

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$key => $text,)*
                }
            }
        }
    };
}

section_keys! {
    /// The top level.
    TopKey of "the file" {
        Database = "database",
        Credential = "credential",
        Target = "target",
        Rule = "rule",
        Known = "known",
        Ledger = "ledger",
        Serve = "serve",
    }
}

section_keys! {
    /// `[database]`
    DatabaseKey of "[database]" {
        UrlEnv = "url_env",
        UrlFile = "url_file",
        Url = "url",
    }
}

section_keys! {
    /// `[[credential]]`
    CredentialKey of "[[credential]]" {
        Name = "name",
        Schema = "schema",
        Table = "table",
        Key = "key",
        Column = "column",
        Scheme = "scheme",
        Login = "login",
        LoginMatch = "login_match",
        Charset = "charset",
        Username = "username",
        Salt = "salt",
        Separator = "separator",
        Salt2 = "salt2",
        EmptySalt = "empty_salt",
        CharPadding = "char_padding",
        SiteSaltFile = "site_salt_file",
        LastLogin = "last_login",
        LastLoginNullIsNever = "last_login_null_is_never",
        Where = "where",
        Except = "except",
        Accept = "accept",
        Normalize = "normalize",
        MarkerColumn = "marker_column",
        Preserve = "preserve",
        ReadersReady = "readers_ready",
        PlaintextIsCertain = "plaintext_is_certain",
        OnReset = "on_reset",
        Format = "format",
        OnWrap = "on_wrap",
        OnLogin = "on_login",
    }
}

section_keys! {
    /// `[credential.format]`
    FormatKey of "[credential.format]" {
        Column = "column",
        Schemes = "schemes",
        Null = "null",
        Write = "write",
    }
}

section_keys! {
    /// `write` of `[credential.format]`
    FormatWriteKey of "write" {
        Wrapped = "wrapped",
        Native = "native",
        Dead = "dead",
    }
}

section_keys! {
    /// `[credential.on_wrap]`
    OnWrapKey of "[credential.on_wrap]" {
        Set = "set",
    }
}

section_keys! {
    /// `[credential.on_login]`
    OnLoginKey of "[credential.on_login]" {
        Set = "set",
    }
}

section_keys! {
    /// A salt or a name in another table.
    OtherTableKey of "a column of another table" {
        Schema = "schema",
        Table = "table",
        Key = "key",
        Column = "column",
        Where = "where",
    }
}

section_keys! {
    /// `[credential.on_reset]`
    OnResetKey of "[credential.on_reset]" {
        Set = "set",
        Sql = "sql",
        Done = "done",
        MustChange = "must_change",
        Value = "value",
    }
}

section_keys! {
    /// `[target]`
    TargetKey of "[target]" {
        Algorithm = "algorithm",
        MemoryKib = "memory_kib",
        Iterations = "iterations",
        Parallelism = "parallelism",
        Cost = "cost",
        Prefix = "prefix",
        Dialect = "dialect",
        MarkerColumn = "marker_column",
    }
}

section_keys! {
    /// `[[rule]]`
    RuleKey of "[[rule]]" {
        Name = "name",
        When = "when",
        Do = "do",
        Deadline = "deadline",
        Then = "then",
        Since = "since",
        MaxRows = "max_rows",
        Soft = "soft",
    }
}

section_keys! {
    /// A rule's `when`.
    WhenKey of "when" {
        Credential = "credential",
        Scheme = "scheme",
        Class = "class",
        LastLoginBefore = "last_login_before",
        WeakParameters = "weak_parameters",
        Wrapped = "wrapped",
        Known = "known",
        // Refused as not available yet.
        Users = "users",
    }
}

section_keys! {
    /// `[known]`
    KnownKey of "[known]" {
        Wordlist = "wordlist",
        Pwned = "pwned",
    }
}

section_keys! {
    /// `[ledger]`
    LedgerKey of "[ledger]" {
        Schema = "schema",
        Prefix = "prefix",
    }
}

section_keys! {
    /// `[serve]`
    ServeKey of "[serve]" {
        Listen = "listen",
        TokenFile = "token_file",
        TlsCertificate = "tls_certificate",
        TlsKey = "tls_key",
        KratosCredential = "kratos_credential",
        RevealReset = "reveal_reset",
        RevealKnown = "reveal_known",
        Threads = "threads",
        Queue = "queue",
        Connections = "connections",
        ClientsMax = "clients_max",
        BodyKibMax = "body_kib_max",
        RequestSeconds = "request_seconds",
        DatabaseSeconds = "database_seconds",
        StopSeconds = "stop_seconds",
        LoginsBurst = "logins_burst",
        LoginsPerMinute = "logins_per_minute",
        FailuresMax = "failures_max",
        FailuresHours = "failures_hours",
        ClientBurst = "client_burst",
        ClientPerMinute = "client_per_minute",
        Sidecars = "sidecars",
        ResetMinutes = "reset_minutes",
        ResetsBurst = "resets_burst",
        ResetsPerHour = "resets_per_hour",
        Pad = "pad",
        LoginWorkMax = "login_work_max",
    }
}
