//! What schemes do not read: texts that are nearly alike are tried on every scheme, with settings
//! that other implementations wrote.
//!
//! What becomes of each pair of texts that a scheme can't tell apart, the tests of logins ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::{Vector, lines};
use crate::scheme::*;

const FILES: [&str; 9] = [
    include_str!("../../../tests/vectors/applications.jsonl"),
    include_str!("../../../tests/vectors/crypt.jsonl"),
    include_str!("../../../tests/vectors/digests.jsonl"),
    include_str!("../../../tests/vectors/expressions.jsonl"),
    include_str!("../../../tests/vectors/forms.jsonl"),
    include_str!("../../../tests/vectors/frameworks.jsonl"),
    include_str!("../../../tests/vectors/modern.jsonl"),
    include_str!("../../../tests/vectors/native.jsonl"),
    include_str!("../../../tests/vectors/systems.jsonl"),
];

/// What costs more is not tried in this way: no value of these schemes in the vectors is cheaper.
const DEAR: Strength = Strength::Pbkdf2 {
    prf: Prf::Sha256,
    iterations: 1_100,
};

/// They take the password as what others do that are tried: the key of an HMAC, or the text of a
/// digest.
const TOO_DEAR: &[&str] = &[
    "atlassian-pbkdf2",
    "cisco8",
    "cisco9",
    "dovecot-scram-sha1",
    "dovecot-scram-sha256",
    "dovecot-sha512crypt",
    "gost-yescrypt",
    "keycloak-secret-data",
    "kratos-sha512crypt",
    "msdcc2",
    "mysql-caching-sha2",
    "oracle12",
    "rt-bcrypt",
    "sha512crypt",
    "spring-pbkdf2",
    "symfony-pbkdf2",
    "yescrypt",
];

/// Of the wrapped values: weaker than every target.
const OUTER: Outer = Outer::Argon2id {
    memory_kib: 8,
    iterations: 1,
    parallelism: 1,
};

const RANDOM: [u8; 16] = *b"sixteen of bytes";

/// The texts from which others are made that are nearly alike.
fn texts(vector: &Vector) -> Vec<String> {
    let name = vector.username.clone().unwrap_or_else(|| "anna".to_owned());
    let mut texts: Vec<String> = [
        "Secret 1",
        "geheim",
        "123456",
        "C)fe",
        "secre12",
        "caf\u{e9}",
        "stra\u{df}e \u{fc}",
        "fi\u{fb01}",
        "ab\u{fc}c",
        "a b\tc",
        " around ",
    ]
    .map(str::to_owned)
    .to_vec();
    for len in [8, 9, 14, 16, 71, 73, 129, 256] {
        texts.push("0123456789".repeat(26)[..len].to_owned());
    }
    let digits = |len: usize| "1234567890".repeat(3)[..len].to_owned();
    texts.push(format!("{}{name}", digits(12)));
    texts.push(format!("{}{}", digits(24), &name.repeat(4)[..4]));
    texts
}

/// Texts that are nearly this one.
fn near(text: &str, vector: &Vector) -> Vec<String> {
    let mut near = vec![
        text.to_uppercase(),
        text.to_lowercase(),
        format!(" {text}"),
        format!("{text} "),
        format!("{text}\t"),
        format!("{text}\n"),
        format!("{text}x"),
        format!("{text}\u{ad}"),
        format!("{text}\0"),
        format!("{text}\0{text}"),
        text.replace(' ', ""),
        text.replace([' ', '\t'], ""),
        text.trim().to_owned(),
        text.replace(' ', "\u{a0}"),
        text.replace("fi", "\u{fb01}").replace('\u{fb01}', "fi"),
        text.chars().map(wide).collect(),
    ];
    let chars: Vec<char> = text.chars().collect();
    let without_last = &chars[..chars.len().saturating_sub(1)];
    near.push(without_last.iter().collect());
    for len in [7, 8, 14, 72, 128, 255] {
        near.push(chars.iter().take(len).collect());
    }
    let name = vector.username.as_deref().unwrap_or("anna");
    let four: String = name.chars().cycle().take(4).collect();
    near.push(format!("{text}{name}"));
    near.push(format!("{text}{four}"));
    if let Some(front) = text.strip_suffix(&four) {
        near.push(front.to_owned());
    }
    // The bits of DES: ASCII for characters of two or three bytes, and the other way round.
    let seven: Vec<u8> = text.bytes().map(|byte| byte & 0x7f).collect();
    near.push(String::from_utf8(seven).expect("ASCII"));
    for len in 2..=3 {
        for at in 0..text.len().saturating_sub(len - 1) {
            let mut bytes = text.as_bytes().to_vec();
            for byte in &mut bytes[at..at + len] {
                *byte |= 0x80;
            }
            near.extend(String::from_utf8(bytes));
        }
    }
    // crypt_blowfish's old bug: the byte before one of eight bits is wiped out.
    if let Some(at) = chars
        .iter()
        .position(|char| !char.is_ascii())
        .filter(|at| *at > 0)
    {
        let mut other = chars.clone();
        other[at - 1] = '#';
        near.push(other.into_iter().collect());
    }
    near.retain(|near| near != text);
    near.sort();
    near.dedup();
    near
}

