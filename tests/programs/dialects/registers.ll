; Classical registers as pytket-qir writes them, with typed pointers.

%Qubit = type opaque

define void @bits() {
  %c = call i1* @create_creg(i64 4)
  call void @set_creg_bit(i1* %c, i64 1, i1 true)
  call void @set_creg_bit(i1* %c, i64 3, i1 true)
  %ten = call i64 @get_int_from_creg(i1* %c)
  call void @__quantum__rt__int_record_output(i64 %ten, i8* null)
  %d = call i1* @create_creg(i64 70)
  call void @set_creg_to_int(i1* %d, i64 -2)
  %minus.two = call i64 @get_int_from_creg(i1* %d)
  call void @__quantum__rt__int_record_output(i64 %minus.two, i8* null)
  %bit = call i1 @get_creg_bit(i1* %d, i64 0)
  call void @__quantum__rt__bool_record_output(i1 %bit, i8* null)
  %bit.63 = call i1 @get_creg_bit(i1* %d, i64 63)
  call void @__quantum__rt__bool_record_output(i1 %bit.63, i8* null)
  call void @set_creg_to_int(i1* %c, i64 255)
  %cut = call i64 @get_int_from_creg(i1* %c)
  call void @__quantum__rt__int_record_output(i64 %cut, i8* null)
  ret void
}

; Outside of a register there is nothing to read and nothing to overwrite.
define void @outside() {
  %c = call i1* @create_creg(i64 2)
  %d = call i1* @create_creg(i64 2)
  call void @set_creg_bit(i1* %c, i64 8, i1 true)
  call void @set_creg_bit(i1* %c, i64 -1, i1 true)
  %bit = call i1 @get_creg_bit(i1* %c, i64 1000000000)
  call void @__quantum__rt__bool_record_output(i1 %bit, i8* null)
  %zero = call i64 @get_int_from_creg(i1* %d)
  call void @__quantum__rt__int_record_output(i64 %zero, i8* null)
  ret void
}

define void @measured() {
  %c = call i1* @create_creg(i64 2)
  call void @__quantum__qis__x__body(%Qubit* null)
  call void @mz_to_creg_bit(%Qubit* null, i1* %c, i64 1)
  call void @mz_to_creg_bit(%Qubit* inttoptr (i64 1 to %Qubit*), i1* %c, i64 0)
  %two = call i64 @get_int_from_creg(i1* %c)
  call void @__quantum__rt__int_record_output(i64 %two, i8* null)
  %level = call i64 @__quantum__qis__mz_leaked__body(%Qubit* null)
  call void @__quantum__rt__int_record_output(i64 %level, i8* null)
  ret void
}

define void @too_long() {
  %c = call i1* @create_creg(i64 100000000)
  ret void
}

declare i1* @create_creg(i64)
declare i1 @get_creg_bit(i1*, i64)
declare void @set_creg_bit(i1*, i64, i1)
declare i64 @get_int_from_creg(i1*)
declare void @set_creg_to_int(i1*, i64)
declare void @mz_to_creg_bit(%Qubit*, i1*, i64)
declare i64 @__quantum__qis__mz_leaked__body(%Qubit*)
declare void @__quantum__qis__x__body(%Qubit*)
declare void @__quantum__rt__int_record_output(i64, i8*)
declare void @__quantum__rt__bool_record_output(i1, i8*)
