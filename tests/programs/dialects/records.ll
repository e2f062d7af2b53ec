; Output functions of earlier times: without labels, and with containers between a start and an end.

@label = internal constant [2 x i8] c"a\00"

define void @unlabeled() {
  call void @__quantum__rt__tuple_record_output(i64 4)
  call void @__quantum__rt__result_record_output(ptr null)
  call void @__quantum__rt__bool_record_output(i1 true)
  call void @__quantum__rt__int_record_output(i64 -5)
  call void @__quantum__rt__double_record_output(double 2.5)
  call void @__quantum__rt__array_record_output(i64 0)
  ret void
}

define void @floats_and_words() {
  call void @__quantum__rt__float_record_output(double 0.5, ptr @label)
  ret void
}

; ( 1, [ 2, ( ), 3 ], 4 ), 5
define void @nested() {
  call void @__quantum__rt__tuple_start_record_output()
  call void @__quantum__rt__int_record_output(i64 1)
  call void @__quantum__rt__array_start_record_output()
  call void @__quantum__rt__int_record_output(i64 2)
  call void @__quantum__rt__tuple_start_record_output()
  call void @__quantum__rt__tuple_end_record_output()
  call void @__quantum__rt__int_record_output(i64 3)
  call void @__quantum__rt__array_end_record_output()
  call void @__quantum__rt__int_record_output(i64 4)
  call void @__quantum__rt__tuple_end_record_output()
  call void @__quantum__rt__int_record_output(i64 5)
  ret void
}

; An end without a start, and starts without an end.
define void @unbalanced() {
  call void @__quantum__rt__tuple_end_record_output()
  call void @__quantum__rt__array_start_record_output()
  call void @__quantum__rt__int_record_output(i64 1)
  call void @__quantum__rt__array_start_record_output()
  ret void
}

define void @deep(i64 %levels) {
start:
  br label %down
down:
  %n = phi i64 [ 0, %start ], [ %n.1, %down ]
  call void @__quantum__rt__array_start_record_output()
  %n.1 = add i64 %n, 1
  %more = icmp ult i64 %n.1, %levels
  br i1 %more, label %down, label %up
up:
  %m = phi i64 [ 0, %down ], [ %m.1, %up ]
  call void @__quantum__rt__array_end_record_output()
  %m.1 = add i64 %m, 1
  %again = icmp ult i64 %m.1, %levels
  br i1 %again, label %up, label %done
done:
  ret void
}

declare void @__quantum__rt__result_record_output(ptr)
declare void @__quantum__rt__bool_record_output(i1)
declare void @__quantum__rt__int_record_output(i64)
declare void @__quantum__rt__double_record_output(double)
declare void @__quantum__rt__tuple_record_output(i64)
declare void @__quantum__rt__array_record_output(i64)
declare void @__quantum__rt__float_record_output(double, ptr)
declare void @__quantum__rt__tuple_start_record_output()
declare void @__quantum__rt__tuple_end_record_output()
declare void @__quantum__rt__array_start_record_output()
declare void @__quantum__rt__array_end_record_output()
