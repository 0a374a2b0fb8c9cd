package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

const between = 5 * time.Second

// serve answers every GET with 200 while database and bucket work, with 503 while one does not.
func serve(ctx context.Context, args []string) int {
	var works atomic.Bool
	if len(args) == 1 {
		server := &http.Server{
			Addr:              ":" + args[0],
			ReadHeaderTimeout: 5 * time.Second,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if !works.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			}),
		}
		go func() {
			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				fmt.Println("cannot listen:", err)
				os.Exit(1)
			}
		}()
		defer server.Close()
	}
	for {
		works.Store(check(ctx) == 0)
		pause := between
		if !works.Load() {
			pause = time.Second // credentials may have been delivered a moment ago
		}
		select {
		case <-ctx.Done():
			return 0
		case <-time.After(pause):
		}
	}
}

// listen takes connections and closes them: something that can be reached.
func listen(ctx context.Context, address string) int {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot listen:", err)
		return 1
	}
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return 0
		}
		connection.Close()
	}
}
