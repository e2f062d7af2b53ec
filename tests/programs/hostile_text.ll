; A program whose every name and text would act on a page or a terminal: HTML, a title, a cleared screen, a carriage return,
; a mark of direction, a C1 control, half a character.

@text = internal constant [58 x i8] c"<script>alert(1)</script>\1B]0;title\07\1B[2J\0D\08\E2\80\AEtfel\E2\81\A6\C2\9B31m\FF\00"
@"variable <script>alert(1)</script>\1B]0;title\07\1B[2J\0D\E2\80\AE\C2\9B31m" = global i64 0

define i64 @"entry <script>alert(1)</script>\1B]0;title\07\1B[2J\0D\E2\80\AE\C2\9B31m"() #0 {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  call void @__quantum__rt__int_record_output(i64 7, ptr @text)
  call void @__quantum__rt__bool_record_output(i1 true, ptr @text)
  ret i64 7
}

define void @hostile_says() {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__int_record_output(i64 7, ptr @text)
  ret void
}

define void @hostile_fails() {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__fail(ptr %string)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__rt__fail(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="999999999999999999999999999999" "note"="<script>alert(1)</script>\1B]0;title\07\1B[2J\0D\E2\80\AE\C2\9B31m" }
