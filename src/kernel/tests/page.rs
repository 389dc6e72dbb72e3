//! The page on the kernels.

/// docs/kernels.md has a table of the files and says which of them are unsafe.
#[test]
fn the_page_on_the_kernels_names_every_file_and_the_unsafe_ones() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/kernels.md")).unwrap();
    let unsafe_line = page
        .lines()
        .skip_while(|line| !line.starts_with("`unsafe` is in five files"))
        .take(2)
        .collect::<Vec<_>>()
        .join(" ");
    let mut unsafe_files = 0;
    for folder in ["", "argon2id", "bcrypt", "batch", "run"] {
        for entry in std::fs::read_dir(root.join("src/kernel").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if !name.ends_with(".rs") || ["mod.rs", "tests.rs", "differential.rs"].contains(&name) {
                continue;
            }
            assert!(page.contains(&format!("`{name}`")), "{name}");
            if std::fs::read_to_string(&path)
                .unwrap()
                .contains("unsafe_code")
            {
                assert!(unsafe_line.contains(&format!("`{name}`")), "{name}");
                unsafe_files += 1;
            }
        }
    }
    assert_eq!(unsafe_files, 5);
}
