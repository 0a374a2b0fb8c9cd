package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

const (
	mebibyte = 1 << 20
	// Slow enough that the node notices long before a disk is full.
	perMebibyte = 20 * time.Millisecond
)

// fill writes a file of so many mebibytes and then waits: something that uses up a disk.
func fill(ctx context.Context, name, mebibytes string) int {
	total, err := strconv.Atoi(mebibytes)
	if err != nil {
		fmt.Fprintln(os.Stderr, "not a number of mebibytes:", mebibytes)
		return 2
	}
	file, err := os.Create(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot be made:", err)
		return 1
	}
	defer file.Close()
	block := make([]byte, mebibyte)
	for written := 0; written < total; written++ {
		if _, err := file.Write(block); err != nil {
			fmt.Fprintln(os.Stderr, "cannot be written:", err)
			return 1
		}
		select {
		case <-ctx.Done():
			return 0
		case <-time.After(perMebibyte):
		}
	}
	<-ctx.Done()
	return 0
}
