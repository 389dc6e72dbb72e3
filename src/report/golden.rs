//! The reports as whole texts, compared with the files in `tests/golden`. Those change only by
//! `SALTERN_ACCEPT=1`.

use std::path::Path;
use std::sync::Arc;

use super::pages::RESIDUE;
use super::{ExitWords, PlanReport, ScanReport, Summary};
use crate::census::{
    Census, CensusSettings, ColumnCensus, ColumnLine, Judgement, KnownCounts, ListVerdicts,
    UnjudgedReason,
};
use crate::config::{ConfigFile, Settings, parse};
use crate::engine::{
    AccountsJson, Budget, Calibration, ColumnKnown, ColumnScan, End, Finished, Group, HeldBy,
    HeldTime, Proven, Refusal, RunPlan, Wait,
};
use crate::kernel::{self, Params};
use crate::policy::{Deadlines, Facts, HashingCapacity, LastLogin, decide, estimate, waits_for};
use crate::scheme::{Class, Scheme, digest};

/// 2015-11-27, when the news broke.
const NOW_MS: i64 = 1_448_582_400_000;
const DAY_MS: i64 = 86_400_000;

const CONFIG: &str = r#"
[database]
url_env = "DATABASE_URL"

[[credential]]
name = "parents"
schema = "learning_lodge"
table = "parent"
key = "id"
column = "password"
scheme = "auto"
last_login = "last_login_at"
readers_ready = true

[[credential]]
name = "children"
table = "child"
key = "id"
column = "password"
scheme = "plaintext"

[[credential]]
name = "forum"
table = "forum_user"
key = "id"
column = "hash"
scheme = "auto"

[[rule]]
name = "dormant"
when = { credential = "parents", class = "weak", last_login_before = "1y" }
do = "on-login"
deadline = "90d"
then = "wrap"
"#;

fn settings() -> Settings {
    parse(&ConfigFile {
        path: Path::new("saltern.toml"),
        text: CONFIG,
        mode: None,
    })
    .expect("a good configuration")
    .settings
}

/// A value and when its user last logged in, in days before now.
type SeenRow = (Option<String>, Option<i64>);

/// Every fourth row that could be judged is known.
fn known(census: &ColumnCensus) -> ColumnKnown {
    let of_line = |line: &ColumnLine| {
        let mut counts = KnownCounts::default();
        match line.class {
            Class::Weak | Class::Plaintext => {
                counts.known = line.rows / 4;
                counts.not_found = line.rows - counts.known;
            }
            Class::Slow | Class::Strong => counts.add(Judgement::NotJudged(UnjudgedReason::Slow)),
            _ => {}
        }
        counts
    };
    let lines = census.lines.iter().map(of_line).collect();
    ColumnKnown::new(lines, Arc::new(ListVerdicts::default()))
}

fn scan(settings: &Settings, at: usize, rows: &[SeenRow]) -> ColumnScan {
    let credential = &settings.credentials[at];
    let cutoffs = settings
        .rules
        .iter()
        .filter_map(|(_, rule)| rule.when.last_login_before);
    let mut census = Census::new(CensusSettings {
        declared: credential.scheme,
        separator: None,
        target: settings.target.strength(),
        normalize: credential.normalize,
        now_ms: NOW_MS,
        cutoffs_ms: cutoffs.map(|age| NOW_MS - age.millis()).collect(),
        hash_keys: [1, 2],
    });
    for (value, days) in rows {
        let last_login = match (credential.last_login.is_some(), days) {
            (false, _) => LastLogin::Unknown,
            (true, None) => LastLogin::Never,
            (true, Some(days)) => LastLogin::At(NOW_MS - days * DAY_MS),
        };
        census.observe(value.as_deref().map(str::as_bytes), last_login);
    }
    let census = census.finish();
    let mut groups: Vec<Group> = Vec::new();
    let mut waiting = 0;
    for (line_no, line) in census.lines.iter().enumerate() {
        let mut facts = Facts::new(
            &credential.name,
            &line.specimen,
            &settings.target,
            line.scheme,
        );
        for (last_login, rows) in &line.last_logins {
            facts.last_login = *last_login;
            let decision = decide(&settings.rules, &facts, NOW_MS, &Deadlines::new());
            if waits_for(&settings.rules, &facts, NOW_MS, &Deadlines::new()).is_some() {
                waiting += rows;
            }
            match groups
                .iter_mut()
                .find(|group| group.line == line_no && group.decision == decision)
            {
                Some(group) => group.rows += rows,
                None => groups.push(Group {
                    line: line_no,
                    decision,
                    rows: *rows,
                }),
            }
        }
    }
    ColumnScan {
        known: (at < 2).then(|| known(&census)),
        credential: credential.name.clone(),
        census,
        excepted: u64::from(at == 0) * 3,
        unlisted: Vec::new(),
        proven: Proven::default(),
        dividers: Vec::new(),
        groups,
        // The one rule there is counts for the first column, and its clock has run for 30 days.
        waits: settings
            .rules
            .waited_for(&credential.name)
            .map(|(rule, _)| Wait {
                rule,
                rows: waiting,
                since_ms: Some(NOW_MS - 30 * DAY_MS),
                due_ms: Some(NOW_MS + 60 * DAY_MS),
            })
            .collect(),
        counted_ms: NOW_MS,
        beyond_login_work: 0,
        longest_label: 0,
        edges: Vec::new(),
        boundaries: Vec::new(),
    }
}

