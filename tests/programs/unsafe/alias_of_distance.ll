; A function's name for an address, as the distance from none. The other aliases are of something that has a name.
@"alias" = alias void (), ptr @main
@step = alias i8, getelementptr (i8, ptr @counter, i64 4)
@somewhere = alias void (), getelementptr (i8, ptr null, i64 12345)
@counter = global i64 0

define void @main() {
  call void @somewhere()
  ret void
}
