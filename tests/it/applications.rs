//! `init` on the schemas of applications, made from what is public of them: what it proposes, and what it only names.
//!
//! The types are those that every database here has; names, keys and the forms of values are the applications' own.

use std::collections::BTreeSet;
use std::path::Path;

use saltern::config::{ConfigFile, parse};

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

/// How the values of a column are made.
#[derive(Clone, Copy)]
enum Values {
    /// The row's number.
    Number,
    /// Another text in each row.
    Names,
    /// Another e-mail address in each row.
    Mails,
    /// A time in seconds.
    Epoch,
    /// Words, as passwords are typed.
    Words,
    /// The same text in every row.
    Same(&'static str),
    /// One of these in turn.
    OneOf(&'static [&'static str]),
    /// A digest of so many hex digits, another in each row.
    Hex(usize),
    /// The same behind a prefix.
    After(&'static str, usize),
    /// `$2y$` and another hash in each row.
    Bcrypt,
    /// Nothing.
    Empty,
    Null,
}

use Values::{After, Bcrypt, Empty, Epoch, Hex, Mails, Names, Null, Number, OneOf, Same, Words};

struct Table {
    name: &'static str,
    /// Names, types and values; the first is the primary key.
    columns: &'static [(&'static str, &'static str, Values)],
    rows: usize,
}

struct Application {
    name: &'static str,
    tables: &'static [Table],
    /// Table, column and login of what is proposed.
    proposed: &'static [(&'static str, &'static str, Option<&'static str>)],
    /// What is named as a comment, and a part of the reason.
    named: &'static [(&'static str, &'static str)],
}

const INT: &str = "INTEGER";
const BIG: &str = "BIGINT";
const TEXT: &str = "VARCHAR(255)";
const LONG: &str = "VARCHAR(1000)";

