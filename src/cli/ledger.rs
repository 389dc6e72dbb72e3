//! `saltern ledger sql`: what a DBA runs where saltern itself may not create tables.

use std::path::Path;

use super::args::{LedgerArgs, LedgerCommand};
use super::exit::Exit;
use super::failure::Failure;
use super::output;
use super::setup::{self, Warnings};
use crate::engine::names;
use crate::store::Ident;
use crate::store::ledger::ddl;

pub(super) fn ledger(args: &LedgerArgs, config: &Path) -> Result<Exit, Failure> {
    let LedgerCommand::Sql { user } = &args.command;
    let setup = setup::load(config, Warnings::Hide)?;
    let names = names(&setup.settings, &setup.url)?;
    let mut columns = Vec::new();
    for credential in &setup.settings.credentials {
        let table = Ident::table(names.kind, credential.schema.as_deref(), &credential.table)?;
        let column = Ident::new(names.kind, &credential.column)?;
        columns.push((table.to_string(), column.to_string()));
    }
    output::out(&ddl(&names, user, &columns));
    Ok(Exit::Done)
}
