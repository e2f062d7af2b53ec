; The address goes through memory and another function, in lines as they come.
define void @main() {
  %memory = alloca i64
  store i64
    4096, ptr %memory
  %function = load ptr, ptr %memory
  call void @calls(ptr /* ; */ %function)
  ret void }
define internal void @calls(ptr %function) { call void %function /* ( */ (); the call
  ret void
}
