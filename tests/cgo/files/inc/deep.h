#define DEEP 1234
