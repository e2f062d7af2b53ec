; The state-vector simulator's memory, its queue, qubits and results. Gates are appended to the queue; what reads a result
; has the kernels (kernels.ll) carry out all that is queued.

; ---- the words that the kernels know, in the order of kernels/machine.py ------------------------------------------------

@machine = global [48 x i64] zeroinitializer, align 64
@count      = internal alias i64, getelementptr (i64, ptr @machine, i64 0)     ; of queued entries
@positions  = internal alias i64, getelementptr (i64, ptr @machine, i64 1)     ; of the state, which has 2^positions amplitudes
@room       = internal alias i64, getelementptr (i64, ptr @machine, i64 2)     ; positions for which there is memory
@mask       = internal alias i64, getelementptr (i64, ptr @machine, i64 3)     ; positions that were measured
@bits       = internal alias i64, getelementptr (i64, ptr @machine, i64 4)     ; and what was found there
@seed       = internal alias i64, getelementptr (i64, ptr @machine, i64 5)
@shot       = internal alias i64, getelementptr (i64, ptr @machine, i64 6)
@draws      = internal alias i64, getelementptr (i64, ptr @machine, i64 7)     ; of this shot
@norm       = internal alias double, getelementptr (i64, ptr @machine, i64 8)  ; of the state, squared
@angle      = internal alias double, getelementptr (i64, ptr @machine, i64 9)  ; by which the whole state's phase is turned
@re         = internal alias ptr, getelementptr (i64, ptr @machine, i64 10)
@im         = internal alias ptr, getelementptr (i64, ptr @machine, i64 11)
@queue      = internal alias ptr, getelementptr (i64, ptr @machine, i64 12)
@places     = internal alias ptr, getelementptr (i64, ptr @machine, i64 13)    ; by qubit: its position, -1 for |0>, -2 for |1>
@results    = internal alias ptr, getelementptr (i64, ptr @machine, i64 14)    ; by result + 1: the stamp twice, and the bit
@stamp      = internal alias i64, getelementptr (i64, ptr @machine, i64 15)    ; no results of other shots have it
@owners     = internal alias ptr, getelementptr (i64, ptr @machine, i64 16)    ; by position: the qubit
@waiting    = internal alias ptr, getelementptr (i64, ptr @machine, i64 17)
@last       = internal alias ptr, getelementptr (i64, ptr @machine, i64 18)
@pass.table = internal alias ptr, getelementptr (i64, ptr @machine, i64 20)
@scratch    = internal alias ptr, getelementptr (i64, ptr @machine, i64 21)
@group      = internal alias ptr, getelementptr (i64, ptr @machine, i64 22)
@grouped    = internal alias i64, getelementptr (i64, ptr @machine, i64 23)    ; positions from which on no cache holds the state
@filled     = internal alias i64, getelementptr (i64, ptr @machine, i64 24)    ; positions that have their amplitudes
@initial    = internal alias i64, getelementptr (i64, ptr @machine, i64 25)    ; which of the others begin as one

; ---- the words that only this file knows --------------------------------------------------------------------------------

@most        = internal alias i64, getelementptr (i64, ptr @machine, i64 26)   ; positions that the memory allows
@available   = internal alias i64, getelementptr (i64, ptr @machine, i64 27)   ; bytes of it
@taken       = internal alias i64, getelementptr (i64, ptr @machine, i64 28)   ; qubits below this have a place
@qubit.room  = internal alias i64, getelementptr (i64, ptr @machine, i64 29)   ; places that there are
@free        = internal alias ptr, getelementptr (i64, ptr @machine, i64 30)   ; released qubits
@free.count  = internal alias i64, getelementptr (i64, ptr @machine, i64 31)
@result.room = internal alias i64, getelementptr (i64, ptr @machine, i64 32)   ; words that @results has
@threads     = internal alias i64, getelementptr (i64, ptr @machine, i64 34)   ; that share a large state, at most 8
@serial      = internal alias i64, getelementptr (i64, ptr @machine, i64 33)   ; of the shot to which @draws belongs

; ---- what Python sets ---------------------------------------------------------------------------------------------------

@qirjit_serial_at = global ptr null        ; the serial number of the shot that goes on
@qirjit_shot_at = global ptr null          ; and its number in the run
@qirjit_leave_at = global ptr null         ; how a shot is left
@qirjit_dump_at = global ptr null          ; what writes a dump

declare ptr @qirjit_begin_fusing(i64)
declare ptr @qirjit_flush(i64)
declare double @qirjit_draw(i64)
declare i32 @mprotect(ptr, i64, i32)
declare ptr @realloc(ptr, i64)
declare ptr @malloc(i64)
declare i32 @snprintf(ptr, i64, ptr, ...)

