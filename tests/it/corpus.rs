//! The corpora that fuzzing left (`fuzz/corpus`), replayed: whatever was found once stays found.

use std::path::Path;

use crate::bodies;

fn check(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let Ok(files) = std::fs::read_dir(&folder) else {
        // Skipped by name: a published package has no corpora.
        return;
    };
    let mut replayed = 0;
    for file in files {
        body(&std::fs::read(file.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0, "{} is empty", folder.display());
}

#[test]
fn the_corpus_of_identify_is_replayed() {
    check("identify", bodies::identify);
}

#[test]
fn the_corpus_of_parse_is_replayed() {
    check("parse", bodies::parse);
}

#[test]
fn the_corpus_of_verify_is_replayed() {
    check("verify", bodies::verify_any);
}

#[test]
fn the_corpus_of_config_is_replayed() {
    check("config", bodies::config);
}

#[test]
fn the_corpus_of_expression_is_replayed() {
    check("expression", bodies::expression);
}
