// The program in the containers of the local node's example tenants: it uses what its tenant was given, says whether
// that works, and tries, when asked, what must not work. It needs nothing from its image but itself.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `usage:
  workload serve [PORT]               use database and bucket every few seconds, answer HTTP with the result
  workload check                      use them once; exit code 0 when both work
  workload connect HOST:PORT          open a TCP connection and say what became of it
  workload listen HOST:PORT           take TCP connections and close them
  workload fill FILE MEBIBYTES        write so much, 50 MiB a second, and stay
  workload pause                      do nothing until told to end`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	switch {
	case len(args) >= 1 && args[0] == "serve":
		return serve(ctx, args[1:])
	case len(args) == 1 && args[0] == "check":
		return check(ctx)
	case len(args) == 2 && args[0] == "connect":
		return connect(ctx, args[1])
	case len(args) == 2 && args[0] == "listen":
		return listen(ctx, args[1])
	case len(args) == 3 && args[0] == "fill":
		return fill(ctx, args[1], args[2])
	case len(args) == 1 && args[0] == "pause":
		<-ctx.Done()
		return 0
	}
	fmt.Fprintln(os.Stderr, usage)
	return 2
}

// check tries each thing the tenant was given, and prints one line for each.
func check(ctx context.Context) int {
	code := 0
	for _, given := range []struct {
		name string
		use  func(context.Context) error
	}{{"database", useDatabase}, {"bucket", useBucket}} {
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := given.use(limited)
		cancel()
		if err != nil {
			fmt.Printf("%s failed: %v\n", given.name, err)
			code = 1
		} else {
			fmt.Printf("%s ok\n", given.name)
		}
	}
	return code
}
