; Shots that any process can run, since they know nothing of each other: each records its number, and tosses a coin and a
; die of its own.

@failed = internal constant [10 x i8] c"it is due\00"

; Takes some turns; says its number where it can be divided by %said; fails in one shot, dies in another, and hangs in a
; third.
define i64 @numbered(i64 %turns, i64 %said, i64 %fails, i64 %dies, i64 %hangs) #0 {
entry:
  call void @spin(i64 %turns)
  %shot = call i64 @___get_current_shot()
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  %die = call i32 @___random_int_bounded(i32 6)
  %wide = zext i32 %die to i64
  %rest = urem i64 %shot, %said
  %says = icmp eq i64 %rest, 0
  br i1 %says, label %say, label %look
say:
  %string = call ptr @__quantum__rt__int_to_string(i64 %shot)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  br label %look
look:
  %is.failing = icmp eq i64 %shot, %fails
  br i1 %is.failing, label %fail, label %live
fail:
  %why = call ptr @__quantum__rt__string_create(ptr @failed)
  call void @__quantum__rt__fail(ptr %why)
  unreachable
live:
  %is.dying = icmp eq i64 %shot, %dies
  br i1 %is.dying, label %die.here, label %go
die.here:
  call void @llvm.trap()
  unreachable
go:
  %is.hanging = icmp eq i64 %shot, %hangs
  br i1 %is.hanging, label %hang, label %done
hang:
  call void @spin(i64 -1)
  br label %done
done:
  ret i64 %wide
}

define internal void @spin(i64 %turns) {
entry:
  %place = alloca i64
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  %more = icmp ult i64 %i, %turns
  br i1 %more, label %turn, label %done
turn:
  store volatile i64 %i, ptr %place
  %next = add i64 %i, 1
  br label %head
done:
  ret void
}

declare i64 @___get_current_shot()
declare i32 @___random_int_bounded(i32)
declare ptr @__quantum__rt__int_to_string(i64)
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__rt__fail(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly)
declare void @llvm.trap()

attributes #0 = { "required_num_qubits"="1" "required_num_results"="1" }
