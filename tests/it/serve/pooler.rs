//! Logins through a PgBouncer in transaction mode.

use super::*;
use crate::pooler::{Pooler, is_left_out};

#[test]
fn logins_and_their_upgrades_work_in_shared_sessions() {
    if is_left_out() {
        return;
    }
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = people(backend, 40);
        let pooler = Pooler::before(&db.url());
        let mut saltern = Saltern::new(pooler.url(), "");
        saltern.set("SALTERN_KERNEL", "crate");
        let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
        std::thread::scope(|scope| {
            for first in 0..4 {
                let sidecar = &sidecar;
                scope.spawn(move || {
                    for id in (first..40).step_by(4) {
                        let right = sidecar.login(&login_of(id), &password_of(id));
                        assert_eq!(right["outcome"], "match", "{right}");
                        let wrong = sidecar.login(&login_of(id), "x");
                        assert_eq!(wrong["outcome"], "mismatch", "{wrong}");
                    }
                });
            }
        });
        for id in 0..40 {
            let value = stored(&mut db, id).unwrap();
            assert!(value.starts_with("$argon2id$"), "{value}");
            assert!(opens(&value, &password_of(id)));
        }
    });
}