const APPLICATIONS: &[Application] = &[
    Application {
        name: "WordPress",
        tables: &[
            Table {
                name: "wp_users",
                columns: &[
                    ("ID", BIG, Number),
                    ("user_login", TEXT, Names),
                    ("user_pass", TEXT, After("$P$B", 30)),
                    ("user_nicename", TEXT, Names),
                    ("user_email", TEXT, Mails),
                    ("user_url", TEXT, Empty),
                    ("user_activation_key", TEXT, Empty),
                    ("display_name", TEXT, Names),
                ],
                rows: 30,
            },
            Table {
                name: "wp_posts",
                columns: &[
                    ("ID", BIG, Number),
                    ("post_author", BIG, Number),
                    ("post_title", TEXT, Names),
                    ("post_password", TEXT, OneOf(&["", "", "", "spring"])),
                    ("post_name", TEXT, Names),
                ],
                rows: 40,
            },
            Table {
                name: "wp_usermeta",
                columns: &[
                    ("umeta_id", BIG, Number),
                    ("user_id", BIG, Number),
                    ("meta_key", TEXT, OneOf(&["nickname", "session_tokens"])),
                    ("meta_value", LONG, Names),
                ],
                rows: 40,
            },
        ],
        proposed: &[("wp_users", "user_pass", Some("user_login"))],
        named: &[("wp_posts.post_password", "opens a thing")],
    },
    Application {
        name: "MediaWiki",
        tables: &[Table {
            name: "user",
            columns: &[
                ("user_id", INT, Number),
                ("user_name", TEXT, Names),
                ("user_real_name", TEXT, Names),
                ("user_password", LONG, After(":A:", 32)),
                (
                    "user_newpassword",
                    LONG,
                    OneOf(&["", "", ":A:5f4dcc3b5aa765d61d8327deb882cf99"]),
                ),
                ("user_newpass_time", TEXT, Null),
                ("user_email", TEXT, Mails),
                ("user_token", TEXT, Hex(32)),
                ("user_email_token", TEXT, Hex(32)),
                ("user_password_expires", TEXT, Null),
            ],
            rows: 30,
        }],
        proposed: &[("user", "user_password", Some("user_name"))],
        named: &[
            ("user.user_newpassword", "for a short time"),
            ("user.user_token", "token"),
        ],
    },
    Application {
        name: "Zabbix",
        tables: &[
            Table {
                name: "users",
                columns: &[
                    ("userid", BIG, Number),
                    ("username", TEXT, Names),
                    ("name", TEXT, Names),
                    ("surname", TEXT, Names),
                    ("passwd", TEXT, Hex(32)),
                    ("url", TEXT, Empty),
                    ("attempt_clock", INT, Number),
                ],
                rows: 25,
            },
            Table {
                name: "hosts",
                columns: &[
                    ("hostid", BIG, Number),
                    ("host", TEXT, Names),
                    ("ipmi_username", TEXT, Names),
                    ("ipmi_password", TEXT, Words),
                    ("tls_psk", TEXT, Hex(64)),
                ],
                rows: 60,
            },
            Table {
                name: "items",
                columns: &[
                    ("itemid", BIG, Number),
                    ("username", TEXT, Names),
                    ("password", TEXT, Words),
                    ("privatekey", TEXT, Empty),
                ],
                rows: 90,
            },
            Table {
                name: "media_type",
                columns: &[
                    ("mediatypeid", BIG, Number),
                    ("smtp_server", TEXT, Names),
                    ("smtp_email", TEXT, Mails),
                    ("username", TEXT, Names),
                    ("passwd", TEXT, Words),
                ],
                rows: 20,
            },
            Table {
                name: "httptest",
                columns: &[
                    ("httptestid", BIG, Number),
                    ("http_user", TEXT, Names),
                    ("http_password", TEXT, Words),
                ],
                rows: 20,
            },
            Table {
                name: "config",
                columns: &[
                    ("configid", BIG, Number),
                    ("ldap_bind_password", TEXT, Words),
                    ("proxy_password", TEXT, Words),
                ],
                rows: 1,
            },
        ],
        proposed: &[("users", "passwd", Some("username"))],
        named: &[
            ("hosts.ipmi_password", "sends on"),
            ("items.password", "things"),
            ("media_type.passwd", "things"),
            ("httptest.http_password", "sends on"),
            ("config.ldap_bind_password", "sends on"),
            ("config.proxy_password", "sends on"),
        ],
    },
    Application {
        name: "Redmine",
        tables: &[
            Table {
                name: "users",
                columns: &[
                    ("id", INT, Number),
                    ("login", TEXT, Names),
                    ("hashed_password", TEXT, Hex(40)),
                    ("salt", TEXT, Hex(32)),
                    ("firstname", TEXT, Names),
                    ("last_login_on", TEXT, Same("2024-05-06 07:08:09")),
                    ("must_change_passwd", INT, Number),
                    ("passwd_changed_on", TEXT, Null),
                ],
                rows: 30,
            },
            Table {
                name: "repositories",
                columns: &[
                    ("id", INT, Number),
                    ("url", TEXT, Names),
                    ("login", TEXT, Names),
                    ("password", TEXT, Words),
                ],
                rows: 30,
            },
            Table {
                name: "auth_sources",
                columns: &[
                    ("id", INT, Number),
                    ("host", TEXT, Names),
                    ("account", TEXT, Names),
                    ("account_password", TEXT, Words),
                ],
                rows: 12,
            },
        ],
        proposed: &[("users", "hashed_password", Some("login"))],
        named: &[
            ("repositories.password", "things"),
            ("auth_sources.account_password", "things"),
        ],
    },
    Application {
        name: "PostfixAdmin",
        tables: &[
            Table {
                name: "mailbox",
                columns: &[
                    ("username", TEXT, Mails),
                    ("password", TEXT, After("$1$", 22)),
                    ("name", TEXT, Names),
                    ("maildir", TEXT, Names),
                    ("domain", TEXT, Same("example.org")),
                    ("token", TEXT, Empty),
                    ("password_expiry", TEXT, Null),
                ],
                rows: 30,
            },
            Table {
                name: "admin",
                columns: &[("username", TEXT, Mails), ("password", TEXT, Bcrypt)],
                rows: 2,
            },
            Table {
                name: "fetchmail",
                columns: &[
                    ("id", INT, Number),
                    ("mailbox", TEXT, Mails),
                    ("src_server", TEXT, Names),
                    ("src_user", TEXT, Names),
                    ("src_password", TEXT, Words),
                ],
                rows: 30,
            },
        ],
        proposed: &[
            ("admin", "password", Some("username")),
            ("mailbox", "password", Some("username")),
        ],
        named: &[("fetchmail.src_password", "sends on")],
    },
    Application {
        name: "FreeRADIUS",
        tables: &[
            Table {
                name: "radcheck",
                columns: &[
                    ("id", INT, Number),
                    ("username", TEXT, Names),
                    (
                        "attribute",
                        TEXT,
                        OneOf(&["MD5-Password", "Simultaneous-Use"]),
                    ),
                    ("op", TEXT, Same(":=")),
                    ("value", TEXT, Hex(32)),
                ],
                rows: 60,
            },
            Table {
                name: "nas",
                columns: &[
                    ("id", INT, Number),
                    ("nasname", TEXT, Names),
                    ("secret", TEXT, Words),
                    ("community", TEXT, Words),
                ],
                rows: 10,
            },
            Table {
                name: "radpostauth",
                columns: &[
                    ("id", INT, Number),
                    ("username", TEXT, Names),
                    ("pass", TEXT, Words),
                    ("reply", TEXT, Same("Access-Accept")),
                ],
                rows: 50,
            },
        ],
        proposed: &[("radcheck", "value", Some("username"))],
        named: &[
            ("nas.secret", "named like a hash"),
            ("radpostauth.pass", "things"),
        ],
    },
    Application {
        name: "phpBB",
        tables: &[
            Table {
                name: "phpbb_users",
                columns: &[
                    ("user_id", INT, Number),
                    ("username", TEXT, Names),
                    ("username_clean", TEXT, Names),
                    ("user_password", TEXT, After("$H$9", 30)),
                    ("user_passchg", INT, Number),
                    ("user_email", TEXT, Mails),
                    ("user_lastvisit", INT, Epoch),
                    ("user_newpasswd", TEXT, Empty),
                    ("user_form_salt", TEXT, Hex(16)),
                ],
                rows: 30,
            },
            Table {
                name: "phpbb_forums",
                columns: &[
                    ("forum_id", INT, Number),
                    ("forum_name", TEXT, Names),
                    ("forum_password", TEXT, Hex(32)),
                ],
                rows: 20,
            },
        ],
        proposed: &[("phpbb_users", "user_password", Some("username"))],
        named: &[
            ("phpbb_users.user_newpasswd", "for a short time"),
            ("phpbb_forums.forum_password", "opens a thing"),
        ],
    },
    Application {
        name: "Drupal 7",
        tables: &[Table {
            name: "users",
            columns: &[
                ("uid", INT, Number),
                ("name", TEXT, Names),
                ("pass", TEXT, After("$S$D", 51)),
                ("mail", TEXT, Mails),
                ("access", INT, Epoch),
                ("login", INT, Epoch),
            ],
            rows: 30,
        }],
        proposed: &[("users", "pass", Some("name"))],
        named: &[],
    },
    Application {
        name: "Joomla",
        tables: &[Table {
            name: "jos_users",
            columns: &[
                ("id", INT, Number),
                ("name", TEXT, Names),
                ("username", TEXT, Names),
                ("email", TEXT, Mails),
                ("password", TEXT, Bcrypt),
                ("lastvisitDate", TEXT, Same("2024-05-06 07:08:09")),
                ("otpKey", TEXT, Empty),
                ("requireReset", INT, Number),
            ],
            rows: 30,
        }],
        proposed: &[("jos_users", "password", Some("username"))],
        named: &[("jos_users.otpKey", "token")],
    },
    Application {
        name: "Moodle",
        tables: &[
            Table {
                name: "mdl_user",
                columns: &[
                    ("id", BIG, Number),
                    ("auth", TEXT, Same("manual")),
                    ("username", TEXT, Names),
                    ("password", TEXT, Bcrypt),
                    ("email", TEXT, Mails),
                    ("lastlogin", BIG, Epoch),
                    ("secret", TEXT, Empty),
                ],
                rows: 30,
            },
            Table {
                name: "mdl_quiz",
                columns: &[
                    ("id", BIG, Number),
                    ("name", TEXT, Names),
                    ("password", TEXT, Words),
                ],
                rows: 30,
            },
            Table {
                name: "mdl_enrol",
                columns: &[
                    ("id", BIG, Number),
                    ("name", TEXT, Names),
                    ("password", TEXT, Words),
                ],
                rows: 30,
            },
            Table {
                name: "mdl_user_password_history",
                columns: &[
                    ("id", BIG, Number),
                    ("userid", BIG, Number),
                    ("hash", TEXT, Bcrypt),
                ],
                rows: 30,
            },
        ],
        proposed: &[("mdl_user", "password", Some("username"))],
        named: &[
            ("mdl_user.secret", "named like a hash"),
            ("mdl_quiz.password", "things"),
            ("mdl_enrol.password", "things"),
            ("mdl_user_password_history.hash", "things"),
        ],
    },
    Application {
        name: "Nextcloud",
        tables: &[
            Table {
                name: "oc_users",
                columns: &[
                    ("uid", TEXT, Names),
                    ("displayname", TEXT, Names),
                    ("password", TEXT, After("1|$2y$10$", 53)),
                    ("uid_lower", TEXT, Names),
                ],
                rows: 30,
            },
            Table {
                name: "oc_authtoken",
                columns: &[
                    ("id", INT, Number),
                    ("uid", TEXT, Names),
                    ("login_name", TEXT, Names),
                    ("password", LONG, Words),
                    ("token", TEXT, Hex(128)),
                ],
                rows: 30,
            },
            Table {
                name: "oc_share",
                columns: &[
                    ("id", INT, Number),
                    ("uid_owner", TEXT, Names),
                    ("password", TEXT, OneOf(&["", "1|$2y$10$short"])),
                ],
                rows: 30,
            },
        ],
        proposed: &[("oc_users", "password", Some("uid"))],
        named: &[
            ("oc_authtoken.password", "things"),
            ("oc_share.password", "things"),
        ],
    },
    Application {
        name: "LibreNMS",
        tables: &[
            Table {
                name: "users",
                columns: &[
                    ("user_id", INT, Number),
                    ("auth_type", TEXT, Same("mysql")),
                    ("username", TEXT, Names),
                    ("password", TEXT, Bcrypt),
                    ("email", TEXT, Mails),
                    ("remember_token", TEXT, Null),
                ],
                rows: 8,
            },
            Table {
                name: "devices",
                columns: &[
                    ("device_id", INT, Number),
                    ("hostname", TEXT, Names),
                    ("community", TEXT, Words),
                    ("authname", TEXT, Names),
                    ("authpass", TEXT, Words),
                    ("cryptopass", TEXT, Words),
                ],
                rows: 60,
            },
        ],
        proposed: &[("users", "password", Some("username"))],
        named: &[
            ("devices.authpass", "things"),
            ("devices.cryptopass", "things"),
        ],
    },
    Application {
        name: "GLPI",
        tables: &[
            Table {
                name: "glpi_users",
                columns: &[
                    ("id", INT, Number),
                    ("name", TEXT, Names),
                    ("password", TEXT, Bcrypt),
                    ("last_login", TEXT, Same("2024-05-06 07:08:09")),
                    ("authtype", INT, Number),
                    ("password_forget_token", TEXT, Null),
                    ("personal_token", TEXT, Null),
                ],
                rows: 30,
            },
            Table {
                name: "glpi_authldaps",
                columns: &[
                    ("id", INT, Number),
                    ("host", TEXT, Names),
                    ("rootdn", TEXT, Names),
                    ("rootdn_passwd", TEXT, Words),
                ],
                rows: 9,
            },
            Table {
                name: "glpi_mailcollectors",
                columns: &[
                    ("id", INT, Number),
                    ("host", TEXT, Names),
                    ("login", TEXT, Names),
                    ("passwd", TEXT, Words),
                ],
                rows: 9,
            },
            Table {
                name: "glpi_snmpcredentials",
                columns: &[
                    ("id", INT, Number),
                    ("community", TEXT, Words),
                    ("username", TEXT, Names),
                    ("auth_passphrase", TEXT, Words),
                ],
                rows: 9,
            },
        ],
        proposed: &[("glpi_users", "password", Some("name"))],
        named: &[
            ("glpi_authldaps.rootdn_passwd", "sends on"),
            ("glpi_mailcollectors.passwd", "things"),
            ("glpi_snmpcredentials.auth_passphrase", "things"),
        ],
    },
    Application {
        name: "Gitea",
        tables: &[
            Table {
                name: "user",
                columns: &[
                    ("id", BIG, Number),
                    ("lower_name", TEXT, Names),
                    ("name", TEXT, Names),
                    ("email", TEXT, Mails),
                    ("passwd", TEXT, Hex(100)),
                    ("passwd_hash_algo", TEXT, Same("pbkdf2$50000$50")),
                    ("login_name", TEXT, Empty),
                    ("rands", TEXT, Hex(32)),
                    ("salt", TEXT, Hex(32)),
                    ("last_login_unix", BIG, Epoch),
                ],
                rows: 30,
            },
            Table {
                name: "oauth2_application",
                columns: &[
                    ("id", BIG, Number),
                    ("uid", BIG, Number),
                    ("client_secret", TEXT, Bcrypt),
                ],
                rows: 9,
            },
            Table {
                name: "access_token",
                columns: &[
                    ("id", BIG, Number),
                    ("uid", BIG, Number),
                    ("token_hash", TEXT, Hex(100)),
                    ("token_salt", TEXT, Hex(10)),
                ],
                rows: 9,
            },
        ],
        proposed: &[("user", "passwd", Some("email"))],
        named: &[
            ("oauth2_application.client_secret", "things"),
            ("access_token.token_hash", "token"),
        ],
    },
    Application {
        name: "Django",
        tables: &[
            Table {
                name: "auth_user",
                columns: &[
                    ("id", INT, Number),
                    ("password", TEXT, After("md5$salt$", 32)),
                    ("last_login", TEXT, Same("2024-05-06 07:08:09")),
                    ("username", TEXT, Names),
                    ("email", TEXT, Mails),
                ],
                rows: 30,
            },
            Table {
                name: "django_session",
                columns: &[("session_key", TEXT, Names), ("session_data", LONG, Names)],
                rows: 9,
            },
        ],
        proposed: &[("auth_user", "password", Some("username"))],
        named: &[("django_session.session_key", "token")],
    },
    Application {
        name: "Devise",
        tables: &[Table {
            name: "users",
            columns: &[
                ("id", INT, Number),
                ("email", TEXT, Mails),
                ("encrypted_password", TEXT, Bcrypt),
                ("reset_password_token", TEXT, Null),
                ("reset_password_sent_at", TEXT, Null),
                ("last_sign_in_at", TEXT, Same("2024-05-06 07:08:09")),
                ("unconfirmed_email", TEXT, Null),
            ],
            rows: 30,
        }],
        proposed: &[("users", "encrypted_password", Some("email"))],
        named: &[("users.reset_password_token", "token")],
    },
    Application {
        name: "Roundcube with a virtual mail table",
        tables: &[
            Table {
                name: "users",
                columns: &[
                    ("user_id", INT, Number),
                    ("username", TEXT, Mails),
                    ("mail_host", TEXT, Same("localhost")),
                    ("last_login", TEXT, Same("2024-05-06 07:08:09")),
                ],
                rows: 30,
            },
            Table {
                name: "virtual_users",
                columns: &[
                    ("id", INT, Number),
                    ("email", TEXT, Mails),
                    ("password", TEXT, After("$6$", 103)),
                ],
                rows: 30,
            },
        ],
        proposed: &[("virtual_users", "password", Some("email"))],
        named: &[],
    },
    Application {
        name: "a shop with a table that says how it is hashed",
        tables: &[
            Table {
                name: "member",
                columns: &[
                    ("id", INT, Number),
                    ("login", TEXT, Names),
                    ("pw", TEXT, Hex(32)),
                    ("hash_type", INT, Number),
                    ("pass_crypt", TEXT, OneOf(&["md5", "SHA1"])),
                    ("old_password", TEXT, Hex(32)),
                ],
                rows: 30,
            },
            Table {
                name: "smtp_accounts",
                columns: &[
                    ("id", INT, Number),
                    ("email", TEXT, Mails),
                    ("password", TEXT, Words),
                ],
                rows: 30,
            },
            Table {
                name: "partners",
                columns: &[
                    ("id", INT, Number),
                    ("endpoint", TEXT, Names),
                    ("username", TEXT, Names),
                    ("password", TEXT, Words),
                ],
                rows: 30,
            },
            Table {
                name: "kiosks",
                columns: &[
                    ("id", INT, Number),
                    ("username", TEXT, Names),
                    ("password", TEXT, Same("kiosk")),
                ],
                rows: 30,
            },
        ],
        proposed: &[("member", "pw", Some("login"))],
        named: &[
            ("member.hash_type", "how the passwords"),
            ("member.pass_crypt", "names of schemes"),
            ("member.old_password", "of the past"),
            ("smtp_accounts.password", "things"),
            ("partners.password", "where a connection goes"),
            ("kiosks.password", "don't vary"),
        ],
    },
];

