//! One printed page of a project: A4 landscape with map, title, legend, scale bar, north arrow and source line.
//!
//! In: the project and a question. Out: a `<Layout>` element.

mod item;
mod legend;

use super::project::{Entry, PrintedPage, Project};
use crate::scale::round_length;
use item::{Placement, item, label, with_frame};
use legend::legend;
use lifering_base::t;
use lifering_report::text::{Lang, plain};
use maud::{Markup, html};

const MAP: Placement = Placement { x: 10.0, y: 26.0, width: 214.0, height: 166.0 };
const TITLE: Placement = Placement { x: 10.0, y: 7.0, width: 277.0, height: 10.0 };
const SUBTITLE: Placement = Placement { x: 10.0, y: 17.0, width: 277.0, height: 7.0 };
const NORTH: Placement = Placement { x: 230.0, y: 27.0, width: 13.0, height: 17.0 };
const SCALE: Placement = Placement { x: 228.0, y: 178.0, width: 60.0, height: 13.0 };
const SOURCE: Placement = Placement { x: 10.0, y: 194.0, width: 277.0, height: 10.0 };

/// Extent of the map over the extent of the region.
const MARGIN: f64 = 1.08;

/// A part of the scale bar is at least so long, kilometres.
const LEAST_PART_KM: f64 = 1e-3;

/// The north arrow, an SVG picture in the form that QGIS embeds in a project.
const ARROW: &str = "base64:PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9Ii00MCAtMTAwIDgwIDIwMCI+PHBhdGggZD0iTTAtOTAgMzQgNDAgMCAxNHoiIGZpbGw9IiMxYzIzMjkiIHN0cm9rZT0iIzFjMjMyOSIgc3Ryb2tlLXdpZHRoPSI0Ii8+PHBhdGggZD0iTTAtOTAtMzQgNDAgMCAxNHoiIGZpbGw9IiNmZmYiIHN0cm9rZT0iIzFjMjMyOSIgc3Ryb2tlLXdpZHRoPSI0Ii8+PHBhdGggZD0iTS0xMyA5NVY1OGg3bDEzIDI0VjU4aDZ2MzdIN0wtNyA3MXYyNHoiIGZpbGw9IiMxYzIzMjkiLz48L3N2Zz4=";

/// The printed page of a question.
pub fn layout(project: &Project<'_>, question: &str, page: &PrintedPage) -> Markup {
    let layers: Vec<&Entry<'_>> = project.layers_of(page);
    let map_id = format!("{{map {question}}}");
    let extent = extent(project);
    let lang = project.facts.lang;
    let title = format!("{}　{question}", project.heading);
    html! {
        Layout name=(question) units="mm" printResolution="300" worldFileMap="" {
            Snapper snapToGrid="0" snapToGuides="1" snapToItems="1" tolerance="5" {}
            Grid offsetX="0" offsetY="0" offsetUnits="mm" resolution="10" resUnits="mm" {}
            PageCollection {
                (item("65638", "{page}", Placement { x: 0.0, y: 0.0, width: 297.0, height: 210.0 }, 0, &[], &html! {}))
                GuideCollection visible="1" {}
            }
            (label("{title}", TITLE, &title, 17, [28, 35, 41]))
            (label("{subtitle}", SUBTITLE, &page.subtitle, 9, [91, 102, 111]))
            (map(&map_id, extent, &layers))
            (legend(project, &map_id, &layers))
            (picture(&map_id))
            (scale_bar(&map_id, extent, lang))
            (label("{source}", SOURCE, &project.source, 7, if project.warns { [196, 78, 0] } else { [91, 102, 111] }))
            Atlas enabled="0" coverageLayer="" hideCoverage="0" filterFeatures="0" sortFeatures="0" filenamePattern="" pageNameExpression="" {}
        }
    }
}

/// West, south, east, north of the map, metres in the project's plane.
fn extent(project: &Project<'_>) -> [f64; 4] {
    let bounds = project.bounds;
    let centre = bounds.center();
    let metres_per_mm = (bounds.width() / MAP.width).max(bounds.height() / MAP.height) * MARGIN;
    let (half_width, half_height) = (metres_per_mm * MAP.width / 2.0, metres_per_mm * MAP.height / 2.0);
    [centre.x - half_width, centre.y - half_height, centre.x + half_width, centre.y + half_height]
}

