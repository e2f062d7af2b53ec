OPENQASM 3.0;
include "stdgates.inc";
// A coin is thrown by a subroutine until it shows one.
def thrown(qubit a) -> bit {
  reset a;
  h a;
  return measure a;
}
qubit q;
output int[64] throws;
bool found = false;
throws = 0;
while (!found) {
  bit one = thrown(q);
  if (one == 1) { found = true; }
  throws += 1;
}
