package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** TCP ports on 127.0.0.1, chosen when the state is new and kept with it, so that addresses survive down and up. */
record StackPorts(
        int etcd,
        int etcdPeer,
        int apiServer,
        int controllerManager,
        int postgres,
        int objectStore,
        int objectStoreAdmin) {
    /** Below the range that the kernel hands to outgoing connections, which could sit on a port while the stack is down. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;

    /** Seven different ports nobody listens on now. */
    static StackPorts choose(RandomGenerator random) {
        Set<Integer> taken = new HashSet<>();
        return new StackPorts(
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken),
                one(random, taken));
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
