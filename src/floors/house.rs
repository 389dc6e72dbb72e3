//! The modules of the source with all that they name, each name traced to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, How, ModulePath, Scope, read};
use super::source::{Sources, room_of};

/// The library, without its tests.
pub(super) struct House {
    pub(super) files: Vec<SourceFile>,
    modules: BTreeMap<ModulePath, Module>,
}

/// A file and what it names.
pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) module: ModulePath,
    pub(super) facts: Facts,
    pub(super) uses: Vec<Use>,
}

/// A name that a file takes from another file.
pub(super) struct Use {
    /// The file that defines it, by its place in [`House::files`].
    pub(super) file: usize,
    pub(super) name: String,
    /// What follows the name: a variant, a function of a type.
    pub(super) rest: Vec<String>,
    pub(super) line: usize,
    pub(super) how: How,
}

struct Module {
    file: usize,
    scope: Scope,
}

/// A module and a function may have one name: which of them a path means. What stands before `::`
/// is a module, where there is one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Module,
    Item,
}

/// The names that are being looked up, so that a `use` of itself ends.
type Seen = BTreeSet<(ModulePath, String, Wanted)>;

/// What a path stands for.
enum Target {
    Module(ModulePath),
    Item {
        file: usize,
        name: String,
        rest: Vec<String>,
    },
}

impl House {
    /// Reads every file that `src/lib.rs` declares, or what it declares does.
    pub(super) fn of(sources: &Sources) -> Self {
        let mut house = Self {
            files: Vec::new(),
            modules: BTreeMap::new(),
        };
        house.enter(sources, "src/lib.rs", Vec::new());
        for file in 0..house.files.len() {
            house.files[file].uses = house.uses(file);
        }
        house
    }

    fn enter(&mut self, sources: &Sources, path: &str, module: ModulePath) {
        let text = &sources.files[path];
        let mut facts = read(path, module.clone(), text);
        let file = self.files.len();
        let mut children = Vec::new();
        for (module, scope) in std::mem::take(&mut facts.modules) {
            for name in &scope.files {
                let mut child = module.clone();
                child.push(name.clone());
                children.push(child);
            }
            // Two forms of one module, by feature: the first counts.
            self.modules.entry(module).or_insert(Module { file, scope });
        }
        self.files.push(SourceFile {
            path: path.to_owned(),
            module,
            facts,
            uses: Vec::new(),
        });
        for child in children {
            let stem = format!("src/{}", child.join("/"));
            let flat = format!("{stem}.rs");
            let path = if sources.files.contains_key(&flat) {
                flat
            } else {
                format!("{stem}/mod.rs")
            };
            self.enter(sources, &path, child);
        }
    }

    /// What a file takes from others.
    fn uses(&self, file: usize) -> Vec<Use> {
        let facts = &self.files[file].facts;
        let mut uses = Vec::new();
        for mention in &facts.mentions {
            let (module, path) = (&mention.module, &mention.path);
            // A `use` brings in the module and the function; which is meant, the code says.
            let wanted = match mention.how {
                How::Code => Wanted::Item,
                How::Import | How::Reexport | How::Glob => Wanted::Module,
            };
            match self.resolve(module, path, wanted, &mut Seen::new()) {
                Some(Target::Item {
                    file: other,
                    name,
                    rest,
                }) if other != file => uses.push(Use {
                    file: other,
                    name,
                    rest,
                    line: mention.line,
                    how: mention.how,
                }),
                _ => {}
            }
        }
        uses
    }

