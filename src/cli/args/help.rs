//! The examples under each command's help.

/// `init`
pub const INIT: &str = "Examples:
  saltern init --database-env DATABASE_URL
  saltern init --database-file /run/secrets/db-url
  saltern init sqlite:users.db

A URL with a password is refused on the command line, where every user of the machine can read it.";
/// `scan`
pub const SCAN: &str = "Examples:
  saltern scan
  saltern scan --json | jq '.credentials[].lines[]'
  saltern scan --fail-on weak,plaintext     in cron: exit 20 while there is something left to do
  saltern scan --record                     keep the counts, to see them go down
  saltern scan --canary-login anna@example.org:anna.password
                                            an account whose password is known tells what no common password told";
/// `plan`
pub const PLAN: &str = "Examples:
  saltern plan
  saltern plan --machines 8";
/// `run`
pub const RUN: &str = "Examples:
  saltern run                               a dry run: what would be done
  saltern run --execute --canary 10         ten rows, then stop: log in as one of these users
  saltern run --execute                     the rest; after any stop the same command goes on
  saltern run --execute --max-runtime 6h -q in cron, at night

The first Ctrl-C or SIGTERM commits what is hashed and stops; the second drops it. Either way the next run goes on.";
/// `control`
pub const CONTROL: &str = "Examples:
  saltern control pause --reason 'the shop is slow'
  saltern control resume
  saltern control rate 50                   rows a second, whatever --max-rate says; rate off ends that
  saltern control threads 2                 hashing threads
  saltern control stop                      ends the run with 10; later ones end with 10, too, until resume

The order stands in the ledger. A run hears it within two seconds, on whatever host it works, also while it is being prepared: then a pause
holds it before its first page. It needs the rights on the ledger that `saltern ledger sql` prints, and no other. `saltern status` shows who
ordered what, when and why.";
/// `relabel`
pub const RELABEL: &str = "Examples:
  saltern relabel --from md5 --to ntlm                        how many values carry the label md5
  saltern relabel --from md5 --to ntlm --execute              puts ntlm in its place
  saltern relabel --from md5 --to ntlm --credential parents   in one column only

For values that were wrapped under the wrong scheme: nobody can log in with them until the label is right. The label is no part of the
hash, so nothing is hashed and nothing is lost; after any stop the same command goes on.";
/// `reader`
pub const READER: &str = "Examples:
  saltern reader --language php                     a line for each label that rows have or would get
  saltern reader --language sql
  saltern reader --language python --label md5,md5-sp

The lines go into the functions of docs/integrations/. A name such as `salt` in a line is what the row has in that column; `setting` is
what stands behind `$is=`, decoded.";
/// `reset`
pub const RESET: &str = "Examples:
  saltern reset --class plaintext,weak                          how many, and a few of their keys
  saltern reset --class plaintext,weak --execute --confirm 1234 --reason 'breach of 14 November'
  saltern reset --last-login-before 2y --execute --confirm 250000 --limit 10000
                                                                a cohort a day, who has been away longest first
  saltern reset --wrapped-before 1y --execute --confirm 40000
                                                                who was wrapped a year ago and has not logged in since
  saltern reset --users leaked.txt --by login --except-users staff.txt

Rows that a credential's `except` or --except-users names are never touched. The ledger keeps who was reset, why and when; `saltern report` shows
it. After any stop the same command goes on. A reset can't be undone, except from a backup.";
/// `report`
pub const REPORT: &str = "Examples:
  saltern report
  saltern report --csv > reset.csv
  saltern report --json | jq -r 'select(.key) | .key'

Keys and reasons, no value. Exits 6 where what is listed can't be what was changed.";
/// `status`
pub const STATUS: &str = "Examples:
  saltern status
  saltern status --json | jq .passes

It reads the ledger alone, from any host, while a run is on and afterwards.";
/// `identify`
pub const IDENTIFY: &str = "Examples:
  saltern identify dump.txt
  saltern identify --column dump.txt      many values tell what one doesn't
  saltern identify --json dump.txt | jq -r '.candidates[0]' | sort | uniq -c

With --json a line is {\"line\":1,\"class\":\"weak\",\"candidates\":[\"md5\",\"ntlm\"],\"proof\":null}: the candidates likeliest first, proof
the scheme that the value is of beyond doubt, because it is a common password's digest. The class slow is weaker than Argon2id with 19 MiB
and two passes. No value is ever printed.";
/// `verify`
pub const VERIFY: &str = "Examples:
  saltern verify values.txt                             asks for the password
  saltern verify values.txt --password-file password.txt --scheme 'md5(md5(pass))'
  saltern verify --json accounts.jsonl | jq 'select(.outcome != \"match\")'

With --json a line in is {\"stored\":...,\"password\":...} and may have salt, salt2, username, user_id, scheme; bytes that are no text go in as
stored_hex, password_hex, salt_hex, salt2_hex. A line out is {\"line\":1,\"outcome\":\"match\",\"scheme\":\"md5\"}, in the same order; the outcome is
match, mismatch, unsupported or error, the last two with a reason. Without a scheme, or with one that is not known, all that the value may be
of is tried. No password is taken as an argument, where every user of the machine can read it.";
/// `doctor`
pub const DOCTOR: &str = "Examples:
  saltern doctor
  saltern doctor --json

Exits 4 on a refusal, 0 with warnings. It touches no row.";
/// `bench`
pub const BENCH: &str = "Examples:
  saltern bench                             the usual hashes, and the target of saltern.toml where there is one
  saltern bench --rows 4833678 --target-only
  saltern bench --json | jq '.measured[] | select(.threads == 1)'

Each hash is made by the fastest kernel of this processor and by the crates beside it, on one thread and on all.";
/// `demo`
pub const DEMO: &str = "Examples:
  saltern demo
  saltern demo --dir /tmp/vtech --rows 20000

The folder stays, with its saltern.toml, to play with.";
/// `serve`
#[cfg(feature = "serve")]
pub const SERVE: &str = "Examples:
  saltern serve                             on the Unix socket saltern.sock beside saltern.toml
  saltern serve --print-openapi > openapi.json
  curl --unix-socket saltern.sock http://saltern/v1/login \\
       -d '{\"credential\":\"parents\",\"login\":\"anna@example.org\",\"password\":\"...\"}'
  curl --unix-socket saltern.sock http://saltern/metrics

[serve] in saltern.toml says where it listens and what it may cost; docs/sidecar.md has every route. Rows are written only for credentials
with readers_ready = true. The first Ctrl-C or SIGTERM finishes what is in flight (130, 143), the second drops it.";
/// `reset tokens`
pub const TOKENS: &str = "Examples:
  saltern reset tokens                                  how many users would get one; writes nothing
  saltern reset tokens --output tokens.csv --execute
  saltern reset tokens --output tokens.jsonl.age --recipient age1... --execute
  saltern reset tokens --output again.csv --replace --execute    the first file was lost, or found by somebody else

A line has the credential, the key, the login and the token, for your own mailer; POST /v1/reset/finish takes it with a new password. The
file gets its name when it is whole, and its tokens are good from then on. Killed before, the same command begins anew, or gives the file its
name. Who has a good token from an earlier file gets no second one.";
/// `ledger sql`
pub const LEDGER_SQL: &str = "Example:
  saltern ledger sql --user \"'saltern'@'10.0.0.%'\" > ledger.sql";
