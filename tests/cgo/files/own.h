int square(int);
int windows(void);
int weak_value(void);
int shared_name(int);
extern int common_block, constructed;
