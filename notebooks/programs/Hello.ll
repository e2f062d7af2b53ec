; The first program: it makes a string, sends it as a message, and lets go of it.
; Its function has no entry-point attribute, and its pointers are typed, as LLVM 11 wrote them.

%String = type opaque

@0 = internal constant [21 x i8] c"Hello quantum world!\00"

define void @Hello__HelloQ() {
entry:
  %0 = call %String* @__quantum__rt__string_create(i8* getelementptr inbounds ([21 x i8], [21 x i8]* @0, i32 0, i32 0))
  call void @__quantum__rt__message(%String* %0)
  call void @__quantum__rt__string_update_reference_count(%String* %0, i32 -1)
  ret void
}

declare %String* @__quantum__rt__string_create(i8*)

declare void @__quantum__rt__message(%String*)

declare void @__quantum__rt__string_update_reference_count(%String*, i32)
