//! What a request asks for.

/// The decoded segments of a URL's path; empty ones are left out but for one at its end, as the
/// gateway protocol has it.
pub fn segments_of(url: &str) -> Vec<String> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decoded(path);
    let segments = decoded.split('/').filter(|segment| !segment.is_empty());
    let mut segments: Vec<String> = segments.map(str::to_owned).collect();
    if decoded.ends_with('/') {
        segments.push(String::new());
    }
    segments
}

/// The value of a query parameter.
pub fn query_parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let mut parts = query.split('&').filter_map(|part| part.split_once('='));
    parts.find(|(key, _)| *key == name).map(|(_, value)| percent_decoded(value))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// What part of a body a header `Range` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing that is understood: the whole.
    Whole,
    /// From this byte on, up to but not including that one.
    Bytes(u64, u64),
    /// Nothing that is there.
    Nothing,
}

/// What a header `Range` of one range asks of a body (RFC 9110, 14.1.2).
pub fn wanted(range: Option<&str>, len: u64) -> Wanted {
    let ends = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = ends else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        (Some(Some(first)), _) if first >= len => Wanted::Nothing,
        (Some(Some(first)), Some(None)) => Wanted::Bytes(first, len),
        (Some(Some(first)), Some(Some(last))) if first <= last => {
            Wanted::Bytes(first, last.saturating_add(1).min(len))
        }
        (Some(None), Some(Some(0))) => Wanted::Nothing,
        (Some(None), Some(Some(_))) if len == 0 => Wanted::Nothing,
        (Some(None), Some(Some(last))) => Wanted::Bytes(len.saturating_sub(last), len),
        _ => Wanted::Whole,
    }
}

/// A number, or nothing where it is left out; neither where it is something else.
fn number(text: &str) -> Option<Option<u64>> {
    match text.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() < 16 => {
            digits.parse().ok().map(Some)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_asks_for_bytes_that_are_there() {
        for (range, expected) in [
            ("bytes=0-", Wanted::Bytes(0, 100)),
            ("bytes=10-19", Wanted::Bytes(10, 20)),
            ("bytes=10-999", Wanted::Bytes(10, 100)),
            ("bytes=-5", Wanted::Bytes(95, 100)),
            ("bytes=-500", Wanted::Bytes(0, 100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("pages=1-2", Wanted::Whole),
            ("bytes=99999999999999999999-", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(range), 100), expected, "{range}");
        }
        assert_eq!(wanted(None, 100), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=-5"), 0), Wanted::Nothing);
    }

    #[test]
    fn a_path_is_taken_apart_as_gateways_do() {
        assert_eq!(segments_of("/asset/m1/original?token=a/b"), ["asset", "m1", "original"]);
        assert_eq!(segments_of("//a//%62/"), ["a", "b", ""]);
        assert_eq!(segments_of("/"), [""]);
        assert_eq!(segments_of(""), [""; 0]);
        assert_eq!(segments_of("/%zz/%/%é"), ["%zz", "%", "%é"]);
        assert_eq!(query_parameter("/a?b=1&token=x%20y", "token").as_deref(), Some("x y"));
        assert_eq!(query_parameter("/a", "token"), None);
    }
}
