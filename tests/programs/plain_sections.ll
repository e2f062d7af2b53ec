; A compiler has put its name beside the program: code that is linked in memory has no use for sections of data.
@name = private unnamed_addr constant [8 x i8] c"compiler", section ",qir_generator"
@version = private constant [3 x i8] c"1.0", section
  ",generator", align 1
@number = global i64 7, /* ; */ section "numbers"

define i64 @main() {
  %number = load i64, ptr @number
  ret i64 %number
}
