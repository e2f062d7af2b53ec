// What any target can run: measurements at the end, no decisions on results.
import Std.Arrays.*;
import Std.Canon.*;
import Std.Convert.*;
import Std.Math.*;
import Std.Measurement.*;

operation Bell() : (Result, Result) {
    use (a, b) = (Qubit(), Qubit());
    H(a);
    CNOT(a, b);
    return (MResetZ(a), MResetZ(b));
}

operation Ghz() : Result[] {
    use qubits = Qubit[5];
    H(Head(qubits));
    ApplyToEachA(CNOT(Head(qubits), _), Rest(qubits));
    return MResetEachZ(qubits);
}

// A rotation each, around its own axis, by an angle with a probability of One that is easy to write down.
operation Rotations() : Result[] {
    use q = Qubit[8];
    Rx(PI() / 3.0, q[0]);
    Ry(PI() / 2.0, q[1]);
    Ry(-2.0 * PI() / 3.0, q[2]);
    within { H(q[3]); } apply { Rz(PI() / 3.0, q[3]); }
    within { H(q[4]); } apply { R1(2.0 * PI() / 3.0, q[4]); }
    within { H(q[5]); } apply { T(q[5]); }
    within { H(q[6]); } apply { R(PauliZ, PI() / 2.0, q[6]); }
    within { H(q[7]); } apply { R1Frac(1, 2, q[7]); }
    return MResetEachZ(q);
}

// e^(-i theta/2 PP) turns |00> into cos |00> and sin |11>, where P is X or Y.
operation TwoQubitRotations() : (Result[], Result[], Result[]) {
    use (x, y, z) = (Qubit[2], Qubit[2], Qubit[2]);
    Rxx(PI() / 3.0, x[0], x[1]);
    Ryy(2.0 * PI() / 3.0, y[0], y[1]);
    within { ApplyToEachA(H, z); } apply { Rzz(PI() / 3.0, z[0], z[1]); }
    return (MResetEachZ(x), MResetEachZ(y), MResetEachZ(z));
}

// Each rotation is undone by gates of another kind: its sign is what it should be.
operation Signs() : Result[] {
    use (q, x, y, z) = (Qubit[6], Qubit[2], Qubit[2], Qubit[2]);
    let right = PI() / 2.0;
    within { H(q[0]); } apply { Rz(right, q[0]); Adjoint S(q[0]); }
    within { H(q[1]); } apply { R1(right, q[1]); Adjoint S(q[1]); }
    within { H(q[2]); } apply { R(PauliZ, -right, q[2]); S(q[2]); }
    within { H(q[3]); } apply { T(q[3]); T(q[3]); Adjoint S(q[3]); }
    Rx(right, q[4]); S(q[4]); H(q[4]);
    Ry(right, q[5]); H(q[5]);
    Rxx(right, x[0], x[1]);
    within { ApplyToEachA(H, x); CNOT(x[0], x[1]); } apply { Rz(-right, x[1]); }
    Ryy(right, y[0], y[1]);
    within { ApplyToEachA(Adjoint S, y); ApplyToEachA(H, y); CNOT(y[0], y[1]); } apply { Rz(-right, y[1]); }
    ApplyToEachA(H, z);
    Rzz(right, z[0], z[1]);
    within { CNOT(z[0], z[1]); } apply { Rz(-right, z[1]); }
    ApplyToEachA(H, z);
    return MResetEachZ(q + x + y + z);
}

operation Prepare(q : Qubit) : Unit is Adj + Ctl {
    Ry(PI() / 3.0, q);
    S(q);
    T(q);
    Rx(PI() / 5.0, q);
    Y(q);
}

// What an adjoint undoes leaves nothing; with the control in |0> nothing is done.
operation Undone(controls : Int) : Result[] {
    use (c, q) = (Qubit[2], Qubit());
    ApplyXorInPlace(controls, c);
    Prepare(q);
    Controlled Adjoint Prepare(c, q);
    if controls != 3 {
        Adjoint Prepare(q);
    }
    return MResetEachZ(c + [q]);
}

// What a gate makes of each input from 0 to 7.
operation Permuted(gate : (Qubit[] => Unit)) : Result[][] {
    mutable outputs = [];
    for input in 0..7 {
        use q = Qubit[3];
        ApplyXorInPlace(input, q);
        gate(q);
        outputs += [MResetEachZ(q)];
    }
    return outputs;
}

operation Toffoli() : Result[][] { Permuted(q => CCNOT(q[0], q[1], q[2])) }
operation Swapped() : Result[][] { Permuted(q => SWAP(q[0], q[2])) }
operation Fredkin() : Result[][] { Permuted(q => Controlled SWAP([q[0]], (q[1], q[2]))) }
operation Incremented() : Result[][] {
    Permuted(q => { CCNOT(q[0], q[1], q[2]); CNOT(q[0], q[1]); X(q[0]); })
}

// Exact for a phase of so many eighths of a turn.
operation EstimatedPhase(eighths : Int) : Result[] {
    use (register, eigenstate) = (Qubit[3], Qubit());
    X(eigenstate);
    ApplyToEachA(H, register);
    for i in 0..2 {
        for _ in 1..2^i {
            Controlled R1([register[2 - i]], (2.0 * PI() * IntAsDouble(eighths) / 8.0, eigenstate));
        }
    }
    Adjoint ApplyQFT(register);
    Reset(eigenstate);
    return MResetEachZ(Reversed(register));
}

// Two rounds in a space of eight find it in 121 of 128 shots.
operation Grover(marked : Int) : Result[] {
    use q = Qubit[3];
    ApplyToEachA(H, q);
    for _ in 1..2 {
        within { ApplyXorInPlace(7 - marked, q); } apply { Controlled Z(Most(q), Tail(q)); }
        within { ApplyToEachA(H, q); ApplyToEachA(X, q); } apply { Controlled Z(Most(q), Tail(q)); }
    }
    return MResetEachZ(q);
}

operation Dense(first : Bool, second : Bool) : (Result, Result) {
    use (mine, yours) = (Qubit(), Qubit());
    within { H(mine); CNOT(mine, yours); } apply {
        if second { X(mine); }
        if first { Z(mine); }
    }
    return (MResetZ(mine), MResetZ(yours));
}

operation Nested() : ((Result, Result[]), (Result, (Result, Result))[]) {
    use q = Qubit[9];
    ApplyToEachA(X, q[0..2..8]);
    let r = MResetEachZ(q);
    return ((r[0], r[1..2]), [(r[3], (r[4], r[5])), (r[6], (r[7], r[8]))]);
}

// Measured in other bases: a state of its own basis is certain.
operation OtherBases() : (Result[], Result) {
    use q = Qubit[6];
    X(q[1]); H(q[1]);
    H(q[0]);
    H(q[2]); S(q[2]);
    X(q[3]); H(q[3]); S(q[3]);
    X(q[4]);
    let single = [MResetX(q[0]), MResetX(q[1]), MResetY(q[2]), MResetY(q[3])];
    let parity = Measure([PauliZ, PauliZ], q[4..5]);
    ResetAll(q[4..5]);
    return (single, parity);
}