/// The character in the width of Chinese print, which NFKC makes narrow.
fn wide(char: char) -> char {
    match char {
        '!'..='~' => char::from_u32(u32::from(char) + 0xfee0).unwrap_or(char),
        other => other,
    }
}

/// Two texts that a scheme can't tell apart.
pub(crate) struct UnreadPair {
    vector: Arc<Vector>,
    pub(crate) typed: String,
    pub(crate) own: String,
    /// A value that both open, as a run wraps it, and where that is known as it was before.
    pub(crate) stored: Vec<String>,
}

impl UnreadPair {
    pub(crate) fn scheme(&self) -> Scheme {
        self.vector.scheme
    }

    pub(crate) fn context(&self) -> Context<'_> {
        self.vector.context()
    }
}

/// A setting of a scheme, with the vector that it is from.
struct TriedSetting {
    vector: Vector,
    taken: Taken,
    /// Whether bcrypt is in it.
    is_bcrypt: bool,
    /// Whether PBKDF2 or scrypt is in it, which take the password as the key of an HMAC.
    is_slow: bool,
}

/// The cheapest vector of each scheme that can be verified, and of each kind of hash in it.
fn settings() -> Vec<TriedSetting> {
    let mut cheapest: BTreeMap<(&'static str, String), TriedSetting> = BTreeMap::new();
    for line in FILES.iter().flat_map(|file| lines(file)) {
        let Some(vector) = Vector::read(&line) else {
            continue;
        };
        let Some(taken) = take(&vector.stored, vector.scheme) else {
            continue;
        };
        let debug = format!("{:?}", taken.strength);
        let kind = debug.split(' ').next().unwrap_or_default().to_owned();
        let key = (vector.scheme.name(), kind);
        // Some schemes read the user's name where there is one.
        let is_better = cheapest.get(&key).is_none_or(|known| {
            let names = [&vector, &known.vector].map(|vector| {
                let name = vector.username.as_deref();
                name.is_some_and(|name| !name.is_empty())
            });
            match names {
                [true, false] => true,
                [false, true] => false,
                _ => taken.strength.weaker_than(&known.taken.strength),
            }
        });
        if is_better {
            let is_bcrypt = matches!(taken.strength, Strength::Bcrypt { .. });
            let is_slow = matches!(
                taken.strength,
                Strength::Pbkdf2 { .. } | Strength::Scrypt { .. }
            );
            let tried = TriedSetting {
                vector,
                taken,
                is_bcrypt,
                is_slow,
            };
            cheapest.insert(key, tried);
        }
    }
    let cheaper = |tried: TriedSetting| TriedSetting {
        taken: cheaper(tried.taken),
        ..tried
    };
    cheapest.into_values().map(cheaper).collect()
}

/// The same with the least cost that its strings can have. What is read does not depend on it.
fn cheaper(taken: Taken) -> Taken {
    let text = String::from_utf8_lossy(&taken.setting).into_owned();
    let replaced = match taken.strength {
        Strength::Bcrypt { cost } => [
            (format!("${cost:02}$"), "$04$"),
            (format!(":bcrypt:{cost}$"), ":bcrypt:4$"),
            (format!("BCRYPT:{cost}:"), "BCRYPT:4:"),
            (format!("!bcrypt!{cost}!"), "!bcrypt!4!"),
            (format!("r={cost}$"), "r=4$"),
            (format!(",{cost}$"), ",4$"),
        ]
        .iter()
        .find(|(dear, _)| text.contains(dear.as_str()))
        .map(|(dear, cheap)| text.replacen(dear.as_str(), cheap, 1)),
        // PostgreSQL's SCRAM.
        Strength::Pbkdf2 { iterations, .. } if text.starts_with(&format!("{iterations}:")) => {
            Some(text.replacen(&format!("{iterations}:"), "1:", 1))
        }
        _ => None,
    };
    match replaced {
        Some(text) => Taken {
            setting: text.into_bytes(),
            strength: Strength::Fast,
            ..taken
        },
        None => taken,
    }
}

fn made(vector: &Vector, setting: &[u8], text: &str) -> Option<String> {
    let made = make(vector.scheme, setting, text.as_bytes(), &vector.context());
    Some(made.expect("good parameters")?.to_string())
}

/// Whether a text may show what bcrypt leaves out.
fn is_of_bcrypt(text: &str) -> bool {
    !text.is_ascii() || text.starts_with(' ') || (71..=73).contains(&text.len())
}

/// Whether a text may show what the key of an HMAC leaves out, or a form around it.
fn is_of_hmac(text: &str) -> bool {
    !text.is_ascii() || text.starts_with(' ') || [8, 73, 129, 256].contains(&text.len())
}

/// Every pair that the scheme can't tell apart, of those that are tried.
fn pairs(tried: TriedSetting) -> Vec<UnreadPair> {
    let mut pairs = Vec::new();
    let vector = &Arc::new(tried.vector);
    let setting = &tried.taken.setting[..];
    for own in texts(vector) {
        // They cost most.
        if tried.is_bcrypt && !is_of_bcrypt(&own) {
            continue;
        }
        if tried.is_slow && !is_of_hmac(&own) {
            continue;
        }
        let Some(text) = made(vector, setting, &own) else {
            continue;
        };
        for typed in near(&own, vector) {
            if made(vector, setting, &typed).as_ref() == Some(&text) {
                pairs.push(UnreadPair {
                    vector: Arc::clone(vector),
                    typed,
                    own: own.clone(),
                    stored: stored(vector.scheme, setting, &text),
                });
            }
        }
    }
    pairs
}

/// What may stand in a column for a text of the scheme: a wrapped value, and the text itself where
/// that is a value.
fn stored(scheme: Scheme, setting: &[u8], text: &str) -> Vec<String> {
    let is_value = take(text.as_bytes(), scheme)
        .is_some_and(|again| *again.text == *text && again.setting == setting);
    let native = is_value.then(|| text.to_owned());
    wrapped(scheme, setting, text)
        .into_iter()
        .chain(native)
        .collect()
}

/// What a run would write for a text of the scheme.
fn wrapped(scheme: Scheme, setting: &[u8], text: &str) -> Option<String> {
    let input = outer_input(&OUTER, text.as_bytes(), Some(&scheme.inner_id()?)).expect("room");
    let digest = derive(&OUTER, &RANDOM, &input.text).expect("good parameters");
    let is = (!setting.is_empty()).then_some(setting);
    Some(wrap(
        &native_string(&OUTER, &RANDOM, &digest),
        &input.inner?,
        is,
    ))
}

/// Every pair of every scheme that is tried, and the names of the schemes that are not.
pub(crate) fn unread_pairs() -> &'static (Vec<UnreadPair>, BTreeSet<&'static str>) {
    static PAIRS: OnceLock<(Vec<UnreadPair>, BTreeSet<&'static str>)> = OnceLock::new();
    PAIRS.get_or_init(make_pairs)
}

fn make_pairs() -> (Vec<UnreadPair>, BTreeSet<&'static str>) {
    let (mut all, mut tried_names, mut dear_names) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for tried in settings() {
        let name = tried.vector.scheme.name();
        if tried.taken.strength.weaker_than(&DEAR) {
            tried_names.insert(name);
            all.extend(pairs(tried));
        } else {
            dear_names.insert(name);
        }
    }
    let too_dear = dear_names.difference(&tried_names).copied().collect();
    (all, too_dear)
}

/// Whether a login form can send the text.
pub(crate) fn is_typed(text: &str) -> bool {
    !text.contains('\0')
}

#[test]
fn the_schemes_that_leave_something_out_are_those_of_the_table() {
    let (pairs, too_dear) = unread_pairs();
    let partly: BTreeSet<&str> = pairs
        .iter()
        .filter(|pair| is_typed(&pair.typed) && is_typed(&pair.own))
        .map(|pair| pair.scheme().name())
        .collect();
    // What stands behind MoinMoin's {PASSLIB} may be bcrypt, and is not in any vector.
    let expected = Scheme::all()
        .filter(|scheme| scheme.unread().is_some() && *scheme != Scheme::MOIN)
        .map(Scheme::name);
    assert_eq!(partly, expected.collect());
    assert_eq!(*too_dear, TOO_DEAR.iter().copied().collect());
}
