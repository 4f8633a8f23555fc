//! Who may ask: a browser on this machine that was sent here, and nobody else.
//!
//! In: a request. Out: the same, or a refusal; and the headers of every answer. A page of another site can make a browser send
//! requests here: it is told apart by `Origin`, and by `Host` if its name was made to lead here (DNS rebinding).

use super::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lifering_base::message;
use std::net::SocketAddr;
use std::sync::Arc;

/// Header that carries the token.
pub const TOKEN_HEADER: &str = "x-lifering-token";
/// Nothing but the page's own files and this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is asked of every request.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Names with port under which this server is asked; `None` for any, where a token is needed.
    hosts: Option<Arc<[String]>>,
    token: Option<Arc<str>>,
}

impl Guard {
    /// The guard of a server at an address.
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        let port = address.port();
        let own = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
        let hosts = address.ip().is_loopback().then(|| Arc::from(own.to_vec()));
        Self { hosts, token: token.map(Arc::from) }
    }

    fn allows(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name: header::HeaderName| headers.get(name).map(HeaderValue::to_str);
        let host = text(header::HOST).and_then(Result::ok).unwrap_or_default();
        let known = |host: &str| self.hosts.as_ref().is_none_or(|hosts| hosts.iter().any(|own| own == host));
        if !known(host) {
            return Err(Refusal::new(StatusCode::FORBIDDEN, &message!("serve.refused.host")));
        }
        if let Some(origin) = text(header::ORIGIN) {
            let same = origin.is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, named)| named == host));
            if !same {
                return Err(Refusal::new(StatusCode::FORBIDDEN, &message!("serve.refused.origin")));
            }
        }
        if let Some(token) = self.token.as_deref().filter(|_| path.starts_with("/api/")) {
            let given = headers.get(TOKEN_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
            if !same_bytes(given, token.as_bytes()) {
                return Err(Refusal::new(StatusCode::UNAUTHORIZED, &message!("serve.refused.token")));
            }
        }
        if *method == Method::POST {
            let json = text(header::CONTENT_TYPE).and_then(Result::ok).unwrap_or_default();
            if json.split(';').next().map(str::trim) != Some("application/json") {
                return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message!("serve.refused.kind")));
            }
        }
        Ok(())
    }
}

/// Compares without telling by its time how much is the same.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Lets a request pass, and adds the headers of every answer.
pub async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let allowed = guard.allows(request.method(), request.uri().path(), request.headers());
    let mut response = match allowed {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
