; Results: ids, into which mz measures, and values, which m returns: addresses of their own.

; One and Zero: no byte of their addresses is the other's among the two lowest, nor 0. A program that looks at a part of
; one, or reads it as text, sees which it is.
@values = internal constant { i8, i8, [256 x i8], i8 } { i8 0, i8 1, [256 x i8] zeroinitializer, i8 0 }, align 512
@one = internal alias i8, getelementptr (i8, ptr @values, i64 1)
@zero = internal alias i8, getelementptr (i8, ptr @values, i64 258)

; Where @results has an id; the first word there is of no id.
define internal i64 @result_index(ptr %result) alwaysinline {
  %id = ptrtoint ptr %result to i64
  %index = add i64 %id, 1
  %room = load i64, ptr @result.room
  %fits = icmp ult i64 %id, %room
  br i1 %fits, label %done, label %grow, !prof !1
grow:
  call void @grow_results(i64 %id)
  br label %done
done:
  ret i64 %index
}

define internal void @grow_results(i64 %id) noinline {
start:
  %bad = icmp ugt i64 %id, 33554431
  br i1 %bad, label %refuse, label %grow
refuse:
  call void @refuse(ptr @no.result, i64 %id, i64 0, i64 0)
  unreachable
grow:
  %room = load i64, ptr @result.room
  %double = shl i64 %room, 1
  %more = add i64 %id, 64
  %larger = icmp ugt i64 %double, %more
  %wanted = select i1 %larger, i64 %double, i64 %more
  %beyond = icmp ugt i64 %wanted, 33554432                        ; no room for ids that there are not
  %new = select i1 %beyond, i64 33554432, i64 %wanted
  %words = add i64 %new, 1
  %bytes = shl i64 %words, 3
  %old = load ptr, ptr @results
  %results = call ptr @grown(ptr %old, i64 %bytes)
  store ptr %results, ptr @results
  store i64 %new, ptr @result.room
  br label %clear
clear:
  %index = phi i64 [ %room, %grow ], [ %next, %clear ]
  %next = add i64 %index, 1
  %word = getelementptr i64, ptr %results, i64 %next
  store i64 0, ptr %word
  %all = icmp eq i64 %next, %new
  br i1 %all, label %done, label %clear
done:
  ret void
}

define internal i1 @bit_at(i64 %index) alwaysinline {
  %results = load ptr, ptr @results
  %word.p = getelementptr i64, ptr %results, i64 %index
  %word = load i64, ptr %word.p
  %its.stamp = lshr i64 %word, 1
  %stamp = load i64, ptr @stamp
  %now = icmp eq i64 %its.stamp, %stamp
  %bit = trunc i64 %word to i1
  %one = and i1 %now, %bit
  ret i1 %one
}

; ---- what programs ask of them --------------------------------------------------------------------------------------------------

define ptr @__quantum__rt__result_get_one() {
  ret ptr @one
}
define ptr @__quantum__rt__result_get_zero() {
  ret ptr @zero
}

define i1 @__quantum__rt__read_result(ptr %result) {
  %is.one = icmp eq ptr %result, @one
  %is.zero = icmp eq ptr %result, @zero
  %is.value = or i1 %is.one, %is.zero
  br i1 %is.value, label %value, label %id
value:
  ret i1 %is.one
id:
  call void @flush_what_is_queued()
  %index = call i64 @result_index(ptr %result)
  %bit = call i1 @bit_at(i64 %index)
  ret i1 %bit
}
define i1 @__quantum__qis__read_result__body(ptr %result) {
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %bit
}
define i1 @__quantum__rt__result_equal(ptr %left, ptr %right) {
  %a = call i1 @__quantum__rt__read_result(ptr %left)
  %b = call i1 @__quantum__rt__read_result(ptr %right)
  %same = icmp eq i1 %a, %b
  ret i1 %same
}
define void @__quantum__rt__write_result(i1 %value, ptr %result) {
  call void @flush_what_is_queued()
  %index = call i64 @result_index(ptr %result)
  %stamp = load i64, ptr @stamp
  %twice = shl i64 %stamp, 1
  %bit = zext i1 %value to i64
  %word = or i64 %twice, %bit
  %results = load ptr, ptr @results
  %word.p = getelementptr i64, ptr %results, i64 %index
  store i64 %word, ptr %word.p
  ret void
}
; Nothing is counted: no result is freed.
define void @__quantum__rt__result_update_reference_count(ptr %result, i32 %change) {
  ret void
}

@One = internal constant [4 x i8] c"One\00"
@Zero = internal constant [5 x i8] c"Zero\00"
define ptr @__quantum__rt__result_to_string(ptr %result) {
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  %text = select i1 %bit, ptr @One, ptr @Zero
  %string = call ptr @__quantum__rt__string_create(ptr %text)
  ret ptr %string
}
