; LLVM computes the power itself, or the C library does, and their last digits differ: the level must not follow from the text.
define i64 @sum(i64 %n) {
  %last = icmp slt i64 %n, 2
  br i1 %last, label %done, label %more

done:
  ret i64 %n

more:
  %less = sub i64 %n, 1
  %rest = call i64 @sum(i64 %less)
  %all = add i64 %rest, %n
  ret i64 %all
}

define void @main() #0 {
  %root = call double @llvm.pow.f64(double 2.0, double 0.5)
  %four = call double @llvm.powi.f64.i32(double %root, i32 4)
  %sum = call i64 @sum(i64 9)
  call void @__quantum__rt__double_record_output(double %four, ptr null)
  call void @__quantum__rt__int_record_output(i64 %sum, ptr null)
  ret void
}

declare double @llvm.pow.f64(double, double)
declare double @llvm.powi.f64.i32(double, i32)
declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
