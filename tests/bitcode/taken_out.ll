; A value of an opaque type, taken out of a struct: LLVM 14 writes it as bitcode, LLVM 22 ends the process that reads it.
; taken_out.bc is what `llvm-as-14 taken_out.ll` makes of this. LLVM accepts no other opaque type here but %"the state".
%Qubit = type opaque
%"the state" = type opaque
%Nothing = type <{}>
%Held = type { i64, [2 x %"the state"] }

declare void @__quantum__qis__h__body(%Qubit*)

define void @main(%Held %held) {
  %nothing = alloca %Nothing
  call void @__quantum__qis__h__body(%Qubit* null)
  %state = extractvalue %Held %held, 1, 0
  ret void
}
