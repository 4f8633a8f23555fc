//! Finds the three best sites for the 14-minute circle of the embedded city, with proof.

use lifering::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let city = City::demo()?;
    let standard = Standard::embedded("jinjiang-14fyp")?;
    let request = SitingRequest::new(GoalName::Cover, 3);
    let options = RegionOptions { rule: Some("JJ-EMS-02".to_owned()), ..RegionOptions::default() };
    let proposal = propose(&city, &standard, &request, &options, &SolverOptions::default(), &Silent)?;
    let answer = &proposal.certificate;
    println!("{:.0} people in time, at most {:.0} are possible ({:?})", answer.objective, answer.bound, answer.status);
    for site in proposal.ground.iter().flat_map(|ground| &ground.sites) {
        let LonLat { lon, lat } = site.site.place;
        println!("{} at {lon:.5}, {lat:.5}: {:.0} people newly in time", site.name, site.impact.people_new);
    }
    Ok(())
}
