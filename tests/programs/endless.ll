; Sends a message, and then loops for ever.

@0 = internal constant [8 x i8] c"started\00"

define void @Endless() {
  %1 = call ptr @__quantum__rt__string_create(ptr @0)
  call void @__quantum__rt__message(ptr %1)
  br label %again
again:
  br label %again
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
