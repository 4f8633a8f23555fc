//! The input of every part of a report, and the small pieces of markup that parts share.

use super::base::Base;
use lifering_core::audit::Audit;
use lifering_core::findings::RuleZones;
use lifering_core::zones::Zone;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::{Lang, verdict};
use lifering_report::text::{pick, tr};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use maud::{Markup, html};

/// An audit, its report and the shared drawing, in one language.
pub struct Page<'a> {
    /// The audit.
    pub audit: &'a Audit,
    /// The audit in the shape of audit.json.
    pub report: &'a Report,
    /// Language of the page.
    pub lang: Lang,
    /// The parts that all maps share.
    pub base: Base,
}

/// The class of a verdict in style.css.
pub fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Gap => "gap",
        Verdict::Depends => "depends",
        Verdict::CannotJudge => "open",
    }
}

impl<'a> Page<'a> {
    /// Prepares the shared drawing.
    pub fn new(audit: &'a Audit, report: &'a Report, lang: Lang) -> Self {
        Self { audit, report, lang, base: Base::new(audit) }
    }

    /// A text of the catalogue.
    pub fn tr(&self, key: &str) -> String {
        tr(key, self.lang)
    }

    /// The title of a rule.
    pub fn title(&self, outcome: &'a RuleOutcome) -> &'a str {
        pick(&outcome.rule.title, self.lang)
    }

    /// The reason of a rule's verdict, in one sentence.
    pub fn why(&self, rule: &'a RuleReport) -> &'a str {
        match self.lang {
            Lang::Zh => &rule.why_zh,
            Lang::En => &rule.why,
        }
    }

    /// The rules with their reports and positions.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &'a RuleOutcome, &'a RuleReport)> {
        self.audit.findings.outcomes.iter().zip(&self.report.rules).enumerate().map(|(i, (o, r))| (i, o, r))
    }

    /// Rules with a page of their own: binding ones that are not met or depend on the reading.
    pub fn paged(&self) -> impl Iterator<Item = (usize, &'a RuleOutcome, &'a RuleReport)> {
        self.rules().filter(|(_, o, _)| o.rule.force.binds() && matches!(o.verdict, Verdict::Gap | Verdict::Depends))
    }

    /// Name of the station that is first in most of a zone; `None` if none reaches it.
    pub fn nearest(&self, zones: &RuleZones, zone: &Zone) -> Option<&'a str> {
        let site = zones.sites.get(zone.nearest?.index())?;
        Some(self.audit.city.evidence().sites[*site].name.as_str())
    }

    /// A verdict as a mark that is legible without colour.
    pub fn chip(&self, of: Verdict) -> Markup {
        html! { span class=(format!("chip {}", verdict_class(of))) { (verdict(of, self.lang)) } }
    }

    /// The line above every page: region, standard, and whether the data is illustrative.
    pub fn running_head(&self) -> Markup {
        let standard = if self.lang == Lang::Zh { &self.report.standard.title } else { &self.report.standard.title_en };
        html! {
            div.running {
                span { (lifering_report::text::region_name(self.report)) " · " (standard) }
                @if self.report.region.illustrative { span.note { (self.tr("summary.illustrative")) } }
            }
        }
    }

    /// A share as a bar with its number.
    pub fn bar(share: f64, class: &str, text: &str) -> Markup {
        let width = format!("width:{:.1}%", share.clamp(0.0, 1.0) * 100.0);
        html! { div.bar { div.track { i class=(class) style=(width) {} } span { (text) } } }
    }
}
