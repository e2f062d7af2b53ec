; An array that is loaded as one value.
@numbers = global [100000 x i64] zeroinitializer

define void @main(ptr %to) {
  %values = load [100000 x i64], ptr @numbers
  store [100000 x i64] %values, ptr %to
  ret void
}
