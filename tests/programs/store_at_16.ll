; Writes to an address that no process has.

define void @StoreAt16() {
  store i32 1, ptr inttoptr (i64 16 to ptr)
  ret void
}
