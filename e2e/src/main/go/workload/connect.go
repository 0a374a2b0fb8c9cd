package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Long enough that one lost packet is sent again, short enough for a test to wait for.
const patience = 1500 * time.Millisecond

// connect prints one word: connected, refused (the other side answered: the way is open), unreachable, timeout. The
// exit code is 0 for each of them, so that a crash is never taken for a closed way.
func connect(ctx context.Context, address string) int {
	dialer := net.Dialer{Timeout: patience}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	var timeout net.Error
	switch {
	case err == nil:
		connection.Close()
		fmt.Println("connected")
	case errors.Is(err, syscall.ECONNREFUSED):
		fmt.Println("refused")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		fmt.Println("unreachable")
	case errors.As(err, &timeout) && timeout.Timeout():
		fmt.Println("timeout")
	default:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
