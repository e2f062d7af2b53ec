; Classical registers of bits, as pytket-qir's PYTKET profile uses them (CQCL/pytket-qir, docs and pytket/qir/conversion):
; bit 0 is the least significant one of a register's integer.
;
; A register is its size, then a byte for each bit; what a program holds is the address of the first byte. All of a shot's
; registers lie in one piece of memory that the next shot uses again.

@registers = internal global [1048576 x i8] zeroinitializer, align 8
@used = internal global i64 0
@used_by = internal global i64 -1           ; which shot they are of
@too_many = internal constant [48 x i8] c"registers of more than a million bits in a shot\00"

define ptr @create_creg(i64 %bits) {
  %shot = call i64 @qirjit_shot_serial()
  %before = load i64, ptr @used_by
  %same = icmp eq i64 %shot, %before
  %so.far = load i64, ptr @used
  %start = select i1 %same, i64 %so.far, i64 0
  %wanted = add i64 %bits, 23
  %size = and i64 %wanted, -8               ; the head of 8 bytes, and bytes for the bits up to a multiple of 8
  %end = add i64 %start, %size
  %negative = icmp slt i64 %bits, 0
  %long = icmp ugt i64 %end, 1048576
  %bad = or i1 %negative, %long
  br i1 %bad, label %fail, label %make
fail:
  %message = call ptr @__quantum__rt__string_create(ptr @too_many)
  call void @__quantum__rt__fail(ptr %message)
  unreachable
make:
  store i64 %end, ptr @used
  store i64 %shot, ptr @used_by
  %head = getelementptr i8, ptr @registers, i64 %start
  %first = getelementptr i8, ptr %head, i64 8
  store i64 %bits, ptr %head
  call void @llvm.memset.p0.i64(ptr %first, i8 0, i64 %bits, i1 false)
  ret ptr %first
}

; The byte of a bit; null outside of the register.
define internal ptr @bit(ptr %register, i64 %index) {
  %head = getelementptr i8, ptr %register, i64 -8
  %bits = load i64, ptr %head
  %inside = icmp ult i64 %index, %bits
  %place = getelementptr i8, ptr %register, i64 %index
  %found = select i1 %inside, ptr %place, ptr null
  ret ptr %found
}

define i1 @get_creg_bit(ptr %register, i64 %index) {
  %place = call ptr @bit(ptr %register, i64 %index)
  %none = icmp eq ptr %place, null
  br i1 %none, label %outside, label %inside
outside:
  ret i1 false
inside:
  %byte = load i8, ptr %place
  %one = trunc i8 %byte to i1
  ret i1 %one
}

define void @set_creg_bit(ptr %register, i64 %index, i1 %value) {
  %place = call ptr @bit(ptr %register, i64 %index)
  %none = icmp eq ptr %place, null
  br i1 %none, label %done, label %inside
inside:
  %byte = zext i1 %value to i8
  store i8 %byte, ptr %place
  br label %done
done:
  ret void
}

; Bits above the 64th are not part of the integer.
define i64 @get_int_from_creg(ptr %register) {
start:
  %head.p = getelementptr i8, ptr %register, i64 -8
  %bits = load i64, ptr %head.p
  %wide = icmp ugt i64 %bits, 64
  %count = select i1 %wide, i64 64, i64 %bits
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %value = phi i64 [ 0, %start ], [ %more.value, %one ]
  %more = icmp ult i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %place = getelementptr i8, ptr %register, i64 %index
  %byte = load i8, ptr %place
  %low = and i8 %byte, 1
  %word = zext i8 %low to i64
  %shifted = shl i64 %word, %index
  %more.value = or i64 %value, %shifted
  %next = add i64 %index, 1
  br label %head
done:
  ret i64 %value
}

define void @set_creg_to_int(ptr %register, i64 %value) {
start:
  %head.p = getelementptr i8, ptr %register, i64 -8
  %bits = load i64, ptr %head.p
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %rest = phi i64 [ %value, %start ], [ %less, %one ]
  %more = icmp ult i64 %index, %bits
  br i1 %more, label %one, label %done
one:
  %low = trunc i64 %rest to i8
  %byte = and i8 %low, 1
  %place = getelementptr i8, ptr %register, i64 %index
  store i8 %byte, ptr %place
  %less = lshr i64 %rest, 1
  %next = add i64 %index, 1
  br label %head
done:
  ret void
}

define void @mz_to_creg_bit(ptr %qubit, ptr %register, i64 %index) {
  %one = call i1 @measure(ptr %qubit)
  call void @set_creg_bit(ptr %register, i64 %index, i1 %one)
  ret void
}

; Measured into a result that no program names.
define internal i1 @measure(ptr %qubit) {
  call void @__quantum__qis__mz__body(ptr %qubit, ptr inttoptr (i64 65535 to ptr))
  %one = call i1 @__quantum__rt__read_result(ptr inttoptr (i64 65535 to ptr))
  ret i1 %one
}

; 2 says that the qubit has left its two levels, which it does on no simulator here (pytket-qir, hugr-qir).
define i64 @__quantum__qis__mz_leaked__body(ptr %qubit) {
  %one = call i1 @measure(ptr %qubit)
  %level = zext i1 %one to i64
  ret i64 %level
}

; ---- the same with 32-bit integers -------------------------------------------------------------------------------

define ptr @"create_creg/i32"(i32 %bits) {
  %wide = sext i32 %bits to i64
  %register = call ptr @create_creg(i64 %wide)
  ret ptr %register
}
define i1 @"get_creg_bit/i32"(ptr %register, i32 %index) {
  %wide = zext i32 %index to i64
  %one = call i1 @get_creg_bit(ptr %register, i64 %wide)
  ret i1 %one
}
define void @"set_creg_bit/i32"(ptr %register, i32 %index, i1 %value) {
  %wide = zext i32 %index to i64
  call void @set_creg_bit(ptr %register, i64 %wide, i1 %value)
  ret void
}
define i32 @"get_int_from_creg/i32"(ptr %register) {
  %wide = call i64 @get_int_from_creg(ptr %register)
  %value = trunc i64 %wide to i32
  ret i32 %value
}
define void @"set_creg_to_int/i32"(ptr %register, i32 %value) {
  %wide = zext i32 %value to i64
  call void @set_creg_to_int(ptr %register, i64 %wide)
  ret void
}
define void @"mz_to_creg_bit/i32"(ptr %qubit, ptr %register, i32 %index) {
  %wide = zext i32 %index to i64
  call void @mz_to_creg_bit(ptr %qubit, ptr %register, i64 %wide)
  ret void
}

declare void @__quantum__qis__mz__body(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__fail(ptr) noreturn
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i64 @qirjit_shot_serial()
