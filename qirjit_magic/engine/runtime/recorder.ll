; The recorder: what the program outputs becomes records in the memory that the kernel process shares.
;
; A record is { i32 kind, i32 text, i64 value }; text is an offset into the text area, 0 for none. Pointers are never kept:
; the kernel reads the records when this process may be dead. The kinds are RecordKind in protocol/shared_memory.py, the header's
; words are Word in protocol/shared_memory.py.

%Shared = type { i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }
;                |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    17 fault_access
;                |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    16 fault_stack
;                |    |    |    |    |    |    |    |    |    |    |    |    |    |    |    15 fault_counter
;                |    |    |    |    |    |    |    |    |    |    |    |    |    |    14 fault_address
;                |    |    |    |    |    |    |    |    |    |    |    |    |    13 fault_code
;                |    |    |    |    |    |    |    |    |    |    |    |    12 fault_signal: from here on see faults.ll
;                |    |    |    |    |    |    |    |    |    |    |    11 running: 1 while a shot is run
;                |    |    |    |    |    |    |    |    |    |    10 records_capacity
;                |    |    |    |    |    |    |    |    |    9 records_start
;                |    |    |    |    |    |    |    |    8 text_capacity
;                |    |    |    |    |    |    |    7 text_start
;                |    |    |    |    |    |    6 shot: the one being run
;                |    |    |    |    |    5 dropped: records and texts that found no room
;                |    |    |    |    4 lines: messages and state dumps written
;                |    |    |    3 text_position
;                |    |    2 committed: bytes of records of finished shots
;                |    1 position: bytes of records written
;                0 stop
%Record = type { i32, i32, i64 }

@qirjit_shared = global ptr null
@qirjit_records_end = global i64 0                 ; how far this shot may record, the 32 last records' room included
@qirjit_dumps = global i64 0                       ; state dumps of this shot whose text is still with the simulator
@qirjit_way_out = global [64 x i64] zeroinitializer, align 16    ; a jmp_buf, larger than any system's
@qirjit_shots = global i64 0                       ; shots begun in this process: which one goes on
@qirjit_containers = global [64 x i64] zeroinitializer    ; where the open containers stand that have no count yet
@qirjit_depth = global i64 0                       ; how many these are
@qirjit_label_pointers = global [4096 x ptr] zeroinitializer     ; a direct-mapped table: label pointer -> text offset
@qirjit_label_offsets = global [4096 x i32] zeroinitializer

declare i1 @qirjit_recorded_result(ptr)           ; read_result of the simulator, unless it tells the recorder from others
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__result_get_zero()
declare ptr @__quantum__rt__string_get_data(ptr)
declare i32 @__quantum__rt__string_get_length(ptr)
declare void @__quantum__qis__dumpmachine__body(ptr)
declare i64 @strnlen(ptr, i64)
declare i32 @strcmp(ptr, ptr)
declare void @longjmp(ptr, i32) noreturn
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

; Room for 32 more records is always kept, so that a shot whose records were dropped can still say how it ended. What is
; too much for the memory or for one shot is counted.
define internal void @append(i32 %kind, i32 %text, i64 %value, i64 %reserve) alwaysinline {
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %position = load i64, ptr %position.p
  %records.end = load i64, ptr @qirjit_records_end
  %end = add i64 %position, 16
  %wanted = add i64 %end, %reserve
  %full = icmp ugt i64 %wanted, %records.end
  br i1 %full, label %drop, label %keep
keep:
  %start.p = getelementptr %Shared, ptr %shared, i32 0, i32 9
  %start = load i64, ptr %start.p
  %offset = add i64 %start, %position
  %record = getelementptr i8, ptr %shared, i64 %offset
  %text.p = getelementptr %Record, ptr %record, i32 0, i32 1
  %value.p = getelementptr %Record, ptr %record, i32 0, i32 2
  store i32 %kind, ptr %record
  store i32 %text, ptr %text.p
  store i64 %value, ptr %value.p
  store atomic i64 %end, ptr %position.p release, align 8        ; the kernel may be looking for messages
  ret void
drop:
  %dropped.p = getelementptr %Shared, ptr %shared, i32 0, i32 5
  %dropped = load i64, ptr %dropped.p
  %dropped.1 = add i64 %dropped, 1
  store i64 %dropped.1, ptr %dropped.p
  ret void
}

