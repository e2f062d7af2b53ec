; Shots that take their time. Each says something first, so that whoever watches knows that it runs.

@spun = internal global i64 0
@text = internal constant [8 x i8] c"running\00"

; some milliseconds, then a coin
define void @slow() #0 {
  call void @say()
  call void @spin(i64 2000000)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

define void @endless() {
  call void @say()
  call void @spin(i64 -1)
  ret void
}

; one number a shot; only the first shot ends
define void @second_shot_endless() {
  call void @__quantum__rt__int_record_output(i64 7, ptr null)
  %before = load i64, ptr @shots
  %now = add i64 %before, 1
  store i64 %now, ptr @shots
  %again = icmp ugt i64 %now, 1
  br i1 %again, label %hang, label %done
hang:
  call void @endless()
  br label %done
done:
  ret void
}

@shots = internal global i64 0

define i64 @quick() {
  ret i64 42
}

define internal void @spin(i64 %turns) {
entry:
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  store volatile i64 %i, ptr @spun
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %turns
  br i1 %more, label %turn, label %done
done:
  ret void
}

define internal void @say() {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #1
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="1" "required_num_results"="1" }
attributes #1 = { "irreversible" }
