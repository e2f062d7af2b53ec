; One half of a circle of variables. The other half, "west", is this with the two words exchanged: each reads, writes and
; points to what the other defines.

@east = global i64 0
@east_step = constant i64 10
@east_numbers = global [4 x i64] [i64 1, i64 2, i64 4, i64 8], align 64
@east_word = private unnamed_addr constant [5 x i8] c"east\00"
@east_text = global ptr @east_word
@east_table = constant [4 x ptr] [ptr @east_count, ptr @west_count, ptr @east, ptr @west]
@east_place = global ptr getelementptr ([4 x i64], ptr @west_numbers, i64 0, i64 2)
@east_ring = global ptr @west_ring
@east_blocks = constant [2 x ptr] [ptr blockaddress(@east_block, %first), ptr blockaddress(@east_block, %second)]

@west = external global i64
@west_step = external constant i64
@west_numbers = external global [4 x i64]
@west_text = external global ptr
@west_ring = external global ptr

declare i64 @west_count()

; Counts in its own variable, in steps of both constants.
define i64 @east_count() {
  %old = load i64, ptr @east
  %own = load i64, ptr @east_step
  %foreign = load i64, ptr @west_step
  %step = add i64 %own, %foreign
  %new = add i64 %old, %step
  store i64 %new, ptr @east
  ret i64 %new
}

; Adds to the other's variable.
define i64 @east_gives(i64 %more) {
  %old = load i64, ptr @west
  %new = add i64 %old, %more
  store i64 %new, ptr @west
  ret i64 %new
}

; The first letters of both texts.
define i64 @east_letters() {
  %own = load ptr, ptr @east_text
  %foreign = load ptr, ptr @west_text
  %a = load i8, ptr %own
  %b = load i8, ptr %foreign
  %high = zext i8 %a to i64
  %low = zext i8 %b to i64
  %moved = shl i64 %high, 8
  %both = or i64 %moved, %low
  ret i64 %both
}

; Calls a function of the table.
define i64 @east_calls(i64 %index) {
  %entry = getelementptr [4 x ptr], ptr @east_table, i64 0, i64 %index
  %function = load ptr, ptr %entry
  %result = call i64 %function()
  ret i64 %result
}

; Doubles the number in the middle of the other's array.
define i64 @east_doubles() {
  %place = load ptr, ptr @east_place
  %old = load i64, ptr %place
  %new = mul i64 %old, 2
  store i64 %new, ptr %place
  ret i64 %new
}

; What an initialiser points to is what the code means by that name: one bit each.
define i64 @east_same() {
  %e0 = load ptr, ptr @east_table
  %e1 = load ptr, ptr getelementptr ([4 x ptr], ptr @east_table, i64 0, i64 1)
  %e2 = load ptr, ptr getelementptr ([4 x ptr], ptr @east_table, i64 0, i64 2)
  %e3 = load ptr, ptr getelementptr ([4 x ptr], ptr @east_table, i64 0, i64 3)
  %next = load ptr, ptr @east_ring
  %e4 = load ptr, ptr %next
  %s0 = icmp eq ptr %e0, @east_count
  %s1 = icmp eq ptr %e1, @west_count
  %s2 = icmp eq ptr %e2, @east
  %s3 = icmp eq ptr %e3, @west
  %s4 = icmp eq ptr %e4, @east_ring
  %v1 = insertelement <8 x i1> zeroinitializer, i1 %s0, i64 0
  %v2 = insertelement <8 x i1> %v1, i1 %s1, i64 1
  %v3 = insertelement <8 x i1> %v2, i1 %s2, i64 2
  %v4 = insertelement <8 x i1> %v3, i1 %s3, i64 3
  %v5 = insertelement <8 x i1> %v4, i1 %s4, i64 4
  %bits = bitcast <8 x i1> %v5 to i8
  %word = zext i8 %bits to i64
  ret i64 %word
}

; Goes to a block by its address.
define i64 @east_block(i64 %index) {
  %entry = getelementptr [2 x ptr], ptr @east_blocks, i64 0, i64 %index
  %block = load ptr, ptr %entry
  indirectbr ptr %block, [label %first, label %second]
first:
  ret i64 1
second:
  ret i64 2
}

; The last bits of an address that must be a multiple of 64.
define i64 @east_odd_bits() {
  %address = ptrtoint ptr @east_numbers to i64
  %bits = and i64 %address, 63
  ret i64 %bits
}
