; What a hostile program would like to call: a shell, a file to write to, a socket, another process.

@path = private constant [12 x i8] c"escaped.txt\00"
@command = private constant [19 x i8] c"touch escaped.txt \00"

define i32 @calls_system() {
  %status = call i32 @system(ptr @command)
  ret i32 %status
}

define i32 @calls_open() {
  %file = call i32 (ptr, i32, ...) @open(ptr @path, i32 65, i32 420)
  ret i32 %file
}

define i32 @calls_socket() {
  %socket = call i32 @socket(i32 2, i32 1, i32 0)
  ret i32 %socket
}

define i32 @calls_fork() {
  %child = call i32 @fork()
  ret i32 %child
}

declare i32 @system(ptr)
declare i32 @open(ptr, i32, ...)
declare i32 @socket(i32, i32, i32)
declare i32 @fork()
