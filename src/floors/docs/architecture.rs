//! The tables of docs/architecture.md: the floors, and the folders of each room.

use std::fmt::Write as _;
use std::fs;

use super::super::between::FLOORS;
use super::super::house::House;
use super::super::source::Sources;
use super::page::{in_package, page};

const PATH: &str = "docs/architecture.md";
const FLOORS_BEGIN: &str = "<!-- generated: the floors. SALTERN_ACCEPT=1 cargo test floors -->\n";
const ROOMS_BEGIN: &str = "<!-- generated: the rooms. SALTERN_ACCEPT=1 cargo test floors -->\n";

const END: &str = "<!-- end -->\n";

/// The floors from the top down, as the tests hold them.
fn floors() -> String {
    let mut table = String::from(
        "\n| floor | rooms, each may use those before it | job |\n| --- | --- | --- |\n",
    );
    for floor in FLOORS.iter().rev() {
        let rooms: Vec<String> = floor.rooms.iter().map(|room| format!("`{room}`")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} |",
            floor.name,
            rooms.join(", "),
            floor.job
        );
    }
    table + "\n"
}

/// The rooms from the top down, each with its ground and its folders from the ground up.
fn rooms(house: &House, sources: &Sources) -> String {
    let mut text = String::from("\n");
    let all = FLOORS.iter().rev().flat_map(|floor| floor.rooms.iter());
    for room in all {
        let (folders, ground): (Vec<&String>, Vec<&String>) = house
            .children(&vec![(*room).to_owned()])
            .iter()
            .partition(|child| house.is_folder(&vec![(*room).to_owned(), (*child).clone()]));
        let _ = write!(text, "### `{room}/`\n\n{}\n\n", head(sources, room));
        if folders.is_empty() {
            continue;
        }
        text.push_str("| | |\n| --- | --- |\n");
        if !ground.is_empty() {
            let files: Vec<String> = ground.iter().map(|file| format!("`{file}`")).collect();
            let _ = writeln!(text, "| ground | {} |", files.join(", "));
        }
        for folder in folders {
            let job = head(sources, &format!("{room}/{folder}"));
            let _ = writeln!(text, "| `{folder}/` | {} |", job.replace('\n', " "));
        }
        text.push('\n');
    }
    text
}

/// The first paragraph of a module's head.
fn head(sources: &Sources, module: &str) -> String {
    let text = ["/mod.rs", ".rs"]
        .iter()
        .find_map(|end| sources.files.get(&format!("src/{module}{end}")))
        .expect("a module with a file");
    let words: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .take_while(|line| !line.trim().is_empty())
        .flat_map(str::split_whitespace)
        .collect();
    let words = words
        .join(" ")
        .replace("[`", "`")
        .replace("`]", "`")
        .replace("crate::", "");
    wrapped(&words, 120)
}

/// A paragraph in lines of at most so many columns.
fn wrapped(paragraph: &str, columns: usize) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let last = lines.last_mut().expect("one line at least");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= columns {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

/// The page with what stands between a mark and the next end put anew.
fn with_block(page: &str, begin: &str, block: &str) -> String {
    let start = page.find(begin).expect("the mark is there") + begin.len();
    let end = start + page[start..].find(END).expect("the end is there");
    format!("{}{block}{}", &page[..start], &page[end..])
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a generated page comes from the environment"
)]
fn the_tables_of_floors_and_rooms_are_up_to_date() {
    let sources = Sources::of_this_crate();
    let house = House::of(&sources);
    let written = page(PATH).text;
    let fresh = with_block(&written, FLOORS_BEGIN, &floors());
    let fresh = with_block(&fresh, ROOMS_BEGIN, &rooms(&house, &sources));
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        fs::write(in_package(PATH), &fresh).expect("docs/ can be written to");
    } else {
        assert!(
            written == fresh,
            "docs/architecture.md is out of date: SALTERN_ACCEPT=1 cargo test floors"
        );
    }
}

#[test]
fn a_table_is_made_of_the_contents_and_the_heads() {
    let sources = Sources::made(&[
        ("src/lib.rs", "mod engine;"),
        (
            "src/engine/mod.rs",
            "//! The pipeline. See [`run`].\n//!\n//! More.\nmod error; mod low;",
        ),
        ("src/engine/error.rs", ""),
        ("src/engine/low/mod.rs", "//! What is\n//! below.\nmod l;"),
        ("src/engine/low/l.rs", ""),
    ]);
    assert_eq!(head(&sources, "engine"), "The pipeline. See `run`.");
    assert_eq!(head(&sources, "engine/low"), "What is below.");
    assert_eq!(
        with_block("a<b>\nold\n<!-- end -->\nc", "<b>\n", "new\n"),
        "a<b>\nnew\n<!-- end -->\nc"
    );
    assert_eq!(wrapped("aa bb cc", 5), "aa bb\ncc");
}
