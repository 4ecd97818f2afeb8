//! Pages that are certified by version 2, and what becomes of them on the way.

use std::cell::RefCell;
use std::rc::Rc;

use ic_asset_certification::{
    Asset, AssetConfig, AssetEncoding, AssetFallbackConfig, AssetRedirectKind, AssetRouter,
};
use ic_http_certification::utils::add_v2_certificate_header;
use ic_http_certification::{
    CERTIFICATE_EXPRESSION_HEADER_NAME, DefaultCelBuilder, DefaultResponseCertification,
    HttpCertification, HttpCertificationPath, HttpCertificationTree, HttpCertificationTreeEntry,
    HttpRequest as CertifiedRequest, HttpResponse as CertifiedResponse, StatusCode,
};
use serde_bytes::ByteBuf;

use crate::for_crates;
use crate::interface::{Headers, HttpRequest, HttpResponse};
use crate::streaming;

pub const LOGO: &[u8] = include_bytes!("logo.svg");
pub const LARGE_BYTES: usize = 5_000_000;

const PAGE: &str = "<!doctype html><title>Assets</title><h1>Certified</h1>\
    <img src=/logo.svg onload=\"this.title='shown'\" onerror=\"this.title='refused'\">\
    <img src=/tampered.svg onload=\"this.title='forged'\" onerror=\"this.title='refused'\">";
const COMPRESSED: &[u8] = include_bytes!("words.txt.gz");
const WORDS: &str = "certified words certified words certified words\n";

thread_local! {
    static TREE: Rc<RefCell<HttpCertificationTree>> = Rc::default();
    static ROUTER: RefCell<AssetRouter<'static>> =
        RefCell::new(AssetRouter::with_tree(TREE.with(Rc::clone)));
}

/// Certifies all pages, and returns the root hash.
pub fn certify() -> [u8; 32] {
    insert(&skip_entry());
    insert(&negotiated().1);
    insert(&streaming::certified().1);
    ROUTER.with_borrow_mut(|router| {
        router.certify_assets(files(), configuration()).expect("the assets can be certified");
    });
    TREE.with(|tree| tree.borrow().root_hash())
}

fn files() -> Vec<Asset<'static, 'static>> {
    let large: Vec<u8> = (0..LARGE_BYTES).map(|index| (index / 1000) as u8).collect();
    vec![
        Asset::new("index.html", PAGE.as_bytes()),
        Asset::new("tampered.html", PAGE.as_bytes()),
        Asset::new("relabelled.html", PAGE.as_bytes()),
        Asset::new("renumbered.html", PAGE.as_bytes()),
        Asset::new("missing.html", "<h1>Nothing here</h1>".as_bytes()),
        Asset::new("logo.svg", LOGO),
        Asset::new("tampered.svg", LOGO),
        Asset::new("words.txt", WORDS.as_bytes()),
        Asset::new("words.txt.gz", COMPRESSED),
        Asset::new("large.bin", large),
    ]
}

fn configuration() -> Vec<AssetConfig> {
    let page = |path: &str, aliased_by: Vec<String>, fallback_for| AssetConfig::File {
        path: path.into(),
        content_type: Some("text/html; charset=utf-8".into()),
        headers: vec![("cache-control".into(), "no-cache".into())],
        fallback_for,
        aliased_by,
        encodings: vec![],
    };
    let missing =
        AssetFallbackConfig { scope: "/".into(), status_code: Some(StatusCode::NOT_FOUND) };
    let pattern = |pattern: &str, content_type: &str| AssetConfig::Pattern {
        pattern: pattern.into(),
        content_type: Some(content_type.into()),
        headers: vec![],
        encodings: vec![],
    };
    vec![
        page("index.html", vec!["/".into()], vec![]),
        page("tampered.html", vec![], vec![]),
        page("relabelled.html", vec![], vec![]),
        page("renumbered.html", vec![], vec![]),
        page("missing.html", vec![], vec![missing]),
        pattern("*.svg", "image/svg+xml"),
        pattern("*.bin", "application/octet-stream"),
        AssetConfig::File {
            path: "words.txt".into(),
            content_type: Some("text/plain".into()),
            headers: vec![],
            fallback_for: vec![],
            aliased_by: vec![],
            encodings: vec![AssetEncoding::Gzip.default_config()],
        },
        AssetConfig::Redirect {
            from: "/old".into(),
            to: "/index.html".into(),
            kind: AssetRedirectKind::Permanent,
            headers: vec![],
        },
    ]
}

