//! `[target]`

use crate::config::document::Section;
use crate::config::error::{ConfigError, Problem};
use crate::config::warning::{Caution, Warning};
use crate::policy::Target;
use crate::scheme::{BcryptPrefix, Dialect, Outer};

/// 4 GiB: the most that Argon2 addresses with 32 bits of KiB would be a thousand times more, and no login could wait for it.
const MEMORY_KIB_MAX: i64 = 4 << 20;
/// RFC 9106, section 3.1: 2^24 - 1 lanes.
const LANES_MAX: i64 = (1 << 24) - 1;
/// RFC 9106, section 3.1: each lane needs 8 KiB.
const LANE_KIB: u64 = 8;

const ALGORITHMS: [&str; 3] = ["argon2id", "bcrypt", "pbkdf2-sha256"];
const PARAMETERS: [&str; 5] = ["memory_kib", "iterations", "parallelism", "cost", "prefix"];
const ARGON2ID: [&str; 3] = ["memory_kib", "iterations", "parallelism"];
const BCRYPT: [&str; 2] = ["cost", "prefix"];
const PBKDF2: [&str; 1] = ["iterations"];

/// Reads the target.
pub(super) fn read(
    section: &Section<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Target, ConfigError> {
    let algorithm = section
        .string("algorithm")?
        .ok_or_else(|| section.missing("algorithm"))?;
    let outer = match algorithm.value {
        "argon2id" => argon2id(section, warnings)?,
        "bcrypt" => bcrypt(section, warnings)?,
        "pbkdf2-sha256" => pbkdf2(section, warnings)?,
        other => return Err(section.unknown_value("algorithm", other, algorithm.span, ALGORITHMS)),
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

fn argon2id(section: &Section<'_>, warnings: &mut Vec<Warning>) -> Result<Outer, ConfigError> {
    refuse_others(
        section,
        &ARGON2ID,
        "argon2id",
        "`memory_kib`, `iterations` and `parallelism`",
    )?;
    let parallelism = number(section, "parallelism", 1, (1, LANES_MAX))?;
    let memory_kib = number(section, "memory_kib", 19_456, (1, MEMORY_KIB_MAX))?;
    let iterations = number(section, "iterations", 2, (1, i64::from(u32::MAX)))?;
    let needed = LANE_KIB * u64::from(parallelism);
    if u64::from(memory_kib) < needed {
        let problem = Problem::LanesWithoutMemory {
            parallelism,
            needed,
            actual: memory_kib,
        };
        let key = if section.has("memory_kib") {
            "memory_kib"
        } else {
            "parallelism"
        };
        return Err(section.refuse(section.key_span(key), problem));
    }
    // The bounds of the login path on what a stored value may cost.
    for (key, actual, max) in [
        ("memory_kib", memory_kib, 1 << 20),
        ("iterations", iterations, 10),
        ("parallelism", parallelism, 16),
    ] {
        above(
            section,
            warnings,
            Caution::AboveLoginBounds { key, max, actual },
        );
    }
    Ok(Outer::Argon2id {
        memory_kib,
        iterations,
        parallelism,
    })
}

fn bcrypt(section: &Section<'_>, warnings: &mut Vec<Warning>) -> Result<Outer, ConfigError> {
    refuse_others(section, &BCRYPT, "bcrypt", "`cost` and `prefix`")?;
    let cost = number(section, "cost", 12, (4, 31))?;
    let prefix = section.word("prefix", BcryptPrefix::parse, &["2a", "2b", "2y"])?;
    above(
        section,
        warnings,
        Caution::AboveLoginBounds {
            key: "cost",
            max: 15,
            actual: cost,
        },
    );
    Ok(Outer::Bcrypt {
        cost,
        prefix: prefix.map_or(BcryptPrefix::B, |prefix| prefix.value),
    })
}

fn pbkdf2(section: &Section<'_>, warnings: &mut Vec<Warning>) -> Result<Outer, ConfigError> {
    refuse_others(section, &PBKDF2, "pbkdf2-sha256", "`iterations`")?;
    let iterations = number(section, "iterations", 600_000, (1, i64::from(u32::MAX)))?;
    above(
        section,
        warnings,
        Caution::AboveLoginBounds {
            key: "iterations",
            max: 10_000_000,
            actual: iterations,
        },
    );
    Ok(Outer::Pbkdf2Sha256 { iterations })
}

fn dialect(section: &Section<'_>, outer: &Outer) -> Result<Dialect, ConfigError> {
    let known = Dialect::ALL.map(Dialect::as_str);
    match section.word("dialect", Dialect::parse, &known)? {
        None => Ok(Dialect::default()),
        Some(dialect) if dialect.value.spells(outer) => Ok(dialect.value),
        Some(dialect) => {
            let problem = Problem::NoSpelling {
                dialect: dialect.value,
                outer: outer.id(),
            };
            Err(section.refuse(dialect.span, problem))
        }
    }
}

/// Refuses the parameters of the other algorithms.
fn refuse_others(
    section: &Section<'_>,
    own: &[&'static str],
    algorithm: &'static str,
    has: &'static str,
) -> Result<(), ConfigError> {
    let others = PARAMETERS
        .iter()
        .find(|key| !own.contains(key) && section.has(key));
    match others {
        Some(key) => {
            let problem = Problem::NotOfAlgorithm {
                key,
                algorithm,
                has,
            };
            Err(section.refuse(section.key_span(key), problem))
        }
        None => Ok(()),
    }
}

fn number(
    section: &Section<'_>,
    key: &'static str,
    default: u32,
    (min, max): (i64, i64),
) -> Result<u32, ConfigError> {
    let number = section.number(key, min..=max)?;
    Ok(number.map_or(default, |number| {
        u32::try_from(number.value).expect("the bounds are within 32 bits")
    }))
}

/// Warns where a parameter is above what a login accepts.
fn above(section: &Section<'_>, warnings: &mut Vec<Warning>, caution: Caution) {
    if let Caution::AboveLoginBounds { key, max, actual } = caution
        && actual > max
    {
        warnings.push(Warning {
            line: section.line_of(&section.key_span(key)),
            caution,
        });
    }
}
