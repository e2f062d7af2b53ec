OPENQASM 3.0;
include "stdgates.inc";
// Gates with parameters that are made of gates with parameters, and gates that are changed by `ctrl`, `inv` and `pow`.
gate turn(theta) a { ry(theta / 2) a; ry(theta / 2) a; }
gate entangle(theta) a, b { turn(theta) a; barrier a, b; cx a, b; }
gate flip a { U(pi, 0, pi) a; }
qubit[2] pair;
qubit[4] q;
output bit[2] same;
output bit[4] c;
entangle(pi / 3) pair[0], pair[1];
flip q[0];
ctrl @ flip q[0], q[1];
inv @ turn(pi / 2) q[2];
pow(3) @ turn(pi / 2) q[2];
turn(-pi) q[2];
negctrl @ flip q[2], q[3];
barrier;
same = measure pair;
c = measure q;
