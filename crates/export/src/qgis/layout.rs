//! One printed page of the project: A4 landscape with map, title, legend, scale bar, north arrow and source line.
//!
//! In: the project and a question. Out: a `<Layout>` element.

use super::classes::{classes, present};
use super::project::{Entry, Page, Project};
use lifering_base::t;
use lifering_report::text::{Lang, plain};
use maud::{Markup, html};

/// Place and size on the page, millimetres.
#[derive(Clone, Copy)]
struct Frame {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

const MAP: Frame = Frame { x: 10.0, y: 26.0, width: 214.0, height: 166.0 };
const TITLE: Frame = Frame { x: 10.0, y: 7.0, width: 277.0, height: 10.0 };
const SUBTITLE: Frame = Frame { x: 10.0, y: 17.0, width: 277.0, height: 7.0 };
const LEGEND: Frame = Frame { x: 228.0, y: 46.0, width: 60.0, height: 100.0 };
const NORTH: Frame = Frame { x: 230.0, y: 27.0, width: 13.0, height: 17.0 };
const SCALE: Frame = Frame { x: 228.0, y: 178.0, width: 60.0, height: 13.0 };
const SOURCE: Frame = Frame { x: 10.0, y: 194.0, width: 277.0, height: 10.0 };

/// The region fills so much of the map.
const MARGIN: f64 = 1.08;

/// The arrow, as QGIS takes pictures that travel with a project.
const ARROW: &str = "base64:PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9Ii00MCAtMTAwIDgwIDIwMCI+PHBhdGggZD0iTTAtOTAgMzQgNDAgMCAxNHoiIGZpbGw9IiMxYzIzMjkiIHN0cm9rZT0iIzFjMjMyOSIgc3Ryb2tlLXdpZHRoPSI0Ii8+PHBhdGggZD0iTTAtOTAtMzQgNDAgMCAxNHoiIGZpbGw9IiNmZmYiIHN0cm9rZT0iIzFjMjMyOSIgc3Ryb2tlLXdpZHRoPSI0Ii8+PHBhdGggZD0iTS0xMyA5NVY1OGg3bDEzIDI0VjU4aDZ2MzdIN0wtNyA3MXYyNHoiIGZpbGw9IiMxYzIzMjkiLz48L3N2Zz4=";

/// The page of a question.
pub fn layout(project: &Project<'_>, question: &str, page: &Page) -> Markup {
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
                (item("65638", "{page}", Frame { x: 0.0, y: 0.0, width: 297.0, height: 210.0 }, 0, &[], &html! {}))
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

/// West, south, east, north of the map in the project's plane.
fn extent(project: &Project<'_>) -> [f64; 4] {
    let bounds = project.bounds;
    let centre = bounds.center();
    let metres_per_mm = (bounds.width() / MAP.width).max(bounds.height() / MAP.height) * MARGIN;
    let (half_width, half_height) = (metres_per_mm * MAP.width / 2.0, metres_per_mm * MAP.height / 2.0);
    [centre.x - half_width, centre.y - half_height, centre.x + half_width, centre.y + half_height]
}

/// A layout item of a type; `more` are its own attributes, as name and value.
fn item(kind: &str, uuid: &str, frame: Frame, z: u32, more: &[(&str, String)], inside: &Markup) -> Markup {
    // Attributes that differ by type cannot be named in a template: the element is opened by hand, every value escaped.
    let mut open = String::from("<LayoutItem");
    let place = format!("{},{},mm", frame.x, frame.y);
    let common = [
        ("type", kind.to_owned()),
        ("uuid", uuid.to_owned()),
        ("templateUuid", uuid.to_owned()),
        ("id", String::new()),
        ("position", place.clone()),
        ("positionOnPage", place),
        ("size", format!("{},{},mm", frame.width, frame.height)),
        ("referencePoint", "0".to_owned()),
        ("itemRotation", "0".to_owned()),
        ("visibility", "1".to_owned()),
        ("opacity", "1".to_owned()),
        ("blendMode", "0".to_owned()),
        ("zValue", z.to_string()),
        ("positionLock", "false".to_owned()),
        ("groupUuid", String::new()),
        ("excludeFromExports", "0".to_owned()),
        ("outlineWidthM", "0.2,mm".to_owned()),
        ("frameJoinStyle", "miter".to_owned()),
    ];
    for (key, value) in common.iter().chain(more) {
        open.extend([" ", key, "=\"", &html! { (value) }.into_string(), "\""]);
    }
    open.push('>');
    html! {
        (maud::PreEscaped(open))
        FrameColor red="90" green="100" blue="110" alpha="255" {}
        BackgroundColor red="255" green="255" blue="255" alpha="255" {}
        (inside)
        (maud::PreEscaped("</LayoutItem>"))
    }
}

fn with_frame(frame: bool, background: bool) -> [(&'static str, String); 2] {
    [("frame", frame.to_string()), ("background", background.to_string())]
}

fn label(uuid: &str, frame: Frame, text: &str, points: u32, colour: [u8; 3]) -> Markup {
    let mut more = vec![
        ("labelText", text.to_owned()),
        ("htmlState", "0".to_owned()),
        ("halign", "1".to_owned()),
        ("valign", "32".to_owned()),
        ("marginX", "0".to_owned()),
        ("marginY", "0".to_owned()),
    ];
    more.extend(with_frame(false, false));
    let weight = if points > 12 { 75 } else { 50 };
    let inside = html! {
        LabelFont description=(format!("Sans Serif,{points},-1,5,{weight},0,0,0,0,0")) style="" {}
        FontColor red=(colour[0]) green=(colour[1]) blue=(colour[2]) alpha="255" {}
    };
    item("65641", uuid, frame, 5, &more, &inside)
}

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

fn legend(project: &Project<'_>, map: &str, layers: &[&Entry<'_>]) -> Markup {
    let order = |entry: &Entry<'_>| {
        let classes = classes(entry.layer.name, &project.facts, entry.look);
        present(entry.layer, &classes, entry.look).iter().map(usize::to_string).collect::<Vec<_>>().join(",")
    };
    let mut more = vec![
        ("map_uuid", map.to_owned()),
        ("title", String::new()),
        ("titleAlignment", "1".to_owned()),
        ("columnCount", "1".to_owned()),
        ("splitLayer", "0".to_owned()),
        ("equalColumnWidth", "0".to_owned()),
        ("boxSpace", "0".to_owned()),
        ("columnSpace", "2".to_owned()),
        ("symbolWidth", "6".to_owned()),
        ("symbolHeight", "3.6".to_owned()),
        ("symbolAlignment", "1".to_owned()),
        ("minSymbolSize", "0".to_owned()),
        ("maxSymbolSize", "0".to_owned()),
        ("lineSpacing", "1".to_owned()),
        ("wrapChar", String::new()),
        ("fontColor", "#1c2329".to_owned()),
        ("resizeToContents", "1".to_owned()),
        ("legendFilterByAtlas", "0".to_owned()),
        ("rasterBorder", "0".to_owned()),
        ("rasterBorderColor", "0,0,0,255".to_owned()),
        ("rasterBorderWidth", "0".to_owned()),
        ("wmsLegendWidth", "50".to_owned()),
        ("wmsLegendHeight", "25".to_owned()),
    ];
    more.extend(with_frame(false, false));
    let font = |points: u32, weight: u32| format!("Sans Serif,{points},-1,5,{weight},0,0,0,0,0");
    let styles = [
        ("title", "3", 11, 75),
        ("group", "3", 10, 75),
        ("subgroup", "3", 9, 75),
        ("symbol", "1.6", 8, 50),
        ("symbolLabel", "1.4", 8, 50),
    ];
    let inside = html! {
        styles {
            @for (name, top, points, weight) in styles {
                style name=(name) alignment="1" indent="0" marginTop=(top) marginLeft="2" { styleFont description=(font(points, weight)) style="" {} }
            }
        }
        layer-tree-group {
            @for entry in layers {
                layer-tree-layer id=(entry.id) name=(entry.title) source="" providerKey="ogr" checked="Qt::Checked" expanded="1" legend_exp="" {
                    // Only the classes that are there.
                    customproperties { Option type="Map" { Option type="QString" name="legend/node-order" value=(order(entry)) {} } }
                }
            }
            custom-order enabled="0" {}
        }
    };
    item("65642", "{legend}", LEGEND, 3, &more, &inside)
}

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

fn scale_bar(map: &str, extent: [f64; 4], lang: Lang) -> Markup {
    let metres_per_mm = (extent[2] - extent[0]) / MAP.width;
    // Two parts of a round number of kilometres, about 20 mm each.
    let wanted_km = metres_per_mm * 22.0 / 1000.0;
    let power = 10_f64.powf(wanted_km.max(1e-3).log10().floor());
    let part_km = [5.0, 2.0].into_iter().map(|f| f * power).find(|km| *km <= wanted_km).unwrap_or(power);
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
