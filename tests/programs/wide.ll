; States that are too large: of as many qubits in superposition as the argument says, static ones and allocated ones.

define void @static(i64 %count) {
start:
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %end
one:
  %qubit = inttoptr i64 %index to ptr
  call void @__quantum__qis__h__body(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
end:
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

define void @allocated(i64 %count) {
start:
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %end
one:
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__h__body(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
end:
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

; As many, but one after the other: each is released before the next is allocated.
define void @released(i64 %count) {
start:
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %end
one:
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__rt__qubit_release(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
end:
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

; A gate on a qubit and a measurement into a result whose ids are given.
define void @ids(i64 %qubit, i64 %result) {
  %q = inttoptr i64 %qubit to ptr
  %r = inttoptr i64 %result to ptr
  call void @__quantum__qis__x__body(ptr %q)
  call void @__quantum__qis__mz__body(ptr %q, ptr %r)
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  ret void
}

; The same qubit twice.
define void @twice() {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly)
declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

; Many qubits that are all the same, one superposition of two states; and a program that says how many it has.

@many = internal constant [5 x i8] c"many\00"

define void @entangled(i64 %count) {
start:
  %message = call ptr @__quantum__rt__string_create(ptr @many)
  call void @__quantum__rt__message(ptr %message)
  call void @__quantum__qis__h__body(ptr null)
  br label %head
head:
  %index = phi i64 [ 1, %start ], [ %next, %one ]
  %last = phi ptr [ null, %start ], [ %qubit, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %end
one:
  %qubit = inttoptr i64 %index to ptr
  call void @__quantum__qis__cx__body(ptr %last, ptr %qubit)
  %next = add i64 %index, 1
  br label %head
end:
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr %last, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @announced() #0 {
  call void @entangled(i64 5000)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
attributes #0 = { "required_num_qubits"="5000" }
