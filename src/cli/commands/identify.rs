//! `saltern identify`: which schemes stored values may be of, a value a line. It reads no database
//! and no configuration.

use std::io::Read;

use crate::census::{self, LineJudge};
use crate::cli::args::IdentifyArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::line_reader::{self, LineBatch, LineReader};
use crate::cli::output;
use crate::policy::Target;
use crate::report::{self, Identified, IdentifyTable};
use crate::scheme::{Candidate, Recognised, Scheme, Strength, VALUE_BYTES_MAX};

/// Output is collected up to this size before it is written.
const BLOCK_BYTES: usize = 1 << 16;

pub(super) fn identify(args: &IdentifyArgs) -> Result<Exit, Failure> {
    let mut lines = line_reader::open(args.file.as_deref())?;
    if args.column {
        return column(args, &mut lines);
    }
    let mut identifier = Identifier::new();
    if args.json {
        each(&mut lines, &mut identifier, |value, out| {
            value.json_line(out)
        })?;
        return Ok(Exit::Done);
    }
    let mut table = IdentifyTable::default();
    let mut text = String::new();
    IdentifyTable::headings(&mut text);
    let read_to_the_end = output::bytes(text.as_bytes())
        && each(&mut lines, &mut identifier, |value, out| {
            text.clear();
            table.row(value, &mut text);
            out.extend_from_slice(text.as_bytes());
        })?;
    if read_to_the_end {
        text.clear();
        table.notes(&mut text);
        output::out(&text);
    }
    Ok(Exit::Done)
}

/// Judges all lines together, as one column.
fn column(args: &IdentifyArgs, lines: &mut LineReader<Box<dyn Read>>) -> Result<Exit, Failure> {
    let mut judge = LineJudge::new(environment::random_keys()?);
    while let Some(batch) = lines.batch()? {
        match batch {
            LineBatch::Lines(batch) => {
                line_reader::split(batch).for_each(|line| judge.observe(line))
            }
            // Any value of this length is judged as too long.
            LineBatch::TooLong => judge.observe(&[b'x'; VALUE_BYTES_MAX + 1]),
        }
    }
    let verdict = judge.finish();
    output::out(&if args.json {
        format!("{}\n", report::column_json(&verdict))
    } else {
        report::column_text(&verdict)
    });
    Ok(Exit::Done)
}

/// Identifies one line after the other. It keeps buffers and the line number.
struct Identifier {
    /// The border between slow and strong. Without a configuration it is the default target.
    target: Strength,
    candidates: Vec<Candidate>,
    line: u64,
}

impl Identifier {
    fn new() -> Self {
        Self {
            target: Target::default().strength(),
            candidates: Vec::new(),
            line: 0,
        }
    }

    /// Identifies the next line.
    fn identify<'a>(&'a mut self, value: &'a [u8]) -> Identified<'a> {
        self.line += 1;
        let recognised = crate::scheme::identify(value, &mut self.candidates);
        let proof = match recognised {
            Recognised::Digest { .. } => census::proof_of_one(value),
            _ => None,
        };
        // With a proof only the proven scheme is left.
        if let Some(scheme) = proof {
            self.candidates.clear();
            self.candidates.push(scheme.into());
        }
        self.result(recognised, proof)
    }

    /// The next line was too long to be read.
    fn too_long(&mut self) -> Identified<'_> {
        self.line += 1;
        self.candidates.clear();
        self.result(Recognised::TooLong, None)
    }

    fn result<'a>(&'a self, recognised: Recognised<'a>, proof: Option<Scheme>) -> Identified<'a> {
        Identified {
            line: self.line,
            recognised,
            class: recognised.class(&self.target),
            candidates: &self.candidates,
            proof,
        }
    }
}

/// Shows every line. False when the reader of the output went away before the end.
fn each(
    lines: &mut LineReader<Box<dyn Read>>,
    identifier: &mut Identifier,
    mut show: impl FnMut(&Identified<'_>, &mut Vec<u8>),
) -> Result<bool, Failure> {
    let mut out = Vec::with_capacity(2 * BLOCK_BYTES);
    while let Some(batch) = lines.batch()? {
        match batch {
            LineBatch::Lines(batch) => {
                for value in line_reader::split(batch) {
                    show(&identifier.identify(value), &mut out);
                    if out.len() >= BLOCK_BYTES {
                        if !output::bytes(&out) {
                            return Ok(false);
                        }
                        out.clear();
                    }
                }
            }
            LineBatch::TooLong => show(&identifier.too_long(), &mut out),
        }
        if !output::bytes(&out) {
            return Ok(false);
        }
        out.clear();
    }
    Ok(true)
}
