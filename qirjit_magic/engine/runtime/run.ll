; What the other files of the runtime ask of the run that goes on.

%Shared = type { i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 } ; see recorder.ll

@qirjit_run_seed = global i64 0
@qirjit_shared = external global ptr
@qirjit_shots = external global i64

; A number that no other shot of this process has.
define i64 @qirjit_shot_serial() {
  %serial = load i64, ptr @qirjit_shots
  ret i64 %serial
}

; The shot that goes on, counted from 0 in its run.
define i64 @qirjit_current_shot() {
  %shared = load ptr, ptr @qirjit_shared
  %shot.p = getelementptr %Shared, ptr %shared, i32 0, i32 6
  %shot = load i64, ptr %shot.p
  ret i64 %shot
}

; The seed of the run, for random numbers that are no simulator's.
define i64 @qirjit_seed() {
  %seed = load i64, ptr @qirjit_run_seed
  ret i64 %seed
}
define void @qirjit_set_seed(i64 %seed) {
  store i64 %seed, ptr @qirjit_run_seed
  ret void
}

; A marker without effect on a simulator: a barrier, an order, a group, a time to wait; with any number of arguments.
define void @qirjit_nothing() {
  ret void
}
