; Roads that a result takes on its way: each `move_*` gives back the result that it is given, each `bit_*` the bit that it
; is given, and each `is_one_*` says whether a result that a measurement has returned is the one of One.
; `moving.py` draws some of them for each measurement that a random circuit makes.

@cell = internal global ptr null
@cells = internal global [4 x i64] zeroinitializer, align 16
@letters = internal constant [2 x i8] c"\00\01"
@One = internal constant [4 x i8] c"One\00"
@moved_by_call = internal constant [4 x ptr] [ptr @called_with_tuple, ptr null, ptr null, ptr null]

; -- the same result ---------------------------------------------------------------------------------------------

define ptr @move_through_memory(ptr %result) {
  %slot = alloca ptr
  store ptr %result, ptr %slot
  %moved = load ptr, ptr %slot
  ret ptr %moved
}

define ptr @move_through_integer(ptr %result) {
  %number = ptrtoint ptr %result to i64
  %more = add i64 %number, 4096
  %less = sub i64 %more, 4096
  %moved = inttoptr i64 %less to ptr
  ret ptr %moved
}

define ptr @move_through_integer_memory(ptr %result) {
  %slot = alloca i64
  store ptr %result, ptr %slot
  %number = load i64, ptr %slot
  %copy = alloca i64
  store i64 %number, ptr %copy
  %moved = load ptr, ptr %copy
  ret ptr %moved
}

define ptr @move_through_bytes(ptr %result) {
  %from = alloca [8 x i8], align 8
  %to = alloca [8 x i8], align 8
  store ptr %result, ptr %from
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 3, i1 false)
  %from.rest = getelementptr i8, ptr %from, i64 3
  %to.rest = getelementptr i8, ptr %to, i64 3
  call void @llvm.memmove.p0.p0.i64(ptr %to.rest, ptr %from.rest, i64 5, i1 false)
  %moved = load ptr, ptr %to
  ret ptr %moved
}

define ptr @move_through_variable(ptr %result) {
  store ptr %result, ptr @cell
  %moved = load ptr, ptr @cell
  store ptr null, ptr @cell
  ret ptr %moved
}

define ptr @move_through_struct(ptr %result) {
  %held = insertvalue { i64, { ptr, i1 } } undef, ptr %result, 1, 0
  %again = insertvalue { i64, { ptr, i1 } } %held, i64 7, 0
  %moved = extractvalue { i64, { ptr, i1 } } %again, 1, 0
  ret ptr %moved
}

define ptr @move_through_vector(ptr %result) {
  %held = insertelement <2 x ptr> zeroinitializer, ptr %result, i32 1
  %turned = shufflevector <2 x ptr> %held, <2 x ptr> poison, <2 x i32> <i32 1, i32 0>
  %moved = extractelement <2 x ptr> %turned, i32 0
  ret ptr %moved
}

define ptr @move_through_choice(ptr %result) {
entry:
  %is.null = icmp eq ptr %result, null
  br i1 %is.null, label %join, label %other
other:
  br label %join
join:
  %either = phi ptr [ %result, %entry ], [ %result, %other ]
  %moved = select i1 %is.null, ptr %either, ptr %result
  ret ptr %moved
}

define ptr @move_through_array(ptr %result) {
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 3)
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 1)
  store ptr %result, ptr %place
  %copy = call ptr @__quantum__rt__array_copy(ptr %array, i1 true)
  %there = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %copy, i64 1)
  %moved = load ptr, ptr %there
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  call void @__quantum__rt__array_update_reference_count(ptr %copy, i32 -1)
  ret ptr %moved
}

define ptr @move_through_tuple(ptr %result) {
  %tuple = call ptr @__quantum__rt__tuple_create(i64 16)
  %place = getelementptr { i64, ptr }, ptr %tuple, i32 0, i32 1
  store ptr %result, ptr %place
  %moved = load ptr, ptr %place
  call void @__quantum__rt__tuple_update_reference_count(ptr %tuple, i32 -1)
  ret ptr %moved
}

