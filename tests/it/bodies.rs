//! What must hold for any bytes at all, one function for each part that reads them.
//!
//! The fuzz targets (`fuzz/`) call these with what they make up, and the ordinary tests with the corpora that fuzzing left: one place,
//! so that both mean the same. They see the library from outside, as an application does.

use saltern::scheme::{
    Context, Declared, Recognised, Scheme, Strength, VerifyError, expression_digest,
    expression_text, is_saltern, recognise, take, unlabel, verify, verify_as, wrap,
};
use saltern::secret::{InnerSalt, Password, StoredHash};

const TARGET: Strength = Strength::Bcrypt { cost: 10 };

/// A value of any bytes is identified: a mark's scheme comes first, no candidate stands twice, and no plaintext is inferred.
pub fn identify(value: &[u8]) {
    let mut candidates = Vec::new();
    let recognised = saltern::scheme::identify(value, &mut candidates);
    let _ = (recognised.class(&TARGET), format!("{recognised:?}"));
    if let Recognised::Native { scheme, .. } = recognised {
        assert_eq!(candidates.first(), Some(&scheme.into()));
    }
    let names: Vec<&str> = candidates.iter().map(|known| known.name()).collect();
    assert!(!names.contains(&Scheme::PLAINTEXT.name()));
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{name} stands twice");
        assert_eq!(Scheme::by_name(name), Some(candidates[at].scheme));
    }
}

