//! All that a capsule holds, for its owner to take along.

use capsule::{ExportPage, Page};

use crate::api::reader;
use crate::error::ApiResult;
use crate::host;

/// A page of all that a capsule of the caller's holds, at most 100 things: its memories, galleries and
/// connections with who may see them; the caller's first capsule where none is named.
#[ic_cdk::query]
fn export_capsule_data(capsule_id: Option<String>, page: Option<Page>) -> ApiResult<ExportPage> {
    let (reader, page) = (reader()?, page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.export(reader, capsule_id.as_deref(), &page))?)
}
