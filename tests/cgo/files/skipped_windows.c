#error this file is not for linux
