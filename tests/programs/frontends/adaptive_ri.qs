// What needs decisions on results, and integers.
import Std.Arrays.*;
import Std.Canon.*;
import Std.Convert.*;
import Std.Math.*;
import Std.Measurement.*;

// A state is teleported. Where it is turned back at the end it is Zero again, so its phase has arrived too.
operation Teleported(turned_back : Bool) : Result {
    use (message, mine, yours) = (Qubit(), Qubit(), Qubit());
    Ry(PI() / 3.0, message);
    S(message);
    H(mine);
    CNOT(mine, yours);
    CNOT(message, mine);
    H(message);
    if MResetZ(mine) == One { X(yours); }
    if MResetZ(message) == One { Z(yours); }
    if turned_back {
        Adjoint S(yours);
        Ry(-PI() / 3.0, yours);
    }
    return MResetZ(yours);
}

// At most five throws, until the first head; how many it took, 6 for none.
operation ThrowsUntilHead() : Int {
    use q = Qubit();
    mutable throws = 1;
    mutable found = false;
    for _ in 1..5 {
        if not found {
            H(q);
            if MResetZ(q) == One { found = true; } else { throws += 1; }
        }
    }
    return throws;
}

// A qubit is used again after it was reset in the middle, whatever it was.
operation UsedAgain() : (Result, Result, Bool) {
    use q = Qubit();
    H(q);
    let first = M(q);
    Reset(q);
    let second = M(q);
    X(q);
    let third = MResetZ(q);
    return (second, third, first == Zero or second == Zero);
}

operation Read(bits : Int, n : Int) : Int {
    use q = Qubit[n];
    ApplyXorInPlace(bits, q);
    return MeasureInteger(q);
}

operation Arithmetic(a : Int, b : Int) : (Int, Int, Int, Int, Int) {
    let (x, y) = (Read(a, 4), Read(b, 3));
    return (x + y, x - 3 * y, x * y - 20, (x - 8) / (y + 1), (x - 8) % (y + 1));
}

operation Bitwise(a : Int, b : Int) : (Int, Int, Int, Int, Int, Int) {
    let (x, y) = (Read(a, 4), Read(b, 3));
    return (x &&& y, x ||| y, x ^^^ y, ~~~x, x <<< 2, (x - 8) >>> 1);
}

operation Compared(a : Int, b : Int) : (Bool, Bool, Bool, Bool[], (Bool, Bool)) {
    let (x, y) = (Read(a, 3), Read(b, 3));
    return (x < y, x == y, x != y, [x <= y, x > y], (not (x >= y), x < y and x > 2 or y == 7));
}

operation Chosen(a : Int) : (Int, (Int, Bool)) {
    let x = Read(a, 3);
    let class = if x < 2 { 10 } elif x == 5 { -3 } elif x % 2 == 0 { x * x } else { 0 };
    mutable sum = 0;
    for i in 1..4 { if x > i { sum += i; } }
    return (class, (sum, x > 6));
}

operation Counted() : Int {
    use q = Qubit[3];
    ApplyToEachA(H, q);
    mutable ones = 0;
    for r in MResetEachZ(q) { if r == One { ones += 1; } }
    return ones;
}

// Two that agree, and two that do not.
operation Equal() : (Bool, Bool) {
    use q = Qubit[4];
    H(q[0]);
    CNOT(q[0], q[1]);
    H(q[2]);
    CNOT(q[2], q[3]);
    X(q[3]);
    return (MResetZ(q[0]) == MResetZ(q[1]), MResetZ(q[2]) == MResetZ(q[3]));
}

operation Toss() : Bool {
    use q = Qubit();
    H(q);
    return MResetZ(q) == One;
}

// Each toss has a qubit of its own, which the target has one of.
operation Tosses() : Bool[] {
    mutable tosses = [];
    for _ in 1..3 { tosses += [Toss()]; }
    return tosses;
}

// The syndrome of the three-qubit code says which qubit was flipped; it is flipped back.
operation Corrected(flipped : Int) : (Int, Result[]) {
    use (data, ancilla) = (Qubit[3], Qubit());
    Ry(PI() / 3.0, data[0]);
    CNOT(data[0], data[1]); CNOT(data[0], data[2]);
    if flipped < 3 { X(data[flipped]); }
    CNOT(data[0], ancilla); CNOT(data[1], ancilla);
    let first = MResetZ(ancilla);
    CNOT(data[1], ancilla); CNOT(data[2], ancilla);
    let second = MResetZ(ancilla);
    let syndrome = (first == One ? 1 | 0) + (second == One ? 2 | 0);
    if syndrome == 1 { X(data[0]); } elif syndrome == 3 { X(data[1]); } elif syndrome == 2 { X(data[2]); }
    CNOT(data[0], data[2]); CNOT(data[0], data[1]);
    Ry(-PI() / 3.0, data[0]);
    return (syndrome, MResetEachZ(data));
}

operation Nothing() : Unit {
    use q = Qubit();
    H(q);
    Reset(q);
}

operation Constants() : (Int, Result[], Bool, (Int, Int)[]) { (7, [], true, [(-1, 0)]) }

// Integers are of 64 bits, and go round.
operation Wrapped(a : Int) : Int {
    let x = Read(a, 2);
    return 4611686018427387904 * x;
}
