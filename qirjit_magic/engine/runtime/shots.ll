; The shot loop. It polls the stop flag, and leaves when the memory is half full so that no shot can overrun it unseen.

%Shared = type { i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 } ; see recorder.ll
%Shots = type { ptr, ptr, ptr, i64, i64, ptr, i64, i64 }
;               |    |    |    |    |    |    |    7 a bit for each of these words: whether it is a pointer
;               |    |    |    |    |    |    6 how many words that are
;               |    |    |    |    |    5 where the thunk puts what is returned, if that is more than a number
;               |    |    |    |    4 how many shots there are
;               |    |    |    3 the next shot
;               |    |    2 the arguments: one word each
;               |    1 the entry point
;               0 what calls it: i64 (ptr entry, ptr arguments)

@qirjit_shared = external global ptr
@qirjit_records_end = external global i64
@qirjit_records_limit = internal global i64 -1     ; bytes of records that a shot may have
@qirjit_dumps = external global i64
@qirjit_shots = external global i64
@qirjit_depth = external global i64
@qirjit_way_out = external global [64 x i64], align 16
@qirjit_label_pointers = external global [4096 x ptr]

declare void @__quantum__rt__initialize(ptr)
declare void @qirjit_returned(i64, i1)
declare void @qirjit_end_shot(i64)
declare void @qirjit_commit()
declare void @qirjit_reset_floats()              ; of floats_x86_64.ll and its like
declare i32 @_setjmp(ptr) returns_twice
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i64 @llvm.uadd.sat.i64(i64, i64)
declare i64 @llvm.umin.i64(i64, i64)

define void @qirjit_open(ptr %shared) {
  store ptr %shared, ptr @qirjit_shared
  store i64 0, ptr @qirjit_records_end
  ret void
}

; How many bytes of records a shot may have.
define void @qirjit_limit_records(i64 %bytes) {
  store i64 %bytes, ptr @qirjit_records_limit
  ret void
}

; A shot begins to record here; beyond its limit and the memory's end there is no room, but for the 32 last records.
define void @qirjit_begin_records() {
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %capacity.p = getelementptr %Shared, ptr %shared, i32 0, i32 10
  %position = load i64, ptr %position.p
  %capacity = load i64, ptr %capacity.p
  %limit = load i64, ptr @qirjit_records_limit
  %limit.32 = call i64 @llvm.uadd.sat.i64(i64 %limit, i64 512)
  %wanted = call i64 @llvm.uadd.sat.i64(i64 %position, i64 %limit.32)
  %end = call i64 @llvm.umin.i64(i64 %wanted, i64 %capacity)
  store i64 %end, ptr @qirjit_records_end
  ret void
}

; The kernel emptied the memory: no label's text is there any more.
define void @qirjit_forget_labels() {
  call void @llvm.memset.p0.i64(ptr @qirjit_label_pointers, i8 0, i64 32768, i1 false)
  ret void
}

; Runs shots until an end, which it returns: 0 all are done, 1 stopped, 2 the memory is half full, 3 the program failed,
; 4 a shot dumped the state: it is recorded but not committed, because the dumps' text is still to be put in.
define i32 @qirjit_run_shots(ptr %shots) {
start:
  %thunk.p = getelementptr %Shots, ptr %shots, i32 0, i32 0
  %entry.p = getelementptr %Shots, ptr %shots, i32 0, i32 1
  %arguments.p = getelementptr %Shots, ptr %shots, i32 0, i32 2
  %next.p = getelementptr %Shots, ptr %shots, i32 0, i32 3
  %count.p = getelementptr %Shots, ptr %shots, i32 0, i32 4
  %words.count.p = getelementptr %Shots, ptr %shots, i32 0, i32 6
  %shared = load ptr, ptr @qirjit_shared
  %stop.p = getelementptr %Shared, ptr %shared, i32 0, i32 0
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %text.p = getelementptr %Shared, ptr %shared, i32 0, i32 3
  %shot.p = getelementptr %Shared, ptr %shared, i32 0, i32 6
  %text.capacity.p = getelementptr %Shared, ptr %shared, i32 0, i32 8
  %capacity.p = getelementptr %Shared, ptr %shared, i32 0, i32 10
  %running.p = getelementptr %Shared, ptr %shared, i32 0, i32 11
  %text.capacity = load i64, ptr %text.capacity.p
  %capacity = load i64, ptr %capacity.p
  %text.half = lshr i64 %text.capacity, 1
  %half = lshr i64 %capacity, 1
  call void @qirjit_reset_floats()
  %came.back = call i32 @_setjmp(ptr @qirjit_way_out) returns_twice
  %failed = icmp ne i32 %came.back, 0
  br i1 %failed, label %over, label %head

over:
  call void @qirjit_reset_floats()
  store i64 0, ptr %running.p
  br label %failure

head:
  %next = load i64, ptr %next.p
  %count = load i64, ptr %count.p
  %more = icmp ult i64 %next, %count
  br i1 %more, label %poll, label %done
poll:
  %stop = load atomic i64, ptr %stop.p monotonic, align 8
  %stopped = icmp ne i64 %stop, 0
  br i1 %stopped, label %leave, label %room
leave:
  ret i32 1
room:
  %position = load i64, ptr %position.p
  %text = load i64, ptr %text.p
  %records.tight = icmp ugt i64 %position, %half
  %text.tight = icmp ugt i64 %text, %text.half
  %tight = or i1 %records.tight, %text.tight
  br i1 %tight, label %full, label %shot
full:
  ret i32 2

shot:
  store i64 %next, ptr %shot.p
  store i64 1, ptr %running.p
  store i64 0, ptr @qirjit_dumps
  store i64 0, ptr @qirjit_depth
  %begun = load i64, ptr @qirjit_shots
  %begun.1 = add i64 %begun, 1
  store i64 %begun.1, ptr @qirjit_shots
  call void @qirjit_begin_records()
  call void @__quantum__rt__initialize(ptr null)
  %thunk = load ptr, ptr %thunk.p
  %entry = load ptr, ptr %entry.p
  %arguments = load ptr, ptr %arguments.p
  %returned = call i64 %thunk(ptr %entry, ptr %arguments)
  call void @qirjit_reset_floats()
  %after = add i64 %next, 1
  store i64 %after, ptr %next.p
  store i64 0, ptr %running.p
  %words.count = load i64, ptr %words.count.p
  %none = icmp eq i64 %words.count, 0
  br i1 %none, label %end, label %words
words:
  %words.p = getelementptr %Shots, ptr %shots, i32 0, i32 5
  %pointers.p = getelementptr %Shots, ptr %shots, i32 0, i32 7
  %words.start = load ptr, ptr %words.p
  %pointers = load i64, ptr %pointers.p
  br label %one.word
one.word:
  %index = phi i64 [ 0, %words ], [ %index.1, %one.word ]
  %word.p = getelementptr i64, ptr %words.start, i64 %index
  %word = load i64, ptr %word.p
  %shifted = lshr i64 %pointers, %index
  %pointer = trunc i64 %shifted to i1
  call void @qirjit_returned(i64 %word, i1 %pointer)
  %index.1 = add i64 %index, 1
  %all = icmp eq i64 %index.1, %words.count
  br i1 %all, label %end, label %one.word
end:
  call void @qirjit_end_shot(i64 %returned)
  %dumps = load i64, ptr @qirjit_dumps
  %dumped = icmp ne i64 %dumps, 0
  br i1 %dumped, label %hold, label %commit
commit:
  call void @qirjit_commit()
  br label %head
hold:
  ret i32 4
done:
  ret i32 0
failure:
  ret i32 3
}