/// A value of any bytes is recognised under every declaration and taken apart under every scheme; what is saltern's own stays so, and the
/// canonical form of a canonical text is itself.
///
/// Not under all of them at once, which would take a hundred times as long as one value needs: under those that it may be of, and a few that
/// its bytes choose, so that a run reaches all.
pub fn parse(value: &[u8]) {
    check_recognised(value, Declared::Auto);
    for scheme in schemes_for(value) {
        check_recognised(value, Declared::Scheme(scheme));
        // The digest of a form of its own is hex too, and may happen to have that form.
        if let Some(taken) = take(value, scheme)
            && (scheme.shape().is_some()
                || !taken.text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            && let Some(again) = take(taken.text.as_bytes(), scheme)
        {
            assert!(again.text == taken.text, "{scheme}: not canonical");
        }
    }
    if let Ok(text) = std::str::from_utf8(value)
        && let Some(parts) = unlabel(text)
    {
        let whole = wrap(&parts.native, &parts.inner, parts.is.as_deref());
        assert_eq!(whole.len(), text.len());
    }
}

/// So many schemes are tried on a value besides those that it may be of.
const CHOSEN: usize = 4;
/// And so many of those: bare hex may be of forty.
const LIKELY_MAX: usize = 4;

fn schemes_for(value: &[u8]) -> Vec<Scheme> {
    let mut candidates = Vec::new();
    let _ = saltern::scheme::identify(value, &mut candidates);
    let all: Vec<Scheme> = Scheme::all().collect();
    // FNV-1a: every byte moves the choice.
    let mut chosen = value.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mut schemes = Vec::with_capacity(CHOSEN + LIKELY_MAX);
    let mut choose = |from: &[Scheme]| {
        chosen = chosen.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        schemes.push(from[(chosen % from.len() as u64) as usize]);
    };
    let likely: Vec<Scheme> = candidates.iter().map(|known| known.scheme).collect();
    for _ in 0..LIKELY_MAX.min(likely.len()) {
        choose(&likely);
    }
    for _ in 0..CHOSEN {
        choose(&all);
    }
    schemes
}

fn check_recognised(value: &[u8], declared: Declared) {
    let recognised = recognise(Some(value), declared);
    let _ = (recognised.class(&TARGET), format!("{recognised:?}"));
    let own = matches!(recognised, Recognised::Wrapped { .. } | Recognised::Dead);
    let to_wrap = matches!(
        recognised,
        Recognised::Native { .. } | Recognised::Digest { .. } | Recognised::Plaintext(_)
    );
    // What is saltern's own is never taken for something to wrap: that would be pass-the-hash.
    assert!(!own || is_saltern(value));
    assert!(!to_wrap || !is_saltern(value));
}

/// A scheme, a password, a salt and a value of any bytes: verification ends, and what can't be checked is an error. What would cost more
/// than a few milliseconds is left out.
///
/// The first byte says how the scheme is chosen: one of those that the value may be of, or any one of all; the second which. The third is the
/// password's length, the fourth the salt's.
pub fn verify_any(data: &[u8]) {
    let Some((&[how, which, password, salt], rest)) = data.split_first_chunk::<4>() else {
        return;
    };
    let cut = |bytes: &'_ [u8], len: u8| bytes.len().min(usize::from(len));
    let (password, rest) = rest.split_at(cut(rest, password));
    let (salt, value) = rest.split_at(cut(rest, salt));
    let mut candidates = Vec::new();
    let _ = saltern::scheme::identify(value, &mut candidates);
    let mut schemes: Vec<Scheme> = candidates.iter().map(|known| known.scheme).collect();
    if schemes.is_empty() || how % 2 == 1 {
        schemes = Scheme::all().collect();
    }
    let scheme = schemes[(usize::from(how / 2) * 256 + usize::from(which)) % schemes.len()];

    let salt = InnerSalt::new(salt);
    let name = String::from_utf8_lossy(salt.as_bytes()).into_owned();
    let context = Context {
        salt: Some(&salt),
        salt2: Some(&salt),
        username: Some(&name),
        user_id: Some(&name),
        site: None,
        ..Context::default()
    };
    let (stored, password) = (StoredHash::new(value), Password::new(password));
    if take(value, scheme).is_none_or(|taken| is_cheap(&taken.strength)) {
        check_verdict(verify_as(&stored, &password, scheme, &context));
    }
    for declared in [Declared::Auto, Declared::Scheme(scheme)] {
        let params = match recognise(Some(value), declared) {
            Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => params,
            _ => Strength::Fast,
        };
        if is_cheap(&params) {
            check_verdict(verify(&stored, &password, declared, &context));
        }
    }
}

/// Everything that a scheme may need was given, so nothing is missing.
fn check_verdict(verdict: Result<bool, VerifyError>) {
    if let Err(error) = verdict {
        assert!(!matches!(error, VerifyError::Missing { .. }), "{error}");
        let _ = error.to_string();
    }
}

/// Whether a hash with these parameters takes a few milliseconds at most.
fn is_cheap(params: &Strength) -> bool {
    match *params {
        Strength::Fast => true,
        Strength::Argon2 {
            memory_kib,
            iterations,
            parallelism,
            ..
        } => u64::from(memory_kib) * u64::from(iterations) <= 2_048 && parallelism <= 16,
        Strength::Bcrypt { cost } => cost <= 4,
        Strength::Scrypt { log_n, r, p } => {
            log_n <= 12 && (u64::from(r) * u64::from(p)) << log_n <= 1 << 13
        }
        Strength::Pbkdf2 { iterations, .. } => iterations <= 1_000,
        Strength::Rounds { rounds, .. } => rounds <= 5_000,
        Strength::Yescrypt { log_n, r } => log_n <= 12 && u64::from(r) << log_n <= 1 << 13,
    }
}

/// A configuration of any text is read or refused, in words.
#[cfg(feature = "cli")]
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let file = saltern::config::ConfigFile {
        path: std::path::Path::new("saltern.toml"),
        text,
        mode: Some(0o600),
    };
    match saltern::config::parse(&file) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                assert!(!warning.to_string().is_empty());
            }
            let _ = format!("{:?}", loaded.settings);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An expression of any text is refused, or what it prints reads back as itself and makes the same digest.
pub fn expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(canonical) = expression_text(text) else {
        return;
    };
    assert_eq!(expression_text(&canonical).as_ref(), Ok(&canonical));
    // Rounds by the million are allowed, and no bug is in their number.
    let is_dear = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() > 3);
    if !is_dear {
        let (password, salt) = ("pässword".as_bytes(), b"0123abcd");
        assert_eq!(
            expression_digest(text, password, salt),
            expression_digest(&canonical, password, salt)
        );
    }
}
