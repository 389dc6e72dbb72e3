//! saltern's hash kernels beside what else there is, in one process, turn by turn.
//!
//! Machines are noisy and other work comes and goes, so every contender runs for a moment in each round, and what is
//! reported is the median over the rounds of the ratio *within* a round, with the least and the greatest beside it.
//!
//! ```text
//! cargo run --release -- [--rounds 9] [--ms 300] [--threads 1] [--case argon2-default]
//!     [--argon2id m,t,p] [--only name,name] [--clock wall|thread]
//! ```

mod cases;
mod contenders;
mod machine;
mod rounds;

use rounds::Settings;

fn main() {
    let settings = match Settings::from_arguments(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(2);
        }
    };
    machine::print();
    for case in cases::all(settings.argon2id) {
        if settings
            .case
            .as_ref()
            .is_none_or(|wished| wished == case.name)
        {
            rounds::run(&settings, &case);
        }
    }
}
