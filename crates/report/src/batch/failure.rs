//! Why a region was not audited, in the two languages.
//!
//! In: what went wrong. Out: a [`Fault`]. What the system or a library says stays in its own language.

use super::shape::{Fault, FaultKind};
use crate::text::{Lang, plain};
use lifering_base::{Message, t};
use lifering_core::audit::AuditError;
use lifering_standards::catalogue::Text;
use std::time::Duration;

fn fault(kind: FaultKind, message: impl Fn(Lang) -> String) -> Fault {
    Fault { kind, message: Text { zh: message(Lang::Zh), en: message(Lang::En) } }
}

/// The audit refused.
pub fn refused(error: &AuditError) -> Fault {
    fault(FaultKind::Input, |lang| error.message().text(lang.locale()))
}

/// The audit panicked.
pub fn defect(said: &str) -> Fault {
    fault(FaultKind::Defect, |lang| t!("batches.fault.defect", locale = lang.locale(), said = said).into_owned())
}

/// It needs, as far as its files tell, more than there is; or it took more.
pub fn too_large(need: u64, memory: u64) -> Fault {
    let key = if need > memory { "batches.fault.needs" } else { "batches.fault.took" };
    fault(FaultKind::Memory, |lang| {
        t!(key, locale = lang.locale(), need = size(need), memory = size(memory)).into_owned()
    })
}

/// It took longer than the limit.
pub fn too_long(limit: Duration) -> Fault {
    let seconds = plain(limit.as_secs_f64(), 3);
    fault(FaultKind::Time, |lang| t!("batches.fault.time", locale = lang.locale(), seconds = seconds).into_owned())
}

/// Its results could not be written.
pub fn unwritten(error: &dyn std::fmt::Display) -> Fault {
    fault(FaultKind::Write, |lang| t!("batches.fault.write", locale = lang.locale(), said = error).into_owned())
}

/// The process that audited it died, alone with it.
pub fn died(how: &Message) -> Fault {
    fault(FaultKind::Died, |lang| {
        t!("batches.fault.died", locale = lang.locale(), how = how.text(lang.locale())).into_owned()
    })
}

/// Another region failed first.
pub fn not_run() -> Fault {
    fault(FaultKind::NotRun, |lang| t!("batches.fault.not_run", locale = lang.locale()).into_owned())
}

/// Bytes as people write them.
fn size(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().iec().to_string()
}
