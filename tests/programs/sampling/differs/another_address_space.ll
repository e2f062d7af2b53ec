; Memory on the stack in an address space of its own, which is not filled with zeros.
define void @main() #0 {
  %n.p = alloca i64, addrspace(5)
  %n = load i64, ptr addrspace(5) %n.p
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
