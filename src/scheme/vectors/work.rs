//! What a login may cost: by every hash that is computed, and whatever was typed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::*;
use crate::scheme::kdf::weighed;

const FILES: [&str; 8] = [
    include_str!("../../../tests/vectors/applications.jsonl"),
    include_str!("../../../tests/vectors/crypt.jsonl"),
    include_str!("../../../tests/vectors/forms.jsonl"),
    include_str!("../../../tests/vectors/frameworks.jsonl"),
    include_str!("../../../tests/vectors/modern.jsonl"),
    include_str!("../../../tests/vectors/native.jsonl"),
    include_str!("../../../tests/vectors/systems.jsonl"),
    include_str!("../../../tests/vectors/expressions.jsonl"),
];

/// One value of every scheme that the vectors have.
pub(crate) fn one_of_each() -> Vec<Vector> {
    let mut found: Vec<Vector> = Vec::new();
    for line in FILES.iter().flat_map(|file| lines(file)) {
        if line["scheme"].is_string()
            && let Some(vector) = Vector::read(&line)
            && vector.scheme.is_verified()
            && !found.iter().any(|known| known.scheme == vector.scheme)
        {
            found.push(vector);
        }
    }
    assert!(found.len() > 150, "{}", found.len());
    found
}

/// What somebody may type who looks for an answer that comes sooner than others. Who has no such
/// account gets one hash at the target whatever was typed.
pub(crate) fn odd_passwords() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("none", Vec::new()),
        ("a NUL", b"Tr0ub4dor\0".to_vec()),
        ("a NUL alone", vec![0]),
        ("no UTF-8", b"Tr0ub4dor\xff\xfe".to_vec()),
        ("257 bytes", vec![b'x'; 257]),
        ("512 bytes", vec![b'x'; 512]),
        ("4,096 bytes", vec![b'x'; 4096]),
        ("no hex", b"Tr0ub4dor&3!".to_vec()),
    ]
}

#[test]
fn whatever_is_typed_a_login_makes_as_many_hashes_as_another() {
    let mut slow = 0;
    for vector in one_of_each() {
        let hashes = |password: &[u8]| {
            let (opened, work) = weighed(|| vector.opens(&vector.stored, password));
            assert!(opened.is_ok(), "{}: {opened:?}", vector.scheme);
            work
        };
        let usual = hashes(b"a wrong password");
        slow += usize::from(usual.hashes > 0);
        for (what, odd) in odd_passwords() {
            let work = hashes(&odd);
            assert_eq!(work.hashes, usual.hashes, "{}: {what}", vector.scheme);
            assert!(
                2 * work.units >= usual.units,
                "{}: {what}: {} units, not {}",
                vector.scheme,
                work.units,
                usual.units
            );
        }
    }
    assert!(slow > 60, "{slow}");
}

#[test]
fn whatever_is_typed_a_wrapped_value_costs_its_inner_and_its_outer_hash() {
    let outer = Outer::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };
    for vector in one_of_each() {
        let taken = take(&vector.stored, vector.scheme);
        let (Some(taken), Some(inner)) = (taken, vector.scheme.inner_id()) else {
            continue;
        };
        let input = outer_input(&outer, taken.text.as_bytes(), Some(&inner)).expect("room");
        let native = native_string(&outer, &[7; 16], &[7; 32]);
        let is = (!taken.setting.is_empty()).then_some(&taken.setting[..]);
        let Some(inner) = input.inner else { continue };
        let stored = StoredHash::new(wrap(&native, &inner, is));
        let hashes = |password: &[u8]| {
            let password = Password::new(password);
            let (opened, work) =
                weighed(|| verify(&stored, &password, Declared::Auto, &vector.context()));
            assert!(opened.is_ok(), "{}: {opened:?}", vector.scheme);
            work.hashes
        };
        let usual = hashes(b"a wrong password");
        assert!(usual >= 1, "{}", vector.scheme);
        for (what, odd) in odd_passwords() {
            assert_eq!(hashes(&odd), usual, "{}: {what}", vector.scheme);
        }
    }
}

/// A value that costs too much is refused, and no more is computed of it than a login may cost.
fn check_refused(stored: &str, password: &[u8]) {
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    let context = Context {
        // So little that what is admitted before the refusal is over at once.
        work_max: LoginWorkMax::new(1_000_000),
        ..Context::default()
    };
    let (opened, work) = computed_by(|| verify(&stored, &password, Declared::Auto, &context));
    assert!(
        matches!(
            opened,
            Err(VerifyError::TooMuchWork { max: 1_000_000, .. } | VerifyError::TooCostly { .. })
        ),
        "{opened:?}"
    );
    assert!(work.units <= 1_000_000, "{} units", work.units);
    // The default bound refuses it as well.
    let weighed = weigh(&stored, Declared::Auto, &Context::default());
    let is_beyond = match weighed {
        Ok(work) => LoginWorkMax::DEFAULT.is_exceeded_by(&work) || password.as_bytes().len() > 100,
        Err(error) => matches!(error, VerifyError::TooCostly { .. }),
    };
    assert!(is_beyond, "{weighed:?}");
}

