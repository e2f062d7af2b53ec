; The state-vector simulator's memory, its queue, qubits and results. Gates are appended to the queue; what reads a result
; has the kernels (kernels.ll) carry out all that is queued.

; ---- the words that the kernels know, in the order of kernels/machine.py ------------------------------------------------

@machine = global [48 x i64] zeroinitializer, align 64
@count      = internal alias i64, getelementptr (i64, ptr @machine, i64 0)     ; of queued entries
@positions  = internal alias i64, getelementptr (i64, ptr @machine, i64 1)     ; of the state, which has 2^positions amplitudes
@room       = internal alias i64, getelementptr (i64, ptr @machine, i64 2)     ; positions for which there is memory
@mask       = internal alias i64, getelementptr (i64, ptr @machine, i64 3)     ; positions that were measured
@bits       = internal alias i64, getelementptr (i64, ptr @machine, i64 4)     ; and what was found there
@seed       = internal alias i64, getelementptr (i64, ptr @machine, i64 5)     ; of the run, mixed
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

@most        = internal alias i64, getelementptr (i64, ptr @machine, i64 26)   ; positions that the memory allows
@available   = internal alias i64, getelementptr (i64, ptr @machine, i64 27)   ; bytes of it
@taken       = internal alias i64, getelementptr (i64, ptr @machine, i64 28)   ; qubits below this have a place
@branch      = internal alias i64, getelementptr (i64, ptr @machine, i64 36)   ; the known state that it is in, 0 at the beginning
@branches    = internal alias i64, getelementptr (i64, ptr @machine, i64 37)   ; how many there are
@branch.table = internal alias ptr, getelementptr (i64, ptr @machine, i64 38)
@branch.slots = internal alias ptr, getelementptr (i64, ptr @machine, i64 39)
@keeping     = internal alias i64, getelementptr (i64, ptr @machine, i64 40)   ; bytes that more of them may take
@own.re      = internal alias ptr, getelementptr (i64, ptr @machine, i64 41)   ; amplitudes that belong to no known state
@own.im      = internal alias ptr, getelementptr (i64, ptr @machine, i64 42)
@keeping.first = internal alias i64, getelementptr (i64, ptr @machine, i64 44) ; and the first one that all shots come by
@key         = internal alias i64, getelementptr (i64, ptr @machine, i64 43)   ; of this shot's draws

; ---- the words that only this file knows --------------------------------------------------------------------------------

@qubit.room  = internal alias i64, getelementptr (i64, ptr @machine, i64 29)   ; places that there are
@released    = internal alias ptr, getelementptr (i64, ptr @machine, i64 30)   ; released qubits
@released.count = internal alias i64, getelementptr (i64, ptr @machine, i64 31)
@result.room = internal alias i64, getelementptr (i64, ptr @machine, i64 32)   ; words that @results has
@threads     = internal alias i64, getelementptr (i64, ptr @machine, i64 34)   ; that share a large state, at most 8
@lacking     = internal alias i64, getelementptr (i64, ptr @machine, i64 35)   ; 1: there was no memory for a state
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
declare void @free(ptr)
declare i32 @snprintf(ptr, i64, ptr, ...)

@no.memory = internal constant [111 x i8] c"a state of %lld or more qubits takes %lld MiB of memory, and %lld MiB are there: release qubits, or use sparse\00"
@no.table = internal constant [66 x i8] c"there is no memory for a table of qubits or results of %lld bytes\00"
@no.qubit = internal constant [51 x i8] c"there is no qubit %lld: ids go from 0 to 1,048,575\00"
@no.result = internal constant [53 x i8] c"there is no result %lld: ids go from 0 to 33,554,431\00"
@twice = internal constant [47 x i8] c"a gate on several qubits had one of them twice\00"
@no.angle = internal constant [40 x i8] c"an angle is infinite or is not a number\00"
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
  store i64 1, ptr @lacking
  call void @refuse(ptr @no.memory, i64 %wanted, i64 %mib, i64 %available.mib)
  unreachable
open:
  %bytes = shl i64 8, %wanted
  %re = load ptr, ptr @own.re
  %im = load ptr, ptr @own.im
  %re.refused = call i32 @mprotect(ptr %re, i64 %bytes, i32 3)         ; PROT_READ, PROT_WRITE
  %im.refused = call i32 @mprotect(ptr %im, i64 %bytes, i32 3)
  %any = or i32 %re.refused, %im.refused
  %ok = icmp eq i32 %any, 0
  br i1 %ok, label %done, label %refuse
done:
  store i64 %wanted, ptr @room
  ret ptr null
}

; Memory for a known state.
define i64 @qirjit_take_memory(i64 %bytes) {
  %memory = call ptr @malloc(i64 %bytes)
  %address = ptrtoint ptr %memory to i64
  ret i64 %address
}
define ptr @qirjit_give_back(i64 %address) {
  %memory = inttoptr i64 %address to ptr
  call void @free(ptr %memory)
  ret ptr null
}

; The same table with more room.
define internal ptr @grown(ptr %table, i64 %bytes) {
  %new = call ptr @realloc(ptr %table, i64 %bytes)
  %none = icmp eq ptr %new, null
  br i1 %none, label %refuse, label %done
refuse:
  call void @refuse(ptr @no.table, i64 %bytes, i64 0, i64 0)
  unreachable
done:
  ret ptr %new
}

; Known states are for all shots: none is computed in a floating-point environment that one shot has made its own.
define internal void @flush() {
  %floats = call i64 @qirjit_default_floats()
  %done = call ptr @qirjit_flush(i64 ptrtoint (ptr @machine to i64))
  call void @qirjit_restore_floats(i64 %floats)
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

; A rotation. Of an angle that is infinite or no number there is no state: each amplitude would be no number either.
define internal void @append_turn(i64 %operation, ptr %qubit, double %angle) alwaysinline {
  %size = call double @llvm.fabs.f64(double %angle)
  %finite = fcmp olt double %size, 0x7FF0000000000000
  br i1 %finite, label %turn, label %refuse, !prof !1
refuse:
  call void @refuse(ptr @no.angle, i64 0, i64 0, i64 0)
  unreachable
turn:
  call void @append(i64 %operation, ptr %qubit, i64 0, double %angle)
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

; ---- the beginning ------------------------------------------------------------------------------------------------------------

; A shot begins, or a program begins anew in it: no qubits, no results, and the draws go on.
define void @__quantum__rt__initialize(ptr %environment) {
  store i64 0, ptr @count
  store i64 0, ptr @positions
  store i64 0, ptr @filled
  store i64 0, ptr @initial
  store i64 0, ptr @mask
  store i64 0, ptr @bits
  store i64 0, ptr @taken
  store i64 0, ptr @released.count
  store double 1.0, ptr @norm
  store double 0.0, ptr @angle
  store i64 0, ptr @branch
  %re = load ptr, ptr @own.re
  %im = load ptr, ptr @own.im
  store ptr %re, ptr @re
  store ptr %im, ptr @im
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

!0 = !{!"branch_weights", i32 1, i32 4096}
!1 = !{!"branch_weights", i32 4096, i32 1}
