//! The legend of a printed page, restricted to classes that have rows.

use super::item::{Placement, item, with_frame};
use crate::qgis::classes::{classes, present};
use crate::qgis::project::{Entry, Project};
use maud::{Markup, html};

const LEGEND: Placement = Placement { x: 228.0, y: 46.0, width: 60.0, height: 100.0 };

/// The legend of a map over these layers.
pub fn legend(project: &Project<'_>, map: &str, layers: &[&Entry<'_>]) -> Markup {
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
                    // Only classes that have rows.
                    customproperties { Option type="Map" { Option type="QString" name="legend/node-order" value=(order(entry)) {} } }
                }
            }
            custom-order enabled="0" {}
        }
    };
    item("65642", "{legend}", LEGEND, 3, &more, &inside)
}
