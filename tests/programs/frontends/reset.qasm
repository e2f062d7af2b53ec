OPENQASM 3.0;
include "stdgates.inc";
// One qubit, three bits: it is reset between them.
qubit q;
bit[3] c;
h q;
c[0] = measure q;
reset q;
c[1] = measure q;
x q;
barrier q;
c[2] = measure q;
reset q;
