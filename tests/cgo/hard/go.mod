module hard

go 1.23
