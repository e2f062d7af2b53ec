; Qubits: ids, the lowest that are free. A static one is there as soon as it is used, with all below it.

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
  %places.new = call ptr @grown(ptr %places.old, i64 %bytes)
  store ptr %places.new, ptr @places
  %free.old = load ptr, ptr @released
  %free.new = call ptr @grown(ptr %free.old, i64 %bytes)
  store ptr %free.new, ptr @released
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
  %count = load i64, ptr @released.count
  %none = icmp eq i64 %count, 0
  br i1 %none, label %new, label %search
new:
  %id.new = load i64, ptr @taken
  call void @take_up_to(i64 %id.new)
  %qubit.new = inttoptr i64 %id.new to ptr
  ret ptr %qubit.new
search:
  %free = load ptr, ptr @released
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
  store i64 %end, ptr @released.count
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
  %count = load i64, ptr @released.count
  %free = load ptr, ptr @released
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
  store i64 %count.1, ptr @released.count
  br label %done
done:
  ret void
}

define void @__quantum__qis__reset__body(ptr %qubit) {
  call void @append(i64 19, ptr %qubit, i64 0, double 0.0)
  ret void
}

; ---- arrays and text ----------------------------------------------------------------------------------------------------------

define ptr @__quantum__rt__qubit_allocate_array(i64 %size) {
start:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 %size)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  store ptr %qubit, ptr %place
  %next = add i64 %index, 1
  br label %head
done:
  ret ptr %array
}
define void @__quantum__rt__qubit_release_array(ptr %array) {
start:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %array)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  %qubit = load ptr, ptr %place
  call void @__quantum__rt__qubit_release(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
done:
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  ret void
}

define ptr @__quantum__rt__qubit_to_string(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  %string = call ptr @__quantum__rt__int_to_string(i64 %id)
  ret ptr %string
}