@no.memory = internal constant [111 x i8] c"a state of %lld or more qubits takes %lld MiB of memory, and %lld MiB are there: release qubits, or use sparse\00"
@no.qubit = internal constant [51 x i8] c"there is no qubit %lld: ids go from 0 to 1,048,575\00"
@no.result = internal constant [53 x i8] c"there is no result %lld: ids go from 0 to 33,554,431\00"
@twice = internal constant [47 x i8] c"a gate on several qubits had one of them twice\00"
@long.row = internal constant [42 x i8] c"a gate has more than 4,000 controls: %lld\00"
@text = internal global [256 x i8] zeroinitializer

; The shot ends here with a message; numbers that its text does not mention do not matter.
define internal void @refuse(ptr %format, i64 %a, i64 %b, i64 %c) noreturn noinline {
  %length.32 = call i32 (ptr, i64, ptr, ...) @snprintf(ptr @text, i64 256, ptr %format, i64 %a, i64 %b, i64 %c)
  %length = sext i32 %length.32 to i64
  %begun = call ptr @qirjit_begin_fusing(i64 ptrtoint (ptr @machine to i64))
  store i64 0, ptr @count
  %leave = load ptr, ptr @qirjit_leave_at
  call void %leave(ptr @text, i64 %length)
  unreachable
}

; The kernels return pointers where they return nothing.
define ptr @qirjit_refuse_twice(i64 %machine) noinline {
  call void @refuse(ptr @twice, i64 0, i64 0, i64 0)
  unreachable
}

; Memory for all positions: its addresses are reserved already.
define ptr @qirjit_make_room(i64 %machine) noinline {
start:
  %wanted = load i64, ptr @positions
  %most = load i64, ptr @most
  %much = icmp ugt i64 %wanted, %most
  br i1 %much, label %refuse, label %open
refuse:
  %mib.bits = sub i64 %wanted, 16
  %mib = shl i64 1, %mib.bits
  %available = load i64, ptr @available
  %available.mib = lshr i64 %available, 20
  call void @refuse(ptr @no.memory, i64 %wanted, i64 %mib, i64 %available.mib)
  unreachable
open:
  %bytes = shl i64 8, %wanted
  %re = load ptr, ptr @re
  %im = load ptr, ptr @im
  %re.refused = call i32 @mprotect(ptr %re, i64 %bytes, i32 3)         ; PROT_READ, PROT_WRITE
  %im.refused = call i32 @mprotect(ptr %im, i64 %bytes, i32 3)
  %any = or i32 %re.refused, %im.refused
  %ok = icmp eq i32 %any, 0
  br i1 %ok, label %done, label %refuse
done:
  store i64 %wanted, ptr @room
  ret ptr null
}

define internal void @flush() {
  %done = call ptr @qirjit_flush(i64 ptrtoint (ptr @machine to i64))
  ret void
}

define internal void @flush_what_is_queued() alwaysinline {
  %count = load i64, ptr @count
  %none = icmp eq i64 %count, 0
  br i1 %none, label %done, label %carry.out
carry.out:
  call void @flush()
  br label %done
done:
  ret void
}

; ---- the queue: 4096 entries of { operation, qubit, other qubit or result, angle } -----------------------------------------

define internal void @append(i64 %operation, ptr %qubit, i64 %other, double %angle) alwaysinline {
  %id = ptrtoint ptr %qubit to i64
  call void @know(i64 %id)
  %before = load i64, ptr @count
  %full = icmp ugt i64 %before, 4095
  br i1 %full, label %drain, label %ready, !prof !0
drain:
  call void @flush()
  br label %ready
ready:
  %index = load i64, ptr @count
  %queue = load ptr, ptr @queue
  %entry = getelementptr [4 x i64], ptr %queue, i64 %index
  %qubit.p = getelementptr i64, ptr %entry, i64 1
  %other.p = getelementptr i64, ptr %entry, i64 2
  %angle.p = getelementptr i64, ptr %entry, i64 3
  store i64 %operation, ptr %entry
  store i64 %id, ptr %qubit.p
  store i64 %other, ptr %other.p
  store double %angle, ptr %angle.p
  %next = add i64 %index, 1
  store i64 %next, ptr @count
  ret void
}

define internal void @append_two(i64 %operation, ptr %qubit, ptr %other) alwaysinline {
  %id = ptrtoint ptr %other to i64
  call void @know(i64 %id)
  call void @append(i64 %operation, ptr %qubit, i64 %id, double 0.0)
  ret void
}

