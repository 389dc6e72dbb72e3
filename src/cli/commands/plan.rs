//! `saltern plan`: what a run would do, and how long it would take. It writes nothing.

use std::path::Path;

use crate::cli::args::PlanArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::proof;
use crate::cli::output::{self, Notices};
use crate::cli::progress::{Show, Watch};
use crate::cli::setup::{self, Setup};
use crate::engine::{EngineError, PlanOptions, Session};
use crate::report::PlanReport;

pub(super) fn plan(args: &PlanArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Hide)?;
    let options = PlanOptions {
        threads: args.threads,
        kernel: environment::kernel()?,
    };
    let proof = proof(&args.proof, args.threads)?;
    let watch = Watch::new(Show::quiet_off_a_terminal());
    let plan = setup::block_on_watched(&watch, async {
        let mut session = Session::open(&settings, url).await?;
        session.proof = proof;
        session.host_ms = Some(environment::now_ms());
        let plan = crate::engine::plan(&mut session, &options, &watch).await?;
        session.conn.close().await;
        Ok::<_, EngineError>(plan)
    });
    watch.close();
    let plan = plan??;
    let report = PlanReport {
        settings: &settings,
        plan: &plan,
        machines: args.machines,
    };
    output::out(&if args.json {
        format!("{}\n", report.json())
    } else {
        report.text()
    });
    Ok(Exit::Done)
}
