; It declares a profile, and none of the module flags.
define i64 @main() #0 {
  ret i64 0
}

attributes #0 = { "entry_point" "qir_profiles"="base_profile" "output_labeling_schema"="labeled" "required_num_qubits"="0" "required_num_results"="0" }
