//! Routes of the workbench, and the thread that computes.
//!
//! In: requests. Out: answers of [`Workbench`]. Whatever computes runs on a thread of its own, so that the server hears the next
//! question meanwhile: the latest of a kind wins.

use super::answers::{
    Ask, Found, Judged, Proposed, Region, Road, ScenarioFile, ScenarioText, StationLost, Tried, Zones,
};
use super::guard::{Guard, guarded};
use super::latest::{Latest, Question};
use super::page;
use super::refusal::Refusal;
use super::schemas::schemas;
use super::tries::{NOBODY, Try};
use super::workbench::Workbench;
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lifering_base::message;
use schemars::Schema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Largest question, bytes.
const LARGEST: usize = 1_000_000;

/// The answer of a route.
type Answer<T> = Result<T, Refusal>;
/// The workbench that is asked.
type Asked = State<Arc<Workbench>>;
/// The body of a question, or why it could not be taken.
type Body = Result<Bytes, BytesRejection>;

/// All routes of a workbench.
pub fn router(workbench: Arc<Workbench>, guard: Guard) -> Router {
    Router::new()
        .route("/api/alive", get(alive))
        .route("/api/region", get(region))
        .route("/api/roads", get(roads))
        .route("/api/pieces", get(pieces))
        .route("/api/search", get(search))
        .route("/api/schema", get(schema))
        .route("/api/try", post(attempt))
        .route("/api/audit", post(judge))
        .route("/api/zones", post(zones))
        .route("/api/propose", post(proposed))
        .route("/api/failures", post(failures))
        .route("/api/scenario/write", post(write))
        .route("/api/scenario/read", post(read))
        .route("/api/export", post(export))
        .route("/api/report", post(report))
        .fallback(page::file)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(guard, guarded))
        .with_state(workbench)
}

/// Computes on a thread that may take its time.
async fn computed<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Refusal::defect(&error.to_string())))
}

/// Answers the latest question of a kind.
async fn latest<T: Send + 'static>(
    workbench: Arc<Workbench>,
    kind: fn(&Workbench) -> &Latest,
    work: impl FnOnce(&Workbench, &Question<'_>) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let number = kind(&workbench).ask();
    computed(move || kind(&workbench).answer(number, |question| work(&workbench, question))).await
}

/// A question as JSON.
fn question<T: DeserializeOwned>(body: Body) -> Answer<T> {
    let body = body.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &message!("serve.refused.large")),
        status => Refusal::new(status, &message!("serve.refused.path")),
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        let why: String = error.to_string().chars().take(200).collect();
        Refusal::new(StatusCode::BAD_REQUEST, &message!("serve.refused.shape", why = why))
    })
}

fn asked(body: Body) -> Answer<Ask> {
    let ask: Ask = question(body)?;
    let fits = |limit: &f64| limit.is_finite() && *limit > 0.0 && *limit <= 86_400.0;
    match ask.limit_s.filter(|limit| !fits(limit)) {
        None => Ok(ask),
        Some(limit) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            &message!("serve.refused.shape", why = format!("limit_s {limit}")),
        )),
    }
}

async fn alive(State(workbench): Asked) -> Json<Value> {
    Json(json!({"key": workbench.key()}))
}

async fn region(State(workbench): Asked) -> Answer<Json<Region>> {
    computed(move || Ok(Json(workbench.region()))).await
}

async fn roads(State(workbench): Asked) -> Answer<Json<Vec<Road>>> {
    computed(move || Ok(Json(workbench.roads()))).await
}

async fn pieces(State(workbench): Asked) -> Answer<Response> {
    computed(move || Ok(bytes(workbench.pieces()))).await
}

fn bytes(content: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], content).into_response()
}

async fn search(State(workbench): Asked, Query(query): Query<BTreeMap<String, String>>) -> Answer<Json<Vec<Found>>> {
    let words = query.get("q").filter(|words| !words.trim().is_empty()).cloned();
    let words = words.ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, &message!("serve.refused.words")))?;
    computed(move || Ok(Json(workbench.search(&words)))).await
}

