//! Audits the embedded city and prints every verdict with its reason.

use lifering::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let city = City::demo()?;
    let standard = Standard::embedded("jinjiang-14fyp")?;
    let findings = audit(&city, &standard, &Run::default())?;
    let report = Report::new(&Audit { city, findings });
    for rule in &report.rules {
        println!("{:12} {:?}: {}", rule.id, rule.verdict, rule.why);
    }
    Ok(())
}
