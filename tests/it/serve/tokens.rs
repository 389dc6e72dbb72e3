//! What a token for a new password is bound to, and how many of one user are good.

use super::*;

/// No limit by name, for logins, tokens and wrong passwords in a row.
const FREE: &str = "logins_burst = 0\nfailures_max = 0\nresets_burst = 0\nconnections = 16\n";

on_each_backend!(
    of_tokens_that_are_asked_for_at_once_one_is_good,
    |backend| {
        let db = people(backend, 1);
        let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), FREE);
        // The ledger is made by the first.
        sidecar.start_reset("n0@x.org");
        let tokens: Vec<String> = std::thread::scope(|scope| {
            let ask = || {
                let body = json!({ "credential": "parents", "login": "n0@x.org" });
                let reply = sidecar.client().post("/v1/reset/start", &body);
                let answer: Value = serde_json::from_str(&reply.body).unwrap();
                // One that met a lock for too long gets 503.
                answer["token"].as_str().map(str::to_owned)
            };
            let threads: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
            threads
                .into_iter()
                .filter_map(|t| t.join().unwrap())
                .collect()
        });
        // The old password leaves a good token as it is, so each can be tried.
        let outcomes: Vec<String> = tokens
            .iter()
            .map(|token| sidecar.finish_reset(token, &password_of(0)))
            .collect();
        let good = outcomes.iter().filter(|o| *o == "old_password").count();
        assert_eq!(good, 1, "{outcomes:?}");
        // The next one takes its place.
        let next = sidecar.start_reset("n0@x.org");
        for token in &tokens {
            assert_eq!(sidecar.finish_reset(token, "a new password"), "void_token");
        }
        assert_eq!(sidecar.finish_reset(&next, "a new password"), "changed");
    }
);

on_each_backend!(another_login_makes_a_token_void, |backend| {
    let mut db = people(backend, 1);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), FREE);
    let token = sidecar.start_reset("n0@x.org");
    assert_eq!(
        sidecar.finish_reset(&token, &password_of(0)),
        "old_password"
    );
    // Whoever reads the mail of the old address has the token.
    db.exec("UPDATE parent SET email = 'new@x.org' WHERE id = 0");
    assert_eq!(sidecar.finish_reset(&token, "a new password"), "void_token");
    let token = sidecar.start_reset("new@x.org");
    assert_eq!(sidecar.finish_reset(&token, "a new password"), "changed");
});
