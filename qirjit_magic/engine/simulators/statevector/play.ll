; Plays a tape: the gates of a program that was traced, as if it called them. Entries and numbers are those of tracer.ll.

%Entry = type { i32, i32, i32, i32, double } ; see tracer.ll

; A program for the shot loop: its entry point is a tape, and its argument how many entries that has. At the end the state is
; settled, and stays as it is until the next shot.
define i64 @qirjit_play(ptr %tape, ptr %length.p) {
start:
  %length = load i64, ptr %length.p
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %length
  br i1 %more, label %one, label %done
one:
  %entry = getelementptr %Entry, ptr %tape, i64 %index
  %a.p = getelementptr %Entry, ptr %entry, i32 0, i32 1
  %b.p = getelementptr %Entry, ptr %entry, i32 0, i32 2
  %c.p = getelementptr %Entry, ptr %entry, i32 0, i32 3
  %angle.p = getelementptr %Entry, ptr %entry, i32 0, i32 4
  %op = load i32, ptr %entry
  %a.32 = load i32, ptr %a.p
  %b.32 = load i32, ptr %b.p
  %c.32 = load i32, ptr %c.p
  %angle = load double, ptr %angle.p
  %a.64 = zext i32 %a.32 to i64
  %b.64 = zext i32 %b.32 to i64
  %c.64 = zext i32 %c.32 to i64
  %a = inttoptr i64 %a.64 to ptr
  %b = inttoptr i64 %b.64 to ptr
  %c = inttoptr i64 %c.64 to ptr
  call void @play_gate(i32 %op, ptr %a, ptr %b, ptr %c, double %angle) ; made from the table of operations
  %next = add i64 %index, 1
  br label %head
done:
  call void @drop_all_measured()
  ret i64 0
}
