; A layer of h on so many qubits, and cx from each to the next. More of them have no line in a diagram.

define void @wide(i64 %qubits) #0 {
entry:
  br label %turn
turn:
  %a = phi i64 [ 0, %entry ], [ %a.next, %turn ]
  %a.qubit = inttoptr i64 %a to ptr
  call void @__quantum__qis__h__body(ptr %a.qubit)
  %a.next = add i64 %a, 1
  %a.more = icmp ult i64 %a.next, %qubits
  br i1 %a.more, label %turn, label %link
link:
  %b = phi i64 [ 1, %turn ], [ %b.next, %link ]
  %before = sub i64 %b, 1
  %control = inttoptr i64 %before to ptr
  %target = inttoptr i64 %b to ptr
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  %b.next = add i64 %b, 1
  %b.more = icmp ult i64 %b.next, %qubits
  br i1 %b.more, label %link, label %done
done:
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)

attributes #0 = { "entry_point" }
