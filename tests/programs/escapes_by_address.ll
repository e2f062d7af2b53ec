; A hostile program that has found out where the C library's functions are: it calls them by their addresses. Nothing in
; its text says so; what holds is the fence.

@path = private constant [12 x i8] c"escaped.txt\00"
@command = private constant [18 x i8] c"touch escaped.txt\00"
@shell = private constant [8 x i8] c"/bin/sh\00"
@name = private constant [8 x i8] c"escaped\00"

; system(command)
define i32 @runs_a_command(i64 %address) {
  %function = inttoptr i64 %address to ptr
  %status = call i32 %function(ptr @command)
  ret i32 %status
}

; open(path, O_WRONLY | O_CREAT, 0644)
define i32 @opens_for_writing(i64 %address) {
  %function = inttoptr i64 %address to ptr
  %file = call i32 (ptr, i32, ...) %function(ptr @path, i32 65, i32 420)
  ret i32 %file
}

; mkdir(path, 0755), and unlink, of which the second argument is nobody's
define i32 @changes_a_folder(i64 %address) {
  %function = inttoptr i64 %address to ptr
  %status = call i32 %function(ptr @path, i32 493)
  ret i32 %status
}

; execve("/bin/sh", null, null)
define i32 @becomes_a_shell(i64 %address) {
  %function = inttoptr i64 %address to ptr
  %status = call i32 %function(ptr @shell, ptr null, ptr null)
  ret i32 %status
}

; memfd_create("escaped", 0)
define i32 @makes_a_file_of_memory(i64 %address) {
  %function = inttoptr i64 %address to ptr
  %file = call i32 %function(ptr @name, i32 0)
  ret i32 %file
}

; process_vm_readv(pid, { place, 8 }, 1, { there, 8 }, 1, 0)
define i64 @reads_another_process(i64 %address, i64 %pid, i64 %there) {
  %function = inttoptr i64 %address to ptr
  %place = alloca i64
  %local = alloca [2 x i64]
  %remote = alloca [2 x i64]
  %place.number = ptrtoint ptr %place to i64
  %local.1 = getelementptr i64, ptr %local, i64 1
  %remote.1 = getelementptr i64, ptr %remote, i64 1
  store i64 %place.number, ptr %local
  store i64 8, ptr %local.1
  store i64 %there, ptr %remote
  store i64 8, ptr %remote.1
  %read = call i64 %function(i64 %pid, ptr %local, i64 1, ptr %remote, i64 1, i64 0)
  ret i64 %read
}

; socket(a, b, c), fork(), kill(a, b), ptrace(a, b, 0, 0)
define i32 @calls(i64 %address, i64 %a, i64 %b, i64 %c) {
  %function = inttoptr i64 %address to ptr
  %status = call i32 (i64, i64, i64, i64) %function(i64 %a, i64 %b, i64 %c, i64 0)
  ret i32 %status
}