async fn attempt(State(workbench): Asked, body: Body) -> Answer<Response> {
    let ask = asked(body)?;
    latest(
        workbench,
        |workbench| &workbench.trying,
        move |workbench, _| {
            let limit_s = match ask.limit_s {
                Some(limit) => limit,
                None => workbench.limit_s(),
            };
            let tried = workbench.tries.attempt(&ask.edits, limit_s)?;
            let base = if ask.full || ask.edits.is_empty() { None } else { Some(workbench.tries.base_seconds()?) };
            framed(tried, base.as_deref())
        },
    )
    .await
}

/// The head of a try and the times of its pieces as bytes (docs/workbench.md). `base`: only what differs from it.
fn framed(tried: Try, base: Option<&[u16]>) -> Answer<Response> {
    let changed: Option<Vec<u32>> = base.map(|base| {
        let pieces = tried.seconds.iter().zip(base).enumerate();
        pieces.filter(|(_, (now, before))| now != before).map(|(piece, _)| piece as u32).collect()
    });
    let head = Tried { changed: changed.as_ref().map(Vec::len), ..tried.head };
    let mut head = serde_json::to_vec(&head).map_err(|error| Refusal::defect(&error.to_string()))?;
    head.resize(head.len().next_multiple_of(4), b' ');
    let mut content = Vec::with_capacity(head.len() + 4 + tried.seconds.len() * 4);
    content.extend((head.len() as u32).to_le_bytes());
    content.extend(head);
    let told: Vec<u16> = match &changed {
        None => tried.seconds,
        Some(pieces) => {
            content.extend(pieces.iter().flat_map(|piece| piece.to_le_bytes()));
            pieces.iter().map(|piece| tried.seconds[*piece as usize]).collect()
        }
    };
    content.extend(told.iter().flat_map(|seconds| seconds.to_le_bytes()));
    // Who comes first is not told.
    content.extend(told.iter().flat_map(|_| NOBODY.to_le_bytes()));
    Ok(bytes(content))
}

async fn judge(State(workbench): Asked, body: Body) -> Answer<Json<Judged>> {
    let ask = asked(body)?;
    latest(workbench, |workbench| &workbench.judging, move |workbench, _| workbench.judge(&ask.edits).map(Json)).await
}

async fn zones(State(workbench): Asked, body: Body) -> Answer<Json<Zones>> {
    let ask = asked(body)?;
    let work = move |workbench: &Workbench, question: &Question<'_>| {
        workbench.zones(&ask.edits, ask.limit_s, question).map(Json)
    };
    latest(workbench, |workbench| &workbench.drawing, work).await
}

async fn proposed(State(workbench): Asked, body: Body) -> Answer<Json<Proposed>> {
    let ask = asked(body)?;
    let work = move |workbench: &Workbench, question: &Question<'_>| {
        workbench.proposed(&ask.edits, ask.limit_s, ask.sites.unwrap_or(1), question).map(Json)
    };
    latest(workbench, |workbench| &workbench.planning, work).await
}

async fn failures(State(workbench): Asked, body: Body) -> Answer<Json<Vec<StationLost>>> {
    let ask = asked(body)?;
    let work = move |workbench: &Workbench, _: &Question<'_>| workbench.failures(&ask.edits, ask.limit_s).map(Json);
    latest(workbench, |workbench| &workbench.planning, work).await
}

async fn write(State(workbench): Asked, body: Body) -> Answer<Response> {
    let file: ScenarioFile = question(body)?;
    let text = computed(move || workbench.written(&file)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn read(body: Body) -> Answer<Json<ScenarioFile>> {
    let ScenarioText { text } = question(body)?;
    computed(move || super::questions::read(&text).map(Json)).await
}

async fn export(State(workbench): Asked, body: Body) -> Answer<Response> {
    let file: ScenarioFile = question(body)?;
    let work = move |workbench: &Workbench, question: &Question<'_>| workbench.packed(&file, question);
    let content = latest(workbench, |workbench| &workbench.writing, work).await?;
    Ok(([(header::CONTENT_TYPE, "application/zip")], content).into_response())
}

async fn report(State(workbench): Asked, body: Body) -> Answer<Response> {
    let file: ScenarioFile = question(body)?;
    let work = move |workbench: &Workbench, question: &Question<'_>| workbench.report(&file, question);
    let content = latest(workbench, |workbench| &workbench.writing, work).await?;
    // Shown as a page of this server its script would be refused: it is saved.
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"report.html\""),
    ];
    Ok((headers, content).into_response())
}

async fn schema() -> Json<BTreeMap<&'static str, Schema>> {
    Json(schemas())
}
