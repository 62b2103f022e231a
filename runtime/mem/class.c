/*
 * class.c - size classes.
 *
 * The sizes are those users of Go know from the growth of slices; pages per span are the fewest that waste at most an eighth.
 */
#include "mem/mem.h"

/* clang-format off */
uint32_t class_bytes[NCLASS] = {
	0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640,
	704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192,
	9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
};
/* clang-format on */
uint8_t class_pages[NCLASS];
static uint8_t byeight[1024 / 8 + 1], by128[(MAX_SMALL - 1024) / 128 + 1];

void
class_init(void)
{
	int c = 1;

	for (int i = 1; i < NCLASS; i++) {
		uintptr_t n = PAGE_SIZE;

		while (n % class_bytes[i] > n / 8)
			n += PAGE_SIZE;
		class_pages[i] = (uint8_t)(n >> PAGE_SHIFT);
	}
	for (uintptr_t s = 8; s <= 1024; s += 8) {
		while (class_bytes[c] < s)
			c++;
		byeight[s / 8] = (uint8_t)c;
	}
	for (uintptr_t s = 1024; s <= MAX_SMALL; s += 128) {
		while (class_bytes[c] < s)
			c++;
		by128[(s - 1024) / 128] = (uint8_t)c;
	}
	byeight[0] = 1;
}

int
class_of(uintptr_t size)
{
	return size <= 1024 - 8 ? byeight[(size + 7) / 8] : by128[(size - 1024 + 127) / 128];
}

/* What an allocation of size gives room for. Objects of more than 512 bytes with pointers count a header word, as in Go. */
uintptr_t
rt_roundupsize(uintptr_t size, uintptr_t noscan)
{
	uintptr_t head = 0;

	if (size > UINTPTR_MAX - PAGE_SIZE)
		return size;
	if ((uint8_t)noscan == 0 && size > 512 && size + 8 <= MAX_SMALL)
		head = 8;
	if (size + head <= MAX_SMALL && (head != 0 || (uint8_t)noscan != 0 || size <= 512 || size + 8 <= MAX_SMALL))
		return class_bytes[class_of(size + head)] - head;
	return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}
