//! `saltern ledger sql`: prints the SQL that a DBA runs where saltern may not create tables. It
//! changes nothing.

use std::path::Path;

use crate::cli::args::{LedgerArgs, LedgerCommand};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup;
use crate::engine::names;
use crate::store::Ident;
use crate::store::ledger::{UsedTables, ddl};

pub(super) fn ledger(args: &LedgerArgs, config: &Path) -> Result<Exit, Failure> {
    let LedgerCommand::Sql { user } = &args.command;
    let setup = setup::load(config, Notices::Hide)?;
    let names = names(&setup.settings, &setup.url)?;
    let mut used = UsedTables::default();
    for credential in &setup.settings.credentials {
        let table = Ident::table(names.kind, credential.schema.as_deref(), &credential.table)?;
        let marker = credential.marker_column.as_deref();
        let beside = marker
            .into_iter()
            .chain(credential.columns_beside())
            .chain(credential.on_reset.columns());
        for column in std::iter::once(credential.column.as_str()).chain(beside) {
            let granted = (
                table.to_string(),
                Ident::new(names.kind, column)?.to_string(),
            );
            if !used.columns.contains(&granted) {
                used.columns.push(granted);
            }
        }
        for other in credential.other_tables() {
            let schema = other.schema.as_deref().or(credential.schema.as_deref());
            let table = Ident::table(names.kind, schema, &other.table)?.to_string();
            if !used.read.contains(&table) {
                used.read.push(table);
            }
        }
    }
    if !output::data(&ddl(&names, user, &used)) {
        output::line(
            "-- A name has characters that a terminal gets escaped. Write this into a file instead.",
        );
    }
    let credentials = &setup.settings.credentials;
    if names.kind.has_rights() && credentials.iter().any(|c| !c.on_reset.sql.is_empty()) {
        output::line(
            "-- And whatever the statements of `on_reset.sql` need on the tables that they name.",
        );
    }
    Ok(Exit::Done)
}
