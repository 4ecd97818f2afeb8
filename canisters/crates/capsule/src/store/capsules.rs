//! Capsules themselves.

use candid::Principal;
use ic_stable_structures::Memory;

use super::{Blobs, Capsules, Context};
use crate::error::{CapsuleError, CapsuleResult};
use crate::id::{Id, Kind};
use crate::model::{
    Capsule, CapsuleInfo, CapsuleList, CreateCapsule, Level, Page, UpdateCapsule, Visibility,
};
use crate::rules;

const DEFAULT_NAME: &str = "My capsule";

impl<M: Memory> Capsules<M> {
    /// Makes a capsule of the caller's, private and empty.
    pub fn create_capsule<B: Blobs>(
        &mut self,
        context: &Context<B>,
        request: CreateCapsule,
    ) -> CapsuleResult<CapsuleInfo> {
        let name = rules::name("name", request.name.unwrap_or(DEFAULT_NAME.to_owned()))?;
        let description =
            rules::description("description", request.description.unwrap_or_default())?;
        let limit = context.limits.max_capsules_per_user;
        if self.capsules_of(context.caller).count() >= limit as usize {
            return Err(CapsuleError::too_many("capsules", limit));
        }
        let id = self.new_id(Kind::Capsule, context.now);
        let capsule = Capsule {
            owner: context.caller,
            name,
            description,
            visibility: Visibility::Private,
            created_at: context.now,
            updated_at: context.now,
            memories: 0,
            galleries: 0,
            connections: 0,
            bytes: 0,
            is_deleted: false,
            seal: None,
        };
        let info = capsule.info(id, Level::Owner);
        self.by_owner.insert((context.caller, id));
        self.capsules.insert(id, capsule);
        Ok(info)
    }

    /// A capsule that the caller may see; the caller's first one where none is named.
    pub fn get_capsule(&self, caller: Principal, text: Option<&str>) -> CapsuleResult<CapsuleInfo> {
        let Some(text) = text else {
            let id = self.first_capsule_of(caller)?;
            return self.get_capsule(caller, Some(&id.to_string()));
        };
        let (id, capsule, level) = self.readable_capsule(caller, text)?;
        Ok(capsule.info(id, level))
    }

    /// The capsules that a caller owns.
    pub fn list_capsules(&self, caller: Principal, page: &Page) -> CapsuleResult<CapsuleList> {
        let after = after_id(Kind::Capsule, page)?;
        let ids = self.capsules_of(caller).filter(|id| self.is_here(*id));
        let mut ids = ids.skip_while(|id| Some(*id) <= after);
        let found: Vec<Id> = ids.by_ref().take(page.size()).collect();
        let next = ids.next().and(found.last()).map(Id::to_string);
        let capsules = found.into_iter();
        let capsules = capsules.filter_map(|id| Some(self.capsule(id)?.info(id, Level::Owner)));
        Ok(CapsuleList { capsules: capsules.collect(), next })
    }

    pub fn update_capsule<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        update: UpdateCapsule,
    ) -> CapsuleResult<CapsuleInfo> {
        let (id, mut capsule) = self.changeable_capsule(context.caller, text)?;
        if let Some(name) = update.name {
            capsule.name = rules::name("name", name)?;
        }
        if let Some(description) = update.description {
            capsule.description = rules::description("description", description)?;
        }
        capsule.updated_at = context.now;
        let info = capsule.info(id, Level::Owner);
        self.capsules.insert(id, capsule);
        Ok(info)
    }

    /// How many bytes all capsules of an owner hold, each capsule for itself.
    pub fn bytes_of(&self, owner: Principal) -> u64 {
        let capsules = self.capsules_of(owner);
        capsules.filter_map(|id| self.capsule(id)).map(|capsule| capsule.bytes).sum()
    }

    /// How many capsules an owner has.
    pub fn count_of(&self, owner: Principal) -> u32 {
        self.capsules_of(owner).count() as u32
    }

    pub(super) fn capsules_of(&self, owner: Principal) -> impl Iterator<Item = Id> + '_ {
        self.by_owner.range((owner, Id::MIN)..=(owner, Id::MAX)).map(|(_, id)| id)
    }

    /// The first capsule of an owner that has not moved; where all have, the first one.
    pub(super) fn first_capsule_of(&self, owner: Principal) -> CapsuleResult<Id> {
        let here = self.capsules_of(owner).find(|id| self.is_here(*id));
        here.or_else(|| self.capsules_of(owner).next()).ok_or(CapsuleError::NoCapsule)
    }

    pub(super) fn set_capsule_visibility(&mut self, id: Id, visibility: Visibility) {
        let before = self.capsules.get(&id).map(|capsule| capsule.visibility);
        self.change_capsule(id, |capsule| capsule.visibility = visibility);
        if before != Some(visibility) {
            self.note_changed(id);
        }
    }
}

/// The id behind which a page begins.
pub(super) fn after_id(kind: Kind, page: &Page) -> CapsuleResult<Option<Id>> {
    let Some(text) = &page.after else {
        return Ok(None);
    };
    let id = Id::parse_as(kind, text);
    id.map(Some).ok_or_else(|| CapsuleError::invalid("after", "is no `next` of this list"))
}
