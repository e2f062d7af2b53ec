; Calls a function that nobody defines, whose name would act on a page or a terminal.

define void @calls_hostile_name() {
  call void @"nobody <script>alert(1)</script>\1B]0;title\07\1B[2J\0D\E2\80\AE\C2\9B31m"()
  ret void
}

declare void @"nobody <script>alert(1)</script>\1B]0;title\07\1B[2J\0D\E2\80\AE\C2\9B31m"()
