OPENQASM 3.0;
include "stdgates.inc";
// A state is teleported and turned back: two bits decide how what arrived is mended.
qubit[3] q;
bit[2] told;
output bit arrived;
ry(pi / 3) q[0];
s q[0];
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
told[0] = measure q[0];
told[1] = measure q[1];
if (told[1]) { x q[2]; }
if (told[0] == 1) { z q[2]; } else { id q[2]; }
sdg q[2];
ry(-pi / 3) q[2];
arrived = measure q[2];
