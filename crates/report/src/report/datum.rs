//! Layers that another datum fits better.

use lifering_base::datum::Datum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A layer of points that lies clearly nearer to the roads if its coordinates are taken for those of another datum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatumDoubt {
    /// Key of the layer.
    pub layer: String,
    /// The datum that fits best.
    pub datum: Datum,
    /// Mean distance from the nearest road as the coordinates are given, metres, each capped at 200 m.
    pub given_m: f64,
    /// The same under `datum`.
    pub best_m: f64,
    /// Ids of the rules that rest on where the points of the layer lie.
    pub rules: Vec<String>,
}
