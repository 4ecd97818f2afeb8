;; Sends the cycles of the canister that it is installed in to another canister.
;;
;; Installed with the argument of a call of `deposit_cycles`, which names the receiver. `recover`
;; sends all but what that call itself needs, and replies how much it was: 16 bytes, little-endian.
(module
  (import "ic0" "msg_arg_data_size" (func $msg_arg_data_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $msg_arg_data_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $msg_reply_data_append (param i32 i32)))
  (import "ic0" "msg_reply" (func $msg_reply))
  (import "ic0" "canister_cycle_balance128" (func $canister_cycle_balance128 (param i32)))
  (import "ic0" "cost_call" (func $cost_call (param i64 i64 i32)))
  (import "ic0" "call_new" (func $call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $call_data_append (param i32 i32)))
  (import "ic0" "call_cycles_add128" (func $call_cycles_add128 (param i64 i64)))
  (import "ic0" "call_perform" (func $call_perform (result i32)))

  ;;  0: balance    16: what the call costs    32: what is sent    48: 16 zeros
  ;; 64: the name of the method    128: the argument
  (memory 1)
  (data (i32.const 64) "deposit_cycles")
  (global $argument_size (mut i32) (i32.const 0))
  (table funcref (elem $on_reply $on_reject))

  (func (export "canister_init")
    (global.set $argument_size (call $msg_arg_data_size))
    (call $msg_arg_data_copy (i32.const 128) (i32.const 0) (global.get $argument_size)))

  (func (export "canister_update recover")
    (call $canister_cycle_balance128 (i32.const 0))
    (call $cost_call (i64.const 14) (i64.extend_i32_u (global.get $argument_size)) (i32.const 16))
    (if (call $is_balance_too_low)
      (then (call $on_reject (i32.const 0)) (return)))
    (call $compute_what_is_sent)
    (call $call_new
      (i32.const 0) (i32.const 0)    ;; the management canister: an id of no bytes
      (i32.const 64) (i32.const 14)
      (i32.const 0) (i32.const 0)
      (i32.const 1) (i32.const 0))
    (call $call_data_append (i32.const 128) (global.get $argument_size))
    (call $call_cycles_add128 (i64.load (i32.const 40)) (i64.load (i32.const 32)))
    (if (call $call_perform)
      (then (call $on_reject (i32.const 0)))))

  (func $is_balance_too_low (result i32)
    (i32.or
      (i64.lt_u (i64.load (i32.const 8)) (i64.load (i32.const 24)))
      (i32.and
        (i64.eq (i64.load (i32.const 8)) (i64.load (i32.const 24)))
        (i64.lt_u (i64.load (i32.const 0)) (i64.load (i32.const 16))))))

  (func $compute_what_is_sent
    (i64.store (i32.const 32)
      (i64.sub (i64.load (i32.const 0)) (i64.load (i32.const 16))))
    (i64.store (i32.const 40)
      (i64.sub
        (i64.sub (i64.load (i32.const 8)) (i64.load (i32.const 24)))
        (i64.extend_i32_u
          (i64.lt_u (i64.load (i32.const 0)) (i64.load (i32.const 16)))))))

  (func $on_reply (param i32)
    (call $msg_reply_data_append (i32.const 32) (i32.const 16))
    (call $msg_reply))

  (func $on_reject (param i32)
    (call $msg_reply_data_append (i32.const 48) (i32.const 16))
    (call $msg_reply)))
