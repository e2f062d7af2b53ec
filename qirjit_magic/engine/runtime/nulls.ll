; Null pointers given to the runtime library of QIR 1.0, where qirrunner's reads or writes through them. What stands before
; the slash is the function's name. The counts and copies themselves are made from library.ll (bindings.py).

@empty = internal constant [1 x i8] zeroinitializer

; ---- counts: "the call should be ignored if the given pointer is null" (qir-alliance/qir-spec, v0.1, Data Types) ---------

define internal void @count(ptr %function, ptr %counted, i32 %change) {
  %none = icmp eq ptr %counted, null
  br i1 %none, label %done, label %count
count:
  call void %function(ptr %counted, i32 %change)
  br label %done
done:
  ret void
}

; ---- copies: of nothing there is none ------------------------------------------------------------------------------------

define internal ptr @copy(ptr %function, ptr %copied, i1 %force) {
  %none = icmp eq ptr %copied, null
  br i1 %none, label %nothing, label %copy
nothing:
  ret ptr null
copy:
  %new = call ptr %function(ptr %copied, i1 %force)
  ret ptr %new
}

; ---- strings: no string is an empty one, as are no characters -------------------------------------------------------------

define ptr @"__quantum__rt__string_create/null"(ptr %characters) {
  %none = icmp eq ptr %characters, null
  %given = select i1 %none, ptr @empty, ptr %characters
  %string = call ptr @__quantum__rt__string_create(ptr %given)
  ret ptr %string
}
define ptr @"__quantum__rt__string_get_data/null"(ptr %string) {
  %none = icmp eq ptr %string, null
  br i1 %none, label %nothing, label %get
nothing:
  ret ptr @empty
get:
  %data = call ptr @__quantum__rt__string_get_data(ptr %string)
  ret ptr %data
}
define i32 @"__quantum__rt__string_get_length/null"(ptr %string) {
  %none = icmp eq ptr %string, null
  br i1 %none, label %nothing, label %get
nothing:
  ret i32 0
get:
  %length = call i32 @__quantum__rt__string_get_length(ptr %string)
  ret i32 %length
}
define ptr @"__quantum__rt__string_concatenate/null"(ptr %first, ptr %second) {
  %first.own = call ptr @own(ptr %first)
  %second.own = call ptr @own(ptr %second)
  %string = call ptr @__quantum__rt__string_concatenate(ptr %first.own, ptr %second.own)
  call void @give.back(ptr %first, ptr %first.own)
  call void @give.back(ptr %second, ptr %second.own)
  ret ptr %string
}
define i1 @"__quantum__rt__string_equal/null"(ptr %first, ptr %second) {
  %first.own = call ptr @own(ptr %first)
  %second.own = call ptr @own(ptr %second)
  %same = call i1 @__quantum__rt__string_equal(ptr %first.own, ptr %second.own)
  call void @give.back(ptr %first, ptr %first.own)
  call void @give.back(ptr %second, ptr %second.own)
  ret i1 %same
}

; A string for none, until it was used.
define internal ptr @own(ptr %string) {
  %none = icmp eq ptr %string, null
  br i1 %none, label %create, label %done
create:
  %new = call ptr @__quantum__rt__string_create(ptr @empty)
  ret ptr %new
done:
  ret ptr %string
}
define internal void @give.back(ptr %given, ptr %own) {
  %none = icmp eq ptr %given, null
  br i1 %none, label %free, label %done
free:
  call void @__quantum__rt__string_update_reference_count(ptr %own, i32 -1)
  br label %done
done:
  ret void
}

; the library's own
declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_get_data(ptr)
declare i32 @__quantum__rt__string_get_length(ptr)
declare ptr @__quantum__rt__string_concatenate(ptr, ptr)
declare i1 @__quantum__rt__string_equal(ptr, ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
