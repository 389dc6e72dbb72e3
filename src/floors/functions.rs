//! A function has four arguments beside `self` at the most, and none of them is a bool.

use super::check::check;
use super::house::House;
use super::rule::{Fault, Rule};
use super::source::Sources;

/// The most arguments beside `self`.
const ARGUMENTS_MAX: usize = 4;

/// Functions with more, or with a bool. What a trait asks for is the trait's: an implementation is
/// not counted.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut faults = Vec::new();
    for own in &house.files {
        for function in &own.facts.functions {
            if function.arguments > ARGUMENTS_MAX || function.bools > 0 {
                faults.push(Fault {
                    rule: Rule::Arguments,
                    room: own.room().to_owned(),
                    key: format!("{}: {}", own.path, function.name),
                    text: format!(
                        "{}:{} {} has {} arguments, {} of them bool",
                        own.path, function.line, function.name, function.arguments, function.bools
                    ),
                });
            }
        }
    }
    faults
}

#[test]
fn a_function_has_four_arguments_at_the_most_and_no_bool() {
    check(
        Rule::Arguments,
        faults(&House::of(&Sources::of_this_crate())),
    );
}

#[test]
fn a_function_with_too_many_arguments_or_a_bool_is_found() {
    let made = |text: &str| faults(&House::of(&Sources::made(&[("src/lib.rs", text)]))).len();
    assert_eq!(made("fn f(a: u8, b: u8, c: u8, d: u8, e: u8) {}"), 1);
    assert_eq!(made("fn f(a: u8, b: u8, c: u8, d: u8) {}"), 0);
    assert_eq!(
        made("impl A { fn f(&self, a: u8, b: u8, c: u8, d: u8) {} }"),
        0
    );
    assert_eq!(made("impl A { fn f(&self, a: bool) {} }"), 1);
    assert_eq!(made("trait A { fn f(&self, a: bool); }"), 1);
    assert_eq!(
        made("impl B for A { fn f(&self, a: bool) { fn g(a: bool) {} } }"),
        1
    );
    assert_eq!(made("#[cfg(test)] fn f(a: bool) {}"), 0);
}
