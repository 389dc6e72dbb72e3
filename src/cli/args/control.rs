//! `control`, as typed.

use clap::Subcommand;

use super::help;
use super::value::{positive, reason, threads};
use crate::store::ledger::ControlVerb;

/// `control`
#[derive(Clone, Debug, clap::Args)]
pub struct ControlArgs {
    /// What is ordered.
    #[command(subcommand)]
    pub command: ControlCommand,
}

/// What can be ordered.
#[derive(Clone, Debug, Subcommand)]
pub enum ControlCommand {
    /// Write nothing until `resume`
    #[command(after_help = help::CONTROL)]
    Pause(ControlFor),
    /// Go on, after `pause` or `stop`
    #[command(after_help = help::CONTROL)]
    Resume(ControlFor),
    /// End with 10, and begin nothing until `resume`
    #[command(after_help = help::CONTROL)]
    Stop(ControlFor),
    /// At most so many rows a second, in the place of --max-rate
    #[command(after_help = help::CONTROL)]
    Rate {
        /// Rows a second; off: what the run's own --max-rate says
        #[arg(value_name = "ROWS|off", value_parser = rate)]
        rows: OrderedNumber,
        /// For which run, and why.
        #[command(flatten)]
        order: ControlFor,
    },
    /// So many hashing threads, in the place of --threads
    #[command(after_help = help::CONTROL)]
    Threads {
        /// Threads, as far as processors and memory allow; off: what the run was begun with
        #[arg(value_name = "N|off", value_parser = thread_count)]
        threads: OrderedNumber,
        /// For which run, and why.
        #[command(flatten)]
        order: ControlFor,
    },
}

/// For which run an order is, and why.
#[derive(Clone, Debug, clap::Args)]
pub struct ControlFor {
    /// Why, in a line; the run's history keeps it
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: Option<String>,
    /// For this run alone [default: whatever runs by this ledger, now or later]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

/// A number, or the end of an earlier order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OrderedNumber {
    /// So many.
    Is(f64),
    /// No order any more.
    Off,
}

impl ControlCommand {
    /// The order, its number, and for which run it is.
    pub fn order(&self) -> (ControlVerb, Option<f64>, &ControlFor) {
        let number = |number: &OrderedNumber| match number {
            OrderedNumber::Is(number) => Some(*number),
            OrderedNumber::Off => None,
        };
        match self {
            Self::Pause(order) => (ControlVerb::Pause, None, order),
            Self::Resume(order) => (ControlVerb::Resume, None, order),
            Self::Stop(order) => (ControlVerb::Stop, None, order),
            Self::Rate { rows, order } => (ControlVerb::Rate, number(rows), order),
            Self::Threads { threads, order } => (ControlVerb::Threads, number(threads), order),
        }
    }
}

fn rate(text: &str) -> Result<OrderedNumber, String> {
    match text {
        "off" => Ok(OrderedNumber::Off),
        number => positive(number)
            .map(OrderedNumber::Is)
            .map_err(|_| "must be a number above 0, or off".to_owned()),
    }
}

fn thread_count(text: &str) -> Result<OrderedNumber, String> {
    match text {
        "off" => Ok(OrderedNumber::Off),
        number => threads(number)
            .map(|number| OrderedNumber::Is(number as f64))
            .map_err(|error| format!("{error}, or off")),
    }
}
