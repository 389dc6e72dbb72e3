//! The one integration-test binary: saltern's command and its library against real databases, an application that goes
//! on working, and other people's password libraries.
//!
//! The harness comes first, the tests after it. `tests/run` starts the servers and exports their URLs; without it each
//! test process starts its own.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that panics has failed; what is left out is said on stdout; the environment names the servers"
)]

#[macro_use]
mod servers;
mod app;
mod db;
mod outside;
mod pooler;
mod proxy;
mod saltern;
mod session;

#[expect(
    unreachable_pub,
    reason = "the fuzz targets include this file as a library's module"
)]
mod bodies;
mod cli;
mod engine;
mod harness;
mod vectors;

mod applications;
mod before;
mod contract;
mod corpus;
mod identify;
mod init;
mod preflight;
mod verify;

mod e2e;
mod platforms;
mod serve;
