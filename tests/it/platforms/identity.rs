//! The scripts for identity providers, with requests and answers as the products' documents have them.

use std::process::Command;

use serde_json::json;

use super::{ARGON2ID, PEOPLE, Site, Users, md5, page, with};
use crate::serve::Sidecar;
use crate::servers::{Backend, Missing};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn sidecar(users: &Users) -> Sidecar {
    let credential = "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nlogin = \"login\"\nreaders_ready = true\n";
    let config = format!("{credential}[target]\n{ARGON2ID}");
    let serve = "logins_burst = 0\nlisten = \"127.0.0.1:0\"\ntoken_file = \"token\"\n";
    Sidecar::with_token(&users.db, &config, serve, TOKEN)
}

fn there(program: &str) -> Result<Command, Missing> {
    match Command::new(program).arg("--version").output() {
        Ok(_) => Ok(Command::new(program)),
        Err(error) => Err(Missing(format!("no {program}: {error}"))),
    }
}

#[test]
fn identity_providers_are_told_what_their_documents_have_by_npm() {
    with(there("node"), |node| {
        let mut users = Users::new(Backend::Sqlite);
        users.wrap(ARGON2ID);
        let sidecar = sidecar(&users);
        let url = format!("http://{}", sidecar.address());
        let mut site = Site::start(node, "identity_site.js", "identity", &url, TOKEN);
        let (login, password) = PEOPLE[0];
        let wrapped = users.stored(login);
        let products = ["fusionauth", "okta", "auth0", "cognito"];
        let mut ask = |product: &str, login: &str, password: &str| {
            site.ask(&json!({ "product": product, "login": login, "password": password }))
        };
        for product in products {
            for wrong in ["wrong", "", &md5(password), &wrapped] {
                assert_eq!(ask(product, login, wrong), "out", "{product}: {wrong}");
            }
            assert_eq!(ask(product, "nobody", password), "out", "{product}");
        }
        assert_eq!(users.stored(login), wrapped, "a refused login wrote");
        for product in products {
            assert_eq!(ask(product, login, password), "in", "{product}");
        }
        assert!(users.stored(login).starts_with("$argon2id$"));
        drop(sidecar);
        for (product, said) in [
            ("fusionauth", "status 503"),
            ("okta", "status 503"),
            ("auth0", "nobody knows"),
            ("cognito", "out"),
        ] {
            assert_eq!(ask(product, login, password), said);
        }
        // Who has not the secret asks for nobody; "forgot password" proves nothing.
        for product in ["fusionauth", "okta"] {
            let question = json!({ "product": product, "login": login, "password": password, "secret": "another" });
            assert_eq!(site.ask(&question), "status 401");
        }
        let forgot = json!({ "product": "cognito", "login": login, "password": "", "trigger": "UserMigration_ForgotPassword" });
        assert_eq!(site.ask(&forgot), "out");
    });
}

#[test]
fn the_class_for_keycloak_asks_the_sidecar() {
    with(there("java"), |mut java| {
        let mut users = Users::new(Backend::Sqlite);
        users.wrap(ARGON2ID);
        let sidecar = sidecar(&users);
        let code = page::code("identity");
        let class = code.path().join("SalternLogin.java");
        let text = std::fs::read_to_string(&class).unwrap();
        let (head, _) = text.rsplit_once('}').unwrap();
        // Asks for each pair of its arguments.
        let main = "    public static void main(String[] a) throws Exception {\n        SalternLogin it = new SalternLogin(a[0], a[1], \"users\");\n\
                    \x20       for (int i = 2; i < a.length; i += 2) { System.out.println(it.isPassword(a[i], a[i + 1])); }\n    }\n}\n";
        std::fs::write(&class, format!("{head}{main}")).unwrap();
        let (login, password) = PEOPLE[0];
        let (url, digest) = (format!("http://{}", sidecar.address()), md5(password));
        java.args(["-Dsun.jnu.encoding=UTF-8", "-Dfile.encoding=UTF-8"])
            .arg(&class);
        java.args([
            &*url,
            TOKEN,
            login,
            "wrong",
            login,
            &digest,
            "a&password=b",
            "c",
            login,
            password,
        ]);
        let output = java.env("LC_ALL", "C.UTF-8").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said, "false\nfalse\nfalse\ntrue\n", "{wrong}");
        assert!(users.stored(login).starts_with("$argon2id$"));
    });
}
