// What needs floating-point numbers that are known only at run time.
import Std.Canon.*;
import Std.Convert.*;
import Std.Math.*;
import Std.Measurement.*;

operation Read(bits : Int, n : Int) : Int {
    use q = Qubit[n];
    ApplyXorInPlace(bits, q);
    return MeasureInteger(q);
}

// An angle of so many thirds of half a turn.
operation Turned(thirds : Int) : Result {
    let angle = IntAsDouble(Read(thirds, 2)) * PI() / 3.0;
    use q = Qubit();
    Ry(angle, q);
    return MResetZ(q);
}

operation Doubles(a : Int, b : Int) : (Double, Double, Double, Double, Double, Double) {
    let (x, y) = (IntAsDouble(Read(a, 3)) + 0.25, IntAsDouble(Read(b, 2)) - 0.5);
    return (x + y, x - y, x * y, x / y, x % y, -x);
}

operation ComparedDoubles(a : Int) : (Bool, Bool, Bool[], Int) {
    let x = IntAsDouble(Read(a, 3)) / 2.0 - 1.5;
    return (x < 0.0, x == 0.0, [x != 0.5, x >= 1.0, x <= 1.0], Truncate(x));
}

operation ChosenDouble() : Double {
    use q = Qubit();
    H(q);
    mutable chosen = 0.125;
    if MResetZ(q) == One { chosen = chosen * 3.0 - 1.0; }
    return chosen;
}

// A coin says whether each angle is added; what they come to is turned back.
operation Feedback() : (Double, Result) {
    use (coin, q) = (Qubit(), Qubit());
    mutable angle = 0.0;
    for k in 1..3 {
        H(coin);
        let step = PI() / IntAsDouble(2^k);
        if MResetZ(coin) == One { angle += step; Rx(step, q); }
    }
    Rx(-angle, q);
    return (angle, MResetZ(q));
}
