; Which qubits and results a trace has. Qubits have the ids that they have on the state-vector simulator (qubits.ll there):
; an allocation gives the lowest id that was released, else the one above all that were used; it may be a static one's.

@taken = internal global i64 0                                    ; qubits below this are there
@released = internal global [16384 x i64] zeroinitializer         ; a bit for each id: 1 where it is released
@released.count = internal global i64 0
@released.first = internal global i64 0                           ; no word below this has a bit

@qubits.name = internal constant [42 x i8] c"it has a qubit with an id above 1,048,575\00"
@results.name = internal constant [44 x i8] c"it has a result with an id above 33,554,431\00"
@initialize.name = internal constant [31 x i8] c"initialize after the beginning\00"

declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare i64 @__quantum__rt__array_get_size_1d(ptr)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__int_to_string(i64)

; ---- qubits --------------------------------------------------------------------------------------------------------

define internal void @forget_qubits() {
start:
  %taken = load i64, ptr @taken
  %more.than.words = add i64 %taken, 63
  %words = lshr i64 %more.than.words, 6
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp ult i64 %index, %words
  br i1 %more, label %one, label %done
one:
  %word = getelementptr i64, ptr @released, i64 %index
  store volatile i64 0, ptr %word                                 ; else LLVM makes it a call of memset, which is not linked
  %next = add i64 %index, 1
  br label %head
done:
  store i64 0, ptr @taken
  store i64 0, ptr @released.count
  store i64 0, ptr @released.first
  ret void
}

; Every qubit up to this one is there.
define internal void @know(i64 %id) alwaysinline {
  %taken = load i64, ptr @taken
  %known = icmp ult i64 %id, %taken
  br i1 %known, label %done, label %take
take:
  call void @take_up_to(i64 %id)
  br label %done
done:
  ret void
}

define internal void @take_up_to(i64 %id) noinline {
  %bad = icmp ugt i64 %id, 1048575
  br i1 %bad, label %refuse, label %take
refuse:
  call void @qirjit_refuse(ptr @qubits.name)
  unreachable
take:
  %after = add i64 %id, 1
  store i64 %after, ptr @taken
  ret void
}

; A program that begins anew: where nothing has happened it is nothing.
define void @__quantum__rt__initialize(ptr %environment) {
  %length = load i64, ptr @qirjit_tape_length
  %taken = load i64, ptr @taken
  %both = or i64 %length, %taken
  %first = icmp eq i64 %both, 0
  br i1 %first, label %done, label %end
end:
  call void @end(ptr @initialize.name, i32 1, ptr null)
  unreachable
done:
  ret void
}

define ptr @__quantum__rt__qubit_allocate() {
start:
  %count = load i64, ptr @released.count
  %none = icmp eq i64 %count, 0
  br i1 %none, label %new, label %search
new:
  %id.new = load i64, ptr @taken
  call void @take_up_to(i64 %id.new)
  %qubit.new = inttoptr i64 %id.new to ptr
  ret ptr %qubit.new
search:
  %first = load i64, ptr @released.first
  br label %look
look:
  %index = phi i64 [ %first, %search ], [ %next, %look ]
  %word.p = getelementptr i64, ptr @released, i64 %index
  %word = load i64, ptr %word.p
  %next = add i64 %index, 1
  %empty = icmp eq i64 %word, 0
  br i1 %empty, label %look, label %take
take:
  store i64 %index, ptr @released.first
  %less = sub i64 %word, 1
  %rest = and i64 %word, %less
  store i64 %rest, ptr %word.p
  %count.after = sub i64 %count, 1
  store i64 %count.after, ptr @released.count
  %bit = call i64 @llvm.cttz.i64(i64 %word, i1 true)
  %start.id = shl i64 %index, 6
  %id = or i64 %start.id, %bit
  %qubit = inttoptr i64 %id to ptr
  ret ptr %qubit
}

declare i64 @llvm.cttz.i64(i64, i1)

; One that is released twice is released once, and one that is not there not at all.
define void @__quantum__rt__qubit_release(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  %taken = load i64, ptr @taken
  %known = icmp ult i64 %id, %taken
  br i1 %known, label %look, label %done
look:
  %index = lshr i64 %id, 6
  %place = and i64 %id, 63
  %bit = shl i64 1, %place
  %word.p = getelementptr i64, ptr @released, i64 %index
  %word = load i64, ptr %word.p
  %its.bit = and i64 %word, %bit
  %kept = icmp eq i64 %its.bit, 0
  br i1 %kept, label %release, label %done
release:
  call void @write_entry(i32 45, i64 %id, i64 0, i64 0, double 0.0)
  %word.after = or i64 %word, %bit
  store i64 %word.after, ptr %word.p
  %count = load i64, ptr @released.count
  %count.after = add i64 %count, 1
  store i64 %count.after, ptr @released.count
  %first = load i64, ptr @released.first
  %lower = icmp ult i64 %index, %first
  %first.after = select i1 %lower, i64 %index, i64 %first
  store i64 %first.after, ptr @released.first
  br label %done
done:
  ret void
}

define ptr @__quantum__rt__qubit_allocate_array(i64 %count) {
start:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 %count)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  store ptr %qubit, ptr %place
  %next = add i64 %index, 1
  br label %head
done:
  ret ptr %array
}

define void @__quantum__rt__qubit_release_array(ptr %array) {
start:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %array)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  %qubit = load ptr, ptr %place
  call void @__quantum__rt__qubit_release(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
done:
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  ret void
}

define ptr @__quantum__rt__qubit_to_string(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  %string = call ptr @__quantum__rt__int_to_string(i64 %id)
  ret ptr %string
}

; ---- results -------------------------------------------------------------------------------------------------------

; Of one that a program names: all ids that others do not refuse.
define internal i64 @result_id(ptr %result) {
  %id = ptrtoint ptr %result to i64
  %bad = icmp ugt i64 %id, 33554431
  br i1 %bad, label %refuse, label %done
refuse:
  call void @qirjit_refuse(ptr @results.name)
  unreachable
done:
  ret i64 %id
}

; The number of any one on the tape. One that m returned is the address of an entry; its number is above all ids.
define internal i64 @result_number(ptr %result) {
  %tape = load ptr, ptr @qirjit_tape
  %length = load i64, ptr @qirjit_tape_length
  %from = ptrtoint ptr %tape to i64
  %address = ptrtoint ptr %result to i64
  %offset = sub i64 %address, %from
  %bytes = mul i64 %length, 24
  %returned = icmp ult i64 %offset, %bytes
  br i1 %returned, label %entry, label %named
entry:
  %index = udiv i64 %offset, 24
  %number = add i64 %index, 33554432
  ret i64 %number
named:
  %id = call i64 @result_id(ptr %result)
  ret i64 %id
}
