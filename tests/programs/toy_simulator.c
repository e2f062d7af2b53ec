/* A toy simulator: classical bits, and gates that misbehave in useful ways.
 *
 *     cc -shared -fPIC -o toy.so toy_simulator.c
 *
 * Qubits and results are small numbers in the disguise of pointers. Only X and MZ do what their names say; the other
 * gates print, or end the process. The "random" number is how often the initialiser was called.
 *
 * -DINITIALISER=name   another name for the initialiser
 * -DWITHOUT_READING    no function that reads a result, without which no simulator is of use
 */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef INITIALISER
#define INITIALISER InitQIRSim
#endif

enum { QUBITS = 64 };

static unsigned char qubits[QUBITS];
static unsigned char results[QUBITS];
static int64_t initialised;

void INITIALISER(void)
{
    initialised++;
    printf("toy simulator, call %d\n", (int)initialised);
}

int64_t __quantum__qis__drawrandomint__body(int64_t low, int64_t high)
{
    (void)low;
    (void)high;
    return initialised;
}

/* ---- what the names say ------------------------------------------------------------------------------------- */

void __quantum__rt__initialize(void *environment)
{
    (void)environment;
    memset(qubits, 0, sizeof qubits);
    memset(results, 0, sizeof results);
}

void __quantum__qis__x__body(void *qubit)
{
    qubits[(uintptr_t)qubit % QUBITS] ^= 1;
}

void __quantum__qis__mz__body(void *qubit, void *result)
{
    results[(uintptr_t)result % QUBITS] = qubits[(uintptr_t)qubit % QUBITS];
}

#ifndef WITHOUT_READING
_Bool __quantum__rt__read_result(void *result)
{
    return results[(uintptr_t)result % QUBITS];
}
#endif

/* ---- gates that print --------------------------------------------------------------------------------------- */

void __quantum__qis__h__body(void *qubit)
{
    printf("to stdout: %d\n", (int)(uintptr_t)qubit);
}

void __quantum__qis__s__body(void *qubit)
{
    fprintf(stderr, "to stderr: %d\n", (int)(uintptr_t)qubit);
}

void __quantum__qis__t__body(void *qubit)
{
    const char text[] = "to descriptor 1, without an end of line";
    (void)qubit;
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0)
        abort();
}

/* Four mebibytes to each of stdout and stderr, and a last word. */
void __quantum__qis__sx__body(void *qubit)
{
    char line[64];
    (void)qubit;
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 1 << 16; i++) {
        fwrite(line, 1, sizeof line, stdout);
        fwrite(line, 1, sizeof line, stderr);
    }
    printf("the last of stdout\n");
    fprintf(stderr, "the last of stderr\n");
}

/* ---- gates that end the process ----------------------------------------------------------------------------- */

void __quantum__qis__y__body(void *qubit)
{
    (void)qubit;
    fprintf(stderr, "the toy is broken\n");
    abort();
}

void __quantum__qis__z__body(void *qubit)
{
    exit((int)(uintptr_t)qubit);
}

void __quantum__qis__s__adj(void *qubit)
{
    _exit((int)(uintptr_t)qubit);
}

/* throw 42, as a C++ compiler writes it: there may be none, but its library is wherever LLVM is. */
void __quantum__qis__t__adj(void *qubit)
{
    void *library = dlopen("libstdc++.so.6", RTLD_NOW);
    void *(*allocate)(size_t) = dlsym(library, "__cxa_allocate_exception");
    void (*throw)(void *, void *, void *) = dlsym(library, "__cxa_throw");
    int *thrown = allocate(sizeof *thrown);
    (void)qubit;
    *thrown = 42;
    throw(thrown, dlsym(library, "_ZTIi"), NULL);
}