define ptr @move_through_callable(ptr %result) {
  %callable = call ptr @__quantum__rt__callable_create(ptr @moved_by_call, ptr null, ptr null)
  %given = call ptr @__quantum__rt__tuple_create(i64 8)
  %taken = call ptr @__quantum__rt__tuple_create(i64 8)
  store ptr %result, ptr %given
  call void @__quantum__rt__callable_invoke(ptr %callable, ptr %given, ptr %taken)
  %moved = load ptr, ptr %taken
  call void @__quantum__rt__tuple_update_reference_count(ptr %given, i32 -1)
  call void @__quantum__rt__tuple_update_reference_count(ptr %taken, i32 -1)
  call void @__quantum__rt__callable_update_reference_count(ptr %callable, i32 -1)
  ret ptr %moved
}

define internal void @called_with_tuple(ptr %captured, ptr %given, ptr %taken) {
  %result = load ptr, ptr %given
  store ptr %result, ptr %taken
  ret void
}

define ptr @move_through_recursion(ptr %result) {
  %moved = call ptr @handed_on(i64 5, ptr %result)
  ret ptr %moved
}

define internal ptr @handed_on(i64 %times, ptr %result) noinline {
  %over = icmp eq i64 %times, 0
  br i1 %over, label %end, label %on
end:
  ret ptr %result
on:
  %fewer = sub i64 %times, 1
  %moved = call ptr @handed_on(i64 %fewer, ptr %result)
  ret ptr %moved
}

define ptr @move_through_address(ptr %result) {
  %slot = alloca ptr
  store ptr @handed_on, ptr %slot
  %function = load ptr, ptr %slot
  %moved = call ptr %function(i64 1, ptr %result)
  ret ptr %moved
}

; -- whether it is the one of One --------------------------------------------------------------------------------

define i1 @is_one_equal(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %equal = call i1 @__quantum__rt__result_equal(ptr %result, ptr %one)
  ret i1 %equal
}

define i1 @is_one_not_zero(ptr %result) {
  %zero = call ptr @__quantum__rt__result_get_zero()
  %equal = call i1 @__quantum__rt__result_equal(ptr %zero, ptr %result)
  %one = xor i1 %equal, true
  ret i1 %one
}

define i1 @is_one_read(ptr %result) {
  %one = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %one
}

define i1 @is_one_compared(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %equal = icmp eq ptr %result, %one
  ret i1 %equal
}

define i1 @is_one_above(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %not.below = icmp uge ptr %result, %one
  %not.above = icmp ule ptr %result, %one
  %equal = and i1 %not.below, %not.above
  ret i1 %equal
}

define i1 @is_one_as_number(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %left = ptrtoint ptr %result to i64
  %right = ptrtoint ptr %one to i64
  %difference = xor i64 %left, %right
  %equal = icmp eq i64 %difference, 0
  ret i1 %equal
}

define i1 @is_one_as_address(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %left = ptrtoaddr ptr %result to i64
  %right = ptrtoaddr ptr %one to i64
  %equal = icmp eq i64 %left, %right
  ret i1 %equal
}

define i1 @is_one_loaded(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  store ptr %result, ptr @cells
  %place = getelementptr [4 x i64], ptr @cells, i64 0, i64 2
  store ptr %one, ptr %place
  %left = load i64, ptr @cells
  %right = load i64, ptr %place
  store [4 x i64] zeroinitializer, ptr @cells
  %equal = icmp eq i64 %left, %right
  ret i1 %equal
}

define i1 @is_one_by_halves(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %slots = alloca [2 x ptr], align 16
  %second = getelementptr [2 x ptr], ptr %slots, i64 0, i64 1
  store ptr %result, ptr %slots
  store ptr %one, ptr %second
  %words = load <4 x i32>, ptr %slots
  %left = shufflevector <4 x i32> %words, <4 x i32> poison, <2 x i32> <i32 0, i32 1>
  %right = shufflevector <4 x i32> %words, <4 x i32> poison, <2 x i32> <i32 2, i32 3>
  %same = icmp eq <2 x i32> %left, %right
  %low = extractelement <2 x i1> %same, i32 0
  %high = extractelement <2 x i1> %same, i32 1
  %equal = and i1 %low, %high
  ret i1 %equal
}

define i1 @is_one_copied(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %slots = alloca [2 x ptr], align 16
  %bytes = alloca [16 x i8], align 16
  %second = getelementptr [2 x ptr], ptr %slots, i64 0, i64 1
  store ptr %result, ptr %slots
  store ptr %one, ptr %second
  call void @llvm.memcpy.p0.p0.i64(ptr %bytes, ptr %slots, i64 16, i1 false)
  %number = load i128, ptr %bytes
  %high = lshr i128 %number, 64
  %left = trunc i128 %number to i64
  %right = trunc i128 %high to i64
  %equal = icmp eq i64 %left, %right
  ret i1 %equal
}

