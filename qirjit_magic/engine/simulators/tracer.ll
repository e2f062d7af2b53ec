; The tracer: a simulator without a state, which writes down what it is asked to do. A program that is run on it once leaves
; a tape. What depends on a result, or on anything else that another shot could have otherwise, ends the trace.
;
; An entry is { i32 op, i32 a, i32 b, i32 c, double angle }; a, b and c are ids of qubits, and of a result where one is
; measured, written or recorded. The numbers of the operations are Op in tape.py. Which qubits and results there are is in
; ids.ll, what ends a trace in untraced.ll.

%Entry = type { i32, i32, i32, i32, double }
;               |    |    |    |    4 angle
;               |    a    b    c
;               0 op

@qirjit_tape = global ptr null                 ; where it is
@qirjit_tape_room = global i64 0               ; how many entries it has room for
@qirjit_tape_length = global i64 0             ; how many it has
@qirjit_refused = global ptr null              ; what ended the trace, in words, where something did
@qirjit_refused_of = global i32 0              ; 1: it is a function's name, of a call on nothing, 2: on a qubit, 3: on a result
@qirjit_refused_id = global i64 0              ; the id of these
@qirjit_way_out_of_trace = global ptr null     ; qirjit_leave of the runtime, which itself stands on this file
@qirjit_outcomes = global i64 0                ; not 0: what m returns is One or Zero, drawn with this odd number
@one = internal constant i8 1                  ; One and Zero are addresses, which are nobody's ids
@zero = internal constant i8 0

@text = internal constant [10 x i8] c"the trace\00"
@tape.name = internal constant [39 x i8] c"it does more than a trace has room for\00"

; Empties the tape for the next trace.
define void @qirjit_begin_trace(ptr %tape, i64 %room) {
  store ptr %tape, ptr @qirjit_tape
  store i64 %room, ptr @qirjit_tape_room
  store i64 0, ptr @qirjit_tape_length
  call void @forget_qubits()
  store ptr null, ptr @qirjit_refused
  store i32 0, ptr @qirjit_refused_of
  ret void
}

; The way out of a trace that cannot go on: the kernel never sees its message.
define void @qirjit_refuse(ptr %name) noreturn {
  store ptr %name, ptr @qirjit_refused
  %leave = load ptr, ptr @qirjit_way_out_of_trace
  call void %leave(ptr @text, i64 9)
  unreachable
}

; Of qubits alone. A null that stands for none would be qubit 0, which is there as soon as any other one is.
define internal void @append(i32 %op, ptr %a, ptr %b, ptr %c, double %angle) alwaysinline {
  %a.id = ptrtoint ptr %a to i64
  %b.id = ptrtoint ptr %b to i64
  %c.id = ptrtoint ptr %c to i64
  %b.above = icmp ugt i64 %b.id, %a.id
  %ab = select i1 %b.above, i64 %b.id, i64 %a.id
  %c.above = icmp ugt i64 %c.id, %ab
  %highest = select i1 %c.above, i64 %c.id, i64 %ab
  call void @know(i64 %highest)
  call void @write_entry(i32 %op, i64 %a.id, i64 %b.id, i64 %c.id, double %angle)
  ret void
}

define internal void @append_result(i32 %op, ptr %qubit, i64 %result) {
  %id = ptrtoint ptr %qubit to i64
  call void @know(i64 %id)
  call void @write_entry(i32 %op, i64 %id, i64 %result, i64 0, double 0.0)
  ret void
}

define internal void @write_entry(i32 %op, i64 %a, i64 %b, i64 %c, double %angle) alwaysinline {
  %length = load i64, ptr @qirjit_tape_length
  %room = load i64, ptr @qirjit_tape_room
  %tight = icmp uge i64 %length, %room
  br i1 %tight, label %no.room, label %keep
no.room:
  call void @qirjit_refuse(ptr @tape.name)
  unreachable
keep:
  %tape = load ptr, ptr @qirjit_tape
  %entry = getelementptr %Entry, ptr %tape, i64 %length
  %a.p = getelementptr %Entry, ptr %entry, i32 0, i32 1
  %b.p = getelementptr %Entry, ptr %entry, i32 0, i32 2
  %c.p = getelementptr %Entry, ptr %entry, i32 0, i32 3
  %angle.p = getelementptr %Entry, ptr %entry, i32 0, i32 4
  %a.32 = trunc i64 %a to i32
  %b.32 = trunc i64 %b to i32
  %c.32 = trunc i64 %c to i32
  store i32 %op, ptr %entry
  store i32 %a.32, ptr %a.p
  store i32 %b.32, ptr %b.p
  store i32 %c.32, ptr %c.p
  store double %angle, ptr %angle.p
  %after = add i64 %length, 1
  store i64 %after, ptr @qirjit_tape_length
  ret void
}

; ---- the values of results -----------------------------------------------------------------------------------------