/// The map.
fn map(uuid: &str, extent: [f64; 4], layers: &[&Entry<'_>]) -> Markup {
    let mut more = vec![
        ("drawCanvasItems", "true".to_owned()),
        ("keepLayerSet", "true".to_owned()),
        ("followPreset", "false".to_owned()),
        ("followPresetName", String::new()),
        ("mapRotation", "0".to_owned()),
        ("mapFlags", "0".to_owned()),
        ("labelMargin", "0,mm".to_owned()),
        ("isTemporal", "0".to_owned()),
    ];
    more.extend(with_frame(true, true));
    let inside = html! {
        Extent xmin=(extent[0]) ymin=(extent[1]) xmax=(extent[2]) ymax=(extent[3]) {}
        LayerSet { @for entry in layers { Layer name=(entry.title) provider="ogr" source="" { (entry.id) } } }
        AtlasMap atlasDriven="0" scalingMode="2" margin="0.1" {}
        labelBlockingItems {}
    };
    item("65639", uuid, MAP, 1, &more, &inside)
}

/// The north arrow.
fn picture(map: &str) -> Markup {
    let mut more = vec![
        ("file", ARROW.to_owned()),
        ("mode", "0".to_owned()),
        ("mapUuid", map.to_owned()),
        ("northMode", "0".to_owned()),
        ("northOffset", "0".to_owned()),
        ("pictureRotation", "0".to_owned()),
        ("resizeMode", "0".to_owned()),
        ("anchorPoint", "4".to_owned()),
        ("svgFillColor", "28,35,41,255".to_owned()),
        ("svgBorderColor", "28,35,41,255".to_owned()),
        ("svgBorderWidth", "0.2".to_owned()),
    ];
    more.extend(with_frame(false, false));
    item("65640", "{north}", NORTH, 4, &more, &html! {})
}

/// The scale bar.
fn scale_bar(map: &str, extent: [f64; 4], lang: Lang) -> Markup {
    let metres_per_mm = (extent[2] - extent[0]) / MAP.width;
    // Two parts of a round number of kilometres, about 20 mm each.
    let wanted_km = metres_per_mm * 22.0 / 1000.0;
    let part_km = round_length(wanted_km, LEAST_PART_KM);
    let mut more = vec![
        ("mapUuid", map.to_owned()),
        ("style", "Single Box".to_owned()),
        ("unitType", "km".to_owned()),
        ("unitLabel", t!("maplayer.km", locale = lang.locale()).into_owned()),
        ("numMapUnitsPerScaleBarUnit", "1".to_owned()),
        ("numUnitsPerSegment", plain(part_km, 3)),
        ("numSegments", "2".to_owned()),
        ("numSegmentsLeft", "0".to_owned()),
        ("segmentSizeMode", "0".to_owned()),
        ("segmentMillimeters", format!("{}", part_km * 1000.0 / metres_per_mm)),
        ("minBarWidth", "20".to_owned()),
        ("maxBarWidth", "60".to_owned()),
        ("height", "2".to_owned()),
        ("outlineWidth", "0.2".to_owned()),
        ("boxContentSpace", "1".to_owned()),
        ("labelBarSpace", "1.5".to_owned()),
        ("labelVerticalPlacement", "0".to_owned()),
        ("labelHorizontalPlacement", "0".to_owned()),
        ("alignment", "0".to_owned()),
        ("lineJoinStyle", "miter".to_owned()),
        ("lineCapStyle", "square".to_owned()),
    ];
    more.extend(with_frame(false, false));
    let inside = html! {
        text-style fontFamily="Sans Serif" fontWeight="50" fontSize="8" fontSizeUnit="Point" textColor="28,35,41,255" textOpacity="1" {}
        strokeColor red="28" green="35" blue="41" alpha="255" {}
        fillColor red="28" green="35" blue="41" alpha="255" {}
        fillColor2 red="255" green="255" blue="255" alpha="255" {}
    };
    item("65646", "{scale}", SCALE, 4, &more, &inside)
}
