//! What browsers and monitors see: a page, assets, `/metrics` and `/health`.
//!
//! Specification: "The HTTP Gateway protocol". The page and figures change with what is stored, so
//! they are not certified; assets that everybody may see are.

use certified_http::{HttpRequest, HttpResponse, Page, segments_of, text};

use crate::api::monitoring::{HealthReport, health_check};
use crate::assets::{TEXT, asset, serving};
use crate::pages::{self, Gauge};
use crate::{host, import, page};

/// Serves `/`: a page of what is public; `/asset/<memory>/<variant>`, public ones certified and
/// private ones by `?token=`; `/metrics` in the format of Prometheus; and `/health`: 200 or 503, with
/// the problems.
#[ic_cdk::query]
fn http_request(request: HttpRequest) -> HttpResponse {
    let segments = segments_of(&request.url);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    let answer = match (is_read, segments.as_slice()) {
        (false, _) => text(405, TEXT, "Method not allowed. GET and HEAD are.\n".to_owned()),
        (_, ["metrics"]) => metrics(&health_check()),
        (_, ["health"]) => pages::health(&health_check().problems),
        _ if !import::is_finalized() => on_its_way(),
        (_, ["asset", memory, variant]) => {
            return host::read(|host| asset(host, &request, memory, variant, not_found));
        }
        (_, [] | [""]) => host::read(page::of),
        _ => not_found(),
    };
    host::read(|host| serving(host).plain(&request, answer))
}

fn not_found() -> Page {
    let body = "Not found. There are /, /asset/<memory>/<variant>, /metrics and /health.\n";
    text(404, TEXT, body.to_owned())
}

fn on_its_way() -> Page {
    text(503, TEXT, "Import unfinished: the capsule is on its way here.\n".to_owned())
}

/// How much there is of what is not public is told to nobody here.
fn metrics(report: &HealthReport) -> Page {
    let certified = host::read(|host| host.publication.count());
    let gauges: [Gauge; 5] = [
        ("cycles_balance", "Cycles that the canister has", report.cycles_balance),
        ("min_cycles", "Cycles below which it has a problem", report.min_cycles),
        ("import_finalized", "1 once the capsule is here", import::is_finalized().into()),
        ("certified_memories", "Memories with certified assets", certified.into()),
        ("storage_used_percent", "Of max_stored_bytes", report.storage_used_percent.into()),
    ];
    pages::metrics("personal", &gauges)
}
