; Entry points that return results, structs and arrays.

@text = internal constant [3 x i8] c"hi\00"

declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__result_get_zero()

; The second result, by its id: measured 1.
define ptr @of_an_id() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  ret ptr inttoptr (i64 1 to ptr)
}

; The first one, whose id is a null pointer.
define ptr @measured() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  ret ptr null
}

; A value, as m of QIR 1.0 gives it.
define ptr @of_a_value() {
  call void @__quantum__qis__x__body(ptr null)
  %result = call ptr @__quantum__qis__m__body(ptr null)
  ret ptr %result
}

define ptr @One() {
  %one = call ptr @__quantum__rt__result_get_one()
  ret ptr %one
}

define ptr @Zero() {
  %zero = call ptr @__quantum__rt__result_get_zero()
  ret ptr %zero
}

; A result and a number.
define { ptr, double } @pair() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  ret { ptr, double } { ptr null, double 2.5 }
}

; Two results, of which the second was measured 1.
define [2 x ptr] @both() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  ret [2 x ptr] [ptr null, ptr inttoptr (i64 1 to ptr)]
}

; A struct in a struct.
define { i64, { i1, ptr } } @inner() {
  ret { i64, { i1, ptr } } { i64 7, { i1, ptr } { i1 true, ptr null } }
}

define ptr @address() {
  ret ptr @text
}