fn scans(settings: &Settings) -> Vec<ColumnScan> {
    let md5 = |word: &str| digest(Scheme::MD5, word.as_bytes()).map(|hex| hex.to_string());
    let mut parents: Vec<SeenRow> = Vec::new();
    for n in 0..40 {
        let word = ["123456", "password", "qwerty", "dragon"][n % 4];
        parents.push((md5(word), Some(100 * n as i64)));
        parents.push((md5(&format!("nobody has this one {n}")), None));
    }
    parents.extend([
        (md5(""), Some(5)),
        (Some("!".to_owned()), None),
        (None, Some(9)),
        (Some(String::new()), None),
    ]);
    parents.push((
        Some("$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6".to_owned()),
        Some(1),
    ));
    let children: Vec<SeenRow> = ["pony", "pony", "kitten"]
        .iter()
        .map(|word| (Some((*word).to_owned()), None))
        .chain([(md5("pony"), None)])
        .collect();
    let forum: Vec<SeenRow> = (0..12)
        .map(|n| {
            (
                digest(Scheme::SHA1, format!("salted {n}").as_bytes()).map(|hex| hex.to_string()),
                None,
            )
        })
        .collect();
    vec![
        scan(settings, 0, &parents),
        scan(settings, 1, &children),
        scan(settings, 2, &forum),
    ]
}

fn plan(columns: Vec<ColumnScan>) -> RunPlan {
    let hashes = columns.iter().map(ColumnScan::hashes).sum();
    let machine = HashingCapacity {
        hashes_per_second: 341.5,
        threads: 2,
        lockstep: 2,
        hash_bytes: 19_456 << 10,
    };
    let params = Params::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        output_len: 32,
    };
    let kernel =
        kernel::Plan::on(kernel::Implementation::Portable, params).expect("good parameters");
    RunPlan {
        columns,
        digest: "5a17".repeat(16),
        hashes,
        calibration: Calibration {
            hashes_per_second: 341.5,
            hashes: 400,
        },
        budget: Budget {
            threads: 2,
            plan: kernel.with_lockstep(1),
            lockstep_max: 2,
            hashing_bytes: 4 * (19_456 << 10),
        },
        estimate: estimate(hashes, &machine),
        refusals: vec![Refusal {
            what: "credential forum: 12 rows are bare digests".to_owned(),
            hint: "name its scheme".to_owned(),
        }],
        warnings: vec!["a wrap can't be undone, except from a backup".to_owned()],
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a golden file comes from the environment"
)]
fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::create_dir_all(path.parent().expect("it has one")).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stands == text,
        "{name} is out of date; SALTERN_ACCEPT=1 accepts\n{text}"
    );
}

#[test]
fn a_scan_reads_as_it_did() {
    let settings = settings();
    let report = scans(&settings);
    let report = ScanReport {
        settings: &settings,
        scans: &report,
    };
    check("scan.txt", &report.text());
    check("scan.json", &format!("{:#}\n", report.json()));
}

#[test]
fn a_plan_reads_as_it_did() {
    let settings = settings();
    let plan = plan(scans(&settings));
    let report = PlanReport {
        settings: &settings,
        plan: &plan,
        machines: 8,
    };
    check("plan.txt", &report.text());
    check("plan.json", &format!("{:#}\n", report.json()));
}

#[test]
fn a_summary_reads_as_it_did() {
    let finished = Finished {
        end: End::Done,
        accounts: AccountsJson {
            seen: 4_833_678,
            candidates: 4_800_000,
            done: 4_799_000,
            superseded: 900,
            deleted: 88,
            quarantined: 12,
        },
        arrived: 7,
        waiting: 31_000,
        uncovered: 9_000,
        elapsed_seconds: 14_100.0,
        hashing_seconds: 14_055.0,
        busy_seconds: 28_000.0,
        hash_cpu_seconds: 28_000.0,
        hashed: 4_799_912,
        longest_lock_ms: 48,
        quarantined_by_reason: vec![("looks-hashed".to_owned(), 11), ("hot".to_owned(), 1)],
        held: vec![
            HeldTime {
                by: HeldBy::Lag,
                seconds: 720.0,
            },
            HeldTime {
                by: HeldBy::Load,
                seconds: 180.0,
            },
        ],
        reason: None,
    };
    let exit = ExitWords {
        code: 3,
        meaning: "rows were quarantined in this run",
    };
    let summary = Summary {
        run: Some("625aa8ac-5108-4292-b130-0515fb3aec0a"),
        finished: &finished,
        exit,
        what_to_do: "look at the quarantine",
    };
    let residues = RESIDUE.all().join("\n");
    check("summary.txt", &format!("{}\n{residues}", summary.text()));
}
