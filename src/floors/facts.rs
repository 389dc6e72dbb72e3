//! What one file declares and names, read with `syn`. Code under `#[cfg(test)]` is left out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Item, Signature, Type, UseTree};

/// A module by its names from the crate's root; the root has none.
pub(super) type ModulePath = Vec<String>;

/// What is found in one file.
#[derive(Default)]
pub(super) struct Facts {
    /// The modules of the file: its own and those that stand in it in braces.
    pub(super) modules: BTreeMap<ModulePath, Scope>,
    pub(super) mentions: Vec<Mention>,
    pub(super) functions: Vec<Function>,
    pub(super) types: Vec<TypeDefinition>,
}

/// The names of one module.
#[derive(Default)]
pub(super) struct Scope {
    /// The modules that are declared with a semicolon, in order: each has a file of its own.
    pub(super) files: Vec<String>,
    /// Those in braces.
    pub(super) inline: BTreeSet<String>,
    pub(super) items: BTreeSet<String>,
    /// What a `use` brings in, by the name that it gets.
    pub(super) aliases: BTreeMap<String, Vec<String>>,
    /// The modules of which a `use` brings in everything.
    pub(super) globs: Vec<Vec<String>>,
}

/// A path that the code names.
pub(super) struct Mention {
    pub(super) module: ModulePath,
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) how: How,
}

/// How a path is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Code,
    /// In a `use` of this module alone.
    Import,
    /// In a `use` that others may import from.
    Reexport,
    /// In a `use` that ends in a star.
    Glob,
}

/// A function that is no method of a trait's implementation: there the trait has the word.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    /// Beside `self`.
    pub(super) arguments: usize,
    pub(super) bools: usize,
}

/// A struct, an enum, a union, a trait or an alias.
pub(super) struct TypeDefinition {
    pub(super) name: String,
    pub(super) line: usize,
}

/// Reads the text of a module's file.
pub(super) fn read(path: &str, module: ModulePath, text: &str) -> Facts {
    let file = match syn::parse_file(text) {
        Ok(file) => file,
        Err(error) => panic!("{path}:{}: {error}", error.span().start().line),
    };
    let mut reader = Reader {
        facts: Facts::default(),
        module,
        in_trait_impl: false,
    };
    reader.declare(&file.items);
    for item in &file.items {
        reader.visit_item(item);
    }
    reader.facts
}

struct Reader {
    facts: Facts,
    module: ModulePath,
    in_trait_impl: bool,
}

impl Reader {
    fn scope(&mut self) -> &mut Scope {
        self.facts.modules.entry(self.module.clone()).or_default()
    }

    /// Notes the names that a module's items define.
    fn declare(&mut self, items: &[Item]) {
        self.scope();
        for item in items {
            if is_test(attributes(item)) {
                continue;
            }
            let scope = self.scope();
            match item {
                Item::Mod(module) if module.content.is_none() => {
                    scope.files.push(module.ident.to_string());
                }
                Item::Mod(module) => {
                    scope.inline.insert(module.ident.to_string());
                }
                _ => scope.items.extend(name_of(item)),
            }
        }
    }

    fn mention(&mut self, path: Vec<String>, line: usize, how: How) {
        self.facts.mentions.push(Mention {
            module: self.module.clone(),
            path,
            line,
            how,
        });
    }

