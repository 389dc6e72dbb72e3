//! How a run begins.

pub(crate) mod prepared; // What stands ready when the first page is read.

pub(crate) mod site; // Check values of site-wide salts.

pub(crate) mod ledger; // Whether the ledger is whole and agrees.

pub(crate) mod find; // An unfinished run of the same plan, in the ledger.
pub(crate) mod new; // A new run: scanned, refused or created.
pub(crate) mod resume; // An unfinished run that goes on.

pub(crate) mod prepare; // The order of these.