; Copies text into the shared memory and gives its offset, 0 where there is no room.
define internal i32 @keep_text(ptr %text, i64 %length) {
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 3
  %position = load i64, ptr %position.p
  %capacity.p = getelementptr %Shared, ptr %shared, i32 0, i32 8
  %capacity = load i64, ptr %capacity.p
  %room = sub i64 %capacity, %position
  %full = icmp uge i64 %length, %room
  br i1 %full, label %none, label %copy
copy:
  %start.p = getelementptr %Shared, ptr %shared, i32 0, i32 7
  %start = load i64, ptr %start.p
  %offset = add i64 %start, %position
  %to = getelementptr i8, ptr %shared, i64 %offset
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %text, i64 %length, i1 false)
  %nul = getelementptr i8, ptr %to, i64 %length
  store i8 0, ptr %nul
  %end = add i64 %position, %length
  %end.1 = add i64 %end, 1
  store i64 %end.1, ptr %position.p
  %kept = trunc i64 %position to i32
  ret i32 %kept
none:
  %dropped.p = getelementptr %Shared, ptr %shared, i32 0, i32 5
  %dropped = load i64, ptr %dropped.p
  %dropped.1 = add i64 %dropped, 1
  store i64 %dropped.1, ptr %dropped.p
  ret i32 0
}

; The text offset of a label; its text is copied once. A pointer met before is compared by its text as well: a program
; may build another label in the same place.
define internal i32 @label(ptr %label) {
  %none = icmp eq ptr %label, null
  br i1 %none, label %unlabeled, label %look
unlabeled:
  ret i32 0
look:
  %address = ptrtoint ptr %label to i64
  %mixed = mul i64 %address, 11400714819323198485
  %slot = lshr i64 %mixed, 52
  %pointer.p = getelementptr [4096 x ptr], ptr @qirjit_label_pointers, i64 0, i64 %slot
  %offset.p = getelementptr [4096 x i32], ptr @qirjit_label_offsets, i64 0, i64 %slot
  %pointer = load ptr, ptr %pointer.p
  %known = icmp eq ptr %pointer, %label
  br i1 %known, label %compare, label %keep
compare:
  %offset = load i32, ptr %offset.p
  %shared = load ptr, ptr @qirjit_shared
  %start.p = getelementptr %Shared, ptr %shared, i32 0, i32 7
  %start = load i64, ptr %start.p
  %offset.64 = zext i32 %offset to i64
  %where = add i64 %start, %offset.64
  %kept.text = getelementptr i8, ptr %shared, i64 %where
  %difference = call i32 @strcmp(ptr %kept.text, ptr %label)
  %same = icmp eq i32 %difference, 0
  br i1 %same, label %found, label %keep
found:
  ret i32 %offset
keep:
  %length = call i64 @strnlen(ptr %label, i64 65536)
  %kept = call i32 @keep_text(ptr %label, i64 %length)
  store ptr %label, ptr %pointer.p
  store i32 %kept, ptr %offset.p
  ret i32 %kept
}

define internal void @record(i32 %kind, ptr %label, i64 %value) alwaysinline {
  %text = call i32 @label(ptr %label)
  call void @append(i32 %kind, i32 %text, i64 %value, i64 512)
  ret void
}

; Somebody may be watching: one more line to show.
define internal void @count_line() alwaysinline {
  %shared = load ptr, ptr @qirjit_shared
  %lines.p = getelementptr %Shared, ptr %shared, i32 0, i32 4
  %lines = load i64, ptr %lines.p
  %lines.1 = add i64 %lines, 1
  store atomic i64 %lines.1, ptr %lines.p release, align 8
  ret void
}

; ---- the output functions of the QIR specification -------------------------------------------------------------

define void @__quantum__rt__result_record_output(ptr %result, ptr %label) {
  %one = call i1 @qirjit_recorded_result(ptr %result)
  %value = zext i1 %one to i64
  call void @record(i32 2, ptr %label, i64 %value)
  ret void
}

define void @__quantum__rt__bool_record_output(i1 %bool, ptr %label) {
  %value = zext i1 %bool to i64
  call void @record(i32 3, ptr %label, i64 %value)
  ret void
}

define void @__quantum__rt__int_record_output(i64 %value, ptr %label) {
  call void @record(i32 4, ptr %label, i64 %value)
  ret void
}

define void @__quantum__rt__double_record_output(double %double, ptr %label) {
  %value = bitcast double %double to i64
  call void @record(i32 5, ptr %label, i64 %value)
  ret void
}

define void @__quantum__rt__tuple_record_output(i64 %count, ptr %label) {
  call void @record(i32 6, ptr %label, i64 %count)
  ret void
}

define void @__quantum__rt__array_record_output(i64 %count, ptr %label) {
  call void @record(i32 7, ptr %label, i64 %count)
  ret void
}

