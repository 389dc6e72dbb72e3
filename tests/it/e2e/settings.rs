//! Settings of a role or an account: those that make a run impossible are named before it, the others don't end it.

use super::damaged::with_least_rights;
use super::parents_config;
use crate::servers::Backend;

on_each_backend!(
    a_user_with_too_few_connections_is_refused_by_name,
    |backend| {
        let Some((mut parents, user)) = with_least_rights(backend, 200) else {
            return;
        };
        let limit = |connections: u32| match backend {
            Backend::Postgres => format!("ALTER ROLE {user} CONNECTION LIMIT {connections}"),
            _ => format!("ALTER USER {user} WITH MAX_USER_CONNECTIONS {connections}"),
        };
        parents.db.exec(&limit(3));
        let doctor = parents.saltern.run(&["doctor"]).expect_code(4);
        assert!(doctor.stdout.contains("connection-limit"), "{doctor:?}");
        let refused = parents.execute(&[]).expect_code(4);
        assert!(
            refused.stderr.contains("allows 3 connections"),
            "{refused:?}"
        );

        // With one more it works.
        parents.db.exec(&limit(4));
        parents.finish_and_check();
    }
);

on_each_backend!(
    limits_on_the_time_of_a_statement_do_not_end_a_run,
    |backend| {
        // MySQL has none for an account.
        if !matches!(backend, Backend::Postgres | Backend::MariaDb) {
            return;
        }
        let Some((mut parents, user)) = with_least_rights(backend, 300) else {
            return;
        };
        // Each reading of the table takes longer than the limit.
        let slow = if backend == Backend::Postgres {
            for setting in [
                "statement_timeout = '200ms'",
                "lock_timeout = '1ms'",
                "idle_in_transaction_session_timeout = '200ms'",
                "default_transaction_isolation = 'serializable'",
            ] {
                parents.db.exec(&format!("ALTER ROLE {user} SET {setting}"));
            }
            "pg_sleep(0.002) IS NOT NULL"
        } else {
            parents
                .db
                .exec(&format!("ALTER USER {user} WITH MAX_STATEMENT_TIME 0.2"));
            "SLEEP(0.002) = 0"
        };
        parents
            .saltern
            .configure(&parents_config(&format!("where = \"{slow}\"")));

        parents.execute(&["-q"]).expect_code(0);

        parents.check_done();
    }
);
