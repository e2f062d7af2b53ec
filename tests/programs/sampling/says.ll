; It says something in each shot.
@text = internal constant [6 x i8] c"hello\00"

define void @says() #0 {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)

attributes #0 = { "entry_point" }
