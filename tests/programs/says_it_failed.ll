; Sends a message, then says that it failed.

@said = internal constant [12 x i8] c"before that\00"
@why = internal constant [17 x i8] c"the cat was dead\00"

define void @SaysItFailed() {
  %said = call ptr @__quantum__rt__string_create(ptr @said)
  call void @__quantum__rt__message(ptr %said)
  %why = call ptr @__quantum__rt__string_create(ptr @why)
  call void @__quantum__rt__fail(ptr %why)
  unreachable
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__rt__fail(ptr)