    /// Notes what a `use` brings in.
    fn import(&mut self, tree: &UseTree, front: &mut Vec<String>, how: How) {
        match tree {
            UseTree::Path(path) => {
                front.push(path.ident.to_string());
                self.import(&path.tree, front, how);
                front.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, front, how);
                }
            }
            UseTree::Name(name) => self.bring_in(&name.ident, None, front, how),
            UseTree::Rename(name) => {
                self.bring_in(&name.ident, Some(name.rename.to_string()), front, how);
            }
            UseTree::Glob(star) => {
                let line = star.star_token.spans[0].start().line;
                self.scope().globs.push(front.clone());
                self.mention(front.clone(), line, How::Glob);
            }
        }
    }

    fn bring_in(&mut self, name: &syn::Ident, renamed: Option<String>, front: &[String], how: How) {
        let line = name.span().start().line;
        let mut path = front.to_vec();
        if name != "self" {
            path.push(name.to_string());
        }
        let own = path.last().cloned().unwrap_or_default();
        let alias = renamed.unwrap_or(own);
        self.scope()
            .aliases
            .entry(alias)
            .or_insert_with(|| path.clone());
        self.mention(path, line, how);
    }

    /// The paths in what stands in a macro's parentheses, which is not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let is_field = at > 0 && is(at - 1, '.') && !(at > 1 && is(at - 2, '.'));
                    let is_foreign = at > 1 && is(at - 1, ':') && is(at - 2, ':');
                    let mut path = vec![first.to_string()];
                    while is(at + 1, ':') && is(at + 2, ':') {
                        let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else {
                            break;
                        };
                        path.push(next.to_string());
                        at += 3;
                    }
                    let is_macro = path.len() == 1 && is(at + 1, '!') && !is(at + 2, '=');
                    if !is_field && !is_foreign && !is_macro {
                        self.mention(path, first.span().start().line, How::Code);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    fn function(&mut self, signature: &Signature) {
        if self.in_trait_impl {
            return;
        }
        let typed = || {
            signature.inputs.iter().filter_map(|input| match input {
                FnArg::Typed(typed) => Some(&*typed.ty),
                _ => None,
            })
        };
        let is_bool = |ty: &&Type| matches!(ty, Type::Path(path) if path.path.is_ident("bool"));
        self.facts.functions.push(Function {
            name: signature.ident.to_string(),
            line: signature.ident.span().start().line,
            arguments: typed().count(),
            bools: typed().filter(is_bool).count(),
        });
    }

    fn define(&mut self, name: &syn::Ident) {
        self.facts.types.push(TypeDefinition {
            name: name.to_string(),
            line: name.span().start().line,
        });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        match item {
            Item::Struct(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Union(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            self.module.push(item.ident.to_string());
            self.declare(items);
            for item in items {
                self.visit_item(item);
            }
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let how = match item.vis {
            syn::Visibility::Inherited => How::Import,
            _ => How::Reexport,
        };
        if item.leading_colon.is_none() {
            self.import(&item.tree, &mut Vec::new(), how);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let outside = std::mem::replace(&mut self.in_trait_impl, false);
        self.function(&item.sig);
        visit::visit_item_fn(self, item);
        self.in_trait_impl = outside;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outside = std::mem::replace(&mut self.in_trait_impl, item.trait_.is_some());
        visit::visit_item_impl(self, item);
        self.in_trait_impl = outside;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect();
            let line = path.segments[0].ident.span().start().line;
            self.mention(names, line, How::Code);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        // A macro's bare name is no function's: its `use` names the macro.
        if invoked.path.segments.len() > 1 {
            self.visit_path(&invoked.path);
        }
        self.tokens(invoked.tokens.clone());
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
    }

    /// `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Whether code stands in the tests only: `cfg(test)`, or `cfg(all(test, …))`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| {
            let condition = list.tokens.to_string();
            let condition = condition
                .strip_prefix("all")
                .map_or(condition.as_str(), |rest| {
                    rest.trim_matches(['(', ')', ' '])
                });
            condition.split(',').any(|part| part.trim() == "test")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let facts = read("src/a.rs", vec!["a".to_owned()], text);
        let paths = facts.mentions.iter().map(|mention| mention.path.join("::"));
        paths.filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn paths_are_found_in_uses_types_expressions_patterns_and_macros() {
        assert_eq!(
            paths("use a::{b::C, d::{self, e}};"),
            ["a::b::C", "a::d", "a::d::e"]
        );
        assert_eq!(
            paths("fn f(x: a::B) -> c::D { e::g() }"),
            ["a::B", "c::D", "e::g"]
        );
        assert_eq!(
            paths("fn f() { matches!(x, A::B { y: c::D }) }"),
            ["A::B", "c::D"]
        );
        assert_eq!(paths("#[clap(value_parser = a::b)] struct S;"), ["a::b"]);
        assert_eq!(
            paths("fn f() { m!(x.y::<a::Z>(), &..b::c) }"),
            ["a::Z", "b::c"]
        );
    }

    #[test]
    fn what_stands_in_the_tests_only_is_left_out() {
        assert!(paths("#[cfg(test)] mod tests { use a::b; }").is_empty());
        assert!(paths("#[cfg(all(test, feature = \"x\"))] use a::b;").is_empty());
        assert_eq!(paths("#[cfg(not(test))] use a::b;"), ["a::b"]);
        assert_eq!(paths("#[cfg(feature = \"test\")] use a::b;"), ["a::b"]);
        assert_eq!(paths("#[cfg(any(test, unix))] use a::b;"), ["a::b"]);
    }
}
