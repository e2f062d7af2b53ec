; What a simulator library may lack without harm.

; A library that keeps no state between shots has nothing to reset.
define void @__quantum__rt__initialize(ptr %environment) {
  ret void
}

; Only called where the simulator holds its dumps back, and such a simulator has the function.
define void @__quantum__qis__dumpmachine__body(ptr %location) {
  ret void
}
