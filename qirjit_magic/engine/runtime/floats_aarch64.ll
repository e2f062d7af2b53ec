; As floats_x86_64.ll: FPCR has the modes, all of them 0 in a new process, FPSR the flags.

define void @qirjit_reset_floats() {
  call void @llvm.aarch64.set.fpcr(i64 0)
  call void @llvm.aarch64.set.fpsr(i64 0)
  ret void
}

define i64 @qirjit_default_floats() {
  %before = call i64 @llvm.aarch64.get.fpcr()
  %same = icmp eq i64 %before, 0
  br i1 %same, label %done, label %change
change:
  call void @llvm.aarch64.set.fpcr(i64 0)
  br label %done
done:
  ret i64 %before
}
define void @qirjit_restore_floats(i64 %before) {
  %same = icmp eq i64 %before, 0
  br i1 %same, label %done, label %change
change:
  call void @llvm.aarch64.set.fpcr(i64 %before)
  br label %done
done:
  ret void
}

declare i64 @llvm.aarch64.get.fpcr()
declare void @llvm.aarch64.set.fpcr(i64)
declare void @llvm.aarch64.set.fpsr(i64)
