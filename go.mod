module github.com/fakebmc/fakebmc

go 1.26
