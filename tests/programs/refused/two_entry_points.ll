; Which one is to be run?
define void @left() #0 {
  ret void
}

define void @right() #0 {
  ret void
}

attributes #0 = { "entry_point" }
