//! Serves pages over HTTP in each way that a gateway knows, and in some that it must refuse.
//!
//! Specification: "The HTTP Gateway protocol". Certificates and their headers are made by the
//! published crates, so that a gateway is checked by something that does not share its mistakes.

mod assets;
mod interface;
mod legacy;
mod streaming;
mod uncertified;

use std::cell::Cell;

use ic_http_certification::HttpRequest as Certified;

use interface::{HttpRequest, HttpResponse, HttpUpdateRequest};

thread_local! {
    static IS_LEGACY: Cell<bool> = const { Cell::new(false) };
    static UPDATES: Cell<u32> = const { Cell::new(0) };
}

/// Certifies its pages: by version 1 of response verification, or by version 2.
#[ic_cdk::init]
fn init(is_legacy: bool) {
    IS_LEGACY.set(is_legacy);
    let root_hash = if is_legacy { legacy::certify() } else { assets::certify() };
    ic_cdk::api::certified_data_set(root_hash);
}

#[ic_cdk::query]
fn http_request(request: HttpRequest) -> HttpResponse {
    let certificate = ic_cdk::api::data_certificate().unwrap_or_default();
    if IS_LEGACY.get() {
        return legacy::serve(&certificate, request.path());
    }
    match request.path() {
        "/upgrade" => HttpResponse { upgrade: Some(true), ..HttpResponse::plain("not this") },
        "/trap" => ic_cdk::trap("no such page, <b>on purpose</b>"),
        "/reject" => {
            ic_cdk::api::msg_reject("no");
            ic_cdk::trap("after the reject")
        }
        path if path.starts_with("/stream") => streaming::serve(&certificate, &request),
        path if path.starts_with("/uncertified") => uncertified::serve(path),
        path if path.starts_with("/skipped") => assets::serve_skipped(&certificate, &request),
        "/negotiated" => assets::serve_negotiated(&certificate, &request),
        _ => assets::serve(&certificate, &request),
    }
}

#[ic_cdk::update]
fn http_request_update(request: HttpUpdateRequest) -> HttpResponse {
    UPDATES.set(UPDATES.get() + 1);
    let body = format!("{} {} update {}", request.method, request.url, UPDATES.get());
    // The gateway is to ignore that it is asked again.
    HttpResponse { upgrade: Some(true), ..HttpResponse::plain(&body) }
}

/// The request as the crates that certify want it.
fn for_crates(request: &HttpRequest) -> Certified<'static> {
    Certified::builder()
        .with_method(request.method.parse().unwrap_or_default())
        .with_url(request.url.clone())
        .with_headers(request.headers.clone())
        .with_body(request.body.to_vec())
        .build()
}
