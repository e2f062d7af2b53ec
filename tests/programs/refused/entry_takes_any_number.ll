; So many arguments as one likes.
define void @main(...) {
  ret void
}