define ptr @__quantum__rt__result_get_one() {
  ret ptr @one
}

define ptr @__quantum__rt__result_get_zero() {
  ret ptr @zero
}

define void @__quantum__rt__result_update_reference_count(ptr %result, i32 %change) {
  ret void
}

; ---- gates ---------------------------------------------------------------------------------------------------------

define void @__quantum__qis__barrier__body() {
  ret void
}

; exp(-i angle/2 P), with PauliI 0, PauliX 1, PauliZ 2, PauliY 3; of PauliI it is a phase that nobody sees.
define void @__quantum__qis__r__body(i2 %pauli, double %angle, ptr %q) {
  switch i2 %pauli, label %done [
    i2 1, label %x
    i2 -1, label %y
    i2 -2, label %z
  ]
x:
  call void @__quantum__qis__rx__body(double %angle, ptr %q)
  br label %done
y:
  call void @__quantum__qis__ry__body(double %angle, ptr %q)
  br label %done
z:
  call void @__quantum__qis__rz__body(double %angle, ptr %q)
  br label %done
done:
  ret void
}
define void @__quantum__qis__r__adj(i2 %pauli, double %angle, ptr %q) {
  %back = fneg double %angle
  call void @__quantum__qis__r__body(i2 %pauli, double %back, ptr %q)
  ret void
}

; ---- measurements --------------------------------------------------------------------------------------------------

define void @__quantum__qis__mz__body(ptr %q, ptr %result) {
  %id = call i64 @result_id(ptr %result)
  call void @append_result(i32 40, ptr %q, i64 %id)
  ret void
}
define void @__quantum__qis__mresetz__body(ptr %q, ptr %result) {
  %id = call i64 @result_id(ptr %result)
  call void @append_result(i32 46, ptr %q, i64 %id)
  ret void
}

; What is returned is the address of the entry: as with One and Zero nobody has it for an id. A second trace (second.py) is
; given One and Zero.
define ptr @__quantum__qis__m__body(ptr %q) {
  %tape = load ptr, ptr @qirjit_tape
  %length = load i64, ptr @qirjit_tape_length
  %result = getelementptr %Entry, ptr %tape, i64 %length
  %number = add i64 %length, 33554432
  call void @append_result(i32 40, ptr %q, i64 %number)
  %outcomes = load i64, ptr @qirjit_outcomes
  %first = icmp eq i64 %outcomes, 0
  br i1 %first, label %entry, label %drawn
entry:
  ret ptr %result
drawn:
  %spread = mul i64 %number, %outcomes
  %high = lshr i64 %spread, 41
  %bit = trunc i64 %high to i1
  %value = select i1 %bit, ptr @one, ptr @zero
  ret ptr %value
}
define void @__quantum__qis__reset__body(ptr %q) {
  call void @append(i32 41, ptr %q, ptr null, ptr null, double 0.0)
  ret void
}

; A bit that all shots write.
define void @__quantum__rt__write_result(i1 %value, ptr %result) {
  %id = call i64 @result_id(ptr %result)
  %op = select i1 %value, i32 48, i32 47
  call void @write_entry(i32 %op, i64 %id, i64 0, i64 0, double 0.0)
  ret void
}

; The recorder asks for a result. Which shot has which bit is not known yet: its column is.
define i1 @qirjit_recorded_result(ptr %result) {
  %is.one = icmp eq ptr %result, @one
  %is.zero = icmp eq ptr %result, @zero
  %is.value = or i1 %is.one, %is.zero
  br i1 %is.value, label %value, label %id
value:
  %op = select i1 %is.one, i32 44, i32 43
  call void @write_entry(i32 %op, i64 0, i64 0, i64 0, double 0.0)
  ret i1 %is.one
id:
  %number = call i64 @result_number(ptr %result)
  call void @write_entry(i32 42, i64 %number, i64 0, i64 0, double 0.0)
  ret i1 false
}

; ---- a second trace: lower on the stack, where something else was before ---------------------------------------------

define i32 @qirjit_run_lower(ptr %run, ptr %shots, i64 %bytes, i64 %pattern) {
  call void @fill_stack(i64 %pattern)
  %skipped = alloca i8, i64 %bytes, align 16
  store volatile i8 0, ptr %skipped
  %end = call i32 %run(ptr %shots)
  ret i32 %end
}

define internal void @fill_stack(i64 %pattern) noinline {
start:
  %words = alloca [8192 x i64], align 16
  br label %head
head:
  %index = phi i64 [ 8191, %start ], [ %next, %head ]
  %word = getelementptr i64, ptr %words, i64 %index
  store volatile i64 %pattern, ptr %word                          ; else LLVM makes it a call of memset, which is not linked
  %next = sub i64 %index, 1
  %done = icmp slt i64 %next, 0
  br i1 %done, label %end, label %head
end:
  ret void
}
