//! `/metrics` and `/health`, for monitors and people.
//!
//! Specification: "The HTTP Gateway protocol". The figures change with each message, so they are not
//! certified, and the canister certifies that they are not: a gateway passes them on.

use std::fmt::Write;

use candid::{CandidType, Deserialize};
use ic_http_certification::utils::{
    add_skip_certification_header, skip_certification_certified_data,
};
use serde_bytes::ByteBuf;

use crate::api::monitoring::{FactoryStats, HealthReport, get_factory_stats, health_check};
use crate::metering;

#[derive(CandidType, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: ByteBuf,
}

#[derive(CandidType, Deserialize)]
pub struct HttpResponse {
    pub status_code: u16,
    pub headers: Vec<(String, String)>,
    pub body: ByteBuf,
}

const TEXT: &str = "text/plain; charset=utf-8";
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn certify() {
    ic_cdk::api::certified_data_set(skip_certification_certified_data());
}

/// Serves `/metrics` in the format of Prometheus and `/health`: 200 or 503, with the problems.
#[ic_cdk::query]
fn http_request(request: HttpRequest) -> HttpResponse {
    let path = request.url.split('?').next().unwrap_or_default();
    let (status_code, content_type, body) = match (request.method.as_str(), path) {
        ("GET" | "HEAD", "/metrics") => {
            (200, PROMETHEUS_TEXT, metrics(&get_factory_stats(), &health_check()))
        }
        ("GET" | "HEAD", "/health") => {
            let report = health_check();
            let status_code = if report.problems.is_empty() { 200 } else { 503 };
            (status_code, TEXT, health(&report))
        }
        ("GET" | "HEAD", _) => {
            (404, TEXT, "Not found. There are /metrics and /health.\n".to_owned())
        }
        _ => (405, TEXT, "Method not allowed. GET and HEAD are.\n".to_owned()),
    };
    let body = if request.method == "HEAD" { String::new() } else { body };
    HttpResponse { status_code, headers: headers(content_type), body: ByteBuf::from(body) }
}

fn headers(content_type: &str) -> Vec<(String, String)> {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![
        header("content-type", content_type),
        header("cache-control", "no-store"),
        header("x-content-type-options", "nosniff"),
    ];
    if let Some(certificate) = ic_cdk::api::data_certificate() {
        let mut uncertified = ic_http_certification::HttpResponse::builder().build();
        add_skip_certification_header(certificate, &mut uncertified);
        headers.extend_from_slice(uncertified.headers());
    }
    headers
}

fn health(report: &HealthReport) -> String {
    if report.problems.is_empty() {
        return "ok\n".to_owned();
    }
    report.problems.join("\n") + "\n"
}

/// Figures in the text format of Prometheus.
fn metrics(stats: &FactoryStats, report: &HealthReport) -> String {
    let gauges: [(&str, &str, u128); 11] = [
        ("cycles_balance", "Cycles that the factory has", stats.factory_cycles_balance),
        ("min_cycles", "Cycles that it keeps", report.min_factory_cycles),
        ("canisters_active", "Canisters that are not deleted", stats.active_canisters.into()),
        ("uploads_open", "Uploads not committed", stats.active_uploads.into()),
        ("uploads_committed", "Uploads committed", stats.committed_uploads.into()),
        ("stored_bytes", "Bytes of all uploads", stats.stored_bytes.into()),
        ("modules_stored", "Different modules kept", stats.stored_modules.into()),
        ("callers", "Callers that there have been", stats.unique_callers.into()),
        ("operations_open", "Operations under way", stats.open_operations.into()),
        ("emergency_stop", "1 while in force", report.emergency_stop.into()),
        ("problems", "Problems that health_check finds", report.problems.len() as u128),
    ];
    let counters: [(&str, &str, u128); 9] = [
        ("canisters_created_total", "Canisters made", stats.total_canisters_created.into()),
        ("canisters_deleted_total", "Canisters deleted", stats.total_canisters_deleted.into()),
        ("canisters_upgraded_total", "Upgrades done", stats.total_canisters_upgraded.into()),
        ("operations_failed_total", "Operations that failed", stats.failed_operations.into()),
        ("uploads_total", "Uploads begun", stats.total_uploads.into()),
        ("cycles_spent_total", "Cycles given to new canisters", stats.cycles_spent),
        ("cycles_recovered_total", "Cycles back from deleted ones", stats.cycles_recovered),
        ("cycles_lost_total", "Cycles gone with deleted canisters", stats.cycles_lost),
        ("events_total", "Events in the log", stats.events.into()),
    ];
    let mut text = String::new();
    let mut family = |kind: &str, name: &str, help: &str, value: u128| {
        let _ = write!(
            text,
            "# HELP factory_{name} {help}\n# TYPE factory_{name} {kind}\nfactory_{name} {value}\n"
        );
    };
    gauges.iter().for_each(|(name, help, value)| family("gauge", name, help, *value));
    counters.iter().for_each(|(name, help, value)| family("counter", name, help, *value));
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
        let _ = write!(text, "# HELP factory_{name} {help}\n# TYPE factory_{name} {kind}\n");
        for (method, cost) in &costs {
            let _ = writeln!(text, "factory_{name}{{method=\"{method}\"}} {}", figure(cost));
        }
    }
    text
}
