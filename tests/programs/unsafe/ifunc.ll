; A function that another one chooses at link time.
@chosen = ifunc i64 (), ptr @choose

define ptr @choose() {
  ret ptr @seven
}

define i64 @seven() {
  ret i64 7
}

define i64 @main() {
  %seven = call i64 @chosen()
  ret i64 %seven
}
