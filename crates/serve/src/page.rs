//! The page: files of `web/dist`, compiled in under their stable names.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use lifering_base::message;

use super::refusal::Refusal;

/// Path, media type, content.
const FILES: [(&str, &str, &[u8]); 6] = [
    ("/", "text/html; charset=utf-8", include_bytes!("../../../web/dist/index.html")),
    ("/workbench.js", "text/javascript; charset=utf-8", include_bytes!("../../../web/dist/workbench.js")),
    ("/workbench.css", "text/css; charset=utf-8", include_bytes!("../../../web/dist/workbench.css")),
    ("/icon.svg", "image/svg+xml", include_bytes!("../../../web/dist/icon.svg")),
    ("/LICENSES.txt", "text/plain; charset=utf-8", include_bytes!("../../../web/dist/LICENSES.txt")),
    ("/sources.json", "application/json", include_bytes!("../../../web/dist/sources.json")),
];

/// A file of the page.
pub async fn file(uri: Uri) -> Response {
    let path = if uri.path() == "/index.html" { "/" } else { uri.path() };
    match FILES.iter().find(|(name, ..)| *name == path) {
        Some((_, media, content)) => ([(header::CONTENT_TYPE, *media)], *content).into_response(),
        None => Refusal::new(StatusCode::NOT_FOUND, &message!("serve.refused.path")).into_response(),
    }
}