#[test]
fn every_hash_of_a_value_counts_also_the_one_inside() {
    let (h22, h43, h86) = ("A".repeat(22), "A".repeat(43), "A".repeat(86));
    let argon2 = format!("m=64,t=1,p=1${h22}${h43}");
    // 2 GiB of scrypt inside a cheap Argon2id: N=2^21, r=8.
    let inside = STANDARD_NO_PAD.encode("$7$J6..../....salt$");
    check_refused(
        &format!("$argon2id--scrypt-7$v=19${argon2}$is={inside}"),
        b"x",
    );
    // 1 GiB, eight times over.
    let inside = STANDARD_NO_PAD.encode("$7$I6....6....salt$");
    check_refused(
        &format!("$argon2id--scrypt-7$v=19${argon2}$is={inside}"),
        b"x",
    );
    // A long key of PBKDF2: each block of it costs all iterations.
    let key = STANDARD_NO_PAD.encode([7; 512]);
    check_refused(
        &format!("$pbkdf2-sha512$i=10000000,l=512${h22}${key}"),
        b"x",
    );
    check_refused(&format!("$pbkdf2-sha256$i=500000,l=512${h22}${key}"), b"x");
    // scrypt sixteen times over, within its memory.
    check_refused(&format!("$scrypt$ln=18,r=8,p=16${h22}${h43}"), b"x");
    // Argon2 with ten passes over 1 GiB, by sixteen lanes.
    check_refused(
        &format!("$argon2id$v=19$m=1048576,t=10,p=16${h22}${h43}"),
        b"x",
    );
    check_refused(
        &format!("$argon2i$v=19$m=8192,t=4000,p=1${h22}${h43}"),
        b"x",
    );
    // crypt(3)'s rounds cost more with a longer password.
    check_refused(&format!("$6$rounds=4000000$saltsalt${h86}"), &[b'x'; 500]);
    check_refused(&format!("$5$rounds=999999999$saltsalt${h43}"), b"x");
    check_refused(&format!("$2b$16${}", ".".repeat(53)), b"x");
    check_refused(&format!("$2b$31${}", ".".repeat(53)), b"x");
}

#[test]
fn the_default_bound_just_admits_a_bcrypt_of_cost_15() {
    let bcrypt = |cost| {
        let value = StoredHash::new(format!("$2b${cost}${}", ".".repeat(53)));
        weigh(&value, Declared::Auto, &Context::default()).expect("a value that can be checked")
    };
    assert!(!LoginWorkMax::DEFAULT.is_exceeded_by(&bcrypt(15)));
    assert!(LoginWorkMax::DEFAULT.is_exceeded_by(&bcrypt(16)));
    // What OWASP and libsodium call for at the most: 1 GiB with four passes.
    let sensitive = Outer::Argon2id {
        memory_kib: 1 << 20,
        iterations: 4,
        parallelism: 1,
    };
    assert!(!LoginWorkMax::DEFAULT.is_exceeded_by(&outer_work(&sensitive)));
}

#[test]
fn a_higher_bound_admits_what_the_default_refuses() {
    let value = StoredHash::new(format!("$2b$16${}", ".".repeat(53)));
    let weigher = |units| {
        let context = Context {
            work_max: LoginWorkMax::new(units),
            ..Context::default()
        };
        Weigher::new(Declared::Auto, context)
    };
    let recognised = recognise(Some(value.as_bytes()), Declared::Auto);
    assert!(weigher(655_359_999).is_beyond(value.as_bytes(), &recognised));
    assert!(!weigher(655_360_000).is_beyond(value.as_bytes(), &recognised));
}

#[test]
fn an_expression_is_weighed_with_the_text_that_goes_in_before_it_is_begun() {
    let scheme = Scheme::parse("repeat(4000000,md5(it.pass.pass.pass.pass),md5(pass))")
        .expect("an expression");
    let stored = StoredHash::new("0".repeat(32));
    let opens = |password: &[u8]| {
        let password = Password::new(password);
        computed_by(|| verify_as(&stored, &password, scheme, &Context::default()))
    };
    let (refused, work) = opens(&[b'x'; 4096]);
    assert!(
        matches!(refused, Err(VerifyError::TooMuchWork { .. })),
        "{refused:?}"
    );
    assert_eq!(work.units, 0);
}

#[test]
fn the_memory_of_a_wrapped_value_is_that_of_its_largest_hash() {
    let inside = STANDARD_NO_PAD.encode("$7$C6..../....salt$");
    let text = format!(
        "$argon2id--scrypt-7$v=19$m=64,t=1,p=1${}${}$is={inside}",
        "A".repeat(22),
        "A".repeat(43)
    );
    let work = weigh(&StoredHash::new(text), Declared::Auto, &Context::default());
    // N=2^14, r=8: 16 MiB.
    assert_eq!(
        work.map(|work| (work.memory_kib, work.hashes)),
        Ok((16 << 10, 2))
    );
}
