; A trampoline: a function whose address is known before that of the function it leads to. Modules that call each other in
; a circle are bound to trampolines.
;
; It passes on whatever it is called with: a musttail call in a variadic function forwards every register that may hold an
; argument and leaves the stack alone, so this one serves functions of all types. It becomes a load and a jump.

@qirjit_target = global ptr null

define void @qirjit_trampoline(...) {
  %target = load ptr, ptr @qirjit_target
  musttail call void (...) %target(...)
  ret void
}
