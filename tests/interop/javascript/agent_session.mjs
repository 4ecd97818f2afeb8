// What a JavaScript developer does: create, install, call, query and read state of a canister,
// with the checks of certificates and query signatures left on. Prints one JSON document.
//
// Usage: node agent_session.mjs URL DEFAULT_EFFECTIVE_CANISTER_ID MODULE

import { readFile } from "node:fs/promises";

import { Actor, CanisterStatus, HttpAgent } from "@icp-sdk/core/agent";
import { IDL } from "@icp-sdk/core/candid";
import { Ed25519KeyIdentity } from "@icp-sdk/core/identity";
import { Secp256k1KeyIdentity } from "@icp-sdk/core/identity/secp256k1";
import { DelegationChain, DelegationIdentity } from "@icp-sdk/core/identity";
import { Principal } from "@icp-sdk/core/principal";

const [url, defaultEffectiveId, modulePath] = process.argv.slice(2);

const managementInterface = () => {
  const canister = IDL.Record({ canister_id: IDL.Principal });
  const mode = IDL.Variant({ install: IDL.Null, reinstall: IDL.Null });
  const status = IDL.Record({
    status: IDL.Variant({ running: IDL.Null, stopping: IDL.Null, stopped: IDL.Null }),
    cycles: IDL.Nat,
  });
  const installation = IDL.Record({
    mode,
    canister_id: IDL.Principal,
    wasm_module: IDL.Vec(IDL.Nat8),
    arg: IDL.Vec(IDL.Nat8),
  });
  return IDL.Service({
    provisional_create_canister_with_cycles: IDL.Func(
      [IDL.Record({ amount: IDL.Opt(IDL.Nat) })],
      [canister],
      [],
    ),
    install_code: IDL.Func([installation], [], []),
    canister_status: IDL.Func([canister], [status], []),
    stop_canister: IDL.Func([canister], [], []),
    start_canister: IDL.Func([canister], [], []),
  });
};

const counterInterface = () =>
  IDL.Service({
    increment: IDL.Func([], [IDL.Nat64], []),
    counter: IDL.Func([], [IDL.Nat64], ["query"]),
    refused: IDL.Func([], [IDL.Bool], []),
  });

function managementOf(agent) {
  const withEffectiveId = (_methodName, [argument]) => ({
    effectiveCanisterId: Principal.from(argument.canister_id ?? defaultEffectiveId),
  });
  return Actor.createActor(managementInterface, {
    agent,
    canisterId: Principal.managementCanister(),
    callTransform: withEffectiveId,
    queryTransform: withEffectiveId,
  });
}

async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return String(error.message ?? error);
  }
  throw new Error("expected a rejection, got an answer");
}

async function session(identity) {
  const agent = await HttpAgent.create({
    host: url,
    identity,
    shouldFetchRootKey: true,
    verifyQuerySignatures: true,
  });
  const management = managementOf(agent);
  const { canister_id: canisterId } = await management.provisional_create_canister_with_cycles({
    amount: [5_000_000_000_000n],
  });
  await management.install_code({
    mode: { install: null },
    canister_id: canisterId,
    wasm_module: await readFile(modulePath),
    arg: IDL.encode([IDL.Opt(IDL.Null)], [[]]),
  });
  const counter = Actor.createActor(counterInterface, { agent, canisterId });
  const incremented = await counter.increment();
  const counted = await counter.counter();
  const refusal = await failureOf(counter.refused());
  const state = await CanisterStatus.request({
    canisterId,
    agent,
    paths: ["time", "controllers", "module_hash", "subnet"],
  });
  await management.stop_canister({ canister_id: canisterId });
  const stopped = await failureOf(counter.increment());
  const { status } = await management.canister_status({ canister_id: canisterId });
  return {
    canister_id: canisterId.toText(),
    incremented: Number(incremented),
    counted: Number(counted),
    refusal,
    stopped,
    status: Object.keys(status)[0],
    principal: identity.getPrincipal().toText(),
    controllers: state.get("controllers").map((each) => each.toText()),
    module_hash: state.get("module_hash"),
    subnet_id: state.get("subnet").subnetId,
    node_keys: state.get("subnet").nodeKeys.size,
  };
}

const root = Ed25519KeyIdentity.generate();
const sessionKey = Ed25519KeyIdentity.generate();
const chain = await DelegationChain.create(
  root,
  sessionKey.getPublicKey(),
  new Date(Date.now() + 3_600_000),
);

console.log(
  JSON.stringify({
    ed25519: await session(root),
    secp256k1: await session(Secp256k1KeyIdentity.generate()),
    delegated: await session(DelegationIdentity.fromDelegation(sessionKey, chain)),
  }),
);
