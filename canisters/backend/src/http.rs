//! What browsers and monitors see: assets, `/metrics` and `/health`.
//!
//! Specification: "The HTTP Gateway protocol". Figures change with each message, so they are not
//! certified; assets that everybody may see are.

use std::fmt::Write;

use blob_store::Hash;
use candid::Principal;
use capsule::{Asset, Id, Kind};
use certified_http::{
    HttpRequest, HttpResponse, Serving, StreamingPiece, StreamingToken, query_parameter,
    segments_of, text,
};
use ic_cdk::api::{canister_self, data_certificate};

use crate::api::monitoring::{BackendStats, HealthReport, get_backend_stats, health_check};
use crate::api::sharing::holder_of;
use crate::hub::{self, Hub};
use crate::memory::Memory;
use crate::metering;

const TEXT: &str = "text/plain; charset=utf-8";
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves `/asset/<memory>/<variant>`, public ones certified and private ones by `?token=`; `/metrics`
/// in the format of Prometheus; and `/health`: 200 or 503, with the problems.
#[ic_cdk::query]
fn http_request(request: HttpRequest) -> HttpResponse {
    let segments = segments_of(&request.url);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    let answer = match (is_read, segments.as_slice()) {
        (false, _) => text(405, TEXT, "Method not allowed. GET and HEAD are.\n".to_owned()),
        (_, ["asset", memory, variant]) => {
            return hub::read(|hub| asset(hub, &request, memory, variant));
        }
        (_, ["metrics"]) => {
            text(200, PROMETHEUS_TEXT, metrics(&get_backend_stats(), &health_check()))
        }
        (_, ["health"]) => {
            let report = health_check();
            text(if report.problems.is_empty() { 200 } else { 503 }, TEXT, health(&report))
        }
        _ => not_found(),
    };
    hub::read(|hub| serving(hub).plain(&request, answer))
}

/// The rest of an asset that no message can hold.
#[ic_cdk::query]
fn http_streaming_callback(token: StreamingToken) -> Option<StreamingPiece> {
    hub::read(|hub| {
        let asset = visible(hub, &token.memory_id, &token.variant, token.token.as_deref())?.1;
        serving(hub).piece(&asset, token)
    })
}

fn not_found() -> (certified_http::Answer, Vec<u8>) {
    let body = "Not found. There are /asset/<memory>/<variant>, /metrics and /health.\n";
    text(404, TEXT, body.to_owned())
}

fn asset(hub: &Hub, request: &HttpRequest, memory: &str, variant: &str) -> HttpResponse {
    let token = query_parameter(&request.url, "token");
    match visible(hub, memory, variant, token.as_deref()) {
        Some((id, asset, is_public)) => {
            serving(hub).asset(request, id, &asset, token.filter(|_| !is_public))
        }
        None => serving(hub).plain(request, not_found()),
    }
}

/// An asset that everybody may see, or the holder of a token; and whether everybody may.
fn visible(
    hub: &Hub,
    memory: &str,
    variant: &str,
    token: Option<&str>,
) -> Option<(Id, Asset, bool)> {
    let id = Id::parse_as(Kind::Memory, memory)?;
    let seen_by = |caller| hub.capsules.asset(caller, memory, variant).ok();
    if let Some(asset) = seen_by(Principal::anonymous()) {
        return Some((id, asset, true));
    }
    let asset = seen_by(holder_of(id, token?)?)?;
    Some((id, asset, false))
}

fn serving(hub: &Hub) -> Serving<'_, Memory, impl Fn(&Hash, u64, u64) -> Option<Vec<u8>>> {
    Serving {
        publication: &hub.publication,
        certificate: data_certificate(),
        canister_id: canister_self(),
        read: |hash: &Hash, offset, len| hub.uploads.read(hash, offset, len),
    }
}

fn health(report: &HealthReport) -> String {
    if report.problems.is_empty() {
        return "ok\n".to_owned();
    }
    report.problems.join("\n") + "\n"
}

/// Figures in the text format of Prometheus.
fn metrics(stats: &BackendStats, report: &HealthReport) -> String {
    let gauges: [(&str, &str, u128); 12] = [
        ("cycles_balance", "Cycles that the backend has", stats.cycles_balance),
        ("min_cycles", "Cycles below which it has a problem", report.min_cycles),
        ("users", "Users that have registered", stats.users.into()),
        ("capsules", "Capsules", stats.capsules.into()),
        ("memories", "Memories", stats.memories.into()),
        ("galleries", "Galleries", stats.galleries.into()),
        ("connections", "Connections", stats.connections.into()),
        ("grants", "Grants of access", stats.grants.into()),
        ("certified_memories", "Memories with certified assets", stats.certified_memories.into()),
        ("deleted_capsules", "Capsules being cleared away", stats.deleted_capsules.into()),
        ("storage_used_percent", "Of max_stored_bytes", report.storage_used_percent.into()),
        ("emergency_stop", "1 while in force", report.emergency_stop.into()),
    ];
    let mut text = String::new();
    for (name, help, value) in gauges {
        let _ = write!(
            text,
            "# HELP backend_{name} {help}\n# TYPE backend_{name} gauge\nbackend_{name} {value}\n"
        );
    }
    text + &method_metrics()
}

fn method_metrics() -> String {
    let mut text = String::new();
    let costs = metering::costs();
    type Figure = fn(&metering::Cost) -> u64;
    let families: [(&str, &str, &str, Figure); 3] = [
        ("method_calls_total", "counter", "Calls answered", |cost| cost.calls),
        ("method_instructions_total", "counter", "Instructions", |cost| cost.instructions),
        ("method_instructions_max", "gauge", "Most of one call", |cost| cost.most_instructions),
    ];
    for (name, kind, help, figure) in families {
        let _ = write!(text, "# HELP backend_{name} {help}\n# TYPE backend_{name} {kind}\n");
        for (method, cost) in &costs {
            let _ = writeln!(text, "backend_{name}{{method=\"{method}\"}} {}", figure(cost));
        }
    }
    text
}
