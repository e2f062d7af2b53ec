; Two arrays that are each short enough, in one struct that is not.
define { [60000 x i8], [60000 x i8] } @large() {
  ret { [60000 x i8], [60000 x i8] } zeroinitializer
}
