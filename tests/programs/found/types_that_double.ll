; Did not come back from looking at the type: written out, it is a million million times as long. LLVM never writes it out.

%T40 = type {}
%T39 = type { %T40, %T40 }
%T38 = type { %T39, %T39 }
%T37 = type { %T38, %T38 }
%T36 = type { %T37, %T37 }
%T35 = type { %T36, %T36 }
%T34 = type { %T35, %T35 }
%T33 = type { %T34, %T34 }
%T32 = type { %T33, %T33 }
%T31 = type { %T32, %T32 }
%T30 = type { %T31, %T31 }
%T29 = type { %T30, %T30 }
%T28 = type { %T29, %T29 }
%T27 = type { %T28, %T28 }
%T26 = type { %T27, %T27 }
%T25 = type { %T26, %T26 }
%T24 = type { %T25, %T25 }
%T23 = type { %T24, %T24 }
%T22 = type { %T23, %T23 }
%T21 = type { %T22, %T22 }
%T20 = type { %T21, %T21 }
%T19 = type { %T20, %T20 }
%T18 = type { %T19, %T19 }
%T17 = type { %T18, %T18 }
%T16 = type { %T17, %T17 }
%T15 = type { %T16, %T16 }
%T14 = type { %T15, %T15 }
%T13 = type { %T14, %T14 }
%T12 = type { %T13, %T13 }
%T11 = type { %T12, %T12 }
%T10 = type { %T11, %T11 }
%T9 = type { %T10, %T10 }
%T8 = type { %T9, %T9 }
%T7 = type { %T8, %T8 }
%T6 = type { %T7, %T7 }
%T5 = type { %T6, %T6 }
%T4 = type { %T5, %T5 }
%T3 = type { %T4, %T4 }
%T2 = type { %T3, %T3 }
%T1 = type { %T2, %T2 }
%T0 = type { %T1, %T1 }

@nothing = global %T0 zeroinitializer

define i64 @main() #0 {
  ret i64 7
}

attributes #0 = { "entry_point" }
