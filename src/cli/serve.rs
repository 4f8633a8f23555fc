//! `lifering serve REGION`: the workbench in the browser.
//!
//! In: a region. Out: a page at an address of this machine, until the program is ended. Exit status `exit::MET`.

use super::args::{RegionArgs, Session};
use super::deadline::Deadline;
use super::exit;
use super::print::{print, show};
use super::progress::StageProgress;
use super::scenario::ScenarioArg;
use anyhow::{Context, Result, bail};
use clap::Args;
use lifering_base::t;
use lifering_core::audit::AuditRequest;
use lifering_report::text::tr;
use lifering_serve::{Workbench, serve};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Fewest characters of a token.
const LEAST_TOKEN: usize = 16;

/// Arguments of `lifering serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    on: RegionArgs,
    #[command(flatten)]
    scenario: ScenarioArg,
    /// Port to listen at; otherwise one that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Address to listen at, for others on the network; only together with --token
    #[arg(long, value_name = "ADDRESS", requires = "token")]
    host: Option<IpAddr>,
    /// Word without which nothing is answered
    #[arg(long, value_name = "WORD")]
    token: Option<String>,
    /// Leave the browser alone
    #[arg(long)]
    no_open: bool,
}

/// Serves the workbench and returns the exit status.
pub fn run(args: &ServeArgs, session: Session) -> Result<u8> {
    let lang = session.lang;
    if args.token.as_ref().is_some_and(|token| token.chars().count() < LEAST_TOKEN || !token.is_ascii()) {
        bail!("{}", tr("serve.token_wanted", lang));
    }
    let request =
        AuditRequest { standard: args.on.standard.clone(), rebase: args.scenario.rebase, ..AuditRequest::default() };
    let progress = StageProgress::new(session, Deadline::none());
    let opened = request.open(args.on.source(), &progress)?;
    let scenario = args.scenario.read()?;
    if let Some(scenario) = &scenario {
        // Whether it fits is said before the page opens.
        opened.scenario(scenario)?;
    }
    progress.finish();
    let workbench = Arc::new(Workbench::new(opened, scenario.as_ref(), lang));
    let name = workbench.city().records().settings.name.clone();
    let address = SocketAddr::new(args.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), args.port);
    let query = args.token.as_ref().map(|token| format!("?token={token}")).unwrap_or_default();
    let mut told = Ok(());
    let listening = serve(workbench, address, args.token.clone(), |address| {
        let url = format!("http://{address}/{query}");
        told = print(&format!("{}\n", t!("serve.at", locale = lang.locale(), name = name, url = url)))
            .map_err(anyhow::Error::from)
            .and_then(|()| if args.no_open { Ok(()) } else { show(Path::new(&url), lang) });
    });
    listening.with_context(|| format!("listening at {address}"))?;
    told?;
    Ok(exit::MET)
}
