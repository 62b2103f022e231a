/* Thread-local storage of models that shared libraries need. */
extern __thread int other __attribute__((tls_model("initial-exec")));
__thread int counter __attribute__((tls_model("global-dynamic"))) = 1;
int helper(int);

int
hard(int x)
{
	counter += x;
	other++;
	return helper(counter * 100) + other;
}
