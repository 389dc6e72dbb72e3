//! `saltern demo`: the whole job on a made-up database. It runs the commands that an operator runs
//! on a real one.

mod folder;
mod logins;
mod people;
mod step;

use std::path::PathBuf;

use clap::Parser as _;

use crate::auth::Column;
use crate::cli::args::{Args, DemoArgs};
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::setup;
use crate::engine::{self, EngineError};
use crate::kernel;
use crate::machine::Machine;
use crate::policy::Target;
use crate::report::{count, safe};
use crate::scheme::Declared;
use crate::secret::{DatabaseUrl, Password};
use crate::store::{self, Conn, Role};
use folder::{CONFIG, prepare, remove_database, write};
use logins::Logins;
use people::{HASHES_A_PARENT, People, PeopleWanted};
use step::step;

/// How long the run may take. The rest of the demo takes a few seconds.
const HASHING_SECONDS: f64 = 15.0;
const PARENTS_MIN: u64 = 100;
const PARENTS_MAX: u64 = 50_000;

/// Performs a command line. The demo is given the function, so that it imports no other command.
pub(super) type Perform = fn(&Args) -> Result<Exit, Failure>;

/// Builds the database and shows the job step by step.
pub(super) fn demo(args: &DemoArgs, perform: Perform) -> Result<Exit, Failure> {
    let folder = prepare(args)?;
    let target = Target::default();
    let single = kernel::SingleHashes {
        implementation: environment::kernel()?.map(|kernel| kernel.implementation),
        ..Default::default()
    };
    let _single = single.on_this_thread();
    let login = Column {
        declared: Declared::Auto,
        outer: target.outer,
        dialect: target.dialect,
        normalize: None,
    };
    let parents = match args.rows {
        Some(rows) => rows,
        None => setup::block_on(measure_affordable(&target))??,
    };
    let strong = login
        .hash(
            &Password::new("correct horse battery staple"),
            &environment::random_salt()?,
        )
        .map_err(Failure::bug)?;
    let people = people::make(PeopleWanted {
        parents,
        now_ms: environment::now_ms(),
        strong: strong.as_str(),
    });
    if args.replace {
        remove_database(&folder)?;
    }
    let database = Demo {
        url: write(&folder, &target)?,
        config: folder.join(CONFIG),
        perform,
    };
    setup::block_on(database.build(&people))??;

    step(
        1,
        &format!(
            "A made-up database like the one that was stolen from VTech in 2015: {} parents (unsalted MD5, answers in the clear), {} \
             children (passwords in the clear), {} players of another system.",
            count(people.rows.parents.len() as u64),
            count(people.rows.children.len() as u64),
            count(people.rows.players.len() as u64)
        ),
        &format!(
            "made by: saltern demo, in {}",
            safe(&folder.display().to_string())
        ),
    );
    database.command(2, "What is in there? Every column is counted; what its digests are is proven by those of common passwords.", &["scan"])?;
    database.command(
        3,
        "What would be done, how long does it take here? Nothing is written.",
        &["plan"],
    )?;
    let ran = database.command(
        4,
        "Now for real: every weak row becomes Argon2id, at once, without anybody's password.",
        &["run", "--execute"],
    )?;
    if !matches!(ran, Exit::Done | Exit::Quarantined) {
        return Ok(ran);
    }
    Logins {
        url: &database.url,
        people: &people,
        login: &login,
    }
    .show()?;
    database.command(
        9,
        "And now? Nothing weak is left but what the run set aside and says so.",
        &["scan"],
    )?;
    output::out(&format!(
        "\nThe folder {} stays to play with: saltern -c {} status\n",
        safe(&folder.display().to_string()),
        safe(&database.config.display().to_string())
    ));
    Ok(Exit::Done)
}

/// The demo's database and configuration.
struct Demo {
    url: DatabaseUrl,
    config: PathBuf,
    perform: Perform,
}

impl Demo {
    async fn build(&self, people: &People) -> Result<(), Failure> {
        let mut conn = Conn::open(&self.url, Role::Write).await?;
        store::create_demo(&mut conn, &people.rows).await?;
        conn.close().await;
        Ok(())
    }

    /// Shows a command line and runs exactly that.
    fn command(&self, number: u32, what: &str, words: &[&str]) -> Result<Exit, Failure> {
        let config = self.config.display().to_string();
        step(
            number,
            what,
            &format!("saltern -c {} {}", safe(&config), words.join(" ")),
        );
        output::out("\n");
        let typed = ["saltern", "-c", &config]
            .into_iter()
            .chain(words.iter().copied());
        let args = Args::try_parse_from(typed)
            .map_err(|error| Failure::bug(anyhow::anyhow!("{error}")))?;
        (self.perform)(&args)
    }
}

/// How many parents this machine hashes in [`HASHING_SECONDS`].
async fn measure_affordable(target: &Target) -> Result<u64, Failure> {
    let plan = engine::plan_for(
        &target.outer,
        kernel::Kernel::choose(environment::kernel()?).kernel,
    )
    .map_err(EngineError::from)?;
    let budget = engine::budget(&Machine::detect(), &plan, None).map_err(EngineError::from)?;
    let budget = engine::tune(&budget).map_err(EngineError::from)?;
    let rate = engine::calibrate(target.outer, &budget, std::time::Duration::from_secs(1))
        .await
        .map_err(EngineError::from)?
        .hashes_per_second;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, and the result is clamped"
    )]
    let parents = (rate * HASHING_SECONDS / HASHES_A_PARENT) as u64;
    Ok((parents / 10 * 10).clamp(PARENTS_MIN, PARENTS_MAX))
}
