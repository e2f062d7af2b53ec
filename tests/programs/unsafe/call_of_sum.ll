; The address is computed from integers only.
define void @main() {
  call i64 (i64, ...)
    getelementptr inbounds (i8, ptr bitcast (ptr inttoptr (i64 add (i64 12000, i64 300) to ptr) to ptr), i64 45)(i64 1)
  ret void
}
