; A type that no other machine has.
define target("spirv.Image") @main(target("spirv.Image") %image) {
  ret target("spirv.Image") %image
}
