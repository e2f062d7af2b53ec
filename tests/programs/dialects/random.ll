; Random numbers and the shot's number as Quantinuum's platform has them.

define void @stream(i64 %seed) {
  call void @___random_seed(i64 %seed)
  call void @next()
  call void @next()
  call void @next()
  call void @___random_advance(i64 -2)
  call void @next()
  call void @___random_advance(i64 1000000)
  call void @next()
  call void @___set_random_index(i32 1)
  call void @next()
  ret void
}

define internal void @next() {
  %int = call i32 @___random_int()
  %wide = zext i32 %int to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr null)
  ret void
}

define void @bounds() {
  %die = call i32 @___random_int_bounded(i32 6)
  %wide = zext i32 %die to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr null)
  %part = call double @___random_float()
  call void @__quantum__rt__double_record_output(double %part, ptr null)
  ret void
}

define i64 @shot() {
  %shot = call i64 @___get_current_shot()
  ret i64 %shot
}

declare void @___random_seed(i64)
declare i32 @___random_int()
declare i32 @___random_int_bounded(i32)
declare double @___random_float()
declare void @___random_advance(i64)
declare void @___set_random_index(i32)
declare i64 @___get_current_shot()
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
