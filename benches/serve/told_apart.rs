//! Whether the time of a failed login tells kinds of rows apart, and rows from nobody.
//!
//! The kinds are asked for in random order within each round. Each pair is compared by a two-sample
//! Kolmogorov-Smirnov test at a family-wise level of 0.01. Two users of one kind are the control: a
//! run in which they are told apart says nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use saltern::scheme::{BcryptPrefix, Outer, Scheme, derive, native_string};

use super::{COLUMN, PASSWORD, Sidecar, median, time};

/// What was measured of one kind.
struct Kind {
    login: &'static str,
    value: Option<String>,
    times: Mutex<Vec<f64>>,
}

/// The level of all tests together.
const LEVEL: f64 = 0.01;
/// The control: two users with an MD5.
const CONTROL: (usize, usize) = (1, 7);

/// `clients` clients ask at once, until every kind has its requests.
pub(super) fn told_apart(requests: u64, clients: u64) {
    let kinds = kinds();
    let rows: Vec<(&str, String)> = kinds
        .iter()
        .filter_map(|kind| Some((kind.login, kind.value.clone()?)))
        .collect();
    for pad in ["target", "dearest"] {
        let sidecar = Sidecar::with(&rows, &format!("pad = \"{pad}\"\n"));
        measure(&sidecar, &kinds, (requests, clients));
        println!("pad = \"{pad}\", {clients} clients, {requests} requests a kind");
        report(&kinds);
    }
}

fn measure(sidecar: &Sidecar, kinds: &[Kind], (requests, clients): (u64, u64)) {
    for kind in kinds {
        kind.times.lock().unwrap().clear();
    }
    let round = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for number in 0..clients {
            let round = &round;
            scope.spawn(move || {
                let mut client = sidecar.client();
                let mut random = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(number + 1);
                while round.fetch_add(1, Ordering::Relaxed) < requests {
                    for at in shuffled(kinds.len(), &mut random) {
                        let took = time(|| client.login(kinds[at].login, "wrong", "mismatch"));
                        kinds[at].times.lock().unwrap().push(took);
                    }
                }
            });
        }
    });
}

fn report(kinds: &[Kind]) {
    let mut times: Vec<Vec<f64>> = kinds
        .iter()
        .map(|kind| kind.times.lock().unwrap().clone())
        .collect();
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for (kind, (median, times)) in kinds.iter().zip(medians.iter().zip(&times)) {
        println!(
            "{:>16}: median {:.2} ms (quartiles {:.2} to {:.2})",
            kind.login,
            median * 1e3,
            times[times.len() / 4] * 1e3,
            times[times.len() * 3 / 4] * 1e3
        );
    }
    let last = kinds.len() - 1;
    let most = medians[..last].iter().copied().fold(f64::MIN, f64::max);
    let least = medians[..last].iter().copied().fold(f64::MAX, f64::min);
    println!("medians: {:.2} % apart", (most / least - 1.0) * 100.0);
    let pairs: Vec<(usize, usize)> = (0..last)
        .flat_map(|one| (one + 1..last).map(move |other| (one, other)))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a few pairs")]
    let level = LEVEL / pairs.len() as f64;
    let p_of = |(one, other): (usize, usize)| kolmogorov_smirnov(&times[one], &times[other]);
    let control = p_of(CONTROL);
    println!(
        "control, twice the same kind: p = {control:.4}{}",
        if control < LEVEL {
            ": this run says nothing"
        } else {
            ""
        }
    );
    let mut told = 0;
    for pair in &pairs {
        let p = p_of(*pair);
        if p < level {
            told += 1;
            println!(
                "told apart: {} and {} (p = {p:.1e})",
                kinds[pair.0].login, kinds[pair.1].login
            );
        }
    }
    println!(
        "{told} of {} pairs are told apart at {level:.1e} each",
        pairs.len()
    );
}

fn shuffled(len: usize, random: &mut u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    for at in (1..len).rev() {
        // xorshift64
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        let other = usize::try_from(*random % (at as u64 + 1)).unwrap();
        order.swap(at, other);
    }
    order
}

/// The probability of two sorted samples of one distribution to differ by as much: the asymptotic
/// one, with Stephens' correction for their sizes.
#[expect(clippy::cast_precision_loss, reason = "samples are small")]
fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> f64 {
    let (mut at, mut also, mut most) = (0, 0, 0.0_f64);
    while at < one.len() && also < other.len() {
        let value = one[at].min(other[also]);
        at += one[at..].iter().take_while(|time| **time <= value).count();
        also += other[also..]
            .iter()
            .take_while(|time| **time <= value)
            .count();
        let differ = at as f64 / one.len() as f64 - also as f64 / other.len() as f64;
        most = most.max(differ.abs());
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * most;
    if lambda < 0.2 {
        return 1.0;
    }
    let terms = (1..=100).map(|k| {
        let k = f64::from(k);
        let sign = if k % 2.0 == 1.0 { 1.0 } else { -1.0 };
        sign * (-2.0 * k * k * lambda * lambda).exp()
    });
    (2.0 * terms.sum::<f64>()).clamp(0.0, 1.0)
}

/// Nobody, six kinds of rows, and one of them once more.
fn kinds() -> Vec<Kind> {
    let salt = *b"0123456789abcdef";
    let bcrypt = |cost| {
        let outer = Outer::Bcrypt {
            cost,
            prefix: BcryptPrefix::B,
        };
        native_string(
            &outer,
            &salt,
            &derive(&outer, &salt, PASSWORD.as_bytes()).unwrap(),
        )
    };
    let md5 = saltern::scheme::digest(Scheme::MD5, PASSWORD.as_bytes()).unwrap();
    let password = saltern::secret::Password::new(PASSWORD);
    let native = COLUMN.hash(&password, &salt).unwrap().as_str().to_owned();
    let sha512crypt = format!("$6$saltsaltsaltsalt${}", ".".repeat(86));
    let django = format!("pbkdf2_sha256$600000$saltsaltsaltsalt${}=", "A".repeat(43));
    let kind = |login, value| Kind {
        login,
        value,
        times: Mutex::default(),
    };
    vec![
        kind("nobody", None),
        kind("md5", Some(md5.to_string())),
        kind("sha512crypt", Some(sha512crypt)),
        kind("bcrypt-8", Some(bcrypt(8))),
        kind("bcrypt-10", Some(bcrypt(10))),
        kind("django", Some(django)),
        kind("argon2id", Some(native)),
        kind("md5-again", Some(md5.to_string())),
    ]
}
