; What one pass over a state vector costs at least: each double of two arrays is read, multiplied and written, so many
; times, eight at once. @passes20 works on the 2 x 2^20 doubles of 20 qubits, @passes24 on the 2 x 2^24 of 24.

@re20 = internal global [1048576 x double] zeroinitializer, align 64
@im20 = internal global [1048576 x double] zeroinitializer, align 64
@re24 = internal global [16777216 x double] zeroinitializer, align 64
@im24 = internal global [16777216 x double] zeroinitializer, align 64

define void @passes20(i64 %times) {
  call void @passes(ptr @re20, ptr @im20, i64 1048576, i64 %times)
  ret void
}

define void @passes24(i64 %times) {
  call void @passes(ptr @re24, ptr @im24, i64 16777216, i64 %times)
  ret void
}

define private void @passes(ptr %re, ptr %im, i64 %length, i64 %times) {
entry:
  %none = icmp eq i64 %times, 0
  br i1 %none, label %end, label %pass
pass:
  %done = phi i64 [ 0, %entry ], [ %next_pass, %passed ]
  br label %eight
eight:
  %at = phi i64 [ 0, %pass ], [ %next, %eight ]
  %re_at = getelementptr double, ptr %re, i64 %at
  %im_at = getelementptr double, ptr %im, i64 %at
  %x = load <8 x double>, ptr %re_at, align 64
  %y = load <8 x double>, ptr %im_at, align 64
  %new_x = fmul <8 x double> %x, splat (double 5.000000e-01)
  %new_y = fmul <8 x double> %y, splat (double 5.000000e-01)
  store <8 x double> %new_x, ptr %re_at, align 64
  store <8 x double> %new_y, ptr %im_at, align 64
  %next = add nuw i64 %at, 8
  %more = icmp ult i64 %next, %length
  br i1 %more, label %eight, label %passed
passed:
  %next_pass = add nuw i64 %done, 1
  %again = icmp ult i64 %next_pass, %times
  br i1 %again, label %pass, label %end
end:
  ret void
}
