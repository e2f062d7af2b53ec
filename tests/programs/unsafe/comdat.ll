; A kind of comdat that other systems have.
$seven = comdat largest
@seven = global i64 7, comdat

define i64 @main() {
  ret i64 7
}
