; Takes the place of a function of the C library.

define i32 @abs(i32 %number) {
  ret i32 0
}