define internal void @append_result(i64 %operation, ptr %qubit, ptr %result) alwaysinline {
  %index = call i64 @result_index(ptr %result)
  call void @append(i64 %operation, ptr %qubit, i64 %index, double 0.0)
  ret void
}

; A row of controls and its gate stand together: room for so many entries.
define internal void @reserve(i64 %entries) {
  %too.many = icmp ugt i64 %entries, 4001
  br i1 %too.many, label %refuse, label %look
refuse:
  call void @refuse(ptr @long.row, i64 %entries, i64 0, i64 0)
  unreachable
look:
  %count = load i64, ptr @count
  %end = add i64 %count, %entries
  %full = icmp ugt i64 %end, 4096
  br i1 %full, label %drain, label %done
drain:
  call void @flush()
  br label %done
done:
  ret void
}

; ---- qubits -----------------------------------------------------------------------------------------------------------------

; Every qubit up to this one has a place.
define internal void @know(i64 %id) alwaysinline {
  %taken = load i64, ptr @taken
  %known = icmp ult i64 %id, %taken
  br i1 %known, label %done, label %take, !prof !1
take:
  call void @take_up_to(i64 %id)
  br label %done
done:
  ret void
}

define internal void @take_up_to(i64 %id) noinline {
start:
  %bad = icmp ugt i64 %id, 1048575
  br i1 %bad, label %refuse, label %look
refuse:
  call void @refuse(ptr @no.qubit, i64 %id, i64 0, i64 0)
  unreachable
look:
  %room = load i64, ptr @qubit.room
  %fits = icmp ult i64 %id, %room
  br i1 %fits, label %fill, label %grow
grow:
  %double = shl i64 %room, 1
  %more = add i64 %id, 64
  %larger = icmp ugt i64 %double, %more
  %new = select i1 %larger, i64 %double, i64 %more
  %bytes = shl i64 %new, 3
  %places.old = load ptr, ptr @places
  %places.new = call ptr @realloc(ptr %places.old, i64 %bytes)
  store ptr %places.new, ptr @places
  %free.old = load ptr, ptr @free
  %free.new = call ptr @realloc(ptr %free.old, i64 %bytes)
  store ptr %free.new, ptr @free
  store i64 %new, ptr @qubit.room
  br label %fill
fill:
  %places = load ptr, ptr @places
  %first = load i64, ptr @taken
  br label %one
one:
  %qubit = phi i64 [ %first, %fill ], [ %next, %one ]
  %place = getelementptr i64, ptr %places, i64 %qubit
  store i64 -1, ptr %place
  %next = add i64 %qubit, 1
  %all = icmp ugt i64 %next, %id
  br i1 %all, label %done, label %one
done:
  store i64 %next, ptr @taken
  ret void
}

; The lowest one that is free.
define ptr @__quantum__rt__qubit_allocate() {
start:
  %count = load i64, ptr @free.count
  %none = icmp eq i64 %count, 0
  br i1 %none, label %new, label %search
new:
  %id.new = load i64, ptr @taken
  call void @take_up_to(i64 %id.new)
  %qubit.new = inttoptr i64 %id.new to ptr
  ret ptr %qubit.new
search:
  %free = load ptr, ptr @free
  br label %one
one:
  %index = phi i64 [ 0, %search ], [ %next, %one ]
  %best = phi i64 [ 0, %search ], [ %better, %one ]
  %id.p = getelementptr i64, ptr %free, i64 %index
  %best.p = getelementptr i64, ptr %free, i64 %best
  %id = load i64, ptr %id.p
  %lowest = load i64, ptr %best.p
  %lower = icmp ult i64 %id, %lowest
  %better = select i1 %lower, i64 %index, i64 %best
  %next = add i64 %index, 1
  %all = icmp eq i64 %next, %count
  br i1 %all, label %take, label %one
take:
  %found.p = getelementptr i64, ptr %free, i64 %better
  %found = load i64, ptr %found.p
  %end = sub i64 %count, 1
  %end.p = getelementptr i64, ptr %free, i64 %end
  %moved = load i64, ptr %end.p
  store i64 %moved, ptr %found.p
  store i64 %end, ptr @free.count
  %qubit = inttoptr i64 %found to ptr
  ret ptr %qubit
}

