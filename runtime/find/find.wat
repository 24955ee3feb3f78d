;; Finds records that hold one of some texts, sixteen bytes a step.
;;
;; In: whole records in memory, and tables that find.ts wrote. Out: a row for each record that may be
;; wanted. `npm run generate` writes find-module.ts from this file.
;;
;; A text is looked for by its first three bytes. For each of the three places two tables of sixteen say,
;; for the byte's lower and upper half, in which of eight buckets a text may be; where all six leave a bit
;; standing, the bucket's texts are compared, eight bytes at once. Shorter texts take any byte at the
;; places they do not reach. A text holds no LF, so none reaches over the end of its record.
;;
;; Memory:      0  six tables of 16 bytes: lower and upper half of the first, second, third byte
;;            128  where the texts of each of the eight buckets begin, and where the last ends (9 x i32)
;;            192  answers: where the next call begins, records passed, records too long (3 x i32)
;;            208  the buckets of the step at hand (16 bytes)
;;          1,024  texts of 32 bytes: letters whose case is ignored, bytes compared, bytes wanted (3 x i64), who wants it (i32)
;;         65,536  rows of 16 bytes: the record's start and end, its number, who wants it (4 x i32)
;;        131,072  the records, with 16 bytes to spare behind them
(module
  (memory (export "memory") 5)
  ;; Reads [at, end), which begins with a record and ends behind an LF. `always` wants every record.
  ;; Returns the end of the rows it wrote; it stops early when there is room for no more.
  (func (export "find") (param $at i32) (param $end i32) (param $always i32) (result i32)
    (local $record i32) (local $wants i32) (local $passed i32) (local $tooLong i32) (local $row i32)
    (local $bytes v128) (local $found v128) (local $lfs i32) (local $bits i32) (local $place i32)
    (local $buckets i32) (local $text i32) (local $textsEnd i32) (local $word i64)
    (local.set $record (local.get $at))
    (local.set $wants (local.get $always))
    (local.set $row (i32.const 65536))
    (block $done
      (loop $steps
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $found
          (v128.and
            (v128.and
              (v128.and
                (i8x16.swizzle (v128.load (i32.const 0)) (v128.and (local.get $bytes) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
                (i8x16.swizzle (v128.load (i32.const 16)) (i8x16.shr_u (local.get $bytes) (i32.const 4))))
              (v128.and
                (i8x16.swizzle (v128.load (i32.const 32)) (v128.and (v128.load offset=1 (local.get $at)) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
                (i8x16.swizzle (v128.load (i32.const 48)) (i8x16.shr_u (v128.load offset=1 (local.get $at)) (i32.const 4)))))
            (v128.and
              (i8x16.swizzle (v128.load (i32.const 64)) (v128.and (v128.load offset=2 (local.get $at)) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
              (i8x16.swizzle (v128.load (i32.const 80)) (i8x16.shr_u (v128.load offset=2 (local.get $at)) (i32.const 4))))))
        (local.set $lfs (i8x16.bitmask (i8x16.eq (local.get $bytes) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))))
        (local.set $bits (local.get $lfs))
        (if (v128.any_true (local.get $found))
          (then
            (local.set $bits
              (i32.or (local.get $lfs)
                (i8x16.bitmask (i8x16.ne (local.get $found) (v128.const i64x2 0 0)))))
            (v128.store (i32.const 208) (local.get $found))))
        ;; What stands behind the end was there before.
        (if (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16))
          (then
            (local.set $bits
              (i32.and (local.get $bits)
                (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $at))) (i32.const 1))))))
        (block $next
          (loop $places
            (br_if $next (i32.eqz (local.get $bits)))
            (local.set $place (i32.ctz (local.get $bits)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (if (i32.and (i32.shr_u (local.get $lfs) (local.get $place)) (i32.const 1))
              (then
                (local.set $place (i32.add (local.get $at) (local.get $place)))
                (local.set $passed (i32.add (local.get $passed) (i32.const 1)))
                (if (i32.gt_u (i32.sub (local.get $place) (local.get $record)) (i32.const 2097152))
                  (then (local.set $tooLong (i32.add (local.get $tooLong) (i32.const 1))))
                  (else
                    (if (local.get $wants)
                      (then
                        (i32.store (local.get $row) (local.get $record))
                        (i32.store offset=4 (local.get $row) (local.get $place))
                        (i32.store offset=8 (local.get $row) (local.get $passed))
                        (i32.store offset=12 (local.get $row) (local.get $wants))
                        (local.set $row (i32.add (local.get $row) (i32.const 16)))))))
                (local.set $record (i32.add (local.get $place) (i32.const 1)))
                (local.set $wants (local.get $always))
                (br_if $done (i32.eq (local.get $row) (i32.const 131072))))
              (else
                (local.set $word (i64.load (i32.add (local.get $at) (local.get $place))))
                (local.set $buckets (i32.load8_u offset=208 (local.get $place)))
                (loop $bucket
                  (local.set $text (i32.load offset=128 (i32.shl (i32.ctz (local.get $buckets)) (i32.const 2))))
                  (local.set $textsEnd (i32.load offset=132 (i32.shl (i32.ctz (local.get $buckets)) (i32.const 2))))
                  (loop $texts
                    (if (i32.lt_u (local.get $text) (local.get $textsEnd))
                      (then
                        (if (i64.eq
                              (i64.and
                                (i64.or (local.get $word) (i64.load (local.get $text)))
                                (i64.load offset=8 (local.get $text)))
                              (i64.load offset=16 (local.get $text)))
                          (then
                            (local.set $wants (i32.or (local.get $wants) (i32.load offset=24 (local.get $text))))))
                        (local.set $text (i32.add (local.get $text) (i32.const 32)))
                        (br $texts))))
                  (local.set $buckets (i32.and (local.get $buckets) (i32.sub (local.get $buckets) (i32.const 1))))
                  (br_if $bucket (local.get $buckets)))))
            (br $places)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $steps)))
    (i32.store (i32.const 192) (local.get $record))
    (i32.store (i32.const 196) (local.get $passed))
    (i32.store (i32.const 200) (local.get $tooLong))
    (local.get $row)))
