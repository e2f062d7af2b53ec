// What needs loops that go on for as long as the results say, and functions that are called at run time.
import Std.Math.*;
import Std.Measurement.*;

operation Toss(coin : Qubit) : Bool {
    H(coin);
    return MResetZ(coin) == One;
}

operation ThrowsUntilHead() : Int {
    use coin = Qubit();
    mutable throws = 0;
    mutable found = false;
    repeat {
        throws += 1;
        found = Toss(coin);
    } until found;
    return throws;
}

// Steps of one or two, as a coin says, to three or past it.
operation Walked() : (Int, Int) {
    use coin = Qubit();
    mutable (place, steps) = (0, 0);
    while place < 3 {
        place += Toss(coin) ? 2 | 1;
        steps += 1;
    }
    return (place, steps);
}

operation Flipped(count : Int) : (Int, Bool[]) {
    use q = Qubit[4];
    mutable ones = 0;
    for i in 0..count - 1 { X(q[i]); }
    mutable bits = [false, size = 4];
    for i in 0..3 {
        let one = MResetZ(q[i]) == One;
        if one { ones += 1; }
        bits w/= i <- one;
    }
    return (ones, bits);
}

// An element of a table, by an index that was measured.
operation Element(index : Int) : Int {
    use q = Qubit[2];
    ApplyXorInPlace(index, q);
    let measured = MeasureInteger(q);
    let table = [3, -1, 4, 15];
    return table[measured];
}

// Four quarters of half a turn make Zero One.
operation Quarters() : Result {
    use q = Qubit();
    mutable done = 0;
    H(q);
    while done < 4 {
        Rz(PI() / 4.0, q);
        done += 1;
    }
    H(q);
    return MResetZ(q);
}
