//! The rules of the house, checked by tests that read the source.
//!
//! Between the rooms (the modules of `lib.rs`) imports go down only. Inside a room the flat files
//! are its ground, each folder is a floor, and no files form a circle. The rules are listed in
//! [`rule::Rule`]. This module checks no behaviour, and nothing of it is in a build that is not a
//! test.
//!
//! `cargo test --features failpoints --lib floors` lists what is wrong.

// The ground: what a rule and a fault are, the exceptions, and what is made of a fault.
mod rule;

mod exceptions;

mod check;

// From files to facts: the text, what it declares and names, and what the names stand for.
mod source;

mod facts;

mod house;

// The rules, a file each.
mod between;
mod circles;
mod commands;
mod comments;
mod folders;
mod functions;
mod kinds;
mod supers;
mod types;

// The list of exceptions is as short as can be.
mod lists;

// What the pages in docs/ promise.
mod docs;
