; Calls functions of toy_gates.ll and floods.ll: the first shot prints, each shot records the numbers 0, 1, 2, …

@printed = internal global i1 false

define void @prints_once_and_floods(i64 %count) {
  %before = load i1, ptr @printed
  br i1 %before, label %numbers, label %print
print:
  store i1 true, ptr @printed
  call void @print()
  br label %numbers
numbers:
  call void @numbers(i64 %count)
  ret void
}

declare void @print()
declare void @numbers(i64)
