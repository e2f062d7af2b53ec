; Likewise, where LLVM itself refuses the text: `llvm-as-14 chosen.ll`.
%State = type opaque

define void @main(i1 %yes) {
  %chosen = select i1 %yes, %State undef, %State undef
  ret void
}