; Its position goes with it. One that is released twice is released once.
define void @__quantum__rt__qubit_release(ptr %qubit) {
start:
  %id = ptrtoint ptr %qubit to i64
  %taken = load i64, ptr @taken
  %known = icmp ult i64 %id, %taken
  br i1 %known, label %look, label %done
look:
  %count = load i64, ptr @free.count
  %free = load ptr, ptr @free
  br label %head
head:
  %index = phi i64 [ 0, %look ], [ %next, %compare ]
  %more = icmp ult i64 %index, %count
  br i1 %more, label %compare, label %release
compare:
  %other.p = getelementptr i64, ptr %free, i64 %index
  %other = load i64, ptr %other.p
  %next = add i64 %index, 1
  %same = icmp eq i64 %other, %id
  br i1 %same, label %done, label %head
release:
  call void @append(i64 19, ptr %qubit, i64 0, double 0.0)
  %place = getelementptr i64, ptr %free, i64 %count
  store i64 %id, ptr %place
  %count.1 = add i64 %count, 1
  store i64 %count.1, ptr @free.count
  br label %done
done:
  ret void
}

define void @__quantum__qis__reset__body(ptr %qubit) {
  call void @append(i64 19, ptr %qubit, i64 0, double 0.0)
  ret void
}

; A shot begins, or a program begins anew in it: no qubits, no results, and the draws go on.
define void @__quantum__rt__initialize(ptr %environment) {
  store i64 0, ptr @count
  store i64 0, ptr @positions
  store i64 0, ptr @filled
  store i64 0, ptr @initial
  store i64 0, ptr @mask
  store i64 0, ptr @bits
  store i64 0, ptr @taken
  store i64 0, ptr @free.count
  store double 1.0, ptr @norm
  store double 0.0, ptr @angle
  %re = load ptr, ptr @re
  %im = load ptr, ptr @im
  store double 1.0, ptr %re
  store double 0.0, ptr %im
  %stamp = load i64, ptr @stamp
  %stamp.1 = add i64 %stamp, 1
  store i64 %stamp.1, ptr @stamp
  %serial.p = load ptr, ptr @qirjit_serial_at
  %serial = load i64, ptr %serial.p
  %serial.before = load i64, ptr @serial
  %same = icmp eq i64 %serial, %serial.before
  br i1 %same, label %done, label %new
new:
  %shot.p = load ptr, ptr @qirjit_shot_at
  %shot = load i64, ptr %shot.p
  store i64 %shot, ptr @shot
  store i64 0, ptr @draws
  store i64 %serial, ptr @serial
  br label %done
done:
  ret void
}

; ---- results: ids, into which mz measures, and values, which m returns: addresses of their own -------------------------------

@one = internal constant i8 1
@zero = internal constant i8 0

; Where @results has an id; the first word there is of no id.
define internal i64 @result_index(ptr %result) alwaysinline {
  %id = ptrtoint ptr %result to i64
  %index = add i64 %id, 1
  %room = load i64, ptr @result.room
  %fits = icmp ult i64 %id, %room
  br i1 %fits, label %done, label %grow, !prof !1
grow:
  call void @grow_results(i64 %id)
  br label %done
done:
  ret i64 %index
}

define internal void @grow_results(i64 %id) noinline {
start:
  %bad = icmp ugt i64 %id, 33554431
  br i1 %bad, label %refuse, label %grow
refuse:
  call void @refuse(ptr @no.result, i64 %id, i64 0, i64 0)
  unreachable
grow:
  %room = load i64, ptr @result.room
  %double = shl i64 %room, 1
  %more = add i64 %id, 64
  %larger = icmp ugt i64 %double, %more
  %new = select i1 %larger, i64 %double, i64 %more
  %words = add i64 %new, 1
  %bytes = shl i64 %words, 3
  %old = load ptr, ptr @results
  %results = call ptr @realloc(ptr %old, i64 %bytes)
  store ptr %results, ptr @results
  store i64 %new, ptr @result.room
  br label %clear
clear:
  %index = phi i64 [ %room, %grow ], [ %next, %clear ]
  %next = add i64 %index, 1
  %word = getelementptr i64, ptr %results, i64 %next
  store i64 0, ptr %word
  %all = icmp eq i64 %next, %new
  br i1 %all, label %done, label %clear
done:
  ret void
}

define internal i1 @bit_at(i64 %index) alwaysinline {
  %results = load ptr, ptr @results
  %word.p = getelementptr i64, ptr %results, i64 %index
  %word = load i64, ptr %word.p
  %its.stamp = lshr i64 %word, 1
  %stamp = load i64, ptr @stamp
  %now = icmp eq i64 %its.stamp, %stamp
  %bit = trunc i64 %word to i1
  %one = and i1 %now, %bit
  ret i1 %one
}

!0 = !{!"branch_weights", i32 1, i32 4096}
!1 = !{!"branch_weights", i32 4096, i32 1}
