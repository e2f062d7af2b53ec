; Ranges of QIR 1.0: an array of three numbers, read backwards through a slice.

%Array = type opaque
%Range = type { i64, i64, i64 }

define internal %Array* @numbers() {
  %array = call %Array* @__quantum__rt__array_create_1d(i32 8, i64 3)
  br label %head
head:
  %index = phi i64 [ 0, %0 ], [ %next, %head ]
  %place = call i8* @__quantum__rt__array_get_element_ptr_1d(%Array* %array, i64 %index)
  %word = bitcast i8* %place to i64*
  store i64 %index, i64* %word
  %next = add i64 %index, 1
  %more = icmp ult i64 %next, 3
  br i1 %more, label %head, label %done
done:
  ret %Array* %array
}

; The items as the digits of a number, the first one first.
define internal i64 @digits(%Array* %array) {
  %size = call i64 @__quantum__rt__array_get_size_1d(%Array* %array)
  br label %head
head:
  %index = phi i64 [ 0, %0 ], [ %next, %head ]
  %sum = phi i64 [ 0, %0 ], [ %more.sum, %head ]
  %place = call i8* @__quantum__rt__array_get_element_ptr_1d(%Array* %array, i64 %index)
  %word = bitcast i8* %place to i64*
  %digit = load i64, i64* %word
  %tens = mul i64 %sum, 10
  %more.sum = add i64 %tens, %digit
  %next = add i64 %index, 1
  %more = icmp ult i64 %next, %size
  br i1 %more, label %head, label %done
done:
  ret i64 %more.sum
}

define i64 @backwards() {
  %array = call %Array* @numbers()
  %slice = call %Array* @__quantum__rt__array_slice_1d(%Array* %array, %Range { i64 2, i64 -1, i64 0 }, i1 true)
  %number = call i64 @digits(%Array* %slice)
  ret i64 %number
}

; As programs of qir-runner's time do it, with much else on the stack.
define i64 @by_address() {
  %before = alloca [9 x i64]
  %range = alloca %Range
  %after = alloca [9 x i64]
  store [9 x i64] zeroinitializer, [9 x i64]* %before
  store [9 x i64] zeroinitializer, [9 x i64]* %after
  store %Range { i64 2, i64 -1, i64 0 }, %Range* %range
  %array = call %Array* @numbers()
  %slice = call %Array* @quantum__rt__array_slice_1d(%Array* %array, %Range* %range, i1 true)
  %number = call i64 @digits(%Array* %slice)
  ret i64 %number
}

declare %Array* @__quantum__rt__array_create_1d(i32, i64)
declare i8* @__quantum__rt__array_get_element_ptr_1d(%Array*, i64)
declare i64 @__quantum__rt__array_get_size_1d(%Array*)
declare %Array* @__quantum__rt__array_slice_1d(%Array*, %Range, i1)
declare %Array* @quantum__rt__array_slice_1d(%Array*, %Range*, i1)
