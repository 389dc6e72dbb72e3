//! The commands of the command line stand beside one another: none imports another.

use super::check::check;
use super::house::House;
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Where the commands are.
const COMMANDS: [&str; 2] = ["cli", "commands"];

/// What a command takes from another.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, own) in house.files.iter().enumerate() {
        let Some(command) = command(&own.module) else {
            continue;
        };
        for used in house.imports(file) {
            let other = &house.files[used.file];
            if self::command(&other.module).is_some_and(|other| other != command) {
                faults.push(Fault {
                    rule: Rule::Commands,
                    room: own.room().to_owned(),
                    key: own.path.clone(),
                    text: format!(
                        "{}:{} -> {}: {}",
                        own.path, used.line, other.path, used.name
                    ),
                });
            }
        }
    }
    faults
}

fn command(module: &[String]) -> Option<&str> {
    let (folder, below) = module.split_at_checked(COMMANDS.len())?;
    (folder == COMMANDS).then_some(below.first()?)
}

#[test]
fn the_commands_do_not_import_one_another() {
    check(
        Rule::Commands,
        faults(&House::of(&Sources::of_this_crate())),
    );
}

#[test]
fn a_command_that_imports_another_is_found() {
    let made = |run: &str| {
        let sources = Sources::made(&[
            ("src/lib.rs", "mod cli;"),
            ("src/cli/mod.rs", "mod job; mod commands;"),
            ("src/cli/job.rs", "pub fn go() {}"),
            (
                "src/cli/commands/mod.rs",
                "mod run; mod reset; pub use reset::start;",
            ),
            ("src/cli/commands/run.rs", run),
            (
                "src/cli/commands/reset/mod.rs",
                "mod start; pub use start::start;",
            ),
            ("src/cli/commands/reset/start.rs", "pub fn start() {}"),
        ]);
        faults(&House::of(&sources)).len()
    };
    assert_eq!(made("use super::reset::start; fn f() { start() }"), 1);
    assert_eq!(made("fn f() { super::start(); }"), 1);
    assert_eq!(made("use crate::cli::job::go;"), 0);
}
