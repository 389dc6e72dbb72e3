//! `reader`, as typed.

use clap::ValueEnum;

use super::proof::ProofArgs;
use super::value::label;
use crate::scheme::InnerId;

/// `reader`
#[derive(Clone, Debug, clap::Args)]
pub struct ReaderArgs {
    /// The language of the login
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub language: Language,
    /// These labels, in place of those that the columns have and would get; asks no database
    #[arg(long, value_name = "LABEL", value_delimiter = ',', value_parser = label)]
    pub label: Vec<InnerId>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// The languages of the pages in docs/integrations/.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// As in php.md
    Php,
    /// As in python.md
    Python,
    /// As in rails.md
    Ruby,
    /// As in node.md
    Node,
    /// A CASE in the SQL of the configured database
    Sql,
}
