//! What a run leaves behind in a database after old hashes were replaced.

use crate::store::Kind;

/// What stays behind after old hashes were replaced, and how it is cleared.
pub fn residue(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => {
            "The old values are gone from the table, not from everywhere:\n\
             \x20 dead tuples     VACUUM (FULL) or pg_repack on the table rewrites its pages; a plain VACUUM only frees them for reuse\n\
             \x20 WAL, archive    until the segments are recycled and the archive's retention has passed\n\
             \x20 replicas        follow by themselves; a delayed or stopped one still has the old pages\n\
             \x20 backups, dumps  until they are deleted: they stay as weak as they were made\n"
        }
        Kind::MySql => {
            "The old values are gone from the table, not from everywhere:\n\
             \x20 undo, free pages  OPTIMIZE TABLE (or gh-ost, pt-online-schema-change) rewrites the table\n\
             \x20 binlog            row images hold the old values: PURGE BINARY LOGS once every replica has read them\n\
             \x20 replicas          follow by themselves; their relay logs and binlogs hold the same\n\
             \x20 backups, dumps    until they are deleted: they stay as weak as they were made\n"
        }
        Kind::Sqlite => {
            "The old values are gone from the table, not from everywhere:\n\
             \x20 free pages      overwritten by this run (secure_delete); what was freed before it: VACUUM\n\
             \x20 -wal file       until a checkpoint: PRAGMA wal_checkpoint(TRUNCATE)\n\
             \x20 copies          snapshots, replicas and backups of the file stay as weak as they were made\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_has_its_words_on_what_stays_behind() {
        for kind in [Kind::Postgres, Kind::MySql, Kind::Sqlite] {
            assert!(residue(kind).contains("backups"), "{kind:?}");
        }
    }
}
