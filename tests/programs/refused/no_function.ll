; There is nothing to run.
@number = global i64 1
