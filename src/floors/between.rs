//! Between the rooms: imports go down only, and within a floor only to a room that is listed above.
//! sqlx stands in `store` alone, `unsafe` in `kernel` alone.
//!
//! Read line by line, so that the tests inside the rooms are held to it too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source::files_in;

/// One floor.
pub(super) struct Floor {
    pub(super) name: &'static str,
    /// Each may use those before it, and the floors below.
    pub(super) rooms: &'static [&'static str],
    pub(super) job: &'static str,
}

/// The floors from the ground up.
pub(super) const FLOORS: [Floor; 5] = [
    Floor {
        name: "0",
        rooms: &["kernel", "secret", "text", "scheme"],
        job: "what a value is: slow hashes, blind types for secrets, text forms, schemes. Pure",
    },
    Floor {
        name: "1",
        rooms: &["policy", "auth", "census", "reset"],
        job: "what to do about a value: rules, a login, a verdict on a column, resets. Pure",
    },
    Floor {
        name: "2",
        rooms: &["machine", "config", "store"],
        job: "processors and memory; `saltern.toml` to settings; the databases",
    },
    Floor {
        name: "3",
        rooms: &["engine"],
        job: "the pipeline of a run",
    },
    Floor {
        name: "faces",
        rooms: &["report", "serve", "cli"],
        job: "reports as text and JSON; logins over HTTP; arguments, files, the environment, printing",
    },
];

/// The points at which tests kill the process. They are of no floor: every floor may have them.
const ANYWHERE: [&str; 1] = ["failpoint"];

/// One line of code with the module it stands in.
struct Line {
    module: String,
    place: String,
    code: String,
}

/// Every line of every module's source, without comments.
fn lines() -> Vec<Line> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_in(&source, &mut files);
    let mut lines = Vec::new();
    for file in files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
    {
        let relative = file
            .strip_prefix(&source)
            .expect("a file of src")
            .to_path_buf();
        let first = relative
            .iter()
            .next()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        for (number, line) in (1..).zip(fs::read_to_string(&file).expect("a readable file").lines())
        {
            let code = line.split("//").next().unwrap_or_default().to_owned();
            lines.push(Line {
                module: module.clone(),
                place: format!("src/{}:{number}", relative.display()),
                code,
            });
        }
    }
    lines
}

/// Where a module stands: floor, then place within it.
fn rank(module: &str) -> Option<(usize, usize)> {
    FLOORS.iter().enumerate().find_map(|(floor, known)| {
        Some((floor, known.rooms.iter().position(|name| *name == module)?))
    })
}

/// The modules of the library that a line of code names.
fn named(code: &str) -> BTreeSet<&str> {
    ["crate::", "saltern::"]
        .iter()
        .flat_map(|path| code.split(path).skip(1))
        .flat_map(|rest| {
            rest.trim_start_matches('{')
                .split([',', '{', '}'])
                .take(if rest.starts_with('{') { 20 } else { 1 })
        })
        .map(|rest| {
            rest.trim()
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()
                .unwrap_or_default()
        })
        .filter(|module| rank(module).is_some())
        .collect()
}

fn check(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for line in lines() {
        let Some(own) = rank(&line.module) else {
            continue;
        };
        for module in named(&line.code) {
            if rank(module) > Some(own) {
                wrong.push(format!(
                    "{}: {} names {module}, which stands above it",
                    line.place, line.module
                ));
            }
        }
    }
    check(wrong);
}

#[test]
fn every_module_has_its_floor() {
    let modules: BTreeSet<String> = lines().into_iter().map(|line| line.module).collect();
    let known = |module: &str| {
        rank(module).is_some()
            || ["lib", "main", "floors"].contains(&module)
            || ANYWHERE.contains(&module)
    };
    check(
        modules
            .into_iter()
            .filter(|module| !known(module))
            .collect(),
    );
}

#[test]
fn sqlx_stands_in_store_alone() {
    let names_sqlx = |line: &Line| {
        line.module != "store"
            && line.module != "floors"
            && line.code.replace("mysqlx", "").contains("sqlx")
    };
    check(
        lines()
            .into_iter()
            .filter(names_sqlx)
            .map(|line| line.place)
            .collect(),
    );
}

#[test]
fn the_sidecar_and_the_engine_know_nothing_of_each_other() {
    let knows = |line: &Line| {
        let other = match line.module.as_str() {
            "serve" => "engine",
            "engine" => "serve",
            _ => return false,
        };
        named(&line.code).contains(other)
    };
    check(
        lines()
            .into_iter()
            .filter(knows)
            .map(|line| line.place)
            .collect(),
    );
}

#[test]
fn unsafe_code_stands_in_kernel_alone() {
    let is_unsafe = |line: &Line| {
        let code = &line.code;
        ["kernel", "floors"]
            .iter()
            .all(|module| line.module != *module)
            && (code.contains("unsafe {")
                || code.contains("unsafe fn")
                || code.contains("unsafe impl")
                || code.contains("unsafe_code"))
    };
    check(
        lines()
            .into_iter()
            .filter(is_unsafe)
            .map(|line| line.place)
            .collect(),
    );
}

#[test]
fn the_modules_that_a_line_names_are_found() {
    let found = |code| named(code).into_iter().collect::<Vec<_>>();
    assert_eq!(found("use crate::engine::run;"), ["engine"]);
    assert_eq!(
        found("use crate::{scheme::Scheme, policy};"),
        ["policy", "scheme"]
    );
    assert_eq!(
        found("let a = crate::text::trim(saltern::store::x);"),
        ["store", "text"]
    );
    assert_eq!(found("let engine = 1;"), Vec::<&str>::new());
}