/// Serves an asset, with a forgery where its name says so.
pub fn serve(certificate: &[u8], request: &HttpRequest) -> HttpResponse {
    let response = ROUTER.with_borrow(|router| {
        router.serve_asset(certificate, &for_crates(request)).map(HttpResponse::from)
    });
    let Ok(mut response) = response else {
        return HttpResponse { status_code: 500, ..HttpResponse::plain("no such asset") };
    };
    match request.path() {
        "/tampered.html" | "/tampered.svg" => response.body[20] ^= 1,
        "/relabelled.html" => relabel(&mut response.headers),
        "/renumbered.html" => response.status_code = 201,
        "/large.bin" if request.url.contains("torn") && is_later_chunk(request) => {
            response.body[0] ^= 1;
        }
        _ => {}
    }
    response
}

fn relabel(headers: &mut Headers) {
    for (name, value) in headers {
        if name.eq_ignore_ascii_case("content-type") {
            *value = "text/plain".into();
        }
    }
}

fn is_later_chunk(request: &HttpRequest) -> bool {
    request
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("range") && !value.starts_with("bytes=0"))
}

/// Tells the request as it came; certified not to be certified.
pub fn serve_skipped(certificate: &[u8], request: &HttpRequest) -> HttpResponse {
    let mut body = format!("{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        body += &format!("{name}: {value}\n");
    }
    body += &format!("\n{}", String::from_utf8_lossy(&request.body));
    let expression = DefaultCelBuilder::skip_certification().to_string();
    let response = CertifiedResponse::builder()
        .with_headers(vec![
            ("content-type".into(), "text/plain".into()),
            ("connection".into(), "close".into()),
            ("x-of-the-canister".into(), "kept".into()),
            (CERTIFICATE_EXPRESSION_HEADER_NAME.into(), expression),
        ])
        .with_body(body.into_bytes())
        .build();
    certified(response, certificate, &skip_entry(), &request.url)
}

/// Certified along with the query parameter and the header that it depends on, for one of each.
pub fn serve_negotiated(certificate: &[u8], request: &HttpRequest) -> HttpResponse {
    let (response, entry) = negotiated();
    certified(response, certificate, &entry, &request.url)
}

fn skip_entry() -> HttpCertificationTreeEntry<'static> {
    HttpCertificationTreeEntry::new(
        HttpCertificationPath::wildcard("/skipped"),
        HttpCertification::skip(),
    )
}

fn negotiated() -> (CertifiedResponse<'static>, HttpCertificationTreeEntry<'static>) {
    let expression = DefaultCelBuilder::full_certification()
        .with_request_headers(vec!["accept-language"])
        .with_request_query_parameters(vec!["page", "size"])
        .with_response_certification(DefaultResponseCertification::response_header_exclusions(
            vec!["x-uncertified"],
        ))
        .build();
    let request = CertifiedRequest::get("/negotiated?page=1&size=2")
        .with_headers(vec![("Accept-Language".into(), "en".into())])
        .build();
    let response = CertifiedResponse::builder()
        .with_headers(vec![
            ("content-type".into(), "text/plain".into()),
            ("x-uncertified".into(), "left out".into()),
            (CERTIFICATE_EXPRESSION_HEADER_NAME.into(), expression.to_string()),
        ])
        .with_body(b"page 1 in English".as_slice())
        .build();
    let certification = HttpCertification::full(&expression, &request, &response, None)
        .expect("the page can be certified");
    let path = HttpCertificationPath::exact("/negotiated");
    (response, HttpCertificationTreeEntry::new(path, certification))
}

/// The response with the headers that prove it.
pub fn certified(
    mut response: CertifiedResponse,
    certificate: &[u8],
    entry: &HttpCertificationTreeEntry,
    url: &str,
) -> HttpResponse {
    let path = url.split('?').next().unwrap_or_default();
    let witness = TREE.with(|tree| tree.borrow().witness(entry, path)).expect("it is in the tree");
    add_v2_certificate_header(certificate, &mut response, &witness, &entry.path.to_expr_path());
    let body = ByteBuf::from(response.body());
    HttpResponse { body, ..HttpResponse::from(response) }
}

fn insert(entry: &HttpCertificationTreeEntry) {
    TREE.with(|tree| tree.borrow_mut().insert(entry));
}
