; It fails in each shot.
@text = internal constant [4 x i8] c"no!\00"

define void @fails() #0 {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__fail(ptr %string)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__fail(ptr)

attributes #0 = { "entry_point" }
