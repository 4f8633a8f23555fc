//! The workbench: a city that is loaded once and asked by a page in the browser.
//!
//! In: an opened region. Out: answers over HTTP on this machine (docs/workbench.md). What a planner does on the map is the list of
//! edits of a scenario, and every question carries the whole list: the server keeps no state of the page.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`answers`] | what goes over the wire |
//! | [`workbench`] | the opened region, and what is told of it once |
//! | `tries` | the tier while a station is dragged: people, times of roads |
//! | `judged` | the tier on drop: every rule |
//! | `questions` | what takes longer: zones, best places, failures, files |
//! | [`refusal`] | why there is no answer |
//! | `latest` | the latest question of a kind wins |
//! | [`guard`] | who may ask |
//! | [`router`](mod@router) | routes, and the thread that computes |
//! | [`schemas`] | JSON schemas of what goes over the wire |

pub mod answers;
pub mod guard;
mod judged;
mod latest;
mod page;
mod questions;
pub mod refusal;
pub mod router;
pub mod schemas;
mod tries;
pub mod workbench;

pub use guard::Guard;
pub use router::router;
pub use workbench::Workbench;

use std::net::SocketAddr;
use std::sync::Arc;

/// Serves a workbench until the program ends. `ready` hears of the address once it listens.
///
/// # Errors
/// Nothing can listen at the address.
pub fn serve(
    workbench: Arc<Workbench>,
    address: SocketAddr,
    token: Option<String>,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_io().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let guard = Guard::new(address, token);
        ready(address);
        axum::serve(listener, router(workbench, guard)).await
    })
}
