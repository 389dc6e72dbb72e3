//! Feed readers, trackers, calendars: a digest behind a mark of their own. And FreeRADIUS' salted
//! digests, which have none.

use super::base::{Family, MadeText};
use super::cut::{Cut, FormulaInput, hex_text, join, unbase64};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::marked;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};

const NEEDS_SALT: Needs = Needs {
    salt: true,
    ..Needs::NONE
};

/// tt-rss (classes/UserHelper.php of tt-rss/tt-rss).
pub(in crate::scheme) static TTRSS_SHA1: Cut = Cut {
    cut: marked::ttrss_sha1,
    make: |asked| hex_text(&Algorithm::Sha1.digest(asked.password)),
    needs: Needs::NONE,
};

/// The user's name took the place of a salt.
pub(in crate::scheme) static TTRSS_SHA1X: Cut = Cut {
    cut: marked::ttrss_sha1x,
    make: |asked| {
        let name = asked.username()?.as_bytes();
        hex_text(&Algorithm::Sha1.digest(&join(&[name, b":", asked.password])))
    },
    needs: Needs {
        username: true,
        ..Needs::NONE
    },
};

pub(in crate::scheme) static TTRSS_SHA256: Cut = Cut {
    cut: marked::ttrss_sha256,
    make: |asked| column_salted(Algorithm::Sha256, asked),
    needs: NEEDS_SALT,
};

pub(in crate::scheme) static TTRSS_SHA512: Cut = Cut {
    cut: marked::ttrss_sha512,
    make: |asked| column_salted(Algorithm::Sha512, asked),
    needs: NEEDS_SALT,
};

/// Anope (modules/encryption of anope/anope).
pub(in crate::scheme) static ANOPE_MD5: Cut = Cut {
    cut: marked::anope_md5,
    make: |asked| hex_text(&Algorithm::Md5.digest(asked.password)),
    needs: Needs::NONE,
};

pub(in crate::scheme) static ANOPE_SHA1: Cut = Cut {
    cut: marked::anope_sha1,
    make: |asked| hex_text(&Algorithm::Sha1.digest(asked.password)),
    needs: Needs::NONE,
};

/// DAViCal (inc/AWLUtilities.php of awl).
pub(in crate::scheme) static DAVICAL_MD5: Cut = Cut {
    cut: marked::davical_md5,
    make: |asked| hex_text(&Algorithm::Md5.digest(&join(&[asked.setting, asked.password]))),
    needs: Needs::NONE,
};

pub(in crate::scheme) static DAVICAL_SSHA: Cut = Cut {
    cut: marked::davical_ssha,
    make: |asked| hex_text(&Algorithm::Sha1.digest(&join(&[asked.password, asked.setting]))),
    needs: Needs::NONE,
};

/// Bugzilla (bz_crypt in Bugzilla/Util.pm of bugzilla/bugzilla).
pub(in crate::scheme) static BUGZILLA: Cut = Cut {
    cut: marked::bugzilla,
    make: |asked| hex_text(&Algorithm::Sha256.digest(&join(&[asked.password, asked.setting]))),
    needs: Needs::NONE,
};

/// Request Tracker 4.0 (lib/RT/User.pm of bestpractical/rt).
pub(in crate::scheme) static RT_SHA512: Cut = Cut {
    cut: marked::rt_sha512,
    make: |asked| hex_text(&Algorithm::Sha512.digest(&join(&[asked.setting, asked.password]))),
    needs: Needs::NONE,
};

/// Apache Shiro (crypto/hash of apache/shiro): the digest of salt and password, and then so often
/// of itself that the rounds are full.
pub(in crate::scheme) static SHIRO: Cut = Cut {
    cut: marked::shiro,
    make: |asked| {
        let (algorithm, rounds, salt) =
            marked::shiro_setting(asked.setting).ok_or(VerifyError::Parameters)?;
        let permit = kdf::spend_rounds(algorithm, rounds, algorithm.len())?;
        let rounds = if permit == Permit::Compute { rounds } else { 1 };
        let mut digest = algorithm.digest(&join(&[&unbase64(salt)?, asked.password]));
        for _ in 1..rounds {
            digest = algorithm.digest(&digest);
        }
        hex_text(&digest)
    },
    needs: Needs::NONE,
};

fn column_salted(algorithm: Algorithm, asked: &FormulaInput<'_>) -> MadeText {
    hex_text(&algorithm.digest(&join(&[asked.salt()?, asked.password])))
}

/// A digest of password and salt, and the salt behind it (src/modules/rlm_pap/rlm_pap.c of
/// FreeRADIUS/freeradius-server).
pub(in crate::scheme) struct SaltBehind(Algorithm);

pub(in crate::scheme) static FREERADIUS_SMD5: SaltBehind = SaltBehind(Algorithm::Md5);
pub(in crate::scheme) static FREERADIUS_SSHA: SaltBehind = SaltBehind(Algorithm::Sha1);
pub(in crate::scheme) static FREERADIUS_SSHA224: SaltBehind = SaltBehind(Algorithm::Sha224);
pub(in crate::scheme) static FREERADIUS_SSHA256: SaltBehind = SaltBehind(Algorithm::Sha256);
pub(in crate::scheme) static FREERADIUS_SSHA384: SaltBehind = SaltBehind(Algorithm::Sha384);
pub(in crate::scheme) static FREERADIUS_SSHA512: SaltBehind = SaltBehind(Algorithm::Sha512);

impl Family for SaltBehind {
    fn read(&self, _: Scheme, value: &[u8]) -> Option<Strength> {
        marked::digest_and_salt(value, self.0.len()).map(|_| Strength::Fast)
    }

    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let (digest, salt) = marked::digest_and_salt(value, self.0.len())?;
        Some(Taken {
            strength: Strength::Fast,
            setting: salt.decode()?.to_vec(),
            text: hex(&digest.decode()?),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        hex_text(&self.0.digest(&join(&[password, setting])))
    }
}
