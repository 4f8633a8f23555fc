//! Coordinate reference systems as QGIS writes them.

use lifering_base::frame::LonLat;
use maud::{Markup, html};

/// The Lambert azimuthal equal-area plane around a place: the one that lifering measures in.
pub fn plane(centre: LonLat) -> Markup {
    let degree = "ANGLEUNIT[\"degree\",0.0174532925199433]";
    let metre = "LENGTHUNIT[\"metre\",1]";
    let name = format!("LAEA {:.4} {:.4}", centre.lon, centre.lat);
    let wkt = format!(
        "PROJCRS[\"{name}\",BASEGEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",\
         ELLIPSOID[\"WGS 84\",6378137,298.257223563,{metre}]],PRIMEM[\"Greenwich\",0,{degree}],ID[\"EPSG\",4326]],\
         CONVERSION[\"Lambert azimuthal equal area\",METHOD[\"Lambert Azimuthal Equal Area\",ID[\"EPSG\",9820]],\
         PARAMETER[\"Latitude of natural origin\",{},{degree},ID[\"EPSG\",8801]],\
         PARAMETER[\"Longitude of natural origin\",{},{degree},ID[\"EPSG\",8802]],\
         PARAMETER[\"False easting\",0,{metre},ID[\"EPSG\",8806]],\
         PARAMETER[\"False northing\",0,{metre},ID[\"EPSG\",8807]]],\
         CS[Cartesian,2],AXIS[\"easting (X)\",east,ORDER[1],{metre}],AXIS[\"northing (Y)\",north,ORDER[2],{metre}]]",
        centre.lat, centre.lon
    );
    let proj = format!("+proj=laea +lat_0={} +lon_0={} +datum=WGS84 +units=m +no_defs", centre.lat, centre.lon);
    html! {
        spatialrefsys {
            wkt { (wkt) } proj4 { (proj) } srsid { "0" } srid { "0" } authid {} description { (name) }
            projectionacronym { "laea" } ellipsoidacronym { "EPSG:7030" } geographicflag { "false" }
        }
    }
}

/// WGS 84, longitude and latitude in degrees: the coordinates of every layer.
pub fn wgs_84() -> Markup {
    let wkt = "GEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\",6378137,298.257223563,\
               LENGTHUNIT[\"metre\",1]]],PRIMEM[\"Greenwich\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],CS[ellipsoidal,2],\
               AXIS[\"geodetic latitude (Lat)\",north,ORDER[1],ANGLEUNIT[\"degree\",0.0174532925199433]],\
               AXIS[\"geodetic longitude (Lon)\",east,ORDER[2],ANGLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\",4326]]";
    html! {
        spatialrefsys {
            wkt { (wkt) } proj4 { "+proj=longlat +datum=WGS84 +no_defs" } srsid { "3452" } srid { "4326" } authid { "EPSG:4326" }
            description { "WGS 84" } projectionacronym { "longlat" } ellipsoidacronym { "EPSG:7030" } geographicflag { "true" }
        }
    }
}
