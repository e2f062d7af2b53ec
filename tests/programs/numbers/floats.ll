; Programs that change the floating-point environment, and what others compute behind them.

@as.it.should = internal constant [13 x i8] c"as it should\00"

; Towards 0; then what a later shot would find changed. llvm.get.rounding: 0 is towards zero, 1 to nearest.
define void @rounds_otherwise() {
  %before = call i32 @llvm.get.rounding()
  %wide = zext i32 %before to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr null)
  call void @llvm.set.rounding(i32 0)
  ret void
}

; The same, and the shot fails.
define void @rounds_and_fails() {
  call void @llvm.set.rounding(i32 2)
  %text = call ptr @__quantum__rt__string_create(ptr @as.it.should)
  call void @__quantum__rt__fail(ptr %text)
  unreachable
}

define void @sum(double %a, double %b) {
  %sum = fadd double %a, %b
  call void @__quantum__rt__double_record_output(double %sum, ptr null)
  ret void
}

define void @dump_rounded_up() {
  call void @llvm.set.rounding(i32 2)
  call void @gates()
  ret void
}
define void @dump_as_ever() {
  call void @gates()
  ret void
}

; One shot in two rounds otherwise: the states that it leaves behind are those of all.
define void @alternating() {
  %shot = call i64 @___get_current_shot()
  %odd = trunc i64 %shot to i1
  br i1 %odd, label %gates, label %round
round:
  call void @llvm.set.rounding(i32 2)
  br label %gates
gates:
  call void @gates()
  ret void
}

define internal void @gates() {
  br label %one
one:
  %index = phi i64 [ 0, %0 ], [ %next, %one ]
  call void @__quantum__qis__ry__body(double 0.7, ptr null)
  call void @__quantum__qis__rx__body(double 0.3, ptr null)
  call void @__quantum__qis__rz__body(double 1.1, ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__ry__body(double 0.2, ptr inttoptr (i64 1 to ptr))
  %next = add i64 %index, 1
  %more = icmp ult i64 %next, 500
  br i1 %more, label %one, label %dump
dump:
  call void @__quantum__qis__dumpmachine__body(ptr null)
  ret void
}

declare i32 @llvm.get.rounding()
declare void @llvm.set.rounding(i32)
declare i64 @___get_current_shot()
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__fail(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__dumpmachine__body(ptr)
