; What a simulator provides: everything that touches a qubit, a result or the random stream. All of it comes from ONE simulator.
; These declarations, qirrunner's, are the signatures that programs are checked against.

; qubits and results
declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__qubit_release_array(ptr)
declare ptr @__quantum__rt__qubit_allocate()
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__result_get_zero()
declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare ptr @__quantum__rt__qubit_to_string(ptr)
declare ptr @__quantum__rt__result_to_string(ptr)
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare i1 @__quantum__qis__read_result__body(ptr)
declare void @__quantum__rt__result_update_reference_count(ptr, i32)
declare void @__quantum__rt__write_result(i1, ptr)

; gates on one qubit
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__r__body(i2, double, ptr)
declare void @__quantum__qis__r__adj(i2, double, ptr)

; gates on several
declare void @__quantum__qis__exp__body(ptr, double, ptr)
declare void @__quantum__qis__exp__adj(ptr, double, ptr)
declare void @__quantum__qis__barrier__body()

; controlled: an array of control qubits, then the qubit or a tuple of arguments
declare void @__quantum__qis__h__ctl(ptr, ptr)
declare void @__quantum__qis__x__ctl(ptr, ptr)
declare void @__quantum__qis__y__ctl(ptr, ptr)
declare void @__quantum__qis__z__ctl(ptr, ptr)
declare void @__quantum__qis__s__ctl(ptr, ptr)
declare void @__quantum__qis__t__ctl(ptr, ptr)
declare void @__quantum__qis__rx__ctl(ptr, ptr)
declare void @__quantum__qis__ry__ctl(ptr, ptr)
declare void @__quantum__qis__rz__ctl(ptr, ptr)
declare void @__quantum__qis__r__ctl(ptr, ptr)
declare void @__quantum__qis__exp__ctl(ptr, ptr)
declare void @__quantum__qis__s__ctladj(ptr, ptr)
declare void @__quantum__qis__t__ctladj(ptr, ptr)
declare void @__quantum__qis__r__ctladj(ptr, ptr)
declare void @__quantum__qis__exp__ctladj(ptr, ptr)

; measurement
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__mresetz__body(ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)                           ; the simulator's own: it returns a new result
declare void @"__quantum__qis__m__body/mz"(ptr %qubit, ptr %result)  ; today's, which is mz
declare ptr @__quantum__qis__measure__body(ptr, ptr)
declare void @__quantum__qis__assertmeasurementprobability__body(ptr, ptr, ptr, double, ptr, double)
declare void @__quantum__qis__assertmeasurementprobability__ctl(ptr, ptr)
declare void @__quantum__qis__dumpmachine__body(ptr)

; random numbers
declare i64 @__quantum__qis__drawrandomint__body(i64, i64)
declare double @__quantum__qis__drawrandomdouble__body(double, double)
