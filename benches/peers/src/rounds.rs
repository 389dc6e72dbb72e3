//! Turns, rates, and ratios within a round.

use std::sync::Barrier;
use std::time::Duration;

use crate::cases::Case;
use crate::contenders::Contender;

/// How time is taken.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// As it passes.
    Wall,
    /// What the thread itself ran: on a machine with other work on it, less is noise.
    Thread,
}

impl Clock {
    fn now(self) -> Duration {
        let id = match self {
            Self::Wall => libc::CLOCK_MONOTONIC,
            Self::Thread => libc::CLOCK_THREAD_CPUTIME_ID,
        };
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the pointer is to a local of the right type.
        assert_eq!(unsafe { libc::clock_gettime(id, &mut time) }, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

pub struct Settings {
    pub clock: Clock,
    pub rounds: usize,
    pub turn: Duration,
    pub threads: usize,
    pub case: Option<String>,
    /// m, t and p instead of the usual cases.
    pub argon2id: Option<[u32; 3]>,
    /// Parts of the names of those who run; empty is everyone. The first contender of a case always runs.
    pub only: Vec<String>,
}

impl Settings {
    pub fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let turn = Duration::from_millis(300);
        let mut settings = Self {
            clock: Clock::Wall,
            rounds: 9,
            turn,
            threads: 1,
            case: None,
            argon2id: None,
            only: Vec::new(),
        };
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| format!("{name} wants a value"))?;
            let number = || {
                value
                    .parse::<usize>()
                    .map_err(|error| format!("{name} {value}: {error}"))
            };
            match name.as_str() {
                "--rounds" => settings.rounds = number()?.max(1),
                "--ms" => settings.turn = Duration::from_millis(number()? as u64),
                "--threads" => settings.threads = number()?.max(1),
                "--clock" => {
                    settings.clock = match value.as_str() {
                        "wall" => Clock::Wall,
                        "thread" => Clock::Thread,
                        _ => return Err(format!("{value} is neither wall nor thread")),
                    }
                }
                "--case" => settings.case = Some(value),
                "--argon2id" => {
                    let numbers: Vec<u32> = value
                        .split(',')
                        .filter_map(|number| number.parse().ok())
                        .collect();
                    settings.argon2id = Some(
                        numbers
                            .try_into()
                            .map_err(|_| format!("{value} is not m,t,p"))?,
                    );
                }
                "--only" => settings.only = value.split(',').map(str::to_owned).collect(),
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        Ok(settings)
    }
}

/// Runs the rounds of one case and prints a line a contender.
pub fn run(settings: &Settings, case: &Case) {
    let wished = |name: &str| {
        settings.only.is_empty()
            || settings
                .only
                .iter()
                .any(|part| name.contains(part.as_str()))
    };
    let contenders: Vec<&Contender> = case
        .contenders
        .iter()
        .enumerate()
        .filter(|(i, contender)| *i == 0 || wished(&contender.name))
        .map(|(_, contender)| contender)
        // Its function is not for several threads.
        .filter(|contender| settings.threads == 1 || contender.name != "libxcrypt")
        .collect();
    let (alone, rates) = measure(settings, &contenders);
    let threads = settings.threads;
    let Settings {
        rounds,
        turn,
        clock,
        ..
    } = settings;
    println!(
        "{}, {threads} thread(s), {rounds} rounds of {turn:?}, {clock:?} clock",
        case.name
    );
    let scaling = if threads > 1 { "x one thread" } else { "" };
    println!(
        "  {:<40} {:>9}  {:<24}  {:<24}  {scaling}",
        "", "hashes/s", "x first", "x best published"
    );
    let published = contenders
        .iter()
        .rposition(|contender| !contender.name.starts_with("saltern"))
        .unwrap_or(0);
    for (i, contender) in contenders.iter().enumerate() {
        let ratios =
            |to: usize| Spread::of(rates.iter().map(|round| round[i] / round[to]).collect());
        let rate = Spread::of(rates.iter().map(|round| round[i]).collect());
        let scaled = if threads > 1 {
            let rounds = rates.iter().zip(&alone);
            Spread::of(rounds.map(|(all, alone)| all[i] / alone[i]).collect()).to_string()
        } else {
            String::new()
        };
        println!(
            "  {:<40} {:>9.2}  {}  {}  {scaled}",
            contender.name,
            rate.median,
            ratios(0),
            ratios(published)
        );
    }
    if case.name.starts_with("variants") {
        tell_choice(&rates);
    }
    println!();
}

/// The first contender beside the fastest of the others by their medians: what tuning leaves.
fn tell_choice(rates: &[Vec<f64>]) {
    let median = |i: usize| Spread::of(rates.iter().map(|round| round[i]).collect()).median;
    let others = 1..rates.first().map_or(1, Vec::len);
    let best = others.max_by(|one, other| median(*one).total_cmp(&median(*other)));
    if let Some(best) = best {
        let ratio = Spread::of(rates.iter().map(|round| round[0] / round[best]).collect());
        println!("  the tuned choice / the best of all variants: {ratio}");
    }
}

struct Spread {
    least: f64,
    median: f64,
    greatest: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            least: values[0],
            median: values[values.len() / 2],
            greatest: values[values.len() - 1],
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>6.3} ({:.3} to {:.3})",
            self.median, self.least, self.greatest
        )
    }
}

/// Hashes a second of each contender in each round: of the first thread while the others wait, and of all of them.
type Rates = (Vec<Vec<f64>>, Vec<Vec<f64>>);

fn measure(settings: &Settings, contenders: &[&Contender]) -> Rates {
    let barrier = Barrier::new(settings.threads);
    let of_threads: Vec<Rates> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..settings.threads)
            .map(|thread| {
                let barrier = &barrier;
                scope.spawn(move || measure_on_one_thread(settings, contenders, barrier, thread))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread measures"))
            .collect()
    });
    let sum = |round: usize, i: usize| of_threads.iter().map(|(_, rates)| rates[round][i]).sum();
    let together = (0..settings.rounds)
        .map(|round| (0..contenders.len()).map(|i| sum(round, i)).collect())
        .collect();
    (of_threads.into_iter().next().expect("a thread").0, together)
}

fn measure_on_one_thread(
    settings: &Settings,
    contenders: &[&Contender],
    barrier: &Barrier,
    thread: usize,
) -> Rates {
    let mut hashers: Vec<_> = contenders
        .iter()
        .map(|contender| (contender.start)())
        .collect();
    for hash in &mut hashers {
        hash();
    }
    let turn = |hash: &mut Box<dyn FnMut() -> u64>, works: bool| {
        barrier.wait();
        let (start, mut hashes) = (settings.clock.now(), 0);
        if !works {
            return 0.0;
        }
        while settings.clock.now() - start < settings.turn {
            hashes += hash();
        }
        hashes as f64 / (settings.clock.now() - start).as_secs_f64()
    };
    let mut rates = Rates::default();
    for _ in 0..settings.rounds {
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for hash in &mut hashers {
            if settings.threads > 1 {
                alone.push(turn(hash, thread == 0));
            }
            together.push(turn(hash, true));
        }
        rates.0.push(alone);
        rates.1.push(together);
    }
    rates
}
