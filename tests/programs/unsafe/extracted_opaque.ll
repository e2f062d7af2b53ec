; LLVM ends the process as soon as it reads this: the type gets its contents only behind it.
%Pair = type { i64, %Storage }

define void @main(%Pair %pair) {
  %value = extractvalue %Pair
    %pair, 1 ; a value of a type that has no size
  ret void
}

%Storage = type opaque
