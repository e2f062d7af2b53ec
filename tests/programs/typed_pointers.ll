; QIR 1.0 as older compilers write it: pointers have types, %Qubit and %Result are opaque structs, and the attributes are
; those of one particular processor.

%Qubit = type opaque
%Result = type opaque
%Pair = type { i64, double }

@label = internal constant [2 x i8] c"r\00"
@counter = global i64 0
@elsewhere = external global %Pair

define i64 @main() #0 {
entry:
  call void @__quantum__qis__h__body(%Qubit* null)
  call void @__quantum__qis__mz__body(%Qubit* null, %Result* null)
  call void @__quantum__rt__result_record_output(%Result* null, i8* getelementptr inbounds ([2 x i8], [2 x i8]* @label, i32 0, i32 0))
  ret i64 0
}

define internal %Pair @swap(%Pair* %pair, i1 %flag) {
  %value = load %Pair, %Pair* %pair
  ret %Pair %value
}

declare void @__quantum__qis__h__body(%Qubit*)
declare void @__quantum__qis__mz__body(%Qubit*, %Result* writeonly)
declare void @__quantum__rt__result_record_output(%Result*, i8*)
declare i32 @printf(i8*, ...)

attributes #0 = { "entry_point" "required_num_qubits"="1" "target-cpu"="cortex-x1" "target-features"="+neon,+v9a" "qir_profiles"="base_profile" }
