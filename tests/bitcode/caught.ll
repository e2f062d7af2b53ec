; Likewise, of an exception: `llvm-as-14 caught.ll`.
%State = type opaque

declare i32 @personality(...)

declare void @may_throw()

define void @main() personality i32 (...)* @personality {
  invoke void @may_throw()
          to label %done unwind label %thrown

done:
  ret void

thrown:
  %caught = landingpad %State
          cleanup
  ret void
}
