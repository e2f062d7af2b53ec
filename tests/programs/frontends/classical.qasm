OPENQASM 3.0;
include "stdgates.inc";
// Numbers that are known only when qubits were measured.
const int[64] rounds = 3;
qubit[3] q;
output int[64] sum;
output float[64] half;
output bool big;
output bit[3] c;
x q[0];
x q[2];
c = measure q;
int[64] weight = 1;
sum = 0;
for int i in [0:rounds - 1] {
  if (c[i]) { sum += weight; }
  weight *= 2;
}
half = 0.25;
if (sum == 5) { half = 2.5; }
big = sum > 4;
