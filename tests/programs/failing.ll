; Programs that end with an error of their own.

@count = internal global i64 0
@reason = internal constant [18 x i8] c"out of magic dust\00"

; Shots 0 and 1 end well, shot 2 records a number and fails.
define void @third_shot_fails() #0 {
  %shot = load i64, ptr @count
  %next = add i64 %shot, 1
  store i64 %next, ptr @count
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  %third = icmp eq i64 %shot, 2
  br i1 %third, label %fail, label %done
fail:
  call void @fails()
  br label %done
done:
  ret void
}

define void @fails() {
  %string = call ptr @__quantum__rt__string_create(ptr @reason)
  call void @__quantum__rt__fail(ptr %string)
  unreachable
}

; An entry point that returns an i64 returns its exit code.
define i64 @returns_seven() #0 {
  ret i64 7
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__fail(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
