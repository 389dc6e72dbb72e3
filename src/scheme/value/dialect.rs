//! The names of the dialects in which new values are spelt.
//!
//! The spelling itself stands in `label`.

/// How new values are spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A native string; a wrapped one has `--<inner>` after its first identifier.
    #[default]
    Phc,
    /// Django's: `argon2$argon2id$…`, wrapped `argon2_wrapped_md5$argon2id$…`. Its names of
    /// algorithms are words joined by underscores, and so is an inner id there: `sha512-b64s384` is
    /// `_wrapped_sha512_b64s384`.
    Django,
    /// Spring Security's: `{argon2}$argon2id$…`, wrapped `{argon2-md5}$argon2id$…`.
    Spring,
    /// MediaWiki's: `:argon2:$argon2id$…`, wrapped `:argon2-md5:$argon2id$…`. For Argon2id alone.
    Mediawiki,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Phc, Self::Django, Self::Spring, Self::Mediawiki];

    /// The name, as the configuration spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phc => "phc",
            Self::Django => "django",
            Self::Spring => "spring",
            Self::Mediawiki => "mediawiki",
        }
    }

    /// The dialect of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
    }
}