impl Values {
    fn of(self, row: usize) -> Option<String> {
        let hex = |digits: usize| -> String {
            use md5::{Digest, Md5};
            (0..digits.div_ceil(32))
                .flat_map(|part| Md5::digest(format!("{row} {part}")))
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()[..digits]
                .to_owned()
        };
        Some(match self {
            Number => row.to_string(),
            Names => format!("name{row}"),
            Mails => format!("canary{row}@example.org"),
            Epoch => (1_700_000_000 + row * 1_000).to_string(),
            Words => format!("canary word {row}"),
            Same(text) => text.to_owned(),
            OneOf(texts) => texts[row % texts.len()].to_owned(),
            Hex(digits) => hex(digits),
            After(front, digits) => format!("{front}{}", hex(digits)),
            Bcrypt => format!("$2y$10${}", &"eImiTXuWVxfM37uY4JANjQ".repeat(3)[..53]),
            Empty => String::new(),
            Null => return None,
        })
    }
}

fn build(backend: Backend, application: &Application) -> TestDb {
    let mut db = TestDb::new(backend);
    for table in application.tables {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|(name, kind, _)| format!("{} {kind}", backend.quote_name(name)))
            .collect();
        db.exec(&format!(
            "CREATE TABLE {} ({}, PRIMARY KEY ({}))",
            backend.quote_name(table.name),
            columns.join(", ").replacen(",", " NOT NULL,", 1),
            backend.quote_name(table.columns[0].0)
        ));
        let names: Vec<&str> = table.columns.iter().map(|(name, ..)| *name).collect();
        let rows = (1..=table.rows)
            .map(|row| table.columns.iter().map(move |(.., values)| values.of(row)));
        db.insert(table.name, &names, rows);
    }
    db
}

