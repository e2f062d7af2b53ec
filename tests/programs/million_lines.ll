; A million lines in one shot; floods.ll has the function that says them.
define void @million_lines() #0 {
  call void @messages(i64 1000000)
  ret void
}

declare void @messages(i64)

attributes #0 = { "entry_point" }
