;; A canister of one counter. Its answers are Candid that is put together by hand: `DIDL`, no types,
;; one value, nat64 (0x78), then 8 bytes, least significant first.
(module
  (import "ic0" "msg_arg_data_size" (func $argument_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $argument (param i32 i32 i32)))
  (import "ic0" "msg_caller_size" (func $caller_size (result i32)))
  (import "ic0" "msg_caller_copy" (func $caller (param i32 i32 i32)))
  (import "ic0" "is_controller" (func $is_controller (param i32 i32) (result i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "trap" (func $trap (param i32 i32)))

  (memory 1)
  (data (i32.const 0) "DIDL\00\01\78")  ;; before each answer; the count is at 7
  (data (i32.const 32) "DIDL\00\00")    ;; an answer of nothing
  (data (i32.const 64) "Only a controller may reset the counter")

  (func $send_count
    (call $append (i32.const 0) (i32.const 15))
    (call $reply))

  ;; Takes the argument (nat64), which has the shape of an answer.
  (func $take_argument
    (if (i32.ne (call $argument_size) (i32.const 15)) (then (unreachable)))
    (call $argument (i32.const 7) (i32.const 7) (i32.const 8)))

  (func (export "canister_init")
    (call $take_argument))

  (func (export "canister_update increment")
    (i64.store (i32.const 7) (i64.add (i64.load (i32.const 7)) (i64.const 1)))
    (call $send_count))

  (func (export "canister_query get")
    (call $send_count))

  (func (export "canister_update reset")
    (call $caller (i32.const 128) (i32.const 0) (call $caller_size))
    (if (i32.eqz (call $is_controller (i32.const 128) (call $caller_size)))
      (then (call $trap (i32.const 64) (i32.const 39))))
    (i64.store (i32.const 7) (i64.const 0))
    (call $append (i32.const 32) (i32.const 6))
    (call $reply)))
