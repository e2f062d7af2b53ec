; Together more than a module may have, in numbers that are small.
%Row = type { [1024 x i64] }

@first = global [32768 x %Row] zeroinitializer
@second = internal global [1024 x [64 x [1024 x i64]]] zeroinitializer

define i64 @main() {
  %last = load i64, ptr getelementptr (i64, ptr @second, i64 67108863)
  ret i64 %last
}
