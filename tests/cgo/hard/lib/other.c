__thread int other = 5;