define i1 @is_one_exchanged(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %slot = alloca ptr
  store ptr %result, ptr %slot
  %pair = cmpxchg ptr %slot, ptr %one, ptr null seq_cst seq_cst
  %equal = extractvalue { ptr, i1 } %pair, 1
  ret i1 %equal
}

define i1 @is_one_subtracted(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %number = ptrtoint ptr %one to i64
  %slot = alloca i64
  store ptr %result, ptr %slot
  %before = atomicrmw sub ptr %slot, i64 %number seq_cst
  %difference = load i64, ptr %slot
  %equal = icmp eq i64 %difference, 0
  ret i1 %equal
}

define i1 @is_one_as_argument(ptr %result) {
  %one = call ptr @__quantum__rt__result_get_one()
  %left = ptrtoint ptr %result to i64
  %right = ptrtoint ptr %one to i64
  %equal = call i1 @same_numbers(i64 2, i64 %left, i64 %right)
  ret i1 %equal
}

define internal i1 @same_numbers(i64 %times, i64 %left, i64 %right) noinline {
  %over = icmp eq i64 %times, 0
  br i1 %over, label %end, label %on
end:
  %equal = icmp eq i64 %left, %right
  ret i1 %equal
on:
  %fewer = sub i64 %times, 1
  %again = call i1 @same_numbers(i64 %fewer, i64 %right, i64 %left)
  ret i1 %again
}

define i1 @is_one_by_text(ptr %result) {
  %text = call ptr @__quantum__rt__result_to_string(ptr %result)
  %one = call ptr @__quantum__rt__string_create(ptr @One)
  %equal = call i1 @__quantum__rt__string_equal(ptr %text, ptr %one)
  call void @__quantum__rt__string_update_reference_count(ptr %text, i32 -1)
  call void @__quantum__rt__string_update_reference_count(ptr %one, i32 -1)
  ret i1 %equal
}

; -- the same bit ------------------------------------------------------------------------------------------------

define i1 @bit_through_memory(i1 %bit) {
  %slot = alloca i8
  %wide = zext i1 %bit to i8
  store i8 %wide, ptr %slot
  %moved = load i1, ptr %slot
  ret i1 %moved
}

define i1 @bit_through_switch(i1 %bit) {
  switch i1 %bit, label %one [ i1 false, label %zero ]
zero:
  ret i1 false
one:
  ret i1 true
}

define i1 @bit_through_table(i1 %bit) {
  %index = zext i1 %bit to i64
  %place = getelementptr [2 x i8], ptr @letters, i64 0, i64 %index
  %letter = load i8, ptr %place
  %moved = trunc i8 %letter to i1
  ret i1 %moved
}

define i1 @bit_through_double(i1 %bit) {
  %number = uitofp i1 %bit to double
  %root = call double @llvm.sqrt.f64(double %number)
  %moved = fcmp oeq double %root, 1.0
  ret i1 %moved
}

define i1 @bit_through_loop(i1 %bit) {
entry:
  %times = zext i1 %bit to i64
  br label %head
head:
  %index = phi i64 [ 0, %entry ], [ %next, %body ]
  %parity = phi i1 [ false, %entry ], [ %other, %body ]
  %more = icmp ult i64 %index, %times
  br i1 %more, label %body, label %end
body:
  %next = add i64 %index, 1
  %other = xor i1 %parity, true
  br label %head
end:
  ret i1 %parity
}

define i1 @bit_through_array(i1 %bit) {
  %array = call ptr @__quantum__rt__array_create_1d(i32 1, i64 2)
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 1)
  store i1 %bit, ptr %place
  %moved = load i1, ptr %place
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  ret i1 %moved
}

declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_copy(ptr, i1)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__tuple_create(i64)
declare void @__quantum__rt__tuple_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__callable_create(ptr, ptr, ptr)
declare void @__quantum__rt__callable_invoke(ptr, ptr, ptr)
declare void @__quantum__rt__callable_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__result_get_zero()
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare ptr @__quantum__rt__result_to_string(ptr)
declare ptr @__quantum__rt__string_create(ptr)
declare i1 @__quantum__rt__string_equal(ptr, ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.sqrt.f64(double)
