//! `[target]`: the hash that the rows are to have.

use std::ops::RangeInclusive;

use crate::config::document::Section;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{SectionKey, TargetKey};
use crate::config::warning::{Caution, Warning};
use crate::policy::Target;
use crate::scheme::{BcryptPrefix, Dialect, Outer};

/// 4 GiB. Argon2 can address a thousand times more, but no login could wait for it.
const MEMORY_KIB_MAX: i64 = 4 << 20;
/// RFC 9106, section 3.1: 2^24 - 1 lanes.
const LANES_MAX: i64 = (1 << 24) - 1;
/// RFC 9106, section 3.1: each lane needs 8 KiB.
const LANE_KIB: u64 = 8;

const ALGORITHMS: [&str; 3] = ["argon2id", "bcrypt", "pbkdf2-sha256"];
const PARAMETERS: [TargetKey; 5] = [
    TargetKey::MemoryKib,
    TargetKey::Iterations,
    TargetKey::Parallelism,
    TargetKey::Cost,
    TargetKey::Prefix,
];
const ARGON2ID: [TargetKey; 3] = [
    TargetKey::MemoryKib,
    TargetKey::Iterations,
    TargetKey::Parallelism,
];
const BCRYPT: [TargetKey; 2] = [TargetKey::Cost, TargetKey::Prefix];
const PBKDF2: [TargetKey; 1] = [TargetKey::Iterations];

/// A parameter, and the most that a login accepts of it in a stored value.
struct LoginBound {
    key: TargetKey,
    max: u32,
    actual: u32,
}

/// Reads the target.
pub(super) fn read(
    section: &Section<'_, TargetKey>,
    warnings: &mut Vec<Warning>,
) -> Result<Target, ConfigError> {
    let algorithm = section
        .string(TargetKey::Algorithm)?
        .ok_or_else(|| section.missing(TargetKey::Algorithm))?;
    let outer = match algorithm.value {
        "argon2id" => argon2id(section, warnings)?,
        "bcrypt" => bcrypt(section)?,
        "pbkdf2-sha256" => pbkdf2(section)?,
        other => {
            return Err(section.unknown_value(
                TargetKey::Algorithm,
                other,
                algorithm.span,
                ALGORITHMS,
            ));
        }
    };
    let target = Target {
        outer,
        dialect: dialect(section, &outer)?,
    };
    if let Some(below) = target.owasp_warning() {
        warnings.push(Warning {
            line: section.line(),
            caution: Caution::BelowOwasp(below),
        });
    }
    Ok(target)
}

fn argon2id(
    section: &Section<'_, TargetKey>,
    warnings: &mut Vec<Warning>,
) -> Result<Outer, ConfigError> {
    refuse_others(
        section,
        &ARGON2ID,
        "argon2id",
        "`memory_kib`, `iterations` and `parallelism`",
    )?;
    let parallelism = number(section, TargetKey::Parallelism, 1, 1..=LANES_MAX)?;
    let memory_kib = number(section, TargetKey::MemoryKib, 19_456, 1..=MEMORY_KIB_MAX)?;
    let iterations = number(section, TargetKey::Iterations, 2, 1..=i64::from(u32::MAX))?;
    let needed = LANE_KIB * u64::from(parallelism);
    if u64::from(memory_kib) < needed {
        let problem = ConfigProblem::LanesWithoutMemory {
            parallelism,
            needed,
            actual: memory_kib,
        };
        let key = if section.has(TargetKey::MemoryKib) {
            TargetKey::MemoryKib
        } else {
            TargetKey::Parallelism
        };
        return Err(section.refuse(section.key_span(key), problem));
    }
    // The bounds of the login path on what a stored value may cost.
    for (key, actual, max) in [
        (TargetKey::MemoryKib, memory_kib, 1 << 20),
        (TargetKey::Parallelism, parallelism, 16),
    ] {
        warn_above(section, warnings, LoginBound { key, max, actual });
    }
    Ok(Outer::Argon2id {
        memory_kib,
        iterations,
        parallelism,
    })
}

fn bcrypt(section: &Section<'_, TargetKey>) -> Result<Outer, ConfigError> {
    refuse_others(section, &BCRYPT, "bcrypt", "`cost` and `prefix`")?;
    let cost = number(section, TargetKey::Cost, 12, 4..=31)?;
    let prefix = section.word(TargetKey::Prefix, BcryptPrefix::parse, &["2a", "2b", "2y"])?;
    Ok(Outer::Bcrypt {
        cost,
        prefix: prefix.map_or(BcryptPrefix::B, |prefix| prefix.value),
    })
}

fn pbkdf2(section: &Section<'_, TargetKey>) -> Result<Outer, ConfigError> {
    refuse_others(section, &PBKDF2, "pbkdf2-sha256", "`iterations`")?;
    let iterations = number(
        section,
        TargetKey::Iterations,
        600_000,
        1..=i64::from(u32::MAX),
    )?;
    Ok(Outer::Pbkdf2Sha256 { iterations })
}

fn dialect(section: &Section<'_, TargetKey>, outer: &Outer) -> Result<Dialect, ConfigError> {
    let known = Dialect::ALL.map(Dialect::as_str);
    match section.word(TargetKey::Dialect, Dialect::parse, &known)? {
        None => Ok(Dialect::default()),
        Some(dialect) if dialect.value.spells(outer) => Ok(dialect.value),
        Some(dialect) => {
            let problem = ConfigProblem::NoSpelling {
                dialect: dialect.value,
                outer: outer.id(),
            };
            Err(section.refuse(dialect.span, problem))
        }
    }
}

/// Refuses the parameters of the other algorithms.
fn refuse_others(
    section: &Section<'_, TargetKey>,
    own: &[TargetKey],
    algorithm: &'static str,
    has: &'static str,
) -> Result<(), ConfigError> {
    let others = PARAMETERS
        .iter()
        .find(|key| !own.contains(key) && section.has(**key));
    match others {
        Some(key) => {
            let problem = ConfigProblem::NotOfAlgorithm {
                key: key.as_str(),
                algorithm,
                has,
            };
            Err(section.refuse(section.key_span(*key), problem))
        }
        None => Ok(()),
    }
}

fn number(
    section: &Section<'_, TargetKey>,
    key: TargetKey,
    default: u32,
    bounds: RangeInclusive<i64>,
) -> Result<u32, ConfigError> {
    let number = section.number(key, bounds)?;
    Ok(number.map_or(default, |number| {
        u32::try_from(number.value).expect("the bounds are within 32 bits")
    }))
}

/// Warns where a parameter is above what a login accepts.
fn warn_above(
    section: &Section<'_, TargetKey>,
    warnings: &mut Vec<Warning>,
    LoginBound { key, max, actual }: LoginBound,
) {
    if actual > max {
        warnings.push(Warning {
            line: section.line_of(&section.key_span(key)),
            caution: Caution::AboveLoginBounds {
                key: key.as_str(),
                max,
                actual,
            },
        });
    }
}
