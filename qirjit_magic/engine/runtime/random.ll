; Platform utilities of Quantinuum's QIR (quantinuum/qir-qis, its QIR reference: "Platform Utilities"): random numbers, the
; number of the shot.
;
; Which generator the platform has is not documented. This one is PCG32 (M. E. O'Neill, pcg-random.org: pcg32, XSH RR): one
; step a number, so that advancing by -1 gives the last number again. Where a shot does not seed it, the seed of the run
; and the number of the shot do, mixed as for the draws of kernels/machine.py: PCG32 itself mixes its seed by one step only,
; so that the streams of seeds that are a fixed distance apart are related.

@state = internal global i64 0
@first_state = internal global i64 0        ; right after the seeding
@seeded_in = internal global i64 -1         ; the shot in which that was

define void @___random_seed(i64 %seed) {
  %shot = call i64 @qirjit_shot_serial()
  ; pcg32_srandom with stream 0: step, add the seed, step
  %added = add i64 %seed, 1
  %state = call i64 @step(i64 %added)
  store i64 %state, ptr @state
  store i64 %state, ptr @first_state
  store i64 %shot, ptr @seeded_in
  ret void
}

define internal i64 @step(i64 %state) {
  %multiplied = mul i64 %state, 6364136223846793005
  %next = add i64 %multiplied, 1
  ret i64 %next
}

define internal void @be_seeded() {
  %shot = call i64 @qirjit_shot_serial()
  %seeded = load i64, ptr @seeded_in
  %is = icmp eq i64 %shot, %seeded
  br i1 %is, label %done, label %seed
seed:
  %run = call i64 @qirjit_seed()
  %number = call i64 @qirjit_current_shot()
  %run.apart = add i64 %run, 4354685564936845354             ; twice the step: the draws of a simulator have it once
  %run.mixed = call i64 @mix(i64 %run.apart)
  %spread = mul i64 %number, 11400714819323198485
  %shot.apart = add i64 %run.mixed, %spread
  %own = call i64 @mix(i64 %shot.apart)
  call void @___random_seed(i64 %own)
  br label %done
done:
  ret void
}

; The finaliser of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
define internal i64 @mix(i64 %x) {
  %x.high = lshr i64 %x, 30
  %x.folded = xor i64 %x, %x.high
  %y = mul i64 %x.folded, 13787848793156543929
  %y.high = lshr i64 %y, 27
  %y.folded = xor i64 %y, %y.high
  %z = mul i64 %y.folded, 10723151780598845931
  %z.high = lshr i64 %z, 31
  %mixed = xor i64 %z, %z.high
  ret i64 %mixed
}

define i32 @___random_int() {
  call void @be_seeded()
  %state = load i64, ptr @state
  %next = call i64 @step(i64 %state)
  store i64 %next, ptr @state
  %high = lshr i64 %state, 18
  %mixed = xor i64 %high, %state
  %middle = lshr i64 %mixed, 27
  %word = trunc i64 %middle to i32
  %top = lshr i64 %state, 59
  %turn = trunc i64 %top to i32
  %number = call i32 @llvm.fshr.i32(i32 %word, i32 %word, i32 %turn)
  ret i32 %number
}

define double @___random_float() {
  %int = call i32 @___random_int()
  %double = uitofp i32 %int to double
  %part = fmul double %double, 0x3DF0000000000000     ; 2^-32
  ret double %part
}

; The high half of a product: no number is drawn twice, so that one number is one step.
define i32 @___random_int_bounded(i32 %bound) {
  %int = call i32 @___random_int()
  %wide = zext i32 %int to i64
  %wide.bound = zext i32 %bound to i64
  %product = mul i64 %wide, %wide.bound
  %high = lshr i64 %product, 32
  %number = trunc i64 %high to i32
  ret i32 %number
}

; Jumps in as many rounds as the number of steps has bits (F. Brown, Random Number Generation with Arbitrary Strides, 1994).
define internal i64 @jump(i64 %state, i64 %steps) {
start:
  br label %head
head:
  %left = phi i64 [ %steps, %start ], [ %half, %round ]
  %factor = phi i64 [ 1, %start ], [ %factor.1, %round ]
  %sum = phi i64 [ 0, %start ], [ %sum.1, %round ]
  %step.factor = phi i64 [ 6364136223846793005, %start ], [ %step.factor.1, %round ]
  %step.sum = phi i64 [ 1, %start ], [ %step.sum.1, %round ]
  %more = icmp ne i64 %left, 0
  br i1 %more, label %round, label %done
round:
  %odd = trunc i64 %left to i1
  %factor.taken = mul i64 %factor, %step.factor
  %sum.scaled = mul i64 %sum, %step.factor
  %sum.taken = add i64 %sum.scaled, %step.sum
  %factor.1 = select i1 %odd, i64 %factor.taken, i64 %factor
  %sum.1 = select i1 %odd, i64 %sum.taken, i64 %sum
  %step.factor.and.one = add i64 %step.factor, 1
  %step.sum.1 = mul i64 %step.factor.and.one, %step.sum
  %step.factor.1 = mul i64 %step.factor, %step.factor
  %half = lshr i64 %left, 1
  br label %head
done:
  %scaled = mul i64 %state, %factor
  %jumped = add i64 %scaled, %sum
  ret i64 %jumped
}

define void @___random_advance(i64 %steps) {
  call void @be_seeded()
  %state = load i64, ptr @state
  %jumped = call i64 @jump(i64 %state, i64 %steps)
  store i64 %jumped, ptr @state
  ret void
}

; pytket's RNGIndex: the place in the stream, counted from its seeding.
define void @___set_random_index(i32 %index) {
  call void @be_seeded()
  %state = load i64, ptr @first_state
  %steps = zext i32 %index to i64
  %jumped = call i64 @jump(i64 %state, i64 %steps)
  store i64 %jumped, ptr @state
  ret void
}

; Counted from 0.
define i64 @___get_current_shot() {
  %shot = call i64 @qirjit_current_shot()
  ret i64 %shot
}

declare i64 @qirjit_seed()
declare i64 @qirjit_shot_serial()
declare i64 @qirjit_current_shot()
declare i32 @llvm.fshr.i32(i32, i32, i32)
