//! `saltern control`: notes an order for runs in the ledger. It touches nothing else.

use std::path::Path;

use crate::cli::args::ControlArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::setup::{self, Setup};
use crate::engine::{Steering, names, retry};
use crate::report::safe;
use crate::store::ledger::{
    CONTROL_VERSION, ControlVerb, Holder, LEDGER_VERSION, Names, NewControl, RunState, control,
    lock, migrate, run,
};
use crate::store::{Link, Role, StoreError};

pub(super) fn control(args: &ControlArgs, config: &Path) -> Result<Exit, Failure> {
    let (verb, amount, order) = args.command.order();
    let order = NewControl {
        run: order.run.clone(),
        verb,
        amount,
        reason: order.reason.clone().unwrap_or_default(),
        who: environment::user_at_host(),
    };
    let Setup { settings, url } = setup::load_for_ledger(config)?;
    let names = names(&settings, &url)?;
    let working = setup::block_on(async {
        let mut link = Link::open(url.clone(), Role::Write).await?;
        let given = give(&mut link, &names, &order).await;
        link.close().await;
        given
    })??;
    output::out(&words(&order, &working));
    Ok(Exit::Done)
}

/// Who holds a column now, as far as the order is for it.
struct OrderHolder {
    holder: Holder,
    /// A run that has begun. Without it a run is being prepared, or it is another command.
    is_run: bool,
}

/// Notes the order. Returns who holds a column now.
async fn give(
    link: &mut Link,
    names: &Names,
    order: &NewControl,
) -> Result<Vec<OrderHolder>, Failure> {
    let version = retry(link, async |conn| migrate::version(conn, names).await).await?;
    check_version(version)?;
    let holders = retry(link, async |conn| lock::holders(conn, names).await).await?;
    let holders: Vec<Holder> = holders.into_iter().filter(|h| h.left_ms > 0).collect();
    if let Some(id) = &order.run {
        let row = retry(link, async |conn| run::by_id(conn, names, id).await).await?;
        // A run that is being prepared has its lock and no line yet.
        let is_prepared = holders.iter().any(|holder| holder.run == *id);
        match row.map(|row| row.state) {
            Some(RunState::Active) => {}
            None if is_prepared => {}
            None => return Err(no_such_run(format!("the ledger has no run {id:?}"))),
            Some(state) => {
                return Err(no_such_run(format!("run {id} is {}", state.as_str())));
            }
        }
    }
    if order.run.is_some() && order.verb == ControlVerb::Resume {
        let of_all = retry(link, async |conn| {
            control::since(conn, names, None, 0).await
        })
        .await?;
        // Whatever begins hears it before it knows which run it goes on with.
        if Steering::of(&of_all).stop().is_some() {
            return Err(Failure::usage(
                "the stop is for every run, so no run alone can resume".to_owned(),
                "give `saltern control resume` without --run".to_owned(),
            ));
        }
    }
    // Sent once more after an answer that was lost, it stands there twice and means the same.
    retry(link, async |conn| control::add(conn, names, order).await).await?;
    let of_it = |holder: &Holder| order.run.as_ref().is_none_or(|id| holder.run == *id);
    let mut working = Vec::new();
    for holder in holders.into_iter().filter(of_it) {
        let row = retry(link, async |conn| {
            run::by_id(conn, names, &holder.run).await
        })
        .await?;
        working.push(OrderHolder {
            is_run: row.is_some(),
            holder,
        });
    }
    Ok(working)
}

fn no_such_run(what: String) -> Failure {
    Failure::usage(
        what,
        "`saltern status` shows the newest run; without --run the order is for whatever runs by this ledger".to_owned(),
    )
}

fn check_version(version: Option<i64>) -> Result<(), Failure> {
    match version {
        None => Err(Failure::refused(
            "there is no ledger in this database yet, so nothing of it can run".to_owned(),
            "`saltern run --execute` makes it; look whether this is the configuration of the run"
                .to_owned(),
        )),
        Some(version) if version > LEDGER_VERSION => Err(StoreError::refused(
            format!(
                "the ledger in this database has version {version}, this program knows {LEDGER_VERSION}"
            ),
            "use the newer saltern that wrote it",
        )
        .into()),
        Some(version) if version < CONTROL_VERSION => Err(Failure::refused(
            format!(
                "the ledger in this database has version {version}, and orders are kept from version {CONTROL_VERSION} on"
            ),
            "the next run of this program brings it up to date. A run of an older program hears no orders: SIGTERM stops it cleanly, and its pause file holds it"
                .to_owned(),
        )),
        Some(_) => Ok(()),
    }
}

/// What was noted, and who hears it.
fn words(order: &NewControl, working: &[OrderHolder]) -> String {
    let amount = match (order.verb, order.amount) {
        (_, Some(amount)) => format!(" {amount}"),
        (ControlVerb::Rate | ControlVerb::Threads, None) => " off".to_owned(),
        _ => String::new(),
    };
    let mut out = format!(
        "noted: {}{amount}, by {}\n",
        order.verb.as_str(),
        safe(&order.who)
    );
    let mut told: Vec<&str> = Vec::new();
    for OrderHolder { holder, is_run } in working {
        let hears = match is_run {
            true => "hears it within two seconds",
            false => {
                "hears it within two seconds if it prepares a run; `reset tokens` hears no orders"
            }
        };
        if !told.contains(&holder.owner.as_str()) {
            told.push(&holder.owner);
            out.push_str(&format!(
                "process {} on {} {hears}\n",
                holder.pid,
                safe(&holder.host)
            ));
        }
    }
    let stands = match (order.verb, order.amount) {
        (ControlVerb::Pause | ControlVerb::Stop, _) => "`saltern control resume`".to_owned(),
        (ControlVerb::Rate | ControlVerb::Threads, Some(_)) => {
            format!("`saltern control {} off`", order.verb.as_str())
        }
        _ => return out,
    };
    let for_whom = match &order.run {
        Some(run) => format!("run {}", safe(run)),
        None if told.is_empty() => "nothing runs now; it stands for every run".to_owned(),
        None => "it stands for later runs, too,".to_owned(),
    };
    let line = match &order.run {
        Some(_) => format!("it stands for {for_whom} until {stands}\n"),
        None => format!("{for_whom} until {stands}\n"),
    };
    out.push_str(&line);
    out
}