    fn resolve(
        &self,
        from: &ModulePath,
        path: &[String],
        wanted: Wanted,
        seen: &mut Seen,
    ) -> Option<Target> {
        let mut at = from.clone();
        let mut rest = path;
        let mut is_anchored = false;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => {
                    at.pop()?;
                }
                _ => break,
            }
            is_anchored = true;
            rest = &rest[1..];
        }
        while let Some(name) = rest.first() {
            rest = &rest[1..];
            let here = if rest.is_empty() {
                wanted
            } else {
                Wanted::Module
            };
            match self.look_up(&at, name, here, seen) {
                Some(Target::Module(module)) => at = module,
                Some(Target::Item {
                    file,
                    name,
                    rest: mut inner,
                }) => {
                    inner.extend(rest.iter().cloned());
                    return Some(Target::Item {
                        file,
                        name,
                        rest: inner,
                    });
                }
                // Made by a macro, where it stands in a module of ours.
                None if is_anchored => {
                    return Some(Target::Item {
                        file: self.modules.get(&at)?.file,
                        name: name.clone(),
                        rest: rest.to_vec(),
                    });
                }
                None => return None,
            }
            is_anchored = true;
        }
        Some(Target::Module(at))
    }

    /// What a name means in a module.
    fn look_up(
        &self,
        module: &ModulePath,
        name: &str,
        wanted: Wanted,
        seen: &mut Seen,
    ) -> Option<Target> {
        let mut child = module.clone();
        child.push(name.to_owned());
        let child = self.modules.contains_key(&child).then_some(child);
        match (child, wanted) {
            (Some(child), Wanted::Module) => Some(Target::Module(child)),
            (child, _) => self
                .look_up_item(module, name, wanted, seen)
                .or(child.map(Target::Module)),
        }
    }

    fn look_up_item(
        &self,
        module: &ModulePath,
        name: &str,
        wanted: Wanted,
        seen: &mut Seen,
    ) -> Option<Target> {
        let here = self.modules.get(module)?;
        if here.scope.items.contains(name) {
            return Some(Target::Item {
                file: here.file,
                name: name.to_owned(),
                rest: Vec::new(),
            });
        }
        if !seen.insert((module.clone(), name.to_owned(), wanted)) {
            return None;
        }
        if let Some(path) = here.scope.aliases.get(name) {
            return self.resolve(module, path, wanted, seen);
        }
        here.scope.globs.iter().find_map(|glob| {
            match self.resolve(module, glob, Wanted::Module, &mut seen.clone())? {
                Target::Module(other) => self.look_up(&other, name, wanted, seen),
                Target::Item { .. } => None,
            }
        })
    }

    /// The modules with a file of their own that a module declares, in the order in which it does.
    pub(super) fn children(&self, module: &ModulePath) -> &[String] {
        self.modules
            .get(module)
            .map_or(&[], |module| &module.scope.files)
    }

    /// Whether a module is a folder: it has files below it.
    pub(super) fn is_folder(&self, module: &ModulePath) -> bool {
        !self.children(module).is_empty()
            || self.files.iter().any(|file| {
                file.module == *module && module.len() > 1 && file.path.ends_with("/mod.rs")
            })
    }

    /// The rooms: what `lib.rs` declares.
    pub(super) fn rooms(&self) -> &[String] {
        self.children(&Vec::new())
    }

    /// The use of a name of another file that counts as an import. A contents page that shows what
    /// stands below it imports nothing by that.
    pub(super) fn imports(&self, file: usize) -> impl Iterator<Item = &Use> {
        let own = &self.files[file];
        own.uses.iter().filter(move |used| {
            used.how != How::Reexport
                || !own.path.ends_with("/mod.rs")
                || !self.files[used.file].module.starts_with(&own.module)
        })
    }
}

impl SourceFile {
    pub(super) fn room(&self) -> &str {
        room_of(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files that a file takes names from, with the names.
    fn taken(files: &[(&str, &str)], path: &str) -> Vec<String> {
        let house = House::of(&Sources::made(files));
        let file = house.files.iter().find(|file| file.path == path);
        let mut taken: Vec<String> = file
            .expect("a file of the house")
            .uses
            .iter()
            .map(|used| format!("{} {}", house.files[used.file].path, used.name))
            .collect();
        taken.sort();
        taken.dedup();
        taken
    }

    #[test]
    fn a_reexport_is_traced_to_the_file_that_defines_the_name() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            (
                "src/a/mod.rs",
                "mod deep; pub use deep::Thing as Renamed; pub use deep::*;",
            ),
            ("src/a/deep.rs", "pub struct Thing; pub fn act() {}"),
            (
                "src/b.rs",
                "use crate::a::Renamed; use crate::a; fn f() { a::act(); }",
            ),
        ];
        assert_eq!(
            taken(&files, "src/b.rs"),
            ["src/a/deep.rs Thing", "src/a/deep.rs act"]
        );
    }

    #[test]
    fn a_module_and_a_function_of_one_name_are_told_apart() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a/mod.rs", "pub mod plan; pub use plan::plan;"),
            ("src/a/plan.rs", "pub struct Plan; pub fn plan() {}"),
            (
                "src/b.rs",
                "use crate::a; fn f() { a::plan(); a::plan::Plan }",
            ),
        ];
        let both = ["src/a/plan.rs Plan", "src/a/plan.rs plan"];
        assert_eq!(taken(&files, "src/b.rs"), both);
        let code = "use crate::a::plan; fn f() { plan::Plan; plan!(1) }";
        let files = [files[0], files[1], files[2], ("src/b.rs", code)];
        assert_eq!(taken(&files, "src/b.rs"), ["src/a/plan.rs Plan"]);
    }

    #[test]
    fn a_name_that_a_macro_makes_belongs_to_the_file_of_the_macro() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "make! { Thing }"),
            ("src/b.rs", "use crate::a::Thing;"),
        ];
        assert_eq!(taken(&files, "src/b.rs"), ["src/a.rs Thing"]);
    }

    #[test]
    fn others_crates_and_local_names_are_no_imports() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", ""),
            (
                "src/b.rs",
                "use std::fmt; use a::B; fn f(c: u8) { c.d(); fmt::format(c); }",
            ),
        ];
        assert!(taken(&files, "src/b.rs").is_empty());
    }

    #[test]
    fn names_of_a_module_in_braces_are_its_own() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "pub fn f() {}"),
            (
                "src/b.rs",
                "mod inner { use super::super::a::f; pub fn g() {} } use inner::g;",
            ),
        ];
        assert_eq!(taken(&files, "src/b.rs"), ["src/a.rs f"]);
    }
}
