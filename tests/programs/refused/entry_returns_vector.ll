; There is no Python value for it.
define <2 x double> @main() {
  ret <2 x double> zeroinitializer
}
