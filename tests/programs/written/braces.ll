; Bodies that end within a line or behind a blank, and braces and names that are none: in strings, in comments.

define void @ends_in_its_line() {
  ret void }
define void @is_long() {
  call void @g()
  call void @g()
  call void @g()
  ret void
}

define void @ends_behind_a_blank() {
  ret void
 }
 define void @begins_behind_a_blank() {
  call void @g()
  call void @g()
  call void @g()
  ret void
}

define void @ends_where_the_next_begins() {
  ret void } define void @begins_in_a_line() {
  call void @g()
  call void @g()
  call void @g()
  ret void
}

define void @has_a_brace_in_a_string() "x{;" { call void @g()
  call void @g()
  ret void
}

define void @has_a_remark() "y{;" { ; {
  call void @g()
  ret void
}

define void @is_short() {
  ret void
}

define void ; @is_short() {
  @is_behind_a_remark() {
  call void @g()
  call void @g()
  call void @g()
  ret void
}

declare void @g()
