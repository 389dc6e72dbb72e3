//! The page on states, from the transition tables.

use std::fmt::Write as _;

use super::*;

/// The page `docs/states.md`, from the transition tables.
fn page() -> String {
    let mut page = String::from(
        "# States of a run and of a chunk\n\nThis page is generated from `src/store/ledger`; `SALTERN_ACCEPT=1 cargo test states` writes it anew.\n",
    );
    let runs = RunState::ALL.map(|from| {
        (
            from.as_str(),
            RunState::ALL.map(|to| from.may_become(to).then_some(to.as_str())),
        )
    });
    let chunks = ChunkState::ALL.map(|from| {
        (
            from.as_str(),
            ChunkState::ALL.map(|to| from.may_become(to).then_some(to.as_str())),
        )
    });
    let joined = JoinedState::ALL.map(|from| {
        (
            from.as_str(),
            JoinedState::ALL.map(|to| from.may_become(to).then_some(to.as_str())),
        )
    });
    for (title, rows) in [
        ("A run", runs),
        ("A chunk", chunks),
        ("A run that many hosts have joined", joined),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n| state | may become |\n| --- | --- |\n"
        );
        for (from, next) in rows {
            let next: Vec<&str> = next.into_iter().flatten().collect();
            let next = if next.is_empty() {
                "nothing: it is final".to_owned()
            } else {
                next.join(", ")
            };
            let _ = writeln!(page, "| {from} | {next} |");
        }
    }
    page.push_str("\nA leased chunk that becomes leased again was taken over: its lease had run out, and its epoch is higher.\n\
         A pending chunk becomes done with its run: an interrupted sweep left it, and a later one has read every row.\n\
         A joined run that is open and becomes open has got a further pass.\n");
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a page is accepted by a variable of the environment"
)]
fn the_page_on_states_is_what_the_transition_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/states.md");
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::write(path, page()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        page(),
        "docs/states.md is out of date: SALTERN_ACCEPT=1 cargo test states"
    );
}
