package dev.bulkhead.e2e.stack;

/**
 * Where the servers that others talk to listen, and who may come: API server, PostgreSQL, S3. What only they themselves
 * need, such as etcd, stays on the loopback address whatever this says.
 *
 * @param host IPv4 address of this machine
 * @param clients range of IPv4 addresses that PostgreSQL lets in, e.g. {@code 127.0.0.1/32}
 */
public record ListenAddress(String host, String clients) {
    /** For a stack without a node. */
    public static final ListenAddress LOOPBACK = new ListenAddress("127.0.0.1", "127.0.0.1/32");

    /** Whether nothing but this machine's own processes can come. */
    boolean isLoopback() {
        return equals(LOOPBACK);
    }
}
