; Each function measures a coin, and records something undefined: whatever is left in a register or on the stack. It is zero.

define void @undefined_number() #0 {
start:
  call void @coin()
  call void @number(i64 undef)
  ret void
}

define void @poison_number() #0 {
start:
  call void @coin()
  call void @number(i64 poison)
  ret void
}

define void @beside_a_swifterror() #0 {
start:
  call void @coin()
  %error = alloca swifterror ptr
  %x = freeze i64 poison
  call void @number(i64 %x)
  ret void
}

define void @counted_in_odd_bits() #0 {
start:
  call void @coin()
  %several = alloca i64, i33 3
  %x = load i64, ptr %several
  call void @number(i64 %x)
  ret void
}

define void @frozen() #0 {
start:
  call void @coin()
  %x = freeze i64 poison
  call void @number(i64 %x)
  ret void
}

define void @undefined_double() #0 {
start:
  call void @coin()
  call void @__quantum__rt__double_record_output(double undef, ptr null)
  ret void
}

define void @undefined_bit() #0 {
start:
  call void @coin()
  call void @__quantum__rt__bool_record_output(i1 undef, ptr null)
  ret void
}

define void @merged() #0 {
start:
  call void @coin()
  %other = call i1 @never()
  br i1 %other, label %one, label %end
one:
  br label %end
end:
  %x = phi i64 [ undef, %start ], [ 1, %one ]
  call void @number(i64 %x)
  ret void
}

define void @struct_part() #0 {
start:
  call void @coin()
  %pair = insertvalue { i64, i64 } undef, i64 3, 0
  %x = extractvalue { i64, i64 } %pair, 1
  call void @number(i64 %x)
  ret void
}

define void @vector_part() #0 {
start:
  call void @coin()
  %four = insertelement <4 x i64> poison, i64 3, i32 0
  %x = extractelement <4 x i64> %four, i32 2
  call void @number(i64 %x)
  ret void
}

define void @stored() #0 {
start:
  call void @coin()
  %p = alloca i64
  store i64 undef, ptr %p
  %x = load i64, ptr %p
  call void @number(i64 %x)
  ret void
}

define void @unwritten() #0 {
start:
  call void @coin()
  %p = alloca i64
  %x = load i64, ptr %p
  call void @number(i64 %x)
  ret void
}

; Counts in a part of the stack that the last shot has left.
define void @unwritten_array() #0 {
start:
  call void @coin()
  %words = alloca [64 x i64]
  %word = getelementptr i64, ptr %words, i64 7
  %old = load volatile i64, ptr %word
  %n = add i64 %old, 1
  store volatile i64 %n, ptr %word
  call void @number(i64 %old)
  ret void
}

; Written in a block that is never come to.
define void @unwritten_there() #0 {
start:
  call void @coin()
  %p = alloca i64
  %other = call i1 @never()
  br i1 %other, label %write, label %end
write:
  store i64 1, ptr %p
  br label %end
end:
  %x = load i64, ptr %p
  call void @number(i64 %x)
  ret void
}

define void @half_written() #0 {
start:
  call void @coin()
  %p = alloca i64
  store i32 0, ptr %p
  %x = load i64, ptr %p
  call void @number(i64 %x)
  ret void
}

define void @padding() #0 {
start:
  call void @coin()
  %p = alloca { i8, i64 }
  store { i8, i64 } { i8 0, i64 2 }, ptr %p
  %x = load volatile i64, ptr %p
  call void @number(i64 %x)
  ret void
}

define void @as_many_as_wanted() #0 {
start:
  call void @coin()
  %n = call i64 @nine()
  %short = trunc i64 %n to i32
  %1 = alloca i64, i32 %short, align 8
  %"some more" = alloca { i8, ptr }, i64 %n, align 16
  %p = getelementptr i64, ptr %1, i64 7
  %q = getelementptr i64, ptr %"some more", i64 15
  %x = load i64, ptr %p
  %y = load i64, ptr %q
  %z = or i64 %x, %y
  call void @number(i64 %z)
  ret void
}

define void @begins_again() #0 {
start:
  call void @coin()
  %p = alloca i64
  call void @llvm.lifetime.start.p0(ptr %p)
  store i64 0, ptr %p
  call void @llvm.lifetime.end.p0(ptr %p)
  call void @llvm.lifetime.start.p0(ptr %p)
  %x = load i64, ptr %p
  call void @number(i64 %x)
  ret void
}

define void @given() #0 {
start:
  call void @coin()
  %x = call i64 @same(i64 undef)
  call void @number(i64 %x)
  ret void
}

define void @returned() #0 {
start:
  call void @coin()
  %x = call i64 @nothing()
  call void @number(i64 %x)
  ret void
}

; The passes make it poison.
define void @shifted_out() #0 {
start:
  call void @coin()
  %p = alloca i64
  store i64 70, ptr %p
  %n = load i64, ptr %p
  %shifted = shl i64 8, %n
  %x = and i64 %shifted, 7
  call void @number(i64 %x)
  ret void
}

; What the library allocates.
define void @from_the_library() #0 {
start:
  call void @coin()
  %tuple = call ptr @__quantum__rt__tuple_create(i64 512)
  %x = call i64 @changed(ptr %tuple)
  call void @__quantum__rt__tuple_update_reference_count(ptr %tuple, i32 -1)
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 64)
  %first = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 0)
  %y = call i64 @changed(ptr %first)
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  %memory = call ptr @__quantum__rt__memory_allocate(i64 512)
  %z = call i64 @changed(ptr %memory)
  %xy = or i64 %x, %y
  %xyz = or i64 %xy, %z
  call void @number(i64 %xyz)
  ret void
}

define internal i64 @changed(ptr %words) {
  %word = getelementptr i64, ptr %words, i64 30
  %old = load i64, ptr %word
  store i64 7, ptr %word
  ret i64 %old
}
declare ptr @__quantum__rt__tuple_create(i64)
declare void @__quantum__rt__tuple_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__memory_allocate(i64)

define internal void @coin() {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr @undef)
  ret void
}
@undef = private constant [11 x i8] c"undef coin\00"
define internal void @number(i64 %undef) {
  call void @__quantum__rt__int_record_output(i64 %undef, ptr null)
  ret void
}
define internal i1 @never() noinline {
  %n = call i64 @nine()
  %is = icmp eq i64 %n, 8
  ret i1 %is
}
define internal i64 @nine() noinline optnone {
  ret i64 9
}
define internal i64 @same(i64 %x) noinline {
  ret i64 %x
}
define internal i64 @nothing() noinline {
  ret i64 poison
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @llvm.lifetime.start.p0(ptr)
declare void @llvm.lifetime.end.p0(ptr)

attributes #0 = { "entry_point" }
