; Definitions as one may write them: several on a line, with braces and names where they mean nothing.

@text = private constant [31 x i8] c"define void @in_a_string() { }\00"

; define void @commented() { ret void }
declare void @declared()

; a brace in a comment } and in a string
; stand before and in this one
define { i64, i64 } @pair({ i64, i64 } %value, ptr byval({ i64 }) %other) #0 {
define: ; a label, and a brace: {
  %name = alloca [3 x i8] ; @short() {
  store [3 x i8] c"}{}", ptr %name
  /* } a comment
  } over lines */
  ret { i64, i64 } %value
}

define void @short() { ret void } define void @after() { ret void }

define i64 @"gr\C3\B6\C3\9Fe \22quoted\22"()
{
  ret i64 1
}

attributes #0 = { "brace"="}" }
