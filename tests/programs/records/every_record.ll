; Every record type of the output schemas, labeled and unlabeled, at the edges of its values; the texts that are expected
; stand beside this file.

@a = internal constant [2 x i8] c"a\00"
@bits = internal constant [11 x i8] c"some bits\09\00"
@quoted = internal constant [9 x i8] c"say \22hi\22\00"

define i64 @main() #0 {
  %results = alloca [3 x ptr]
  %second = getelementptr [3 x ptr], ptr %results, i64 0, i64 1
  %third = getelementptr [3 x ptr], ptr %results, i64 0, i64 2
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  store ptr null, ptr %results
  store ptr inttoptr (i64 1 to ptr), ptr %second
  store ptr null, ptr %third

  call void @__quantum__rt__tuple_record_output(i64 4, ptr @a)
  call void @__quantum__rt__array_record_output(i64 2, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr @a)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__rt__bool_record_output(i1 true, ptr @quoted)
  call void @__quantum__rt__int_record_output(i64 -9223372036854775808, ptr @a)
  call void @__quantum__rt__double_record_output(double 0x3FB999999999999A, ptr @a)

  call void @__quantum__rt__bool_record_output(i1 false, ptr null)
  call void @__quantum__rt__int_record_output(i64 0, ptr null)
  call void @__quantum__rt__double_record_output(double 0.0, ptr null)
  call void @__quantum__rt__double_record_output(double 0x7FF0000000000000, ptr null)
  call void @__quantum__rt__double_record_output(double 0xFFF0000000000000, ptr @a)
  call void @__quantum__rt__double_record_output(double 0x7FF8000000000000, ptr null)
  call void @__quantum__rt__result_array_record_output(i64 3, ptr %results, ptr @bits)
  call void @__quantum__rt__result_array_record_output(i64 0, ptr %results, ptr null)
  call void @__quantum__rt__tuple_record_output(i64 0, ptr null)
  call void @__quantum__rt__array_record_output(i64 0, ptr @a)
  ret i64 7
}

declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__tuple_record_output(i64, ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__rt__result_array_record_output(i64, ptr, ptr)

attributes #0 = { "entry_point" "output_labeling_schema"="labeled" "required_num_qubits"="1" "required_num_results"="2" "note"="two words" }
