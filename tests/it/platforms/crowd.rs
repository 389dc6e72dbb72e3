//! Eighteen people beside the two of every platform, whose passwords are of the kinds that get lost on the way.

use serde_json::json;

use super::{Fronts, Site, Users};

/// What they type: other scripts, quotes, what a shell, SQL, HTML, a format or a number would take for its own.
const PASSWORDS: [&str; 18] = [
    "correct horse battery",
    "Gr\u{fc}\u{df}e an alle",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} odin",
    "\u{5bc6}\u{7801}\u{4e00}\u{4e8c}",
    "smile \u{1f600} back",
    "it's o'clock",
    "say \"please\"",
    "back\\slash\\n",
    "$1$salt$dollar",
    "100%s %d percent",
    "<b>bold</b> &amp;",
    "a;b -- drop table",
    "plus+and&equals=1",
    "0e215962017",
    "two  blanks inside",
    "{SHA}looks hashed",
    "x234567890x234567890x234567890x234567890x234567890x234567890x23456789x",
    "Zebra_\u{c5}ngstr\u{f6}m",
];

/// One of them.
pub(super) struct Member {
    pub(super) login: String,
    pub(super) password: &'static str,
    /// What stood in the row before the run.
    pub(super) old: String,
}

/// All of them, with what the platform's old way of hashing makes of a login and a password.
pub(super) fn crowd(old: impl Fn(&str, &str) -> String) -> Vec<Member> {
    let member = |(number, password): (usize, &'static str)| {
        let login = format!("user{number}");
        Member {
            old: old(&login, password),
            password,
            login,
        }
    };
    (3..).zip(PASSWORDS).map(member).collect()
}

/// The logins of the two people and of the crowd.
pub(super) fn names<'a>(two: [&'a str; 2], crowd: &'a [Member]) -> Vec<&'a str> {
    let others = crowd.iter().map(|member| member.login.as_str());
    two.into_iter().chain(others).collect()
}

impl Users {
    /// Writes what stood in the rows before the run.
    pub(super) fn restore_crowd(&mut self) {
        let rows: Vec<(String, String)> = (self.crowd.iter())
            .map(|member| (member.login.clone(), member.old.clone()))
            .collect();
        for (login, old) in rows {
            self.set(&login, &old);
        }
    }

    /// Whom the platform lets in, each with what they type. One process logs all of them in.
    fn let_in(&self, site: &mut Site, typed: impl Fn(&Member) -> String) -> Vec<bool> {
        let tries: Vec<[String; 2]> = (self.crowd.iter())
            .map(|member| [member.login.clone(), typed(member)])
            .collect();
        let question = json!({ "do": "log all in", "people": tries, "page": site.page });
        let answers = site.ask(&question);
        let answers: Vec<bool> = answers
            .split(' ')
            .map(|answer| match answer {
                "in" => true,
                "out" => false,
                other => panic!("{other} in {answers}"),
            })
            .collect();
        assert_eq!(answers.len(), self.crowd.len());
        answers
    }

    /// Nobody of the crowd is let in by another password, by what leaked or by what stands there. Nothing is written.
    fn check_crowd_refused(&mut self, site: &mut Site) {
        let stored = self.crowd_values();
        let wrong: [&dyn Fn(&Member) -> String; 4] = [
            &|member| format!("{}!", member.password),
            &|member| member.password.to_uppercase() + "1",
            &|member| member.old.clone(),
            &|member| {
                let at = self.crowd.iter().position(|one| one.login == member.login);
                stored[at.unwrap()].clone()
            },
        ];
        for wrong in wrong {
            let answers = self.let_in(site, wrong);
            assert!(answers.iter().all(|is_in| !is_in), "{answers:?}");
        }
        assert_eq!(self.crowd_values(), stored, "a refused login wrote");
    }

    /// Everybody is let in, or nobody, by their own passwords; and nobody by others.
    pub(super) fn check_crowd(&mut self, site: &mut Site, is_in: bool) {
        if self.crowd.is_empty() {
            return;
        }
        self.check_crowd_refused(site);
        let answers = self.let_in(site, |member| member.password.to_owned());
        let out: Vec<&str> = (self.crowd.iter().zip(&answers))
            .filter(|(_, answer)| **answer != is_in)
            .map(|(member, _)| member.password)
            .collect();
        assert!(
            out.is_empty(),
            "{out:?} with the page's code: {}",
            site.page
        );
    }

    /// Every value begins so.
    pub(super) fn check_crowd_values(&mut self, begins: &str) {
        for value in self.crowd_values() {
            assert!(value.starts_with(begins), "{value}");
        }
    }

    /// The crowd from the wrap to the second login after it.
    pub(super) fn check_crowd_upgraded(&mut self, site: &mut Site, fronts: &Fronts) {
        self.check_crowd_values(fronts.wrapped);
        self.check_crowd(site, true);
        self.check_crowd_values(fronts.native);
        self.check_crowd(site, true);
    }

    fn crowd_values(&mut self) -> Vec<String> {
        let logins: Vec<String> = (self.crowd.iter())
            .map(|member| member.login.clone())
            .collect();
        logins.iter().map(|login| self.stored(login)).collect()
    }
}
