; A multiplication that would take minutes to compile.
define void @main(ptr %number) {
  %value = load i65536, ptr %number
  %square = mul i65536 %value, %value
  store i65536 %square, ptr %number
  ret void
}
