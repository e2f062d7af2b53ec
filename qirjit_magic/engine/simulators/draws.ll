; Random numbers of qirrunner's simulator, where it would end the process: it panics at an empty range, and at one whose
; width is no finite number. Here that ends the shot, with the words of the state vector; and a range that is wider than any
; number is drawn from by halves. What stands before the slash is the function's name. See rotations.ll.

@qirjit_leave_at = external global ptr
@text = internal global [128 x i8] zeroinitializer
@empty = internal constant [61 x i8] c"a random number was wanted from an empty range: %lld to %lld\00"
@empty.double = internal constant [85 x i8] c"a random number was wanted from an empty range: its lower end is above its upper one\00"
@no.range = internal constant [85 x i8] c"a random number was wanted from a range with an end that is infinite or is no number\00"

define void @qirjit_refuse_shot(ptr %format, i64 %a, i64 %b) noreturn noinline {
  %length.32 = call i32 (ptr, i64, ptr, ...) @snprintf(ptr @text, i64 128, ptr %format, i64 %a, i64 %b)
  %length = sext i32 %length.32 to i64
  %leave = load ptr, ptr @qirjit_leave_at
  call void %leave(ptr @text, i64 %length)
  unreachable
}

define i64 @"__quantum__qis__drawrandomint__body/own"(i64 %least, i64 %most) {
  %empty = icmp sgt i64 %least, %most
  br i1 %empty, label %refuse, label %draw
refuse:
  call void @qirjit_refuse_shot(ptr @empty, i64 %least, i64 %most)
  unreachable
draw:
  %number = call i64 @__quantum__qis__drawrandomint__body(i64 %least, i64 %most)
  ret i64 %number
}

define double @"__quantum__qis__drawrandomdouble__body/own"(double %least, double %most) {
  %least.size = call double @llvm.fabs.f64(double %least)
  %most.size = call double @llvm.fabs.f64(double %most)
  %least.finite = fcmp olt double %least.size, 0x7FF0000000000000
  %most.finite = fcmp olt double %most.size, 0x7FF0000000000000
  %finite = and i1 %least.finite, %most.finite
  br i1 %finite, label %look, label %refuse.ends
refuse.ends:
  call void @qirjit_refuse_shot(ptr @no.range, i64 0, i64 0)
  unreachable
look:
  %empty = fcmp ogt double %least, %most
  br i1 %empty, label %refuse, label %draw
refuse:
  call void @qirjit_refuse_shot(ptr @empty.double, i64 0, i64 0)
  unreachable
draw:
  %width = fsub double %most, %least
  %wide = fcmp oeq double %width, 0x7FF0000000000000
  br i1 %wide, label %halves, label %whole
halves:
  %least.half = fmul double %least, 0.5
  %most.half = fmul double %most, 0.5
  %half = call double @__quantum__qis__drawrandomdouble__body(double %least.half, double %most.half)
  %doubled = fmul double %half, 2.0
  ret double %doubled
whole:
  %number = call double @__quantum__qis__drawrandomdouble__body(double %least, double %most)
  ret double %number
}

declare i64 @__quantum__qis__drawrandomint__body(i64, i64)
declare double @__quantum__qis__drawrandomdouble__body(double, double)
declare i32 @snprintf(ptr, i64, ptr, ...)
declare double @llvm.fabs.f64(double)
