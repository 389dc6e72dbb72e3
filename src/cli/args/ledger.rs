//! `ledger`, as typed.

use clap::Subcommand;

use super::help;

/// `ledger`
#[derive(Clone, Debug, clap::Args)]
pub struct LedgerArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// What can be done with the ledger.
#[derive(Clone, Debug, Subcommand)]
pub enum LedgerCommand {
    /// Print the DDL and the least GRANTs, for a DBA; changes nothing
    #[command(after_help = help::LEDGER_SQL)]
    Sql {
        /// The database user that saltern logs in as, as SQL spells it
        #[arg(long, value_name = "NAME", default_value = "saltern")]
        user: String,
    },
}
