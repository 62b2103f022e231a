/* Compiled with -flto. */
int
helper(int x)
{
	return x + 1;
}