; One record for all: the bits as text, index 0 first; its offset is the value.
define void @__quantum__rt__result_array_record_output(i64 %count, ptr %results, ptr %label) {
start:
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 3
  %position = load i64, ptr %position.p
  %capacity.p = getelementptr %Shared, ptr %shared, i32 0, i32 8
  %capacity = load i64, ptr %capacity.p
  %room = sub i64 %capacity, %position
  %full = icmp uge i64 %count, %room
  br i1 %full, label %drop, label %keep
drop:
  %dropped.p = getelementptr %Shared, ptr %shared, i32 0, i32 5
  %dropped = load i64, ptr %dropped.p
  %dropped.1 = add i64 %dropped, 1
  store i64 %dropped.1, ptr %dropped.p
  br label %done
keep:
  %start.p = getelementptr %Shared, ptr %shared, i32 0, i32 7
  %start.text = load i64, ptr %start.p
  %offset = add i64 %start.text, %position
  %to = getelementptr i8, ptr %shared, i64 %offset
  br label %head
head:
  %index = phi i64 [ 0, %keep ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  %character.p = getelementptr i8, ptr %to, i64 %index
  br i1 %more, label %one, label %end
one:
  %result.p = getelementptr ptr, ptr %results, i64 %index
  %result = load ptr, ptr %result.p
  %bit = call i1 @qirjit_recorded_result(ptr %result)
  %character = select i1 %bit, i8 49, i8 48          ; '1' and '0'
  store i8 %character, ptr %character.p
  %next = add i64 %index, 1
  br label %head
end:
  store i8 0, ptr %character.p
  %after = add i64 %position, %index
  %after.1 = add i64 %after, 1
  store i64 %after.1, ptr %position.p
  br label %done
done:
  %value = phi i64 [ 0, %drop ], [ %position, %end ]
  call void @record(i32 11, ptr %label, i64 %value)
  ret void
}

; A container whose items are not counted yet: its record is found again at its end.
define void @qirjit_start_container(i32 %kind) {
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %position = load i64, ptr %position.p
  %depth = load i64, ptr @qirjit_depth
  %deep = icmp uge i64 %depth, 64
  br i1 %deep, label %record, label %open
open:
  %place = getelementptr [64 x i64], ptr @qirjit_containers, i64 0, i64 %depth
  store i64 %position, ptr %place
  br label %record
record:
  %depth.1 = add i64 %depth, 1
  store i64 %depth.1, ptr @qirjit_depth
  call void @append(i32 %kind, i32 0, i64 0, i64 512)
  ret void
}

; Counts its items: a record after it is one, unless it lies in a container among them.
define void @qirjit_end_container() {
start:
  %depth = load i64, ptr @qirjit_depth
  %none = icmp eq i64 %depth, 0
  br i1 %none, label %done, label %close
close:
  %depth.1 = sub i64 %depth, 1
  store i64 %depth.1, ptr @qirjit_depth
  %deep = icmp uge i64 %depth.1, 64
  br i1 %deep, label %done, label %count
count:
  %place = getelementptr [64 x i64], ptr @qirjit_containers, i64 0, i64 %depth.1
  %begin = load i64, ptr %place
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %position = load i64, ptr %position.p
  %records.p = getelementptr %Shared, ptr %shared, i32 0, i32 9
  %records = load i64, ptr %records.p
  %base = getelementptr i8, ptr %shared, i64 %records
  %first = add i64 %begin, 16
  br label %head
head:
  %at = phi i64 [ %first, %count ], [ %next, %look ]
  %items = phi i64 [ 0, %count ], [ %items.1, %look ]
  %inside = phi i64 [ 0, %count ], [ %inside.1, %look ]
  %more = icmp ult i64 %at, %position
  br i1 %more, label %look, label %put
look:
  %record = getelementptr i8, ptr %base, i64 %at
  %kind = load i32, ptr %record
  %value.p = getelementptr %Record, ptr %record, i32 0, i32 2
  %value = load i64, ptr %value.p
  %tuple = icmp eq i32 %kind, 6
  %array = icmp eq i32 %kind, 7
  %container = or i1 %tuple, %array
  %message = icmp sge i32 %kind, 8
  %dump = icmp sle i32 %kind, 9
  %text = and i1 %message, %dump                     ; is no item
  %children = select i1 %container, i64 %value, i64 0
  %top = icmp eq i64 %inside, 0
  %weight = select i1 %text, i64 0, i64 1
  %counted = select i1 %top, i64 %weight, i64 0
  %items.1 = add i64 %items, %counted
  %used = sub i64 %weight, %counted
  %left = sub i64 %inside, %used
  %inside.1 = add i64 %left, %children
  %next = add i64 %at, 16
  br label %head
put:
  %kept = icmp ult i64 %begin, %position             ; it may have found no room
  br i1 %kept, label %write, label %done
write:
  %own = getelementptr i8, ptr %base, i64 %begin
  %own.value = getelementptr %Record, ptr %own, i32 0, i32 2
  store i64 %items, ptr %own.value
  br label %done
done:
  ret void
}

; ---- text --------------------------------------------------------------------------------------------------------

@qirjit_no_text = internal constant [1 x i8] zeroinitializer

%Text = type { ptr, i64 }

; Where the text of a string is, and how long: no string is an empty one.
define internal %Text @text_of(ptr %string) {
  %none = icmp eq ptr %string, null
  br i1 %none, label %empty, label %look
empty:
  ret %Text { ptr @qirjit_no_text, i64 0 }
look:
  %data = call ptr @__quantum__rt__string_get_data(ptr %string)
  %length.32 = call i32 @__quantum__rt__string_get_length(ptr %string)
  %length = zext i32 %length.32 to i64
  %with.data = insertvalue %Text poison, ptr %data, 0
  %text = insertvalue %Text %with.data, i64 %length, 1
  ret %Text %text
}

define void @__quantum__rt__message(ptr %string) {
  %found = call %Text @text_of(ptr %string)
  %data = extractvalue %Text %found, 0
  %length = extractvalue %Text %found, 1
  %text = call i32 @keep_text(ptr %data, i64 %length)
  call void @append(i32 8, i32 %text, i64 %length, i64 512)
  call void @count_line()
  ret void
}

; The simulator keeps the text of a dump until the shot is over; the record marks its place (value -1: still to come).
define void @qirjit_dumpmachine(ptr %location) {
  call void @__quantum__qis__dumpmachine__body(ptr %location)
  call void @append(i32 9, i32 0, i64 -1, i64 512)
  %dumps = load i64, ptr @qirjit_dumps
  %dumps.1 = add i64 %dumps, 1
  store i64 %dumps.1, ptr @qirjit_dumps
  ret void
}

; ---- the end of a shot -------------------------------------------------------------------------------------------

; One word of what the entry point returned. A pointer that is a result comes as its value, 0 or 1: as a number that no
; address is, it is an id; One and Zero are values. Any other pointer comes as its address.
define void @qirjit_returned(i64 %word, i1 %is.pointer) {
start:
  br i1 %is.pointer, label %look, label %keep
look:
  %pointer = inttoptr i64 %word to ptr
  %one = call ptr @__quantum__rt__result_get_one()
  %zero = call ptr @__quantum__rt__result_get_zero()
  %is.one = icmp eq ptr %pointer, %one
  %is.zero = icmp eq ptr %pointer, %zero
  %is.id = icmp ult i64 %word, 4294967296
  %is.value = or i1 %is.one, %is.zero
  %is.result = or i1 %is.value, %is.id
  br i1 %is.result, label %read, label %keep
read:
  %bit = call i1 @qirjit_recorded_result(ptr %pointer)
  %value = zext i1 %bit to i64
  br label %keep
keep:
  %kept = phi i64 [ %word, %start ], [ %word, %look ], [ %value, %read ]
  call void @append(i32 12, i32 0, i64 %kept, i64 0)
  ret void
}

; The last record of a finished shot holds what the entry point returned.
define void @qirjit_end_shot(i64 %returned) {
  call void @append(i32 1, i32 0, i64 %returned, i64 0)
  ret void
}

; One store commits a shot, so that a kill between any two instructions loses at most the shot it hits.
define void @qirjit_commit() {
  %shared = load ptr, ptr @qirjit_shared
  %position.p = getelementptr %Shared, ptr %shared, i32 0, i32 1
  %committed.p = getelementptr %Shared, ptr %shared, i32 0, i32 2
  %position = load i64, ptr %position.p
  store atomic i64 %position, ptr %committed.p release, align 8
  ret void
}

define void @__quantum__rt__fail(ptr %string) noreturn {
  %found = call %Text @text_of(ptr %string)
  %data = extractvalue %Text %found, 0
  %length = extractvalue %Text %found, 1
  call void @qirjit_leave(ptr %data, i64 %length)
  unreachable
}

; The way out of a shot that failed. Its record: the exit code in the upper half of the value, the message's length in
; the lower.
define void @qirjit_leave(ptr %message, i64 %length) noreturn {
  %text = call i32 @keep_text(ptr %message, i64 %length)
  %value = or i64 %length, 4294967296              ; exit code 1
  call void @append(i32 10, i32 %text, i64 %value, i64 0)
  call void @longjmp(ptr @qirjit_way_out, i32 1)
  unreachable
}
