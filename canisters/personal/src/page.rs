//! The page that a person sees: what everybody may see of the capsule.

use std::collections::BTreeSet;

use candid::Principal;
use capsule::{CapsuleMemory, GalleryInfo, Id, Kind, MemoryType};
use certified_http::{Answer, text};

use crate::host::Host;
use crate::setup;

const HTML: &str = "text/html; charset=utf-8";
/// No script, no style, nothing from elsewhere, and no frame around it.
const POLICY: &str = "default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const MOST_MEMORIES: usize = 200;

/// The page of public galleries, and of public memories that are in none of them.
pub fn of(host: &Host) -> (Answer, Vec<u8>) {
    let anybody = Principal::anonymous();
    let owner = setup::get().owner;
    let listed = host.capsules.list_galleries(anybody, owner, &Default::default());
    let galleries = listed.map(|list| list.galleries).unwrap_or_default();
    let mut left = MOST_MEMORIES;
    let mut shown: BTreeSet<Id> = BTreeSet::new();
    let mut body = String::new();
    for gallery in &galleries {
        let memories = memories_of(host, gallery, left);
        left -= memories.len();
        shown.extend(memories.iter().map(|(id, _)| *id));
        body += &section(&gallery.title, &gallery.description, &memories);
    }
    let others = host.publication.ids().filter(|id| !shown.contains(id)).take(left);
    let others = others.filter_map(|id| Some((id, host.capsules.public_memory(id)?)));
    let others: Vec<(Id, CapsuleMemory)> = others.collect();
    if !others.is_empty() {
        body += &section("Memories", "", &others);
    }
    if body.is_empty() {
        body = "<p>Nothing here is public.</p>\n".to_owned();
    }
    let (mut answer, body) = text(200, HTML, document(&body));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    answer.headers.push(header("content-security-policy", POLICY));
    answer.headers.push(header("referrer-policy", "no-referrer"));
    (answer, body)
}

fn memories_of(host: &Host, gallery: &GalleryInfo, most: usize) -> Vec<(Id, CapsuleMemory)> {
    let ids = gallery.items.iter().filter_map(|item| Id::parse_as(Kind::Memory, item));
    ids.filter_map(|id| Some((id, host.capsules.public_memory(id)?))).take(most).collect()
}

fn document(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Capsule</title>\n\
         <h1>Capsule</h1>\n{body}</html>\n"
    )
}

fn section(title: &str, description: &str, memories: &[(Id, CapsuleMemory)]) -> String {
    let figures: String = memories.iter().map(|(id, memory)| figure(*id, memory)).collect();
    let description = match description {
        "" => String::new(),
        text => format!("<p>{}</p>\n", escaped(text)),
    };
    format!("<section>\n<h2>{}</h2>\n{description}{figures}</section>\n", escaped(title))
}

/// A memory's picture where it has one, and a link to each of its assets.
fn figure(id: Id, memory: &CapsuleMemory) -> String {
    let title = escaped(&memory.title);
    let path = |variant: &str| format!("/asset/{id}/{variant}");
    let picture = memory.asset("thumbnail").or(memory.asset("original"));
    let picture = picture.filter(|asset| asset.content_type.starts_with("image/"));
    let picture = picture.filter(|_| memory.memory_type == MemoryType::Image).map(|asset| {
        format!("<img src=\"{}\" alt=\"{title}\" width=\"320\">\n", path(&asset.variant))
    });
    let links = memory.assets.iter().map(|asset| {
        format!(" <a href=\"{}\">{}</a>", path(&asset.variant), escaped(&asset.variant))
    });
    let links: String = links.collect();
    format!(
        "<figure>\n{}<figcaption>{title}{links}</figcaption>\n</figure>\n",
        picture.unwrap_or_default()
    )
}

/// Text as HTML shows it, in an element or in quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_shown_and_not_run() {
        let text = "<script>alert('1 & \"2\"')</script>";
        let shown = escaped(text);
        assert_eq!(shown, "&lt;script&gt;alert(&#39;1 &amp; &quot;2&quot;&#39;)&lt;/script&gt;");
        assert!(!section(text, text, &[]).contains("<script"));
    }
}
