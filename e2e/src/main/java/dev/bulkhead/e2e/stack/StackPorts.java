package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * TCP ports on 127.0.0.1, chosen when the state is new and kept with it, so that addresses survive down and up.
 *
 * @param objectStoreParts what the S3 server's parts talk to one another on
 */
record StackPorts(
        int etcd,
        int etcdPeer,
        int apiServer,
        int controllerManager,
        int postgres,
        int objectStore,
        int objectStoreAdmin,
        ObjectStoreParts objectStoreParts) {
    /** Below the range that the kernel hands to outgoing connections, which could sit on a port while the stack is down. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;

    /** Refuses what an earlier version wrote, which had fewer. */
    StackPorts {
        Objects.requireNonNull(objectStoreParts, "objectStoreParts");
    }

    /** Ports of the S3 server that nobody but itself needs. */
    record ObjectStoreParts(int s3Grpc, int filer, int master, int masterGrpc, int volume, int volumeGrpc) {}

    /** All ports of the S3 server but the one of S3. */
    IntStream behindObjectStore() {
        return IntStream.of(
                objectStoreAdmin,
                objectStoreParts.s3Grpc(),
                objectStoreParts.filer(),
                objectStoreParts.master(),
                objectStoreParts.masterGrpc(),
                objectStoreParts.volume(),
                objectStoreParts.volumeGrpc());
    }

    /** Different ports nobody listens on now. */
    static StackPorts choose(RandomGenerator random) {
        Set<Integer> taken = new HashSet<>();
        return new StackPorts(
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                new ObjectStoreParts(
                        one(random, taken),
                        one(random, taken),
                        one(random, taken),
                        one(random, taken),
                        one(random, taken),
                        one(random, taken)));
    }

    private static int one(RandomGenerator random, Set<Integer> taken) {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (isFree(port) && taken.add(port)) {
                return port;
            }
        }
        throw new StackException("no free TCP port on 127.0.0.1 between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean isFree(int port) {
        return isFree(InetAddress.getLoopbackAddress().getHostAddress(), port);
    }

    static boolean isFree(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // A connection in TIME_WAIT of the stack's last run does not stop a server from listening.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
