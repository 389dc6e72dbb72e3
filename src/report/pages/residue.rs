//! What a run leaves behind in a database after old hashes were replaced.

use crate::store::{Kind, PerKind};

/// What stays behind after old hashes were replaced, and how it is cleared.
pub(in crate::report) const RESIDUE: PerKind<&str> = PerKind {
    postgres: "The old values are gone from the rows, not from everywhere:\n\
             \x20 heap file       VACUUM FULL or pg_repack writes it anew; after a plain VACUUM nearly all are still in it\n\
             \x20 WAL             a few WAL switches with checkpoints (pg_switch_wal, CHECKPOINT), unless a slot or the archiver keeps segments\n\
             \x20 WAL archive     until its retention has passed\n\
             \x20 replicas        follow by themselves; a delayed or stopped one still has the old pages\n\
             \x20 backups, dumps  until they are deleted: they stay as weak as they were made\n",
    mysql: "The old values are gone from the rows, not from everywhere:\n\
             \x20 table file        OPTIMIZE TABLE (or gh-ost, pt-online-schema-change) writes it anew\n\
             \x20 undo, redo        keep old values even after that, until later writes have taken their place\n\
             \x20 binlog            where one is written, its row images hold them: PURGE BINARY LOGS once every replica has read them\n\
             \x20 replicas          follow by themselves; their relay logs and binlogs hold the same\n\
             \x20 backups, dumps    until they are deleted: they stay as weak as they were made\n",
    sqlite: "The old values are gone from the rows, not from everywhere:\n\
             \x20 database file   this run overwrote what it freed (secure_delete); pages that were freed or moved before may keep some: VACUUM\n\
             \x20 -wal file       until a checkpoint: PRAGMA wal_checkpoint(TRUNCATE)\n\
             \x20 -journal file   one that journal_mode = PERSIST leaves holds old pages, also after VACUUM; journal_mode = DELETE leaves none\n\
             \x20 copies          snapshots, replicas and backups of the file stay as weak as they were made\n",
};

/// The same for one kind of database.
pub fn residue(kind: Kind) -> &'static str {
    RESIDUE.of(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_has_its_words_on_what_stays_behind() {
        for words in RESIDUE.all() {
            assert!(words.contains("backups"), "{words}");
        }
    }
}
