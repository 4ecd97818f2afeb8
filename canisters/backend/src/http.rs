//! What browsers and monitors see: assets, `/metrics` and `/health`.
//!
//! Specification: "The HTTP Gateway protocol". Figures change with each message, so they are not
//! certified; assets that everybody may see are.

use certified_http::{HttpRequest, HttpResponse, Page, segments_of, text};

use crate::api::monitoring::{BackendStats, HealthReport, get_backend_stats, health_check};
#[cfg(feature = "personal_canister_creation")]
use crate::api::personal_canisters::{get_cycles_reserve, get_personal_canister_creation_stats};
use crate::assets::{TEXT, asset, serving};
#[cfg(feature = "personal_canister_creation")]
use crate::creation::cycles;
#[cfg(feature = "personal_canister_creation")]
use crate::environment::Ic;
use crate::host;
use crate::pages::{self, Gauge};

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
            return host::read(|host| asset(host, &request, memory, variant, not_found));
        }
        (_, ["metrics"]) => metrics(&get_backend_stats(), &health_check()),
        (_, ["health"]) => pages::health(&health_check().problems),
        _ => not_found(),
    };
    host::read(|host| serving(host).plain(&request, answer))
}

fn not_found() -> Page {
    let body = "Not found. There are /asset/<memory>/<variant>, /metrics and /health.\n";
    text(404, TEXT, body.to_owned())
}

fn metrics(stats: &BackendStats, report: &HealthReport) -> Page {
    let gauges: [Gauge; 12] = [
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
    #[cfg(feature = "personal_canister_creation")]
    let gauges = [&gauges[..], &creation_gauges()].concat();
    pages::metrics("backend", &gauges)
}

#[cfg(feature = "personal_canister_creation")]
fn creation_gauges() -> [Gauge; 10] {
    let (stats, reserve) = (get_personal_canister_creation_stats(), get_cycles_reserve());
    let is_low = cycles::is_low(&Ic);
    [
        ("cycles_reserve", "Cycles put aside for personal canisters", reserve.reserve),
        ("cycles_reserve_available", "Of these, left and there", reserve.available),
        ("cycles_reserve_min_threshold", "Of these, to remain", reserve.min_threshold),
        ("cycles_reserve_low", "1 where they don't last for one more", is_low.into()),
        ("creations_running", "Personal canisters being made", stats.running.into()),
        ("creations_queued", "Personal canisters that wait for their turn", stats.queued.into()),
        ("creations_completed", "Personal canisters handed over", stats.completed.into()),
        ("creations_failed", "Attempts that have failed", stats.failed.into()),
        ("creations_enabled", "1 while new ones are taken in", stats.is_enabled.into()),
        ("personal_canisters", "Personal canisters ever made", stats.canisters.into()),
    ]
}
