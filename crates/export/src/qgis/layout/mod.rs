//! A printed page of a project: A4 landscape with map, title, legend, scale bar, north arrow and source line.
//!
//! In: the project, and a question or an atlas, which has a page for each feature of a layer. Out: a `<Layout>` element.

mod item;
mod legend;

use super::expression::template;
use super::project::{Atlas, Entry, PrintedPage, Project};
use crate::scale::round_length;
use item::{Placement, item, label, with_frame};
use legend::legend;
use lifering_base::t;
use lifering_report::text::{Lang, plain};
use maud::{Markup, html};

const MAP: Placement = Placement { x: 10.0, y: 26.0, width: 214.0, height: 166.0 };
const NARROW_MAP: Placement = Placement { x: 10.0, y: 26.0, width: 150.0, height: 166.0 };
/// Text beside a narrow map.
const BESIDE: Placement = Placement { x: 164.0, y: 26.0, width: 61.0, height: 166.0 };
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

/// What a page shows.
struct Page<'a> {
    name: &'a str,
    title: Markup,
    subtitle: Markup,
    layers: Vec<&'a Entry<'a>>,
    /// The features that have a page each; `None` for a single page.
    atlas: Option<&'a Atlas>,
}

/// The printed page of a question.
pub fn layout(project: &Project<'_>, question: &str, page: &PrintedPage) -> Markup {
    let title = html! { (project.heading) "　" (question) };
    let subtitle = html! { (page.subtitle) };
    laid_out(project, &Page { name: question, title, subtitle, layers: project.layers_of(&page.layers), atlas: None })
}

/// The printed pages of the features of a layer.
pub fn atlas(project: &Project<'_>, atlas: &Atlas) -> Markup {
    let title = html! { (project.heading) "　" (template(&atlas.title)) };
    let (subtitle, layers) = (template(&atlas.subtitle), project.layers_of(&atlas.layers));
    laid_out(project, &Page { name: &atlas.name, title, subtitle, layers, atlas: Some(atlas) })
}

fn laid_out(project: &Project<'_>, page: &Page<'_>) -> Markup {
    let map_id = format!("{{map {}}}", page.name);
    let beside = page.atlas.filter(|atlas| !atlas.beside.is_empty());
    let place = if beside.is_some() { NARROW_MAP } else { MAP };
    let extent = extent(project, place);
    let lang = project.facts.lang;
    let grey = [91, 102, 111];
    html! {
        Layout name=(page.name) units="mm" printResolution="300" worldFileMap="" {
            Snapper snapToGrid="0" snapToGuides="1" snapToItems="1" tolerance="5" {}
            Grid offsetX="0" offsetY="0" offsetUnits="mm" resolution="10" resUnits="mm" {}
            PageCollection {
                (item("65638", "{page}", Placement { x: 0.0, y: 0.0, width: 297.0, height: 210.0 }, 0, &[], &html! {}))
                GuideCollection visible="1" {}
            }
            (label("{title}", TITLE, &page.title, 17, [28, 35, 41]))
            (label("{subtitle}", SUBTITLE, &page.subtitle, 9, grey))
            (map(&map_id, place, extent, page))
            @if let Some(atlas) = beside { (label("{beside}", BESIDE, &template(&atlas.beside), 8, [28, 35, 41])) }
            (legend(project, &map_id, &page.layers))
            (picture(&map_id))
            (scale_bar(&map_id, place, extent, lang, page.atlas.is_some()))
            (label("{source}", SOURCE, &html! { (project.source) }, 7, if project.warns { [196, 78, 0] } else { grey }))
            (pages(project, page.atlas))
        }
    }
}

/// The features that have a page each.
fn pages(project: &Project<'_>, atlas: Option<&Atlas>) -> Markup {
    let Some(atlas) = atlas else {
        return html! { Atlas enabled="0" coverageLayer="" hideCoverage="0" filterFeatures="0" sortFeatures="0" filenamePattern="" pageNameExpression="" {} };
    };
    let of = project.layers_of(std::slice::from_ref(&atlas.pages_of));
    let (title, source) = of.first().map(|entry| (entry.title.clone(), entry.source())).unwrap_or_default();
    html! {
        Atlas enabled="1" coverageLayer=(atlas.pages_of) coverageLayerName=(title) coverageLayerSource=(source) coverageLayerProvider="ogr"
            hideCoverage="0" filterFeatures="0" featureFilter=""
            sortFeatures="1" sortKey=(atlas.order) sortAscending="1" filenamePattern="'page_' || @atlas_featurenumber"
            pageNameExpression=(atlas.page_name) {}
    }
}

/// West, south, east, north of the map, metres in the project's plane.
fn extent(project: &Project<'_>, map: Placement) -> [f64; 4] {
    let bounds = project.bounds;
    let centre = bounds.center();
    let metres_per_mm = (bounds.width() / map.width).max(bounds.height() / map.height) * MARGIN;
    let (half_width, half_height) = (metres_per_mm * map.width / 2.0, metres_per_mm * map.height / 2.0);
    [centre.x - half_width, centre.y - half_height, centre.x + half_width, centre.y + half_height]
}

/// The map. Of an atlas it follows the feature, with a margin around it.
fn map(uuid: &str, place: Placement, extent: [f64; 4], page: &Page<'_>) -> Markup {
    let clipped = page.atlas.map_or(&[][..], |atlas| atlas.clipped.as_slice());
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
        LayerSet { @for entry in &page.layers { Layer name=(entry.title) provider="ogr" source="" { (entry.id) } } }
        AtlasMap atlasDriven=(u8::from(page.atlas.is_some())) scalingMode="2" margin="0.2" {}
        labelBlockingItems {}
        @if !clipped.is_empty() {
            atlasClippingSettings enabled="1" clippingType="1" forceLabelsInside="1" restrictLayers="1" {
                layersToClip { @for entry in page.layers.iter().filter(|entry| clipped.contains(&entry.id)) {
                    Layer name=(entry.title) provider="ogr" source="" { (entry.id) }
                } }
            }
        }
    };
    item("65639", uuid, place, 1, &more, &inside)
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

/// The scale bar. That of an atlas is as long as fits, because each page has a scale of its own.
fn scale_bar(map: &str, place: Placement, extent: [f64; 4], lang: Lang, fitted: bool) -> Markup {
    let metres_per_mm = (extent[2] - extent[0]) / place.width;
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
        ("segmentSizeMode", u8::from(fitted).to_string()),
        ("segmentMillimeters", format!("{}", part_km * 1000.0 / metres_per_mm)),
        ("minBarWidth", "20".to_owned()),
        ("maxBarWidth", "50".to_owned()),
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
