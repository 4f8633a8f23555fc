//! Files read, with their grades.

use crate::issues::issues;
use crate::report::InputReport;
use lifering_base::records::Layer;
use lifering_core::quality::fit::Fit;
use lifering_core::quality::grade::{LayerGrade, grade};
use lifering_readers::InputRecord;

pub fn input(input: &InputRecord, fit: Option<&Fit>) -> InputReport {
    let LayerGrade { grade, reason, .. } = grade(input);
    InputReport {
        layer: input.layer,
        extra: (input.layer == Layer::Extra).then(|| input.key.clone()),
        file: input.file.clone(),
        sha256: input.sha256.clone(),
        features: input.features,
        used: input.used,
        format: input.format.name().to_owned(),
        encoding: input.encoding.map(str::to_owned),
        left_out: input.features.saturating_sub(input.used),
        changed: input.issues.changed(),
        grade,
        reason,
        fit: fit.cloned(),
        issues: issues(&input.issues),
    }
}
