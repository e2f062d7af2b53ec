; What ends a trace: another shot could do it otherwise, or a tape has no operation for it. The name of the function and the
; id of the qubit or result that it was called with are left for tracer.py.

@read_result.name = internal constant [12 x i8] c"read_result\00"
@result_equal.name = internal constant [13 x i8] c"result_equal\00"
@result_to_string.name = internal constant [17 x i8] c"result_to_string\00"
@dumpmachine.name = internal constant [12 x i8] c"dumpmachine\00"
@assertmeasurementprobability.name = internal constant [29 x i8] c"assertmeasurementprobability\00"
@assertmeasurementprobability__ctl.name = internal constant [34 x i8] c"assertmeasurementprobability__ctl\00"
@drawrandomint.name = internal constant [14 x i8] c"drawrandomint\00"
@drawrandomdouble.name = internal constant [17 x i8] c"drawrandomdouble\00"
@seed.name = internal constant [26 x i8] c"a draw of a random number\00"
@shot.name = internal constant [17 x i8] c"get_current_shot\00"
@r__ctl.name = internal constant [7 x i8] c"r__ctl\00"
@r__ctladj.name = internal constant [10 x i8] c"r__ctladj\00"
@exp.name = internal constant [4 x i8] c"exp\00"
@exp__adj.name = internal constant [9 x i8] c"exp__adj\00"
@exp__ctl.name = internal constant [9 x i8] c"exp__ctl\00"
@exp__ctladj.name = internal constant [12 x i8] c"exp__ctladj\00"
@measure.name = internal constant [8 x i8] c"measure\00"

define internal void @end(ptr %name, i32 %of, ptr %id) noreturn noinline {
  %is.result = icmp eq i32 %of, 3
  br i1 %is.result, label %result, label %other
result:
  %result.number = call i64 @result_number(ptr %id)
  br label %leave
other:
  %other.number = ptrtoint ptr %id to i64
  br label %leave
leave:
  %number = phi i64 [ %result.number, %result ], [ %other.number, %other ]
  store i32 %of, ptr @qirjit_refused_of
  store i64 %number, ptr @qirjit_refused_id
  call void @qirjit_refuse(ptr %name)
  unreachable
}

; ---- what depends on results: One and Zero themselves are the same in all shots --------------------------------------

define i1 @__quantum__rt__read_result(ptr %result) {
  %bit = call i1 @bit_of(ptr @read_result.name, ptr %result)
  ret i1 %bit
}
define i1 @__quantum__qis__read_result__body(ptr %result) {
  %bit = call i1 @bit_of(ptr @read_result.name, ptr %result)
  ret i1 %bit
}
define i1 @__quantum__rt__result_equal(ptr %left, ptr %right) {
  %a = call i1 @bit_of(ptr @result_equal.name, ptr %left)
  %b = call i1 @bit_of(ptr @result_equal.name, ptr %right)
  %same = icmp eq i1 %a, %b
  ret i1 %same
}
define internal i1 @bit_of(ptr %name, ptr %result) {
  %is.one = icmp eq ptr %result, @one
  %is.zero = icmp eq ptr %result, @zero
  %is.value = or i1 %is.one, %is.zero
  br i1 %is.value, label %value, label %id
value:
  ret i1 %is.one
id:
  call void @end(ptr %name, i32 3, ptr %result)
  unreachable
}
define ptr @__quantum__rt__result_to_string(ptr %result) {
  call void @end(ptr @result_to_string.name, i32 3, ptr %result)
  unreachable
}

; ---- what looks at the state: it changes nothing, so a trace that is only looked at goes on ---------------------------

@qirjit_goes_on = global i1 false              ; whether this is one: nobody samples from it

define internal void @end_unless_looked_at(ptr %name) {
  %goes.on = load i1, ptr @qirjit_goes_on
  br i1 %goes.on, label %done, label %end
done:
  ret void
end:
  call void @end(ptr %name, i32 1, ptr null)
  unreachable
}

define void @__quantum__qis__dumpmachine__body(ptr %location) {
  call void @end_unless_looked_at(ptr @dumpmachine.name)
  ret void
}
define void @__quantum__qis__assertmeasurementprobability__body(ptr %paulis, ptr %qubits, ptr %result, double %expected, ptr %message, double %tolerance) {
  call void @end_unless_looked_at(ptr @assertmeasurementprobability.name)
  ret void
}
define void @__quantum__qis__assertmeasurementprobability__ctl(ptr %controls, ptr %arguments) {
  call void @end_unless_looked_at(ptr @assertmeasurementprobability__ctl.name)
  ret void
}

; ---- what each shot has its own of -----------------------------------------------------------------------------------

define i64 @__quantum__qis__drawrandomint__body(i64 %least, i64 %most) {
  call void @end(ptr @drawrandomint.name, i32 1, ptr null)
  unreachable
}
define double @__quantum__qis__drawrandomdouble__body(double %least, double %most) {
  call void @end(ptr @drawrandomdouble.name, i32 1, ptr null)
  unreachable
}
define i64 @qirjit_seed() {
  call void @end(ptr @seed.name, i32 1, ptr null)
  unreachable
}
define i64 @qirjit_current_shot() {
  call void @end(ptr @shot.name, i32 1, ptr null)
  unreachable
}

; ---- operations that no tape has: with controls in an array, or on a product of Pauli operators ----------------------
; Those of the table of operations are made from it (gate_ir.py).

define void @__quantum__qis__r__ctl(ptr %controls, ptr %arguments) {
  call void @end(ptr @r__ctl.name, i32 1, ptr null)
  unreachable
}
define void @__quantum__qis__r__ctladj(ptr %controls, ptr %arguments) {
  call void @end(ptr @r__ctladj.name, i32 1, ptr null)
  unreachable
}
define void @__quantum__qis__exp__body(ptr %paulis, double %theta, ptr %qubits) {
  call void @end(ptr @exp.name, i32 1, ptr null)
  unreachable
}
define void @__quantum__qis__exp__adj(ptr %paulis, double %theta, ptr %qubits) {
  call void @end(ptr @exp__adj.name, i32 1, ptr null)
  unreachable
}
define void @__quantum__qis__exp__ctl(ptr %controls, ptr %arguments) {
  call void @end(ptr @exp__ctl.name, i32 1, ptr null)
  unreachable
}
define void @__quantum__qis__exp__ctladj(ptr %controls, ptr %arguments) {
  call void @end(ptr @exp__ctladj.name, i32 1, ptr null)
  unreachable
}
define ptr @__quantum__qis__measure__body(ptr %paulis, ptr %qubits) {
  call void @end(ptr @measure.name, i32 1, ptr null)
  unreachable
}
