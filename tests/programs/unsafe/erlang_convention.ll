; Erlang's calling convention needs to be told of its run-time system.
define cc 11 i64 @main() {
  ret i64 0
}
