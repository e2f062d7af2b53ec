; Shots that compute, and do nothing else.

; for ever
define void @endless() {
entry:
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  %next = add i64 %i, 1
  store volatile i64 %next, ptr @count
  br label %turn
}

; for about a millisecond
define void @slow_shots() {
entry:
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  %next = add i64 %i, 1
  store volatile i64 %next, ptr @count
  %more = icmp ult i64 %next, 500000
  br i1 %more, label %turn, label %done
done:
  ret void
}

@count = internal global i64 0
