//! `/health` and `/metrics`.

use std::fmt::Write;

use certified_http::{Page, text};

use crate::assets::TEXT;
use crate::metering::{self, Cost};

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Name, meaning and value.
pub type Gauge = (&'static str, &'static str, u128);

/// 200, or 503 with the problems.
pub fn health(problems: &[String]) -> Page {
    match problems {
        [] => text(200, TEXT, "ok\n".to_owned()),
        problems => text(503, TEXT, problems.join("\n") + "\n"),
    }
}

/// Figures, and what the methods cost, in the text format of Prometheus.
pub fn metrics(prefix: &str, gauges: &[Gauge]) -> Page {
    let mut figures = String::new();
    for (name, help, value) in gauges {
        let name = format!("{prefix}_{name}");
        let _ = write!(figures, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }
    text(200, PROMETHEUS_TEXT, figures + &method_metrics(prefix))
}

fn method_metrics(prefix: &str) -> String {
    let mut text = String::new();
    let costs = metering::costs();
    type Figure = fn(&Cost) -> u64;
    let families: [(&str, &str, &str, Figure); 3] = [
        ("method_calls_total", "counter", "Calls answered", |cost| cost.calls),
        ("method_instructions_total", "counter", "Instructions", |cost| cost.instructions),
        ("method_instructions_max", "gauge", "Most of one call", |cost| cost.most_instructions),
    ];
    for (name, kind, help, figure) in families {
        let name = format!("{prefix}_{name}");
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (method, cost) in &costs {
            let _ = writeln!(text, "{name}{{method=\"{method}\"}} {}", figure(cost));
        }
    }
    text
}
