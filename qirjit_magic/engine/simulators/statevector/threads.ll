; The parts of a large state, each to a thread of its own. They are started for each round: that takes 50 microseconds, and
; the round some thousands. A thread that cannot be started leaves its part to this one.

%Part = type { i64, i64, i64, i64 }        ; the machine, the positions that groups hold, which part of how many
@parts = internal global [8 x %Part] zeroinitializer
@handles = internal global [8 x i64] zeroinitializer
@started = internal global [8 x i1] zeroinitializer

declare ptr @qirjit_apply_to_groups(i64, i64, i64, i64)
declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_join(i64, ptr)

define internal ptr @apply_part(ptr %at) {
  %held.p = getelementptr %Part, ptr %at, i32 0, i32 1
  %part.p = getelementptr %Part, ptr %at, i32 0, i32 2
  %parts.p = getelementptr %Part, ptr %at, i32 0, i32 3
  %machine = load i64, ptr %at
  %held = load i64, ptr %held.p
  %part = load i64, ptr %part.p
  %parts = load i64, ptr %parts.p
  %done = call ptr @qirjit_apply_to_groups(i64 %machine, i64 %held, i64 %part, i64 %parts)
  ret ptr null
}

; The kernels return pointers where they return nothing.
define ptr @qirjit_share_groups(i64 %machine, i64 %held) {
start:
  %count = load i64, ptr @threads
  br label %begin
begin:
  %index = phi i64 [ 0, %start ], [ %next, %begun ]
  %at = getelementptr [8 x %Part], ptr @parts, i64 0, i64 %index
  %held.p = getelementptr %Part, ptr %at, i32 0, i32 1
  %part.p = getelementptr %Part, ptr %at, i32 0, i32 2
  %parts.p = getelementptr %Part, ptr %at, i32 0, i32 3
  store i64 %machine, ptr %at
  store i64 %held, ptr %held.p
  store i64 %index, ptr %part.p
  store i64 %count, ptr %parts.p
  %mine = icmp eq i64 %index, 0
  br i1 %mine, label %begun, label %start.one
start.one:
  %handle.p = getelementptr [8 x i64], ptr @handles, i64 0, i64 %index
  %refused = call i32 @pthread_create(ptr %handle.p, ptr null, ptr @apply_part, ptr %at)
  %ok = icmp eq i32 %refused, 0
  %started.p = getelementptr [8 x i1], ptr @started, i64 0, i64 %index
  store i1 %ok, ptr %started.p
  br label %begun
begun:
  %next = add i64 %index, 1
  %more = icmp ult i64 %next, %count
  br i1 %more, label %begin, label %own
own:
  %done = call ptr @apply_part(ptr @parts)
  br label %wait
wait:
  %waited = phi i64 [ 1, %own ], [ %waited.1, %over ]
  %left = icmp ult i64 %waited, %count
  br i1 %left, label %look, label %end
look:
  %was.started.p = getelementptr [8 x i1], ptr @started, i64 0, i64 %waited
  %was.started = load i1, ptr %was.started.p
  br i1 %was.started, label %join, label %do.it
join:
  %its.handle.p = getelementptr [8 x i64], ptr @handles, i64 0, i64 %waited
  %its.handle = load i64, ptr %its.handle.p
  %joined = call i32 @pthread_join(i64 %its.handle, ptr null)
  br label %over
do.it:
  %its.part = getelementptr [8 x %Part], ptr @parts, i64 0, i64 %waited
  %done.too = call ptr @apply_part(ptr %its.part)
  br label %over
over:
  %waited.1 = add i64 %waited, 1
  br label %wait
end:
  ret ptr null
}
