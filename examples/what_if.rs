//! Tries one more station at several places of the embedded city.

use lifering::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let city = City::demo()?;
    let standard = Standard::embedded("jinjiang-14fyp")?;
    let what_if = Trial::new(&city, &standard, "JJ-EMS-02")?;
    for (lon, lat) in [(118.55, 24.78), (118.60, 24.70), (118.65, 24.60)] {
        let effect = what_if.site(LonLat::new(lon, lat), None);
        println!("a station at {lon}, {lat}: {:.0} people more in time", effect.people_new);
    }
    Ok(())
}
