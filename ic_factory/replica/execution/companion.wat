;; Serves the hot half of ic0 beside a canister, by copies between memories, and turns to the host
;; for the rest. Holds the undo log of the stable memory.
;;
;; Completed by companion.py: numbers for what begins with @, and the functions of ic0 at the end.
(module $ic_factory_companion
  (import "ic_factory" "host" (func $host))
  (import "ic_factory" "heap" (memory $heap HEAP_MEMORY 0))
  (import "ic_factory" "scratch" (memory $scratch 1))
  (import "ic_factory" "stable" (memory $stable i64 0))
  ;; One i32 a 4 KiB page of stable memory: the last message that saved the page.
  (import "ic_factory" "marks" (memory $marks i64 0))
  ;; Entries of 8 bytes page number and 4 KiB content.
  (import "ic_factory" "undo" (memory $undo i64 0))

  ;; Lets the host serve a function; its arguments are in the block.
  (func $ask (param $function i32)
    (i32.store $scratch offset=@FUNCTION (i32.const 0) (local.get $function))
    (i32.store $scratch offset=@REASON (i32.const 0) (i32.const 0))
    (call $host)
    (if (i32.load $scratch offset=@FAILED (i32.const 0)) (then unreachable)))

  ;; Tells the host why the canister fails, and ends the message.
  (func $fail (param $function i32) (param $reason i32)
    (param $first i64) (param $second i64) (param $third i64)
    (i32.store $scratch offset=@FUNCTION (i32.const 0) (local.get $function))
    (i32.store $scratch offset=@REASON (i32.const 0) (local.get $reason))
    (i64.store $scratch offset=@ARGUMENT_0 (i32.const 0) (local.get $first))
    (i64.store $scratch offset=@ARGUMENT_1 (i32.const 0) (local.get $second))
    (i64.store $scratch offset=@ARGUMENT_2 (i32.const 0) (local.get $third))
    (call $host)
    unreachable)

  (func $require (param $function i32) (param $contexts i32)
    (if (i32.eqz (i32.and
          (i32.load $scratch offset=@CONTEXT (i32.const 0)) (local.get $contexts)))
      (then (call $fail (local.get $function) (i32.const @FORBIDDEN)
        (i64.const 0) (i64.const 0) (i64.const 0)))))

  (func $heap_size (result i64)
    (i64.shl (TO_I64 (memory.size $heap)) (i64.const 16)))

  (func $stable_size (result i64)
    (i64.shl (i64.load $scratch offset=@STABLE_PAGES (i32.const 0)) (i64.const 16)))

  ;; Whether [start, start + size) reaches beyond limit.
  (func $beyond (param $start i64) (param $size i64) (param $limit i64) (result i32)
    (i32.or
      (i64.gt_u (local.get $size) (local.get $limit))
      (i64.gt_u (local.get $start) (i64.sub (local.get $limit) (local.get $size)))))

  (func $require_heap (param $function i32) (param $reason i32)
    (param $start i64) (param $size i64)
    (if (call $beyond (local.get $start) (local.get $size) (call $heap_size))
      (then (call $fail (local.get $function) (local.get $reason)
        (local.get $start) (local.get $size) (call $heap_size)))))

  (func $blob_size (param $slot i32) (result i64)
    (i64.load32_u $scratch offset=4 (local.get $slot)))

  (func $copy_blob (param $function i32) (param $slot i32)
    (param $dst i64) (param $offset i64) (param $size i64)
    (call $require_heap (local.get $function) (i32.const @HEAP_BOUNDS)
      (local.get $dst) (local.get $size))
    (if (call $beyond (local.get $offset) (local.get $size) (call $blob_size (local.get $slot)))
      (then (call $fail (local.get $function) (i32.const @BLOB_BOUNDS)
        (local.get $offset) (local.get $size) (call $blob_size (local.get $slot)))))
    (memory.copy $heap $scratch
      (FROM_I64 (local.get $dst))
      (i32.add (i32.load $scratch (local.get $slot)) (i32.wrap_i64 (local.get $offset)))
      (i32.wrap_i64 (local.get $size))))

  (func $require_open (param $function i32)
    (if (i32.load $scratch offset=@RESPONSE (i32.const 0))
      (then (call $fail (local.get $function) (i32.const @ALREADY_REPLIED)
        (i64.const 0) (i64.const 0) (i64.const 0)))))

  (func $append_reply (param $function i32) (param $src i64) (param $size i64)
    (local $used i64)
    (call $require_open (local.get $function))
    (local.set $used (i64.load $scratch offset=@REPLY_SIZE (i32.const 0)))
    (if (call $beyond (local.get $used) (local.get $size)
          (i64.load $scratch offset=@REPLY_LIMIT (i32.const 0)))
      (then (call $fail (local.get $function) (i32.const @REPLY_TOO_LARGE)
        (local.get $used) (local.get $size)
        (i64.load $scratch offset=@REPLY_LIMIT (i32.const 0)))))
    (call $require_heap (local.get $function) (i32.const @HEAP_BOUNDS)
      (local.get $src) (local.get $size))
    (memory.copy $scratch $heap
      (i32.add (i32.const @REPLY_START) (i32.wrap_i64 (local.get $used)))
      (FROM_I64 (local.get $src))
      (i32.wrap_i64 (local.get $size)))
    (i64.store $scratch offset=@REPLY_SIZE (i32.const 0)
      (i64.add (local.get $used) (local.get $size))))

  (func $reply (param $function i32)
    (call $require_open (local.get $function))
    (i32.store $scratch offset=@RESPONSE (i32.const 0) (i32.const @REPLIED)))

  (func $require_certificate (param $function i32)
    (if (i32.eqz (i32.load $scratch offset=@HAS_CERTIFICATE (i32.const 0)))
      (then (call $fail (local.get $function) (i32.const @FORBIDDEN)
        (i64.const 0) (i64.const 0) (i64.const 0)))))

  ;; How many WASM pages a memory of `there` must grow by to have `size` bytes. How large these
  ;; memories are depends on what the instance did before, so nothing may branch on it: a message
  ;; costs as many instructions on a new instance as on an old one.
  (func $missing (param $size i64) (param $there i64) (result i64)
    (local $missing i64)
    (local.set $missing (i64.sub
      (i64.shr_u (i64.add (local.get $size) (i64.const 65535)) (i64.const 16))
      (local.get $there)))
    (select (local.get $missing) (i64.const 0) (i64.gt_s (local.get $missing) (i64.const 0))))

  ;; Makes a memory at least so many bytes long; 0 where it could not be.
  (func $fit_marks (param $size i64) (result i32)
    (i64.ne (i64.const -1)
      (memory.grow $marks (call $missing (local.get $size) (memory.size $marks)))))

  ;; An entry needs at most one page more, whose growth costs an instruction.
  (func $fit_undo (param $size i64)
    (local $missing i64)
    (local.set $missing (call $missing (local.get $size) (memory.size $undo)))
    (if (i64.eq (i64.const -1) (memory.grow $undo (local.get $missing))) (then unreachable))
    (if (i64.eqz (local.get $missing)) (then (drop (i32.const 0)))))

  (func $grow_stable (param $pages i64) (result i64)
    (local $old i64) (local $new i64)
    (local.set $old (i64.load $scratch offset=@STABLE_PAGES (i32.const 0)))
    (if (call $beyond (local.get $old) (local.get $pages)
          (i64.load $scratch offset=@STABLE_LIMIT (i32.const 0)))
      (then (return (i64.const -1))))
    (local.set $new (i64.add (local.get $old) (local.get $pages)))
    (if (i64.eq (i64.const -1)
          (memory.grow $stable
            (call $missing (i64.shl (local.get $new) (i64.const 16)) (memory.size $stable))))
      (then (return (i64.const -1))))
    (if (i32.eqz (call $fit_marks (i64.shl (local.get $new) (i64.const 6))))
      (then (return (i64.const -1))))
    (i64.store $scratch offset=@STABLE_PAGES (i32.const 0) (local.get $new))
    (local.get $old))

  ;; Saves the pages of [offset, offset + size) that this message has not saved yet.
  (func $save (param $offset i64) (param $size i64)
    (local $page i64) (local $end i64) (local $epoch i32) (local $count i64) (local $entry i64)
    (if (i64.eqz (local.get $size)) (then (return)))
    (local.set $epoch (i32.load $scratch offset=@EPOCH (i32.const 0)))
    (local.set $page (i64.shr_u (local.get $offset) (i64.const 12)))
    (local.set $end (i64.shr_u
      (i64.add (local.get $offset) (i64.sub (local.get $size) (i64.const 1))) (i64.const 12)))
    (loop $pages
      (if (i32.ne (local.get $epoch)
            (i32.load $marks (i64.shl (local.get $page) (i64.const 2))))
        (then
          (local.set $count (i64.load $scratch offset=@UNDO_COUNT (i32.const 0)))
          (local.set $entry (i64.mul (local.get $count) (i64.const @UNDO_ENTRY_BYTES)))
          (call $fit_undo (i64.add (local.get $entry) (i64.const @UNDO_ENTRY_BYTES)))
          (i64.store $undo (local.get $entry) (local.get $page))
          (memory.copy $undo $stable
            (i64.add (local.get $entry) (i64.const 8))
            (i64.shl (local.get $page) (i64.const 12))
            (i64.const 4096))
          (i64.store $scratch offset=@UNDO_COUNT (i32.const 0)
            (i64.add (local.get $count) (i64.const 1)))
          (i32.store $marks (i64.shl (local.get $page) (i64.const 2)) (local.get $epoch))))
      (local.set $page (i64.add (local.get $page) (i64.const 1)))
      (br_if $pages (i64.le_u (local.get $page) (local.get $end)))))

  ;; Puts the saved pages back.
  (func (export "roll_back_stable")
    (local $count i64) (local $entry i64)
    (local.set $count (i64.load $scratch offset=@UNDO_COUNT (i32.const 0)))
    (block $done
      (loop $entries
        (br_if $done (i64.eqz (local.get $count)))
        (local.set $count (i64.sub (local.get $count) (i64.const 1)))
        (local.set $entry (i64.mul (local.get $count) (i64.const @UNDO_ENTRY_BYTES)))
        (memory.copy $stable $undo
          (i64.shl (i64.load $undo (local.get $entry)) (i64.const 12))
          (i64.add (local.get $entry) (i64.const 8))
          (i64.const 4096))
        (br $entries))))

  (func $require_stable (param $function i32) (param $offset i64) (param $size i64)
    (if (call $beyond (local.get $offset) (local.get $size) (call $stable_size))
      (then (call $fail (local.get $function) (i32.const @STABLE_BOUNDS)
        (local.get $offset) (local.get $size) (call $stable_size)))))

  (func $write_stable (param $function i32)
    (param $offset i64) (param $src i64) (param $size i64)
    (call $require_stable (local.get $function) (local.get $offset) (local.get $size))
    (call $require_heap (local.get $function) (i32.const @STABLE_HEAP_BOUNDS)
      (local.get $src) (local.get $size))
    (call $save (local.get $offset) (local.get $size))
    (memory.copy $stable $heap
      (local.get $offset) (FROM_I64 (local.get $src)) (FROM_I64 (local.get $size))))

  (func $read_stable (param $function i32)
    (param $dst i64) (param $offset i64) (param $size i64)
    (call $require_stable (local.get $function) (local.get $offset) (local.get $size))
    (call $require_heap (local.get $function) (i32.const @STABLE_HEAP_BOUNDS)
      (local.get $dst) (local.get $size))
    (memory.copy $heap $stable
      (FROM_I64 (local.get $dst)) (local.get $offset) (FROM_I64 (local.get $size))))

  ;; The 32-bit functions serve stable memories of up to 65,536 pages.
  (func $require_32_bit (param $function i32)
    (if (i64.gt_u (i64.load $scratch offset=@STABLE_PAGES (i32.const 0)) (i64.const 65536))
      (then (call $fail (local.get $function) (i32.const @STABLE_TOO_BIG)
        (i64.const 0) (i64.const 0) (i64.const 0)))))

  (func $grow_stable_32_bit (param $function i32) (param $pages i64) (result i64)
    (call $require_32_bit (local.get $function))
    (if (result i64)
      (call $beyond (i64.load $scratch offset=@STABLE_PAGES (i32.const 0))
        (local.get $pages) (i64.const 65536))
      (then (i64.const -1))
      (else (call $grow_stable (local.get $pages)))))

(;EXPORTS;)
)
