//! Memories by type, tag, the beginnings of words and the hash of an asset, by index.

use candid::Principal;
use ic_stable_structures::Memory;

use super::Capsules;
use super::index::{Place, Term, terms_of};
use crate::error::{CapsuleError, CapsuleResult};
use crate::id::{Id, from_digits, to_digits};
use crate::limits::{MAX_NAME_BYTES, MAX_TAG_BYTES};
use crate::model::{CapsuleMemory, MemoryFilter, MemoryInfo, MemoryList, Page};
use crate::rules;
use crate::words::{folded, shortened};

/// The most memories that are looked at for one page.
const MOST_EXAMINED: usize = 1000;
/// About the most bytes of a page; a reply has 2 MiB.
const MOST_BYTES: usize = 1_000_000;
const ID_BYTES: usize = 16;

/// A page that is being filled.
struct Filling {
    found: Vec<MemoryInfo>,
    /// What may still be found, looked at, and sent.
    places: usize,
    looks: usize,
    bytes: usize,
}

impl Filling {
    fn is_over(&self) -> bool {
        self.places == 0 || self.looks == 0 || self.bytes == 0
    }
}

impl<M: Memory> Capsules<M> {
    /// Memories of a capsule that match a filter.
    pub fn list_memories(
        &self,
        caller: Principal,
        capsule: &str,
        filter: &MemoryFilter,
        page: &Page,
    ) -> CapsuleResult<MemoryList> {
        let (capsule, _, _) = self.readable_capsule(caller, capsule)?;
        let query = Query::new(filter)?;
        let after = page.after.as_deref().map(place_of).transpose()?;
        let mut filling = filling(page);
        let next = self.fill(capsule, &query, after, &mut filling);
        let next = next.map(|place| to_digits(place.as_bytes()));
        Ok(MemoryList { memories: filling.found, next })
    }

    /// Memories of all capsules of the caller that match a filter, capsule after capsule.
    pub fn search_memories(
        &self,
        caller: Principal,
        filter: &MemoryFilter,
        page: &Page,
    ) -> CapsuleResult<MemoryList> {
        let query = Query::new(filter)?;
        let (first, mut after) = match page.after.as_deref() {
            None => (Id::MIN, None),
            Some(cursor) => capsule_and_place_of(cursor)?,
        };
        let mut filling = filling(page);
        for capsule in self.capsules_of(caller).filter(|id| *id >= first && self.is_here(*id)) {
            let behind = after.take().filter(|_| capsule == first);
            if let Some(place) = self.fill(capsule, &query, behind, &mut filling) {
                let next = [&capsule.as_bytes()[..], place.as_bytes()].concat();
                return Ok(MemoryList { memories: filling.found, next: Some(to_digits(&next)) });
            }
        }
        Ok(MemoryList { memories: filling.found, next: None })
    }

    /// Fills a page from a capsule; returns where to go on where the page is full.
    fn fill(
        &self,
        capsule: Id,
        query: &Query,
        after: Option<Place>,
        filling: &mut Filling,
    ) -> Option<Place> {
        let mut last = after.clone().unwrap_or(Place::from_bytes(Vec::new()));
        for place in self.index.places(capsule, &query.term, query.is_whole, after) {
            if filling.is_over() {
                return Some(last);
            }
            filling.looks -= 1;
            let id = place.id();
            if let Some(memory) = self.memories.get(&id)
                && query.matches(&memory, &place)
            {
                filling.places -= 1;
                filling.bytes = filling.bytes.saturating_sub(memory.weight());
                filling.found.push(memory.info(id));
            }
            last = place;
        }
        None
    }
}

/// What is looked up, and what is compared then.
struct Query {
    term: Term,
    is_whole: bool,
    compared: Vec<Term>,
}

impl Query {
    /// Of what is asked for, the one that fewest memories will have is looked up.
    fn new(filter: &MemoryFilter) -> CapsuleResult<Self> {
        let memory_type = filter.memory_type.map(Term::Type);
        let tag = filter.tag.as_deref().map(|tag| folded_up_to("tag", tag, MAX_TAG_BYTES));
        let tag = tag.transpose()?.map(Term::Tag);
        let prefix = filter.text_prefix.as_deref();
        let prefix = prefix.map(|text| folded_up_to("text_prefix", text, MAX_NAME_BYTES));
        let prefix = prefix.transpose()?.filter(|prefix| !prefix.is_empty());
        let prefix = prefix.map(|prefix| Term::Word(shortened(&prefix).to_owned()));
        let hash = filter.sha256_hex.as_deref().map(|text| rules::hash("sha256_hex", text));
        let hash = hash.transpose()?.map(Term::Hash);
        let (term, is_whole) = match (&hash, &tag, &prefix, &memory_type) {
            (Some(hash), _, _, _) => (hash.clone(), true),
            (_, Some(tag), _, _) => (tag.clone(), true),
            (_, _, Some(prefix), _) => (prefix.clone(), false),
            (_, _, _, Some(memory_type)) => (memory_type.clone(), true),
            _ => (Term::All, true),
        };
        let compared = [hash, tag, prefix, memory_type].into_iter().flatten().collect();
        Ok(Self { term, is_whole, compared })
    }

    /// Whether a memory is what is asked for. Of several words that begin alike only the first
    /// counts, so that none is found twice.
    fn matches(&self, memory: &CapsuleMemory, place: &Place) -> bool {
        let terms = terms_of(memory);
        self.compared.iter().all(|term| match term {
            Term::Word(prefix) => {
                let mut words = terms.iter().filter_map(|term| match term {
                    Term::Word(word) if word.starts_with(prefix) => Some(word),
                    _ => None,
                });
                let first = words.next();
                let is_by_word = matches!(self.term, Term::Word(_));
                first.is_some_and(|word| !is_by_word || word.as_bytes() == place.term())
            }
            other => terms.contains(other),
        })
    }
}

fn folded_up_to(argument: &str, text: &str, limit: u32) -> CapsuleResult<String> {
    if text.len() > limit as usize || text.chars().any(char::is_control) {
        let problem = format!("may have {limit} bytes and no control characters");
        return Err(CapsuleError::invalid(argument, problem));
    }
    Ok(folded(text))
}

fn filling(page: &Page) -> Filling {
    Filling { found: Vec::new(), places: page.size(), looks: MOST_EXAMINED, bytes: MOST_BYTES }
}

fn bad_cursor() -> CapsuleError {
    CapsuleError::invalid("after", "is no `next` of this list")
}

fn place_of(cursor: &str) -> CapsuleResult<Place> {
    from_digits(cursor).map(Place::from_bytes).ok_or_else(bad_cursor)
}

fn capsule_and_place_of(cursor: &str) -> CapsuleResult<(Id, Option<Place>)> {
    let bytes = from_digits(cursor).filter(|bytes| bytes.len() >= ID_BYTES);
    let mut bytes = bytes.ok_or_else(bad_cursor)?;
    let place = bytes.split_off(ID_BYTES);
    let capsule = Id::from_bytes(bytes.try_into().map_err(|_| bad_cursor())?);
    Ok((capsule, Some(Place::from_bytes(place))))
}