/// What `init` says that it should not, of one application.
fn faults(backend: Backend, application: &Application) -> Vec<String> {
    let db = build(backend, application);
    let saltern = Saltern::new(&db.url(), "");
    saltern.run(&["init", "-c", "new.toml"]).expect_code(0);
    let text = std::fs::read_to_string(saltern.folder().join("new.toml")).unwrap();
    let settings = parse(&ConfigFile {
        path: Path::new("new.toml"),
        text: &text,
        mode: None,
    })
    .unwrap_or_else(|error| panic!("{error}\n{text}"))
    .settings;
    let found: BTreeSet<(&str, &str, Option<&str>)> = settings
        .credentials
        .iter()
        .map(|c| (c.table.as_str(), c.column.as_str(), c.login.first()))
        .collect();
    let wanted: BTreeSet<_> = application.proposed.iter().copied().collect();
    let mut wrong = Vec::new();
    if found != wanted {
        wrong.push(format!("{found:?}, not {wanted:?}"));
    }
    for (column, reason) in application.named {
        let named = format!("#   {column}: ");
        let line = text.lines().find(|line| line.starts_with(&named));
        // It may stand in a proposed `[credential.format]` too, as what it is.
        let (_, name) = column.rsplit_once('.').unwrap();
        if text.contains(&format!("column = \"{name}\"")) {
            continue;
        }
        if !line.is_some_and(|line| line.contains(reason)) {
            wrong.push(format!("{column}: {line:?}, not {reason}"));
        }
    }
    for never in ["canary", "this version does not take", "can't be proven by"] {
        if text.contains(never) {
            wrong.push(format!("{never}:\n{text}"));
        }
    }
    // What was written can be used as it is.
    saltern.run(&["scan", "-c", "new.toml"]).expect_code(0);
    wrong
}

on_each_backend!(
    init_proposes_the_passwords_of_users_and_names_the_rest,
    |backend| {
        let wrong: Vec<String> = APPLICATIONS
            .iter()
            .flat_map(|application| {
                let faults = faults(backend, application);
                faults
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", application.name))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
);
