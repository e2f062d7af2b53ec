; The object code would be filled up to this address.
@seven = global i64 7, align 1073741824

define i64 @main() {
  ret i64 7
}
