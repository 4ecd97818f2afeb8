//! A capsule's connections, which are its owner's to see and change.

use std::ops::Bound;

use candid::Principal;
use ic_stable_structures::Memory;

use super::{Blobs, Capsules, Context};
use crate::error::{CapsuleError, CapsuleResult};
use crate::id::Id;
use crate::limits::MOST_LISTED;
use crate::model::{Connection, ConnectionInfo, ConnectionList, NewConnection, UpdateConnection};
use crate::rules;

impl<M: Memory> Capsules<M> {
    pub fn add_connection<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        new: NewConnection,
    ) -> CapsuleResult<ConnectionInfo> {
        let (id, capsule) = self.changeable_capsule(context.caller, text)?;
        let NewConnection { peer, name, relation, note } = new;
        if [Principal::anonymous(), Principal::management_canister(), context.caller]
            .contains(&peer)
        {
            let problem = "may be neither the owner nor a principal that signs nothing";
            return Err(CapsuleError::invalid("peer", problem));
        }
        if self.connections.contains_key(&(id, peer)) {
            return Err(CapsuleError::ConnectionExists { peer });
        }
        let limit = context.limits.max_connections_per_capsule;
        if capsule.connections >= limit {
            return Err(CapsuleError::too_many("connections", limit));
        }
        let connection = Connection {
            name: rules::name("name", name.unwrap_or_default())?,
            relation: rules::name("relation", relation.unwrap_or_default())?,
            note: rules::description("note", note.unwrap_or_default())?,
            created_at: context.now,
            updated_at: context.now,
        };
        let info = connection.info(peer);
        self.connections.insert((id, peer), connection);
        self.change_capsule(id, |capsule| capsule.connections += 1);
        Ok(info)
    }

    pub fn update_connection<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        peer: Principal,
        update: UpdateConnection,
    ) -> CapsuleResult<ConnectionInfo> {
        let (id, _) = self.changeable_capsule(context.caller, text)?;
        let connection = self.connections.get(&(id, peer));
        let mut connection = connection.ok_or(CapsuleError::ConnectionNotFound { peer })?;
        if let Some(name) = update.name {
            connection.name = rules::name("name", name)?;
        }
        if let Some(relation) = update.relation {
            connection.relation = rules::name("relation", relation)?;
        }
        if let Some(note) = update.note {
            connection.note = rules::description("note", note)?;
        }
        connection.updated_at = context.now;
        let info = connection.info(peer);
        self.connections.insert((id, peer), connection);
        Ok(info)
    }

    pub fn remove_connection<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        peer: Principal,
    ) -> CapsuleResult<()> {
        let (id, _) = self.changeable_capsule(context.caller, text)?;
        let removed = self.connections.remove(&(id, peer));
        removed.ok_or(CapsuleError::ConnectionNotFound { peer })?;
        self.change_capsule(id, |capsule| capsule.connections -= 1);
        Ok(())
    }

    /// Connections in order of their peers, behind one of them.
    pub fn list_connections(
        &self,
        caller: Principal,
        text: &str,
        after: Option<Principal>,
        limit: Option<u32>,
    ) -> CapsuleResult<ConnectionList> {
        let (id, _) = self.owned_capsule(caller, text)?;
        let mut there = self.connections_behind(id, after);
        let size = limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize;
        let found = there.by_ref().take(size).map(|(peer, connection)| connection.info(peer));
        let connections: Vec<ConnectionInfo> = found.collect();
        let next = there.next().and(connections.last()).map(|connection| connection.peer);
        Ok(ConnectionList { connections, next })
    }

    /// The connections of a capsule behind a peer, in order of their peers.
    pub(super) fn connections_behind(
        &self,
        id: Id,
        after: Option<Principal>,
    ) -> impl Iterator<Item = (Principal, Connection)> + '_ {
        let first = match after {
            None => Bound::Included((id, Principal::from_slice(&[]))),
            Some(peer) => Bound::Excluded((id, peer)),
        };
        let there =
            self.connections.range((first, Bound::Unbounded)).map(|entry| entry.into_pair());
        let of_capsule = there.take_while(move |((capsule, _), _)| *capsule == id);
        of_capsule.map(|((_, peer), connection)| (peer, connection))
    }
}
