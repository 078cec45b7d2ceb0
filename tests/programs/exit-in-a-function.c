/*
 * A program may end anywhere, by exit(). It ends with that status and with the calls
 * made so far; what it has not freed by then stays allocated.
 */
#include "expect.h"

static void give_up(void)
{
	os_malloc(8);
	exit(2);
}

static int sum(const int *numbers, int count)
{
	int *sums = os_malloc(sizeof(int) * 10);

	sums[0] = numbers[0];
	for (int index = 1; index < count; index++) {
		if (numbers[index] < 0)
			give_up();
		sums[index] = sums[index - 1] + numbers[index];
	}

	int total = sums[count - 1];

	os_free(sums);
	return total;
}

int main(void)
{
	static const int numbers[] = {1, 2, 3, -1};

	EXPECT(sum(numbers, 3) == 6);
	return sum(numbers, 4);
}
