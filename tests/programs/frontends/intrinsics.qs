// What Q# leaves to the target: another cell is to define it.
import Std.Measurement.*;

operation Turned(halves : Double, q : Qubit) : Unit { body intrinsic; }
function Twice(n : Int) : Int { body intrinsic; }

operation Left() : (Int, Result) {
    use (coin, q) = (Qubit(), Qubit());
    H(coin);
    let n = MResetZ(coin) == One ? 21 | -4;
    Turned(1.0, q);
    return (Twice(n), MResetZ(q));
}
