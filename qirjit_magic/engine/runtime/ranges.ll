; What the QIR 1.0 library does with a range, { start, step, end }.
;
; qirrunner's two functions take the range by value. On x86-64 that is a copy on the stack, while the programs of its time
; declare them with the range's address, and find the right bytes there by luck only. Here the range is handed over as the
; functions expect it. (Elsewhere by value means by address for so large a struct: there byval is left out.)
;
; The functions of QIR 1.0 themselves, with a range as a value, are here too: programs of that time bring their own.

define ptr @"quantum__rt__array_slice_1d/by.address"(ptr %array, ptr %range, i1 %copy) {
  %slice = call ptr @quantum__rt__array_slice_1d(ptr %array, ptr byval({ i64, i64, i64 }) align 8 %range, i1 %copy)
  ret ptr %slice
}

define ptr @"quantum__rt__range_to_string/by.address"(ptr %range) {
  %string = call ptr @quantum__rt__range_to_string(ptr byval({ i64, i64, i64 }) align 8 %range)
  ret ptr %string
}

define ptr @__quantum__rt__array_slice_1d(ptr %array, { i64, i64, i64 } %range, i1 %copy) {
  %place = alloca { i64, i64, i64 }, align 8
  store { i64, i64, i64 } %range, ptr %place
  %slice = call ptr @quantum__rt__array_slice_1d(ptr %array, ptr byval({ i64, i64, i64 }) align 8 %place, i1 %copy)
  ret ptr %slice
}

define ptr @__quantum__rt__range_to_string({ i64, i64, i64 } %range) {
  %place = alloca { i64, i64, i64 }, align 8
  store { i64, i64, i64 } %range, ptr %place
  %string = call ptr @quantum__rt__range_to_string(ptr byval({ i64, i64, i64 }) align 8 %place)
  ret ptr %string
}

declare ptr @quantum__rt__array_slice_1d(ptr, ptr byval({ i64, i64, i64 }), i1)
declare ptr @quantum__rt__range_to_string(ptr byval({ i64, i64, i64 }))
