; What a simulator library may lack without harm.

; A library that keeps no state between shots has nothing to reset.
define void @__quantum__rt__initialize(ptr %environment) {
  ret void
}

; Only called where the simulator holds its dumps back, and such a simulator has the function.
define void @__quantum__qis__dumpmachine__body(ptr %location) {
  ret void
}

; The values of results, where a library has none of its own: ids of results as good as any.
define ptr @__quantum__rt__result_get_one() {
  ret ptr inttoptr (i64 1 to ptr)
}
define ptr @__quantum__rt__result_get_zero() {
  ret ptr null
}
