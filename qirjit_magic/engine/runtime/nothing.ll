; A program that does nothing. Running it with qirrunner sets the seed of its simulator, and fetches what it printed.

define void @nothing() #0 {
  ret void
}

attributes #0 = { "entry_point" }
