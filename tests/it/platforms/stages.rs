//! A platform's own login from before the run until saltern is gone, with what the page gives it and without.

use super::{Fronts, PEOPLE, Site, Users, page};
use crate::saltern::Saltern;

/// Everyone's login at each stage. `run` is the built command on the users' table.
///
/// Before the run the platform lets people in with the page's code and without. A wrapped row lets nobody in without that
/// code: neither by the password nor by what leaked. After the upgrade the platform needs no code.
pub(super) fn check(users: &mut Users, site: &mut Site, fronts: &Fronts, run: impl FnOnce(&Users)) {
    for page in [false, true] {
        site.page = page;
        for ((login, password), old) in PEOPLE.iter().zip(users.old.clone()) {
            users.check_refused(site, login, password);
            assert!(
                site.lets_in(login, password),
                "{login} is out before the run"
            );
            // The platform may have replaced it by a hash of its own.
            users.set(login, &old);
        }
        users.check_crowd(site, true);
        users.restore_crowd();
    }
    run(users);

    site.page = false;
    for (login, password) in PEOPLE {
        let wrapped = users.stored(login);
        users.check_refused(site, login, password);
        assert!(!site.lets_in(login, password), "in by {wrapped}");
        assert_eq!(users.stored(login), wrapped, "a refused login wrote");
    }
    users.check_crowd(site, false);

    site.page = true;
    users.check(site, fronts);
    users.check_crowd_upgraded(site, fronts);
    check_gone(users, site);
}

/// The platform without the page's code, on rows whose users have logged in.
pub(super) fn check_gone(users: &mut Users, site: &mut Site) {
    site.page = false;
    for (login, password) in PEOPLE {
        assert!(
            site.lets_in(login, password),
            "{login} is out without saltern"
        );
        users.check_refused(site, login, password);
    }
    users.check_crowd(site, true);
}

/// The configuration of a page for a database, with cheap parameters in the place of the page's own, and its readers ready.
pub(super) fn config(page: &str, cheap: &[(&str, &str)]) -> String {
    let code = page::code(page);
    let mut config = std::fs::read_to_string(code.path().join("saltern.toml")).unwrap();
    for (own, cheap) in cheap {
        assert!(config.contains(own), "no {own} on the page");
        config = config.replace(own, cheap);
    }
    config.replace("\nlogin = ", "\nreaders_ready = true\nlogin = ")
}

/// The built command, as the page configures it.
pub(super) fn run(users: &Users, page: &str, cheap: &[(&str, &str)]) {
    let saltern = Saltern::new(&users.db.url(), &config(page, cheap));
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
}
