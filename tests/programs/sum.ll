; Adds up the numbers from 0 in a loop.

define i64 @sum(i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i64 [ 0, %entry ], [ %more, %loop ]
  %more = add i64 %sum, %i
  %next = add i64 %i, 1
  %on = icmp ule i64 %next, %n
  br i1 %on, label %loop, label %done
done:
  ret i64 %more
}
