//! `saltern verify`: tells whether passwords open stored values. It reads no database and no
//! configuration.

mod answer;
mod input;
mod password;

use std::io::Read;

use rayon::prelude::*;

use crate::cli::args::VerifyArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::line_reader::{self, LineBatch, LineReader};
use crate::cli::output::{self, Notices};
use crate::cli::site_salts;
use crate::kernel::SingleHashes;
use crate::report::VerifiedLine;
use crate::scheme::Scheme;
use crate::secret::StoredHash;
use answer::{Answer, answer};
use input::Request;

/// Lines for each thread between two writes. All their answers wait for the slowest one.
const LINES_A_THREAD: usize = 32;

pub(super) fn verify(args: &VerifyArgs) -> Result<Exit, Failure> {
    let single = SingleHashes {
        implementation: Some(environment::choose_kernel()?.implementation),
        ..SingleHashes::default()
    };
    // The lines are answered on all cores. Each thread needs the setting of its own.
    let answer = |request: &Request| {
        let _single = single.on_this_thread();
        answer(request)
    };
    let site = args
        .site_salt_file
        .as_deref()
        .map(|path| site_salts::read(path, Notices::Show))
        .transpose()?;
    if args.json {
        let mut lines = line_reader::open(args.file.as_deref())?;
        each(
            &mut lines,
            |line| {
                Ok(answer(&Request {
                    site: site.clone(),
                    ..Request::parse(line)?
                }))
            },
            |line| line.json(),
        )?;
        return Ok(Exit::Done);
    }
    let scheme = args.scheme.as_deref().map(scheme).transpose()?;
    let password = password::get(args)?;
    let mut lines = line_reader::open(args.file.as_deref())?;
    let of_value = |value: &[u8]| {
        Ok(answer(&Request {
            stored: Some(StoredHash::new(value)),
            scheme,
            site: site.clone(),
            ..Request::new(password.clone())
        }))
    };
    let headings = VerifiedLine::headings();
    if output::bytes(headings.as_bytes()) {
        each(&mut lines, of_value, |line| line.text())?;
    }
    Ok(Exit::Done)
}

/// The scheme that was typed.
fn scheme(name: &str) -> Result<Scheme, Failure> {
    Scheme::parse(name).map_err(|error| {
        Failure::usage(
            format!("--scheme names no scheme: {error}"),
            "give a name as `saltern identify` shows it, or an expression such as md5(salt.pass)"
                .to_owned(),
        )
    })
}

/// Answers every line on all cores, and prints the answers in the order of the lines. Ends early
/// when nobody reads them any more.
fn each(
    lines: &mut LineReader<Box<dyn Read>>,
    answer: impl Fn(&[u8]) -> Result<Answer, &'static str> + Sync,
    show: impl Fn(&VerifiedLine<'_>) -> String + Sync,
) -> Result<(), Failure> {
    let mut number = 0;
    let mut out = String::new();
    while let Some(batch) = lines.batch()? {
        match batch {
            LineBatch::Lines(batch) => {
                let lines: Vec<&[u8]> = line_reader::split(batch).collect();
                for part in lines.chunks(LINES_A_THREAD * rayon::current_num_threads()) {
                    out.clear();
                    out.extend(
                        part.par_iter()
                            .enumerate()
                            // Lines are handed out one by one, because one may take a second and
                            // the next a microsecond.
                            .with_max_len(1)
                            .map(|(at, line)| {
                                let answer = answer(line).unwrap_or_else(Answer::error);
                                show(&answer.at(number + at as u64 + 1))
                            })
                            .collect::<Vec<String>>(),
                    );
                    number += part.len() as u64;
                    if !output::bytes(out.as_bytes()) {
                        return Ok(());
                    }
                }
            }
            LineBatch::TooLong => {
                number += 1;
                let long = Answer::error("the line is longer than 1 MiB");
                if !output::bytes(show(&long.at(number)).as_bytes()) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
