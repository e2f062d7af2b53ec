; Nothing is wrong here: opaque types are pointed to, passed along in a struct, and one that is no struct's is empty.
; pointed_to.bc is what `llvm-as-14 pointed_to.ll` makes of this.
%Qubit = type opaque
%State = type opaque
%0 = type opaque
%Nothing = type <{}>
%Held = type { i64, %State }

@state = external global %State
@other = external global %0

declare void @__quantum__qis__h__body(%Qubit*)

define void @hold(%Held %held) {
  %nothing = alloca %Nothing
  ret void
}

define void @main() #0 {
  call void @__quantum__qis__h__body(%Qubit* null)
  ret void
}

attributes #0 = { "entry_point" }
