; The same, on two lines and with a way out for exceptions.
define void @main() personality ptr @personality {
  invoke void inttoptr (i64 12345 to ptr) ; the arguments follow
      () to label %done unwind label %lost
done:
  ret void
lost:
  %exception = landingpad { ptr, i32 } cleanup
  ret void
}

define i32 @personality(...) {
  ret i32 0
}
