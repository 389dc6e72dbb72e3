//! Which strings a platform's own verifier reads, by the dialect that is configured for it.

use crate::scheme::value::{Dialect, Scheme};

impl Dialect {
    /// Whether the platform's own verifier reads the strings of a scheme.
    ///
    /// Under [`Dialect::Phc`] these are Argon2, bcrypt and PBKDF2 in a PHC string: what every
    /// platform of the dialect has for a target of that kind. What one platform alone reads beside
    /// them, as PHP reads `$6$`, does not count.
    pub fn reads(self, scheme: Scheme) -> bool {
        let own: &[Scheme] = match self {
            Self::Phc => &[
                Scheme::ARGON2ID,
                Scheme::ARGON2I,
                Scheme::ARGON2D,
                Scheme::BCRYPT_2A,
                Scheme::BCRYPT_2B,
                Scheme::BCRYPT_2Y,
                Scheme::KRATOS_PBKDF2,
            ],
            Self::Django => &[
                Scheme::DJANGO_ARGON2,
                Scheme::DJANGO_BCRYPT,
                Scheme::DJANGO_BCRYPT_SHA256,
                Scheme::DJANGO_PBKDF2_SHA256,
                Scheme::DJANGO_PBKDF2_SHA1,
                Scheme::DJANGO_SCRYPT,
            ],
            Self::Spring => &[
                Scheme::SPRING_ARGON2,
                Scheme::SPRING_BCRYPT,
                Scheme::SPRING_PBKDF2,
                Scheme::SPRING_SCRYPT,
            ],
            Self::Mediawiki => &[
                Scheme::MEDIAWIKI_ARGON2,
                Scheme::MEDIAWIKI_BCRYPT,
                Scheme::MEDIAWIKI_PBKDF2,
                Scheme::MEDIAWIKI_LEGACY_A,
                Scheme::MEDIAWIKI_LEGACY_B,
            ],
        };
        own.contains(&scheme)
    }
}
