//! Responses with no certificate, some of which must not reach a client as they are.

use crate::interface::HttpResponse;

pub fn serve(path: &str) -> HttpResponse {
    let mut response = HttpResponse::plain("nobody vouches for this");
    match path {
        "/uncertified/split" => {
            response.headers.push(("x-a".into(), "b\r\nset-cookie: stolen=1".into()));
        }
        "/uncertified/status" => response.status_code = 7,
        "/uncertified/empty" => response.status_code = 204,
        "/uncertified/cookies" => {
            response.headers.push(("set-cookie".into(), "a=1".into()));
            response.headers.push(("set-cookie".into(), "b=2".into()));
        }
        _ => {}
    }
    response
}
