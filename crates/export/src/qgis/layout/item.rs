//! Items of a printed page: the attributes and elements that all types share, and text labels.

use maud::{Markup, PreEscaped, html};

/// Position and size on the page, millimetres.
#[derive(Clone, Copy)]
pub struct Placement {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A layout item. `kind` is QGIS's number of its type, `z` its position in the stack, `more` are attributes of its
/// type.
pub fn item(kind: &str, uuid: &str, place: Placement, z: u32, more: &[(&str, String)], inside: &Markup) -> Markup {
    item_with(kind, uuid, place, z, more, &html! {}, inside)
}

/// The same with attributes that are written already.
fn item_with(
    kind: &str,
    uuid: &str,
    place: Placement,
    z: u32,
    more: &[(&str, String)],
    written: &Markup,
    inside: &Markup,
) -> Markup {
    // A template cannot name attributes that differ by type: the tag is written by hand, with every value escaped.
    let mut open = String::from("<LayoutItem");
    let position = format!("{},{},mm", place.x, place.y);
    let common = [
        ("type", kind.to_owned()),
        ("uuid", uuid.to_owned()),
        ("templateUuid", uuid.to_owned()),
        ("id", String::new()),
        ("position", position.clone()),
        ("positionOnPage", position),
        ("size", format!("{},{},mm", place.width, place.height)),
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
    open.extend([" ", &written.0, ">"]);
    html! {
        (PreEscaped(open))
        FrameColor red="90" green="100" blue="110" alpha="255" {}
        BackgroundColor red="255" green="255" blue="255" alpha="255" {}
        (inside)
        (PreEscaped("</LayoutItem>"))
    }
}

/// The attributes that draw a frame around an item and a background behind it.
pub fn with_frame(frame: bool, background: bool) -> [(&'static str, String); 2] {
    [("frame", frame.to_string()), ("background", background.to_string())]
}

/// A text label. The text is markup already, so that a template in it stays one.
pub fn label(uuid: &str, place: Placement, text: &Markup, points: u32, colour: [u8; 3]) -> Markup {
    let mut more = vec![
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
    item_with(
        "65641",
        uuid,
        place,
        5,
        &more,
        &PreEscaped(format!("labelText=\"{}\"", text.0.replace('\n', "&#10;"))),
        &inside,
    )
}
