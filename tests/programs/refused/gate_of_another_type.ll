; A known name, a type that it does not have.
declare void @__quantum__qis__h__body(i64)

define void @main() {
  call void @__quantum__qis__h__body(i64 0)
  ret void
}
