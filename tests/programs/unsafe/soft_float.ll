; Without the machine's floating-point registers, LLVM makes no code for some types, and others end up elsewhere than they are looked for.
define <2 x half> @main() #0 {
  ret <2 x half> zeroinitializer
}

attributes #0 = { "use-soft-float"="true" }
