//! Whatever is sent in whatever order, again, across upgrades, expiries and abortions: in the end what
//! is there is what was sent, or nothing.

use proptest::prelude::*;

use super::import::*;
use super::random::{Ids, Step, perform, step};
use super::stage::*;
use crate::id::{Id, Kind};
use crate::*;

#[derive(Clone, Debug)]
enum Turn {
    Send(usize),
    SendSpoilt(usize),
    Begin,
    Check(u32),
    Upgrade,
    Wait(u64),
    Abort,
    Clear,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        30 => any::<usize>().prop_map(Turn::Send),
        4 => any::<usize>().prop_map(Turn::SendSpoilt),
        3 => Just(Turn::Begin),
        1 => (1u32..4).prop_map(Turn::Check),
        3 => Just(Turn::Upgrade),
        1 => (1u64..1 << 47).prop_map(Turn::Wait),
        1 => Just(Turn::Abort),
        1 => Just(Turn::Clear),
    ]
}

/// Bytes with one of them wrong, and items with another title.
fn spoilt(message: &Message) -> Message {
    let mut message = message.clone();
    match &mut message {
        Message::Bytes(chunks) => {
            if let Some(byte) = chunks[0].bytes.first_mut() {
                *byte ^= 1;
            }
        }
        Message::Memories(memories) => memories[0].title.push('!'),
        Message::Galleries(galleries) => galleries[0].title.push('!'),
        Message::Connections(connections) => connections[0].name.push('!'),
    }
    message
}

/// What is refused is as good a turn as any. A spoilt item that came before the good one stays, and
/// then its session can only be aborted.
fn play(receiver: &mut Receiver, sent: &Sent, session: &mut u64, turn: Turn) {
    receiver.expire();
    let pick = |number: usize| &sent.messages[number % sent.messages.len()];
    match turn {
        Turn::Send(number) => {
            let _ = receiver.take(*session, pick(number));
        }
        Turn::SendSpoilt(number) => {
            let _ = receiver.take(*session, &spoilt(pick(number)));
        }
        Turn::Begin => {
            if let Ok(begun) = receiver.begin(sent) {
                *session = begun;
            }
        }
        Turn::Check(pieces) => {
            let _ = receiver.finalize(*session, pieces);
        }
        Turn::Upgrade => receiver.upgrade(),
        Turn::Wait(time) => receiver.stage.now += time,
        Turn::Abort => {
            let _ = receiver.abort(*session);
        }
        Turn::Clear => receiver.clear(),
    }
}

fn is_refused(error: &ImportError) -> bool {
    use ImportError::*;
    matches!(error, ItemConflict { .. } | BeingChecked { .. } | SessionNotFound { .. })
        || matches!(error, PieceConflict { .. } | HashMismatch { .. } | AlreadyFinalized { .. })
}

/// Sends all in order, and begins anew where an earlier turn has spoilt the session.
fn finish(receiver: &mut Receiver, sent: &Sent) -> Option<Manifest> {
    receiver.expire();
    receiver.clear();
    for _ in 0..2 {
        let session = receiver.begin(sent).unwrap();
        let refused =
            sent.messages.iter().find_map(|message| receiver.take(session, message).err());
        match refused {
            None => return Some(receiver.finalized(session)),
            Some(ImportError::AlreadyFinalized { .. }) => return None,
            Some(error) => assert!(is_refused(&error), "{error}"),
        }
        receiver.abort(session).unwrap();
        receiver.clear();
        receiver.check_is_empty();
    }
    panic!("a session from the start goes well");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..Default::default() })]

    #[test]
    fn in_the_end_there_is_what_was_sent(
        steps in prop::collection::vec(step(), 1..30).prop_map(|mut steps| {
            steps.retain(|step| !matches!(step, Step::DeleteCapsule(_)));
            steps
        }),
        turns in prop::collection::vec(turn(), 1..60),
    ) {
        let mut stage = Stage::new();
        let capsules = vec![stage.capsule(user(1))];
        let id = Id::parse_as(Kind::Capsule, &capsules[0]).unwrap();
        let large = stage.blobs.upload(user(1), &large_content(1));
        let new = NewMemory { assets: vec![asset("original", large)], ..note("large") };
        stage.add(user(1), &capsules[0], new).unwrap();
        let mut ids = Ids { capsules, ..Default::default() };
        for step in steps {
            perform(&mut stage, &mut ids, step);
        }
        let sent = Sent::of(&stage, id);
        let mut receiver = Receiver::new();
        let mut session = receiver.begin(&sent).unwrap();
        for turn in turns {
            play(&mut receiver, &sent, &mut session, turn);
            receiver.stage.capsules.check_but_items();
        }
        if let Some(manifest) = finish(&mut receiver, &sent) {
            prop_assert_eq!(manifest, sent.manifest);
            receiver.stage.check_blobs();
        }
    }
}
