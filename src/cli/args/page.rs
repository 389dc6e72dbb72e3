//! Generates the page `docs/commands.md` from the arguments.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, Command, CommandFactory as _};

use super::Args;

fn page() -> String {
    let mut page = String::from(
        "# Commands\n\n\
         This page is generated from `src/cli/args/`; `SALTERN_ACCEPT=1 cargo test commands` writes it anew.\n\
         `saltern COMMAND --help` says the same, with examples. `-c, --config FILE` and `--help` go with every command.\n",
    );
    for command in Args::command().get_subcommands() {
        section(&mut page, "saltern", command);
    }
    page
}

fn section(page: &mut String, before: &str, command: &Command) {
    let name = format!("{before} {}", command.get_name());
    if command.get_name() == "help" || command.is_hide_set() {
        return;
    }
    let about = command.get_about().map(ToString::to_string);
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "\n## `{name}`\n\n{}.\n",
        about.unwrap_or_default().trim_end_matches('.')
    );
    let rows: Vec<String> = command.get_arguments().filter_map(row).collect();
    if !rows.is_empty() {
        let _ = write!(page, "\n| | |\n| --- | --- |\n{}", rows.concat());
    }
    for nested in command.get_subcommands() {
        section(page, &name, nested);
    }
}

fn row(arg: &Arg) -> Option<String> {
    if arg.is_hide_set() || arg.is_global_set() {
        return None;
    }
    let takes = arg.get_action().takes_values();
    let value = match arg.get_value_names() {
        Some([name, ..]) if takes => name.to_string(),
        _ => String::new(),
    };
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        (_, None) => String::new(),
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let default: Vec<_> = arg
        .get_default_values()
        .iter()
        .filter_map(|value| value.to_str())
        .filter(|_| takes)
        .collect();
    let default = match default[..] {
        [] => String::new(),
        _ => format!(" (default `{}`)", default.join(",")),
    };
    let typed = format!("{name} {value}");
    Some(format!(
        "| `{}` | {}{default} |\n",
        typed.trim(),
        help.replace('|', "\\|")
    ))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a generated page comes from the environment"
)]
fn the_page_on_commands_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::write(&path, page()).expect("docs/ can be written to");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/commands.md is out of date: SALTERN_ACCEPT=1 cargo test commands"
    );
}
